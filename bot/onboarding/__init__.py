"""Bring your own data: files or a database in, a profile and a proposed workspace out. Nothing leaves the machine."""
