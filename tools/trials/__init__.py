"""The parts of the experiment analysis: its SQL, its verdict, and its tables and sentences."""
