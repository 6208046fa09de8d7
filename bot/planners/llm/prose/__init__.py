"""Prose that a model writes beside an answer, shown only where code can vouch for every figure, name and direction."""
