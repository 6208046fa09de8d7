"""Paths: what people do one after the other, where they leave, and where they go in circles."""
