"""The typed result table that every query and analysis returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from semantic_layer.text import Text

Cell = str | int | float | bool | Decimal | date | datetime | None
Row = tuple[Cell, ...]
ColumnKind = Literal["dimension", "time", "metric", "derived"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result.

    `unit` is a currency code, a counted thing ("orders") or None; `format` the YAML's display format or
    None. `value_labels` maps stored codes to what a reader sees; codes without a label are shown as stored.
    `metric` names the metric a metric or derived column was made from; `grain` is set on time columns.
    """

    name: str
    label: Text
    kind: ColumnKind
    unit: str | None = None
    format: str | None = None
    metric: str | None = None
    grain: str | None = None
    value_labels: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows in column order; missing values are None.

    Ratios are fractions in [0, 1]. `row_count` counts the rows before a display limit was applied,
    `truncated` says that it was. `totals` has one cell per column (None on dimensions) or is None.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    row_count: int
    truncated: bool = False
    totals: Row | None = None

    def index(self, name: str) -> int:
        """Return the position of the column called `name`; ValueError where there is none."""
        return [column.name for column in self.columns].index(name)

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of one column, in row order."""
        at = self.index(name)
        return tuple(row[at] for row in self.rows)

    def head(self, limit: int | None) -> Table:
        """Return the table cut to `limit` rows for display; None leaves it whole."""
        if limit is None or len(self.rows) <= limit:
            return self
        return Table(self.columns, self.rows[:limit], self.row_count, True, self.totals)
