"""The targets of a workspace: from the metrics' own lists, and from tables bound under `targets:`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from semantic_layer.catalog import AnalysisBinding, Catalog, Filter, Metric
from semantic_layer.period import Grain, Period, add_months, bucket, shift
from semantic_layer.query import Expression, GroupBy, MetricQuery
from tools.registry import ToolContext
from tools.render import as_float

_PERIOD = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|W(\d{1,2})|(\d{1,2})(?:-(\d{1,2}))?))?$")


@dataclass(frozen=True, slots=True)
class Goal:
    """One planned value of a metric for a period, under conditions; `sql` where it was read from a table."""

    metric: Metric
    period: Period
    value: float
    where: tuple[Expression, ...] = ()
    sql: tuple[str, ...] = ()


def period_of(text: str, fiscal_year_start: int = 1) -> Period | None:
    """Return the dates of `2025`, `2025-Q4`, `2025-11`, `2025-W07` or `2025-11-11`; None for anything else.

    Years and quarters follow the fiscal year, which is named after the calendar year it starts in.
    """
    match = _PERIOD.match(text.strip())
    if match is None:
        return None
    year, quarter, week, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if quarter is not None:
            start = add_months(date(year, fiscal_year_start, 1), 3 * (quarter - 1))
            return Period.of(start, add_months(start, 3))
        if week is not None:
            return bucket(date.fromisocalendar(year, week, 1), Grain.WEEK)
        if month is not None:
            start = date(year, month, day or 1)
            return Period.of(start, shift(start, 1, Grain.DAY if day else Grain.MONTH))
    except ValueError:
        return None
    start = date(year, fiscal_year_start, 1)
    return Period.of(start, add_months(start, 12))


def goals_of(context: ToolContext, metric: Metric) -> list[Goal]:
    """Return every target of a metric; its own list wins over a table for the same period."""
    catalog = context.layer.catalog
    found = [
        Goal(metric, period, target.value, _where(target.filters))
        for target in metric.targets
        if (period := period_of(target.period, catalog.fiscal_year_start)) is not None
    ]
    known = {(goal.period.start, goal.period.end) for goal in found}
    for binding in catalog.analyses:
        if binding.kind == "target" and binding.options.get("metric") == metric.name:
            found += [
                goal
                for goal in _from_table(context, metric, binding)
                if (goal.period.start, goal.period.end) not in known
            ]
    return found


def with_goals(catalog: Catalog) -> list[Metric]:
    """Return the metrics that have a target, strategic ones first."""
    bound = {str(one.options.get("metric")) for one in catalog.analyses if one.kind == "target"}
    found = [one for one in catalog.metrics.values() if one.targets or one.name in bound]
    return sorted(found, key=lambda metric: metric.tier != "strategic")


def _from_table(context: ToolContext, metric: Metric, binding: AnalysisBinding) -> list[Goal]:
    catalog = context.layer.catalog
    time, planned = str(binding.options.get("time")), str(binding.options["planned"])
    if time not in catalog.dimensions:
        return []
    own = next(
        (one.grain for one in catalog.dimensions[time].bindings if one.model == binding.options["model"]),
        None,
    )
    grain = own if own is not None and own.order >= Grain.DAY.order else Grain.DAY
    condition = binding.options.get("where")
    where = (Expression(sql=condition.sql),) if isinstance(condition, Filter) else ()
    query = MetricQuery(metrics=(planned,), group_by=(GroupBy(dimension=time, grain=grain),), where=where)
    result = context.query(query)
    goals = []
    for row in result.table.rows:
        start, value = row[0], as_float(row[1])
        day = start.date() if isinstance(start, datetime) else start
        if isinstance(day, date) and value is not None:
            goals.append(Goal(metric, Period.of(day, shift(day, 1, grain)), value, (), (result.sql,)))
    return goals


def _where(filters: tuple[Filter, ...]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=one.sql) for one in filters)


def current(goals: list[Goal], wanted: Period | None, last: date) -> Goal | None:
    """Return the goal for the wanted period, else the shortest one running on `last`, else the latest past one."""
    if wanted is not None:
        exact = [
            one for one in goals if (one.period.start, one.period.end) == (wanted.start, wanted.requested_end)
        ]
        around = [one for one in goals if one.period.start <= wanted.start < one.period.end]
        return next(iter(exact or sorted(around, key=lambda one: one.period.days)), None)
    running = [one for one in goals if one.period.start <= last < one.period.end]
    if running:
        return min(running, key=lambda one: (bool(one.where), one.period.days))
    past = [one for one in goals if one.period.end <= last]
    return max(past, key=lambda one: one.period.end, default=None)
