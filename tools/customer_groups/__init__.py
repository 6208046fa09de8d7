"""Segmentation of customers: what is measured of each, which groups there are, and their names in words."""
