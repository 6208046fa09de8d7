"""A metric's additive parts per group and day: one query per dimension, the rest in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from semantic_layer.catalog import SimpleMetric
from semantic_layer.errors import QueryError
from semantic_layer.period import Grain, Period
from semantic_layer.query import Expression, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.metric_tree.shape import Leaf, Shape
from tools.registry import ToolContext
from tools.render import as_float, group_label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every query of one analysis shares: the metric's parts and the conditions on rows."""

    shape: Shape
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(slots=True)
class Values:
    """Numerator and denominator by group: (groups,) arrays, or (groups, days) for daily ones."""

    codes: tuple[Cell, ...]
    labels: tuple[Text, ...]
    numerator: Array
    denominator: Array
    sql: tuple[str, ...]


def of_period(context: ToolContext, asked: Asked, dimension: str | None, period: Period) -> Values:
    """Return the parts over a whole period, people counted once in it; one group (None) without a dimension."""
    import numpy as np

    cells, labels, sql = _cells(context, asked, dimension, period, daily=False)
    codes = tuple(dict.fromkeys(code for code, _ in cells)) if dimension else (None,)
    parts = np.zeros((2, len(codes)))
    at = {code: number for number, code in enumerate(codes)}
    for (code, _), pair in cells.items():
        parts[:, at[code]] += pair
    return Values(codes, tuple(labels.get(code, _all()) for code in codes), parts[0], parts[1], sql)


def kept_by(context: ToolContext, shape: Shape) -> Grain:
    """Return the grain of a metric's own rows: days, or the coarsest of its parts where those are kept by week."""
    catalog = context.layer.catalog
    found = Grain.DAY
    for leaf in shape.leaves:
        kind = catalog.metrics[leaf.metric].type
        time = kind.agg_time_dimension if isinstance(kind, SimpleMetric) else None
        for binding in catalog.dimensions[time].bindings if time is not None else ():
            if isinstance(kind, SimpleMetric) and binding.model == kind.model and binding.grain is not None:
                found = max(found, binding.grain, key=lambda one: one.order)
    return found


def daily(context: ToolContext, asked: Asked, dimension: str | None, period: Period) -> Values:
    """Return the parts per day of a period; a day without rows is 0. People are counted once a day.

    What is kept by week or month stands on its first day.
    """
    import numpy as np

    cells, labels, sql = _cells(context, asked, dimension, period, daily=True)
    codes = tuple(dict.fromkeys(code for code, _ in cells)) if dimension else (None,)
    parts = np.zeros((2, len(codes), period.days))
    at = {code: number for number, code in enumerate(codes)}
    for (code, day), pair in cells.items():
        if day is not None:
            parts[:, at[code], (day - period.start).days] += pair
    return Values(codes, tuple(labels.get(code, _all()) for code in codes), parts[0], parts[1], sql)


def _all() -> Text:
    return Text(zh="全部", en="all")


def _cells(
    context: ToolContext, asked: Asked, dimension: str | None, period: Period, *, daily: bool
) -> tuple[dict[tuple[Cell, date | None], tuple[float, float]], dict[Cell, Text], tuple[str, ...]]:
    groups = [GroupBy(dimension=dimension)] if dimension else []
    grain = kept_by(context, asked.shape)
    if daily:
        groups.append(GroupBy(dimension="metric_time", grain=grain))
    cells: dict[tuple[Cell, date | None], tuple[float, float]] = {}
    labels: dict[Cell, Text] = {}
    sql = []
    for where, leaves in _by_condition(asked.shape).items():
        query = MetricQuery(
            metrics=tuple(leaf.metric for leaf in leaves),
            group_by=tuple(groups),
            where=(*asked.where, *where),
            segments=asked.segments,
            period=PeriodRange(start=period.start, end=period.end),
        )
        result = context.query(query)
        sql.append(result.sql)
        table = result.table
        if table.truncated:  # sums over a part of the rows would look like sums over all
            raise _too_many(table.row_count)
        code_at = table.index(dimension) if dimension else None
        day_at = table.index(f"metric_time__{grain.value}") if daily else None
        ats = [(leaf, table.index(leaf.metric)) for leaf in leaves]
        for row in table.rows:
            code = row[code_at] if code_at is not None else None
            day = _day(row[day_at]) if day_at is not None else None
            if daily and day is None:
                continue
            if code_at is not None and code not in labels:
                labels[code] = group_label(code, table.columns[code_at])
            top, bottom = cells.get((code, day), (0.0, 0.0))
            for leaf, at in ats:
                value = as_float(row[at]) or 0.0
                top += asked.shape.numerator.get(leaf, 0.0) * value
                bottom += (asked.shape.denominator or {}).get(leaf, 0.0) * value
            cells[code, day] = (top, bottom)
    return cells, labels, tuple(sql)


def _too_many(rows: int) -> QueryError:
    return QueryError(
        Text(zh=f"按天按成员超过 {rows} 行,读不全。", en=f"There are over {rows} rows by day and member."),
        Text(
            zh="缩短时间,或换一个成员少的维度。",
            en="Take a shorter period, or a dimension with fewer members.",
        ),
    )


def _by_condition(shape: Shape) -> dict[tuple[Expression, ...], list[Leaf]]:
    found: dict[tuple[Expression, ...], list[Leaf]] = {}
    for leaf in shape.leaves:
        found.setdefault(leaf.where, []).append(leaf)
    return found


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def window(values: Values, first: date, start: date, days: int) -> tuple[Array, Array]:
    """Return numerators and denominators by group, summed over `days` days from `start`; `first` is day 0."""
    begin = (start - first).days
    return (
        values.numerator[:, begin : begin + days].sum(axis=1),
        values.denominator[:, begin : begin + days].sum(axis=1),
    )
