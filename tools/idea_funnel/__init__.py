"""The experiment funnel: from ideas to what was shipped, and what the tests were really worth."""
