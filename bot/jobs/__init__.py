"""Scheduled work: kinds, schedules, claims and runs. See `contract` for how a kind is written."""
