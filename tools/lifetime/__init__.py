"""Lifetime value: customers counted in cells, models fitted to them, and what is said about it."""
