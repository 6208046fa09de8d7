"""Prebuilt analyses, one file each, over the semantic layer."""
