"""Journeys: paths of touchpoints counted in SQL, credit under several models, and the words of the answer."""
