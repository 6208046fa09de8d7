"""The fictional brand 初屿 CHUYU, 30 months of it, one module per part of its world."""
