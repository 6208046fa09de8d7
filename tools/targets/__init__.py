"""Targets: where they are written, how far one is, and how likely it is to be met."""
