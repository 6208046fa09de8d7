"""A retrospective: goal and actual, why, what was tried and what it did, what follows; every claim has its query."""
