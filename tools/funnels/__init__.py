"""The parts of the funnel analysis: its SQL, and its tables and sentences."""
