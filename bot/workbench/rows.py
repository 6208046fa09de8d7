"""The rows a number is made of, read under the asking user's rights and added up again as a check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from semantic_layer.catalog import Dimension, SimpleMetric
from semantic_layer.errors import AskGrowthError, QueryError, UnknownNameError
from semantic_layer.lineage import leaves
from semantic_layer.period import ONE_DAY, Grain, bucket
from semantic_layer.query import Condition, GroupBy, MetricQuery, Scalar, Where
from semantic_layer.rows import Analysis, Measured, Named, RowQuery
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

MOST_ROWS = 200
MOST_COLUMNS = 8
SECONDS = 30.0
_WHEN = Text(zh="时间", en="when")


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of one simple metric behind a number, the largest first; `count` is of all, `value` adds them up."""

    metric: str
    label: Text
    table: Table
    count: int
    value: Cell
    masked: tuple[str, ...]  # columns whose values are empty for this user
    sql: str


def rows_behind(
    layer: SemanticLayer,
    query: MetricQuery,
    metric: str,
    group: dict[str, Scalar | None],
    *,
    user: str | None = None,
    today: date | None = None,
) -> tuple[RowsOf, ...]:
    """Return the rows behind one cell: one part per simple metric that `metric` is made of.

    `group` holds the cell's group by column name (`channel`, `metric_time__week` as its ISO start date).

    Raises:
        UnknownNameError: there is no such metric for this user.
        QueryError: code `no_rows`; none of its parts can be read row by row.
    """
    catalog, rights = layer.catalog, layer.rights(user)
    if metric not in catalog.metrics or metric in rights.hidden:
        raise UnknownNameError(Text(zh="指标", en="metric"), metric, set(catalog.metrics) - rights.hidden)
    query = query.model_copy(update={"metrics": (metric,), "order_by": (), "limit": None, "transforms": ()})
    query = query.model_copy(update={"compare": (), "having": (), "totals": False})
    found, problem = [], None
    for name in leaves(metric, catalog.metrics):
        try:
            found.append(_part(layer, query, name, group, user, today))
        except AskGrowthError as error:
            problem = error
    if not found:
        raise problem or _no_rows()
    return tuple(found)


def _part(
    layer: SemanticLayer,
    query: MetricQuery,
    name: str,
    group: dict[str, Scalar | None],
    user: str | None,
    today: date | None,
) -> RowsOf:
    kind = layer.catalog.metrics[name].type
    if not isinstance(kind, SimpleMetric):
        raise _no_rows()
    where, start, end = _narrowed(layer, query, group)
    rights = layer.rights(user)
    shown = _shown(layer, kind.model, rights.hidden)
    columns = {f"c{at}": Named(one.name) for at, one in enumerate(shown)}
    time = kind.agg_time_dimension
    rows = RowQuery(
        model=kind.model,
        columns={
            **({"happened": Named("metric_time")} if time else {}),
            **columns,
            "measured": Measured(name),
        },
        where=where,
        segments=query.segments,
        filters=layer.catalog.metrics[name].filters,
        time=time,
        start=start if time else None,
        end=end if time else None,
    )
    order = "ABS(TRY_CAST(measured AS DOUBLE)) DESC NULLS LAST"
    listed = Analysis(
        {"source": rows},
        f"SELECT * FROM source WHERE measured IS NOT NULL ORDER BY {order} LIMIT {MOST_ROWS}",
    )
    counted = Analysis({"source": rows}, f"SELECT COUNT(measured), {_ADDED[kind.agg]} FROM source")
    result = layer.analyse(listed, today=today, user=user, timeout=SECONDS)
    count, value = layer.analyse(counted, today=today, user=user, timeout=SECONDS).rows[0]
    label = layer.catalog.metrics[name].label
    heads = [
        *([Column("happened", _WHEN, "time", grain="day")] if time else []),
        *(_column(one) for one in shown),
        Column("measured", label, "metric", layer.catalog.metrics[name].unit, None, name),
    ]
    table = Table(
        tuple(heads), tuple(tuple(row) for row in result.rows), _int(count), _int(count) > MOST_ROWS
    )
    masked = tuple(one.name for one in shown if one.name in rights.masked)
    return RowsOf(name, label, table, _int(count), value, masked, result.sql)


_ADDED = {
    "sum": "SUM(measured)", "count": "SUM(measured)", "sum_boolean": "SUM(measured)", "avg": "AVG(measured)",
    "min": "MIN(measured)", "max": "MAX(measured)", "count_distinct": "COUNT(DISTINCT measured)",
    "median": "MEDIAN(measured)", "percentile": "NULL",
}  # fmt: skip


def _narrowed(
    layer: SemanticLayer, query: MetricQuery, group: dict[str, Scalar | None]
) -> tuple[tuple[Where, ...], date | None, date | None]:
    """Return the query's conditions with the cell's group added, and the dates that it covers."""
    where: list[Where] = list(query.where)
    start = query.period.start if query.period else None
    end = query.period.end if query.period else None
    for one in query.group_by:
        if one.column not in group:
            continue
        value = group[one.column]
        if one.grain is not None and one.dimension == "metric_time" and isinstance(value, str):
            first, last = _bucket(layer, one, value)
            start = max(start, first) if start else first
            end = min(end, last) if end else last
        elif value is None:
            where.append(Condition(dimension=one.column, operator="is null"))
        else:
            where.append(Condition(dimension=one.column, operator="=", values=(value,)))
    return tuple(where), start, end


def _bucket(layer: SemanticLayer, group: GroupBy, value: str) -> tuple[date, date]:
    catalog = layer.catalog
    try:
        day = date.fromisoformat(value[:10])
    except ValueError as error:
        raise _no_rows() from error
    grain = group.grain or Grain.DAY
    if grain.order < Grain.DAY.order:
        return day, day + ONE_DAY
    found = bucket(day, grain, catalog.week_start, catalog.fiscal_year_start)
    return found.start, found.end


def _shown(layer: SemanticLayer, model: str, hidden: frozenset[str]) -> list[Dimension]:
    """Return the columns worth showing: ids and names of the model itself, nothing hidden, no further times."""
    own = [
        one
        for one in layer.catalog.dimensions.values()
        if one.kind != "time"
        and not one.hidden
        and one.name not in hidden
        and any(binding.model == model for binding in one.bindings)
    ]
    keys = [one for one in own if not one.index_values]
    return [*keys[:3], *(one for one in own if one.index_values)][:MOST_COLUMNS]


def _column(dimension: Dimension) -> Column:
    labels = tuple((str(one.code), one.label) for one in dimension.values)
    return Column(dimension.name, dimension.label, "dimension", value_labels=labels)


def _int(cell: Cell) -> int:
    return int(str(cell)) if cell is not None else 0


def _no_rows() -> QueryError:
    return QueryError(
        Text(zh="这个数不能拆到行。", en="This number cannot be taken apart into rows."),
        Text(
            zh="看它由哪些指标算出,再拆那些指标。", en="Look at the metrics that it is computed from instead."
        ),
        code="no_rows",
    )
