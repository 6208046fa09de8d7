"""Days that do not look like the others: found against a seasonal baseline, explained by events or by fake traffic."""
