"""What the semantic layer asks of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from semantic_layer.table import Row


@dataclass(frozen=True, slots=True)
class EngineResult:
    """Column names and rows as the database gave them; `truncated` says that a row limit cut them."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What one workspace's engine may use: seconds and rows per query, memory and threads in all."""

    seconds: float = 60.0
    rows: int = 1_000_000
    memory: str = "2GB"
    threads: int | None = None  # None leaves the choice to the engine


class Engine(Protocol):
    """One read-only connection to a database; safe to call from several threads at once."""

    @property
    def dialect(self) -> str:
        """Return the name of the SQL dialect that `execute` understands."""
        ...

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one SELECT; at most `row_limit` of them (default: the engine's limit).

        Raises:
            EngineError: code `timeout`, `interrupted`, `out_of_memory`, else `engine_failed`.
        """
        ...

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now: all, or those started by one thread (`threading.get_ident()`)."""
        ...

    def close(self) -> None:
        """Give the connection back; the engine cannot be used afterwards."""
        ...
