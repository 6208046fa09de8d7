"""Churn warning: snapshots of customers, a model checked on later time, and who is at risk."""
