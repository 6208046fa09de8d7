"""The digest: the metrics of a period, why they changed, where, and what to do; one part per module."""
