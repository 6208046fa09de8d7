"""Brings an app database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text

FOLDER = Path(__file__).resolve().parent
_LOCK = 7_305_101  # any number of ours: PostgreSQL's advisory lock while the schema changes


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema; one that has it is only looked at.

    All in one transaction, one process at a time: a run that breaks leaves the database as it was.
    """
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(FOLDER)).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.connect() as connection:
        _lock(connection)
        _upgrade(connection)
        connection.commit()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Python's driver begins a transaction only before an INSERT, not before a CREATE TABLE.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
