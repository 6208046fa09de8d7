"""Spend and outcome by channel and week: reading, response curves, and the words for both."""
