"""Alembic's entry: runs the revisions on the connection that `run.migrate` hands over."""

from __future__ import annotations

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the transaction is `migrate`'s
)
context.run_migrations()
