"""One fact scan as one SELECT: its joins, its filters before aggregation, its group columns, its aggregates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, interval, plus, truncated
from semantic_layer.compiler.facts import Fact, Key, Plan
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.names import METRIC_TIME
from semantic_layer.compiler.predicates import filter_sql, where_sql
from semantic_layer.compiler.scope import Scope, without_time
from semantic_layer.compiler.shifts import Bucketed, bucketed, moved_period
from semantic_layer.errors import QueryError
from semantic_layer.period import ONE_DAY, Grain, Period, truncate
from semantic_layer.query import MetricQuery
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What every scan of a query shares: the query, the executed period (None: all data), the calendar."""

    query: MetricQuery
    period: Period | None
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan's SELECT, and the small table of buckets it joins, if it needs one."""

    select: exp.Select
    periods: tuple[str, exp.Select] | None = None


def scan(plan: Plan, fact: Fact, reading: Reading) -> Scan:
    """Return the SELECT of one fact: one row per key, or exactly one row where there are no keys.

    Raises:
        QueryError: a dimension out of reach, a period on a model without time, a comparison without period.
    """
    scope = Scope(plan.index, plan.context, fact.model, fact.time)
    shifted = _bucketed(plan, fact, reading)
    periods = (
        _periods_table(plan, fact, reading, shifted) if shifted and shifted.through_rows is None else None
    )
    columns: list[exp.Expr] = [
        nodes.aliased(_key_sql(plan, scope, fact, key, shifted, periods), key.column) for key in plan.keys
    ]
    common = fact.common_filters()
    for measure in fact.measures.values():
        own = [filter_sql(scope, sql) for sql in measure.filters if sql not in common]
        value = scope.own(measure.spec.expr)
        aggregated = aggregate(measure.spec, value, nodes.conjunction(own))
        columns.append(nodes.aliased(aggregated, measure.column))
    conditions = _time_conditions(scope, fact, reading, shifted)
    conditions += [filter_sql(scope, sql) for sql in plan.context.row_filters.get(fact.model, ())]
    conditions += [filter_sql(scope, sql) for sql in common]
    conditions += query_conditions(scope, reading.query)
    joins = list(scope.joins)
    if periods is not None:
        joins.append(_join_periods(plan, scope, fact, periods[0]))
    select = exp.Select(expressions=columns, from_=scope.source(), joins=joins)
    where = nodes.conjunction(conditions)
    if where is not None:
        select.set("where", exp.Where(this=where))
    if plan.keys:
        select.set("group", exp.Group(expressions=ordinals(len(plan.keys))))
    return Scan(select, periods)


def ordinals(count: int) -> list[exp.Expr]:
    """Return 1 … count."""
    return [exp.Literal.number(position) for position in range(1, count + 1)]


def query_conditions(scope: Scope, query: MetricQuery) -> list[exp.Expr]:
    """Return the query's own conditions and segments as SQL over a scan."""
    conditions = [where_sql(scope, where) for where in query.where]
    segments = scope.index.catalog.segments
    return conditions + [filter_sql(scope, segments[name].where.sql) for name in query.segments]


def _bucketed(plan: Plan, fact: Fact, reading: Reading) -> Bucketed | None:
    """Return how the fact's buckets are moved; None where it is not moved, or not by bucket."""
    key = plan.bucket_key(fact)
    if not fact.moves or key is None or key.name.grain is None:
        return None
    if reading.period is None:
        raise needs_period()
    buckets = [
        other for other in plan.keys if other.name.grain and other.name.dimension == key.name.dimension
    ]
    if len(buckets) > 1:
        raise QueryError(
            Text(
                zh="同时按两个时间粒度分组时不能比较时期。", en="Two time grains cannot be compared at once."
            ),
            Text(zh="只保留一个时间粒度。", en="Keep one of them."),
        )
    return bucketed(fact.moves, reading.period, key.name.grain, reading.calendar)


def _key_sql(
    plan: Plan,
    scope: Scope,
    fact: Fact,
    key: Key,
    shifted: Bucketed | None,
    periods: tuple[str, exp.Select] | None,
) -> exp.Expr:
    """Return a group column; the fact's own time is moved to the bucket that its rows answer for."""
    if shifted is None or key is not plan.bucket_key(fact) or key.name.grain is None:
        return scope.value(key.name).sql
    if periods is not None:
        return nodes.column("bucket", periods[0])
    located = scope.located(key.name)
    scope.require_grain(key.name, located)
    days, months = shifted.through_rows or (0, 0)
    moved = plus(plus(scope.raw(located), days, Grain.DAY), months, Grain.MONTH)
    return truncated(moved, key.name.grain, reading_calendar(plan))


def reading_calendar(plan: Plan) -> Calendar:
    """Return the catalog's calendar."""
    return Calendar(plan.index.catalog.week_start, plan.index.catalog.fiscal_year_start)


def _time_conditions(scope: Scope, fact: Fact, reading: Reading, shifted: Bucketed | None) -> list[exp.Expr]:
    """Return the half-open limits on the fact's time: its period, and never a row after today."""
    tomorrow = scope.context.today + ONE_DAY
    if fact.time is None:
        if reading.query.period is not None or fact.moves:
            raise without_time(scope.index.catalog.models[fact.model])
        return []
    start: date | None
    if shifted is not None:
        start, end = shifted.start, min(shifted.end, tomorrow)
    elif fact.moves:
        if reading.period is None or reading.query.period is None:
            raise needs_period()
        other = moved_period(fact.moves, reading.period, reading.calendar)
        start, end = other.start, min(other.end, tomorrow)
    elif reading.query.period is not None and reading.period is not None:
        start, end = reading.period.start, min(reading.period.end, tomorrow)
    else:
        start, end = None, tomorrow
    return time_limits(scope, start, end)


def time_limits(scope: Scope, start: date | None, end: date) -> list[exp.Expr]:
    """Return `time >= start` and `time < end` on the scan's time dimension."""
    time = scope.named(METRIC_TIME).sql
    limits: list[exp.Expr] = []
    if start is not None:
        limits.append(exp.GTE(this=time, expression=nodes.day(start)))
    limits.append(exp.LT(this=time.copy(), expression=nodes.day(end)))
    return limits


def _periods_table(
    plan: Plan, fact: Fact, reading: Reading, shifted: Bucketed
) -> tuple[str, exp.Select] | None:
    """Return name and SELECT of `periods (bucket, compared_with)`: one row per bucket of the period."""
    key = plan.bucket_key(fact)
    assert key is not None
    assert key.name.grain is not None
    assert reading.period is not None
    grain, period = key.name.grain, reading.period
    first = truncated_day(period.start, grain, reading.calendar)
    last = truncated_day(max(period.start, period.end - timedelta(days=1)), grain, reading.calendar)
    step = interval(1, grain)
    series = exp.GenerateSeries(start=nodes.day(first), end=nodes.day(last), step=step)
    bucket: exp.Expr = nodes.cast(nodes.column("day"), "DATE")
    other = bucket.copy()
    for move in shifted.steps:
        other = nodes.cast(move.earlier_sql(other, period, reading.calendar), "DATE")
    if grain is Grain.WEEK and any(move.start_of for move in shifted.steps):
        other = truncated(other, grain, reading.calendar)
    alias = exp.TableAlias(this=nodes.ident("buckets"), columns=[nodes.ident("day")])
    select = exp.Select(
        expressions=[nodes.aliased(bucket, "bucket"), nodes.aliased(other, "compared_with")],
        from_=exp.From(this=exp.Table(this=series, alias=alias)),
    )
    return plan.fresh("periods"), select


def truncated_day(day: date, grain: Grain, calendar: Calendar) -> date:
    """Return the first day of the bucket that holds `day`."""
    return truncate(day, grain, calendar.week_start, calendar.fiscal_year_start)


def _join_periods(plan: Plan, scope: Scope, fact: Fact, periods: str) -> exp.Join:
    key = plan.bucket_key(fact)
    assert key is not None
    condition = exp.EQ(this=scope.value(key.name).sql, expression=nodes.column("compared_with", periods))
    return exp.Join(this=nodes.table(periods), on=condition, kind="INNER")


def needs_period() -> QueryError:
    """Return the error of a comparison of all data: there is nothing before it."""
    return QueryError(
        Text(
            zh="没有时期可以比较:查询没有限定时间。",
            en="There is nothing to compare with: no period was asked.",
        ),
        Text(zh="请给出时间范围,例如 last_30_days。", en="Give a period, for example last_30_days."),
        code="needs_period",
    )
