"""How the schema of the app database came to be: one Alembic revision per change, in `versions`.

A revision that has been released is never changed; a new one follows it. Tests compare the outcome of all
revisions with `bot.store.schema`.
"""
