"""Following a metric or a question, and counting which metrics are looked at."""
