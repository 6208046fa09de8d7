"""Engines: where compiled SQL runs. Only these modules import a database driver."""
