"""Cases, scorers, runner and report: how often the answers are right."""
