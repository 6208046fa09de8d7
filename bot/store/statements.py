"""Runs statements for an event loop: reads in a few threads, writes in a single one, all that wait in one transaction.

SQLite takes one writer at a time. Many connections that write at once wait for each other's locks until some give up;
one connection that writes what has gathered is never in its own way and commits once instead of many times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

READERS = 3
Statement = tuple[str, Mapping[str, Any]]  # SQL with `:names`, and their values
Rows = list[dict[str, Any]]


class Statements:
    """Runs the statements of one event loop over an engine that it owns."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; it is disposed of at the end."""
        self._engine = engine
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="askgrowth-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="askgrowth-write")

    async def read(self, query: str, values: Mapping[str, Any]) -> Rows:
        """Return the rows of one statement.

        Raises:
            SQLAlchemyError, OSError: the database refuses it.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query, values)

    async def write(self, statements: Sequence[Statement]) -> list[Any]:
        """Run all in one transaction; return what each returned: rows, a row count, or the rule that it breaks.

        A statement that breaks a rule of the schema (an IntegrityError) does not hold up the others.

        Raises:
            SQLAlchemyError, OSError: the database refuses them; the last transaction has left nothing.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, statements)

    def close(self) -> None:
        """Wait for what runs, and give back the connections."""
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        self._engine.dispose()

    def _read(self, query: str, values: Mapping[str, Any]) -> Rows:
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), values).mappings()]

    def _write(self, statements: Sequence[Statement]) -> list[Any]:
        try:
            with self._engine.begin() as connection:
                return [_run(connection, *one) for one in statements]
        except IntegrityError as error:
            if len(statements) == 1:
                return [error]
            return [self._write([one])[0] for one in statements]
        except (SQLAlchemyError, OSError):
            self._engine.dispose()  # a connection may remember what was wrong, such as a file that was read-only
            raise


def _run(connection: Connection, query: str, values: Mapping[str, Any]) -> Any:
    result = connection.execute(text(query), values)
    return [dict(row) for row in result.mappings()] if result.returns_rows else result.rowcount
