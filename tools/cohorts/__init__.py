"""The parts of the retention analysis: its SQL, and its tables and sentences."""
