"""What the chat keeps: users, threads with their answers, and feedback, in SQLite (PostgreSQL by URL)."""
