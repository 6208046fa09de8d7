"""PostgreSQL over pg8000: read-only transactions, limits set on the server, one connection per running query."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from semantic_layer.engines.base import EngineResult, Limits
from semantic_layer.engines.problems import (
    driver_missing,
    failed,
    interrupted,
    out_of_memory,
    timed_out,
    unreachable,
)
from semantic_layer.engines.running import RunningQueries
from semantic_layer.engines.statements import limited_select
from semantic_layer.engines.url import Address
from semantic_layer.table import Cell

if TYPE_CHECKING:
    from pg8000.native import Connection

NAME = "PostgreSQL"
_CONNECT_SECONDS = 10.0
_CANCELLED = "57014"
_NO_MEMORY = ("53200", "53100", "53400")  # memory, disk, or the limit on temporary files


@dataclass(frozen=True, slots=True)
class _Session:
    """A connection and the server's process that serves it, by which another connection can stop it."""

    connection: Connection
    process: int


class PostgresEngine:
    """An engine over a PostgreSQL server (or one that speaks its protocol and SQL)."""

    dialect = "postgres"

    def __init__(
        self,
        address: Address,
        *,
        namespace: str | None = None,
        limits: Limits | None = None,
        timezone: str | None = None,
    ) -> None:
        """Connect once, so that a wrong address or password is known now.

        `namespace` is the schema of tables that are named without one; `timezone` the zone in which time stamps
        with a zone are cut into days. Options of the address: `sslmode` (disable, prefer, require, verify-full).

        Raises:
            DataError: `database_unreachable`, `driver_missing`.
        """
        self._address = replace(address, port=address.port or 5432)
        self._namespace = namespace
        self._timezone = timezone
        self._limits = limits or Limits()
        self._idle: list[_Session] = []
        self._closed = False
        self._lock = threading.Lock()
        self._running = RunningQueries()
        self._idle.append(self._connect())

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one SELECT; see `Engine.execute`."""
        from pg8000.exceptions import DatabaseError, InterfaceError

        seconds = timeout if timeout is not None else self._limits.seconds
        limit = min(row_limit, self._limits.rows) if row_limit is not None else self._limits.rows
        statement = limited_select(sql, self.dialect, limit + 1)
        session = self._begun(seconds)
        usable = False
        # The server stops by itself; our timer, a second later, is for a server that does not.
        with self._running.one(lambda: self._cancel(session.process), seconds + 1.0) as run:
            try:
                answer = session.connection.execute_unnamed(statement)
                usable = True
            except DatabaseError as error:
                usable = True
                raise _told(error, seconds, run.interrupted and not run.timed_out) from error
            except (InterfaceError, OSError) as error:
                raise unreachable(NAME, self._address.place, type(error).__name__) from error
            finally:
                self._give_back(session, usable)
        names = tuple(str(column["name"]) for column in answer.columns or ())
        rows = tuple(tuple(_cell(cell) for cell in row) for row in answer.rows[:limit])
        return EngineResult(names, rows, truncated=len(answer.rows) > limit)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now, or only those of one thread."""
        self._running.interrupt(thread)

    def close(self) -> None:
        """Close every connection that no query uses; those in use are closed when their query ends."""
        self._closed = True
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            self._drop(session)

    def _begun(self, seconds: float) -> _Session:
        """Return a connection in a fresh read-only transaction: an idle one where it still lives, else a new one."""
        from pg8000.exceptions import Error

        begin = f"BEGIN READ ONLY; SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"
        with self._lock:
            session = self._idle.pop() if self._idle else None
        if session is not None:
            try:
                session.connection.execute_simple(begin)
            except (Error, OSError, AttributeError):  # the server has closed it meanwhile
                self._drop(session)
            else:
                return session
        session = self._connect()
        session.connection.execute_simple(begin)
        return session

    def _give_back(self, session: _Session, usable: bool) -> None:
        from pg8000.exceptions import Error

        if usable:
            try:
                session.connection.execute_simple("ROLLBACK")
            except (Error, OSError):
                usable = False
        if not usable or self._closed:
            self._drop(session)
            return
        with self._lock:
            self._idle.append(session)

    def _drop(self, session: _Session) -> None:
        from pg8000.exceptions import Error

        with suppress(Error, OSError, AttributeError):
            session.connection.close()

    def _connect(self) -> _Session:
        try:
            from pg8000.exceptions import DatabaseError, InterfaceError
            from pg8000.native import Connection
        except ModuleNotFoundError as error:
            raise driver_missing(NAME, "postgres") from error
        address = self._address
        try:
            raw = socket.create_connection((address.host, address.port), _CONNECT_SECONDS)
            raw.settimeout(max(600.0, self._limits.seconds) + 15.0)
            made = Connection(
                address.user or "postgres",
                host=address.host,
                database=address.database or None,
                password=address.password,
                ssl_context=_ssl(address.options.get("sslmode", "prefer")),
                application_name="askgrowth",
                sock=raw,
            )
            settings = ["SET default_transaction_read_only = on", "SET standard_conforming_strings = on"]
            if self._timezone is not None:
                settings.append(f"SET TimeZone = {_literal(self._timezone)}")
            if self._namespace is not None:
                settings.append(f"SET search_path = {_identifier(self._namespace)}")
            made.execute_simple("; ".join(settings))
            process = int(made.execute_simple("SELECT pg_backend_pid()").rows[0][0])
        except DatabaseError as error:
            raise unreachable(NAME, address.place, _code(error)) from error
        except (InterfaceError, OSError) as error:
            raise unreachable(NAME, address.place, type(error).__name__) from error
        return _Session(made, process)

    def _cancel(self, process: int) -> None:
        """Ask the server, over a second connection, to stop what one of ours is doing."""
        from pg8000.exceptions import Error

        from semantic_layer.errors import DataError

        with suppress(Error, OSError, DataError):
            session = self._connect()
            try:
                session.connection.execute_simple(f"SELECT pg_cancel_backend({process})")
            finally:
                self._drop(session)


def _ssl(mode: str) -> Any:
    if mode == "verify-full":
        import ssl

        return ssl.create_default_context()
    return {"disable": False, "require": True}.get(mode)


def _cell(value: Any) -> Cell:
    """Return numerics without decimals as integers (a sum of BIGINT is NUMERIC), the rest as they come."""
    if isinstance(value, Decimal) and value.is_finite() and value.as_tuple().exponent == 0:
        return int(value)
    cell: Cell = value
    return cell


def _told(error: Any, seconds: float, by_us: bool) -> Exception:
    code = _code(error)
    if code == _CANCELLED:
        return interrupted() if by_us else timed_out(seconds)
    if code in _NO_MEMORY:
        return out_of_memory("the server" if code == _NO_MEMORY[0] else "the server's disk")
    # Class 42 speaks of names and types in our own statement; the others may quote a cell.
    spoken = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return failed(str(spoken.get("M", code)) if code.startswith("42") else f"SQLSTATE {code}")


def _code(error: Any) -> str:
    spoken = error.args[0] if error.args else None
    return str(spoken.get("C", "?")) if isinstance(spoken, dict) else type(error).__name__


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
