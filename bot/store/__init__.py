"""The app database: what AskGrowth keeps for itself, outside every workspace.

Conversations, feedback, users and verified questions; SQLite below the state folder by default, PostgreSQL by
URL (`ASKGROWTH_DATABASE_URL`). `database` opens it, `schema` declares the tables, `migrations` brings an older one
to the newest schema, and one module per concern (`users`, …) reads and writes. Those are plain functions over an
engine: the chat calls them in threads, commands and jobs directly.
"""
