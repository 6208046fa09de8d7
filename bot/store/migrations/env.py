"""Alembic's entry: runs the revisions on the connection that `run.migrate` hands over."""

from __future__ import annotations

from alembic import context

from bot.store import tokens  # noqa: F401 - declares its table
from bot.store.job_schema import job_runs

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=job_runs.metadata,  # one for all tables
    transactional_ddl=False,  # the transaction is `migrate`'s
)
context.run_migrations()
