"""Alerts: what is watched, when it fires, and what is said. Pure where it judges."""
