"""From an executed plan to words: headline, findings, warnings, follow-ups. Never from the question."""
