"""A result read by meaning: which columns are groups, time, metrics and comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from semantic_layer.catalog import Catalog
from semantic_layer.period import Grain, Period
from semantic_layer.query import Condition, GroupBy, MetricQuery
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.render import as_float, spoken_label

_REPLACING = ("average_per", "running_total", "rolling")  # what is asked for instead of the plain value
Shape = Literal["values", "empty", "number", "change", "trend", "ranking", "share", "members"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What composing knows besides results: catalog, date, coverage (`data_end` exclusive), calendar."""

    catalog: Catalog
    today: date
    data_start: date | None = None
    data_end: date | None = None
    week_start: int = 0
    fiscal_year_start: int = 1
    hidden: frozenset[str] = frozenset()  # metrics and dimensions that do not exist for the asking user


@dataclass(frozen=True, slots=True)
class UsedPeriod:
    """One period as the compiler executed it. `suffix` ends its columns (`previous_period`), none on main."""

    role: Literal["main", "comparison"]
    period: Period
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One executed metric query with its result. Rows are read through the methods below."""

    query: MetricQuery
    table: Table
    periods: tuple[UsedPeriod, ...] = ()
    focus: Condition | None = None  # the member whose share was asked
    _by_key: dict[tuple[object, ...], Row] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def main(self) -> Period | None:
        """Return the period asked for, None where all data were read."""
        return next((used.period for used in self.periods if used.role == "main"), None)

    @property
    def comparisons(self) -> tuple[UsedPeriod, ...]:
        """Return the periods compared with, in the query's order."""
        return tuple(used for used in self.periods if used.role == "comparison")

    @property
    def time(self) -> GroupBy | None:
        """Return the time grouping with a grain, if the query has one."""
        return next((group for group in self.query.group_by if group.grain is not None), None)

    @property
    def dimensions(self) -> tuple[GroupBy, ...]:
        """Return the groupings that are not time buckets."""
        return tuple(group for group in self.query.group_by if group.grain is None)

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return self.table.columns[self.table.index(name)]

    def asked_column(self, metric: str) -> str:
        """Return the column that answers for a metric: the transform's where one was asked, else its own."""
        for transform in self.query.transforms:
            suffix = f"per_{transform.grain}" if transform.kind == "average_per" else transform.kind
            name = f"{metric}__{suffix}"
            if transform.metric == metric and transform.kind in _REPLACING and self.has(name):
                return name
        return metric

    def has(self, name: str) -> bool:
        """Return whether the result has a column of this name."""
        return any(column.name == name for column in self.table.columns)

    def number(self, row: Row, name: str) -> float | None:
        """Return a numeric cell of a row; None where it is null or the column is absent."""
        return as_float(row[self.table.index(name)]) if self.has(name) else None

    def key(self, row: Row) -> tuple[object, ...]:
        """Return the row's group cells, time aside: what identifies its group."""
        return tuple(row[self.table.index(group.column)] for group in self.dimensions)

    def label(self, row: Row) -> Text:
        """Return the row's group as a reader sees it, several dimensions joined by ×."""
        texts = [
            spoken_label(row[self.table.index(group.column)], self.column(group.column))
            for group in self.dimensions
        ]
        if not texts:
            return Text(zh="合计", en="total")
        return Text(zh=" × ".join(text.zh for text in texts), en=" × ".join(text.en for text in texts))

    def group_names(self) -> Text:
        """Return what the groups are called: 渠道, 渠道 × 品类."""
        labels = [self.column(group.column).label for group in self.dimensions]
        return Text(zh=" × ".join(label.zh for label in labels), en=" × ".join(label.en for label in labels))

    def is_unset(self, row: Row) -> bool:
        """Return whether every group cell of the row is missing."""
        return bool(self.dimensions) and all(cell is None for cell in self.key(row))

    def row_of(self, key: tuple[object, ...]) -> Row | None:
        """Return the (first) row of a group, or None. Rows are indexed once: thousands of groups are looked up."""
        if not self._by_key:
            for row in self.table.rows:
                self._by_key.setdefault(self.key(row), row)
        return self._by_key.get(key)

    def start(self, row: Row) -> date | None:
        """Return the first date of the row's time bucket."""
        if self.time is None:
            return None
        cell = row[self.table.index(self.time.column)]
        return cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else None


def ranked_column(view: View) -> tuple[str, bool]:
    """Return the column that orders the rows and whether the largest comes first."""
    for order in view.query.order_by:
        if view.has(order.column) and view.column(order.column).kind in ("metric", "derived"):
            return order.column, order.descending
    return view.asked_column(view.query.metrics[0]), True


def shape_of(view: View) -> Shape:
    """Return what kind of sentence the result calls for, from the query and whether it holds anything."""
    query = view.query
    if not query.metrics:
        return "values"
    if not any(view.number(row, name) is not None for row in view.table.rows for name in query.metrics):
        return "empty"
    if view.time is not None:
        return "trend"
    if not query.group_by:
        return "change" if query.compare else "number"
    if any(transform.kind == "share" for transform in query.transforms):
        return "share"
    if _two_members(view):
        return "members"
    return "ranking"


def _two_members(view: View) -> bool:
    """Return whether the query holds two named members of its one dimension against each other."""
    if len(view.dimensions) != 1 or len(view.table.rows) != 2:
        return False
    name = view.dimensions[0].dimension
    return any(
        getattr(condition, "dimension", None) == name
        and getattr(condition, "operator", "") == "in"
        and len(getattr(condition, "values", ())) == 2
        for condition in view.query.where
    )


def grain_of(view: View) -> Grain | None:
    """Return the grain of the time column, if there is one."""
    return view.time.grain if view.time is not None else None
