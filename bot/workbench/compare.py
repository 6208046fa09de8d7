"""A changed statement beside the answer it came from: run under the same rights, told apart value by value."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from semantic_layer.custom_sql import checked_sql
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.render import as_float, exact

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

MOST_ROWS = 1_000
SECONDS = 30.0
CLOSE = 1e-9  # two routes to the same number may differ in the last digits

Mark = Literal["same", "changed", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row beside its counterpart in the answer; `before` holds the old cells of changed columns."""

    mark: Mark
    row: Row
    before: tuple[tuple[int, Cell], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows of a changed statement beside the answer's.

    `matched` says how rows were paired: by the answer's group columns, or by position where those are gone.
    `columns` are the answer's own where the name is the same. `sql` is what was run.
    """

    columns: tuple[Column, ...]
    rows: tuple[Compared, ...]
    matched: Literal["groups", "position"]
    truncated: bool
    sql: str
    milliseconds: float

    def count(self, mark: Mark) -> int:
        """Return how many rows are marked so."""
        return sum(one.mark == mark for one in self.rows)


def run_beside(
    layer: SemanticLayer,
    sql: str,
    original: Table | None,
    *,
    user: str | None = None,
    today: date | None = None,
) -> Comparison:
    """Return the rows of a person's SQL beside those of the answer that it was made from.

    Raises:
        As `custom_sql.checked_sql`; EngineError: the database refused the statement or a limit was reached.
    """
    safe = checked_sql(layer, sql, user=user, today=today)
    started = time.perf_counter()
    result = layer.engine.execute(safe, row_limit=MOST_ROWS, timeout=SECONDS)
    elapsed = (time.perf_counter() - started) * 1000
    columns = tuple(_column(name, original, result.rows, at) for at, name in enumerate(result.columns))
    if original is None:
        rows = tuple(Compared("new", row) for row in result.rows)
        return Comparison(columns, rows, "position", result.truncated, safe, elapsed)
    keys = _keys(original, result.columns)
    rows = _told_apart(columns, result.rows, original, keys)
    return Comparison(
        columns, rows, "groups" if keys is not None else "position", result.truncated, safe, elapsed
    )


def _column(name: str, original: Table | None, rows: Sequence[Row], at: int) -> Column:
    known = next((one for one in original.columns if one.name == name), None) if original else None
    if known is not None:
        return known
    numbers = any(as_float(row[at]) is not None and not isinstance(row[at], bool) for row in rows)
    return Column(name, Text.same(name), "derived" if numbers else "dimension")


def _keys(original: Table, names: Sequence[str]) -> list[str] | None:
    """Return the answer's group columns where the new result has all of them, else None."""
    keys = [column.name for column in original.columns if column.kind in ("dimension", "time")]
    return keys if keys and all(key in names for key in keys) else None


def _told_apart(
    columns: tuple[Column, ...], rows: Sequence[Row], original: Table, keys: list[str] | None
) -> tuple[Compared, ...]:
    names = [column.name for column in columns]
    shared = [
        (at, original.index(name)) for at, name in enumerate(names) if _has(original, name) and name not in (keys or ())
    ]  # fmt: skip
    old: dict[object, Row]
    pairs: list[tuple[object, Row]]
    if keys is None:
        old = dict(enumerate(original.rows))
        pairs = list(enumerate(rows))
    else:
        at_new, at_old = [names.index(key) for key in keys], [original.index(key) for key in keys]
        old = {_key(row, at_old): row for row in original.rows}
        pairs = [(_key(row, at_new), row) for row in rows]
    found: list[Compared] = []
    for key, row in pairs:
        counterpart = old.pop(key, None)
        if counterpart is None:
            found.append(Compared("new", row))
            continue
        before = tuple(
            (new, counterpart[was]) for new, was in shared if not _equal(row[new], counterpart[was])
        )
        found.append(Compared("changed" if before else "same", row, before))
    for row in old.values():
        cells = tuple(row[original.index(name)] if _has(original, name) else None for name in names)
        found.append(Compared("gone", cells))
    return tuple(found)


def _has(table: Table, name: str) -> bool:
    return any(column.name == name for column in table.columns)


def _key(row: Row, at: Sequence[int]) -> tuple[object, ...]:
    return tuple(exact(row[one]) for one in at)


def _equal(one: Cell, other: Cell) -> bool:
    first, second = as_float(one), as_float(other)
    if first is not None and second is not None:
        return math.isclose(first, second, rel_tol=CLOSE, abs_tol=1e-12)
    return exact(one) == exact(other)
