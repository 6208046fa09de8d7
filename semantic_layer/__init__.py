"""YAML in; SQL and typed tables out. Imports nothing else of AskGrowth."""
