"""Brings an app database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).resolve().parent
_LOCK = 7_305_101  # any number of ours: PostgreSQL's advisory lock while the schema changes


def migrate(engine: Engine) -> None:
    """Bring the database to the newest schema; one that has it is only looked at.

    All in one transaction, one process at a time: a run that breaks leaves the database as it was.
    """
    if _is_newest(engine):
        return
    with engine.connect() as connection:
        _lock(connection)
        _upgrade(connection)
        connection.commit()


def _is_newest(engine: Engine) -> bool:
    """Return whether the last revision has run. Asked without Alembic, which takes longer to load than to look."""
    last = max(path.name for path in (FOLDER / "versions").glob("v[0-9]*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return found == [last[1:5]]  # v0001_name.py holds revision 0001


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
