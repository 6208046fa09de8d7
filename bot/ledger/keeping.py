"""What the pipeline holds of the ledger: it takes down what is shown, and reads entries only where there can be any."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.ledger.rows import scope_of
from bot.ledger.spool import take_down
from tools.promises import Promise
from tools.result import Suggestion

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.ledger.book import Book
    from bot.settings import Settings
    from semantic_layer.workspace import SemanticLayer


class Ledger:
    """The ledger of one open workspace. The database is opened on first use, and only where it may hold something."""

    def __init__(self, layer: SemanticLayer, settings: Settings, engine: Engine | None = None) -> None:
        """Take the workspace; `engine` is the app database where it is open already."""
        self.layer = layer  # a reload puts the new one here: rights are those of today
        self._settings, self._engine = settings, engine
        self._workspace = str(settings.workspace)
        self._lock = threading.Lock()

    @property
    def workspace(self) -> str:
        """Return the key of the workspace in the app database."""
        return self._workspace

    def show(self, shown: Sequence[Suggestion], today: date, user: str | None) -> tuple[Suggestion, ...]:
        """Keep what is shown to a user, and return it with its numbers."""
        scope = scope_of(self.layer.rights(user))
        return take_down(self._settings.state_dir, self._workspace, scope, today, shown)

    def promises(self, user: str | None) -> Callable[[], Sequence[Promise]]:
        """Return what gives the entries that a user may see; nothing is read before it is called."""
        return lambda: self.book(user).entries() if self._may_hold_something() else ()

    def book(self, user: str | None) -> Book:
        """Return the ledger under a user's rights, with everything that was shown so far entered.

        Raises:
            StoreError: the app database cannot be opened. AccessError: the user is unknown.
        """
        from bot.ledger.book import Book, take_in

        scope = scope_of(self.layer.rights(user))
        with self._lock:
            if self._engine is None:
                from bot.store.database import database_url, open_store

                self._engine = open_store(database_url(self._settings))
            take_in(self._engine, self._settings.state_dir)
            return Book(self._engine, self._workspace, scope)

    def _may_hold_something(self) -> bool:
        """Return whether opening the database can pay: it takes longer to load than a question to answer."""
        if self._engine is not None or self._settings.database_url:
            return True
        path = self._settings.state_dir / "app.sqlite"  # bot.store.database.FILE, which loads SQLAlchemy
        return path.is_file() and _has_decided(path, self._workspace)


def _has_decided(path: Path, workspace: str) -> bool:
    asked = "SELECT 1 FROM suggestions WHERE workspace = ? AND status <> 'open' LIMIT 1"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            return connection.execute(asked, (workspace,)).fetchone() is not None
    except sqlite3.Error:
        return False  # an older database has no such table
