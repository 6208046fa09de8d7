"""What was found in a source: tables, their columns, and what is odd about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from semantic_layer.text import Text

Kind = Literal["integer", "number", "date", "timestamp", "boolean", "text", "empty"]
SHOWN_ROWS = 8


@dataclass(frozen=True, slots=True)
class Note:
    """One finding about the quality of a source; `rows` are row numbers of the file, from 1, as a reader counts."""

    text: Text
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text of one column is read: its kind, its SQL, and the unit its cells carried (`CNY`, `%`)."""

    kind: Kind
    sql: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column as profiled. `header` is the name in the file, `name` the identifier; `low` and `high` as text."""

    name: str
    header: str
    kind: Kind
    unit: str | None = None
    filled: int = 0
    distinct: int = 0
    low: str | None = None
    high: str | None = None
    samples: tuple[str, ...] = ()
    longest: int = 0


@dataclass(frozen=True, slots=True)
class TableFound:
    """One table of a source: its name here, where it came from, its rows and columns, and what is odd about it."""

    name: str
    origin: str
    rows: int
    columns: tuple[Column, ...]
    notes: tuple[Note, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError where there is none."""
        return {one.name: one for one in self.columns}[name]


@dataclass(frozen=True, slots=True)
class Source:
    """Everything a proposal is made from. `included(a, b)` says whether the values of one column lie in another's."""

    tables: tuple[TableFound, ...]
    included: Callable[[tuple[str, str], tuple[str, str]], bool] = field(compare=False)
    engine: tuple[tuple[str, str], ...] = (("type", "duckdb"),)  # the `engine:` of the workspace


def rows_text(rows: tuple[int, ...]) -> Text:
    """Return row numbers as a reader takes them in: the first few, and how many there are."""
    shown = ", ".join(str(row) for row in rows[:SHOWN_ROWS])
    if len(rows) <= SHOWN_ROWS:
        return Text(zh=f"第 {shown} 行", en=f"row {shown}")
    return Text(zh=f"第 {shown} 行等,共 {len(rows)} 行", en=f"rows {shown} and more, {len(rows)} in all")
