"""The connection to the store. SQLite below the state folder unless a URL says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

FILE = "chat.sqlite"
CHAT_FOLDER = "chat"  # below the state folder: the store and what the chat keeps
BUSY_SECONDS = 10


def store_url(state_dir: Path) -> str:
    """Return the URL of the store below a state folder, which is made if needed."""
    state_dir.mkdir(parents=True, exist_ok=True)
    return f"sqlite+aiosqlite:///{(state_dir / FILE).as_posix()}"


def open_engine(url: str) -> AsyncEngine:
    """Return an engine on the store; SQLite in WAL mode, so that readers and one writer do not block."""
    if not url.startswith("sqlite"):
        return create_async_engine(url)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    _make_private(Path(url.partition(":///")[2]))

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine


def _make_private(path: Path) -> None:
    # Questions and answers are nobody else's business on a shared machine.
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    os.close(descriptor)
