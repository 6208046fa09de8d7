"""Planners: from a question to a plan, a clarification or a refusal."""
