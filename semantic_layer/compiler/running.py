"""Running values: for every day of the period, the rows of the window that ends with that day."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import plus, truncated
from semantic_layer.compiler.facts import Fact, Key, Measure, Plan, Running
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.scans import Reading, Rows, Scan, aggregated, grouped, needs_period, rows_of
from semantic_layer.compiler.scope import not_yet, without_time
from semantic_layer.compiler.shifts import moved_period
from semantic_layer.period import ONE_DAY, Grain, Period, shift, truncate
from semantic_layer.text import Text

# Aggregations that can be taken of daily parts, and how the parts meet; the others need the rows themselves.
_OF_PARTS: dict[str, type[exp.AggFunc]] = {
    "sum": exp.Sum, "count": exp.Sum, "sum_boolean": exp.Sum, "min": exp.Min, "max": exp.Max,
}  # fmt: skip
_PICK: dict[str, type[exp.Func]] = {"first": exp.ArgMin, "last": exp.ArgMax}


def running_scan(plan: Plan, fact: Fact, running: Running, reading: Reading) -> Scan:
    """Return a running value: as of the period's last day, or as of each bucket of the query's time column.

    By bucket, the value of a bucket larger than a day is that of its first or last day, or the mean of its
    days, as `period_agg` says.

    Raises:
        QueryError: no time dimension, no period to run over, or a comparison by bucket.
    """
    if fact.time is None:
        raise without_time(plan.index.catalog.models[fact.model])
    tomorrow = plan.context.today + ONE_DAY
    key = plan.bucket_key(fact)
    period = reading.period
    if key is None:
        if period is not None and fact.moves:
            period = moved_period(fact.moves, period, reading.calendar)
        end = min(period.end, tomorrow) if period is not None else tomorrow
        limits = (_lookback(running, end - ONE_DAY, reading), end)
        return aggregated(plan, fact, rows_of(plan, fact, reading, limits))
    if fact.moves:
        raise not_yet(Text(zh="按时间分组的累计指标的比较", en="comparing a cumulative metric by bucket"))
    if period is None:
        raise needs_period()
    return _by_bucket(plan, fact, running, key, period, reading)


def _lookback(running: Running, day: date, reading: Reading) -> date | None:
    """Return the first day that counts for the value as of `day`; None: every day before it."""
    if running.window is not None:
        return shift(day, -running.window.count, _days_or_more(running.window.grain)) + ONE_DAY
    if running.since is not None:
        return truncate(day, running.since, reading.calendar.week_start, reading.calendar.fiscal_year_start)
    return None


def _days_or_more(grain: Grain) -> Grain:
    if grain.order < Grain.DAY.order:
        raise not_yet(Text(zh="小于一天的累计窗口", en="a cumulative window shorter than a day"))
    return grain


def _by_bucket(plan: Plan, fact: Fact, running: Running, key: Key, period: Period, reading: Reading) -> Scan:
    grain = spine.calendar_grain(key)
    limits = (_lookback(running, period.start, reading), period.end)
    rows = rows_of(plan, fact, reading, limits)
    in_parts = all(measure.spec.agg in _OF_PARTS for measure in fact.measures.values())
    daily, days, by_day = (plan.fresh(f"{fact.cte}_{part}") for part in ("rows", "days", "by_day"))
    parts = _daily(plan, fact, key, rows, in_parts)
    each_day = exp.Select(
        expressions=[nodes.aliased(spine.bucket(), "day")],
        from_=spine.buckets(period.start, max(period.start, period.end - ONE_DAY), Grain.DAY),
    )
    columns: list[exp.Expr] = []
    for other in plan.keys:
        value = nodes.column("day", days) if other is key else nodes.column(other.column, daily)
        columns.append(nodes.aliased(value, other.column))
    columns += [nodes.aliased(_met(each, daily, in_parts), each.column) for each in fact.measures.values()]
    window = exp.Join(
        this=nodes.table(daily),
        kind="INNER",
        on=_in_window(running, nodes.column(key.column, daily), days, reading),
    )
    accumulated = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(days)), joins=[window])
    grouped(accumulated, len(plan.keys))
    before = (*rows.before, (daily, parts), (days, each_day))
    if grain is Grain.DAY:
        return Scan(accumulated, before)
    return Scan(_of_buckets(plan, fact, running, key, by_day, reading), (*before, (by_day, accumulated)))


def _daily(plan: Plan, fact: Fact, key: Key, rows: Rows, in_parts: bool) -> exp.Select:
    """Return one row per day and group with daily aggregates, or the rows with their values."""
    scope = rows.scope
    columns: list[exp.Expr] = []
    for other, sql in zip(plan.keys, rows.keys, strict=True):
        day = nodes.cast(scope.raw(scope.located(key.name)), "DATE")
        columns.append(nodes.aliased(day if other is key else sql, other.column))
    for measure in fact.measures.values():
        value, own = scope.own(measure.spec.expr), rows.own_filters(measure)
        if in_parts:
            value = aggregate(measure.spec, value, own)
        elif own is not None:
            value = exp.Case(ifs=[exp.If(this=own, true=value)])
        columns.append(nodes.aliased(value, measure.column))
    select = rows.select(columns)
    return grouped(select, len(plan.keys)) if in_parts else select


def _met(measure: Measure, daily: str, in_parts: bool) -> exp.Expr:
    value = nodes.column(measure.column, daily)
    if not in_parts:
        return aggregate(measure.spec, value, None)
    call = _OF_PARTS[measure.spec.agg](this=value)
    return nodes.cast(call, "BIGINT") if measure.spec.agg in ("count", "sum_boolean") else call


def _in_window(running: Running, of_row: exp.Column, days: str, reading: Reading) -> exp.Expr:
    day = nodes.column("day", days)
    tests: list[exp.Expr] = [exp.LTE(this=of_row, expression=day)]
    if running.window is not None:
        first = plus(day.copy(), -running.window.count, running.window.grain)
        tests.append(exp.GT(this=of_row.copy(), expression=first))
    elif running.since is not None:
        tests.append(
            exp.GTE(this=of_row.copy(), expression=truncated(day.copy(), running.since, reading.calendar))
        )
    made = nodes.conjunction(tests)
    assert made is not None
    return made


def _of_buckets(
    plan: Plan, fact: Fact, running: Running, key: Key, by_day: str, reading: Reading
) -> exp.Select:
    """Return the daily values taken together per larger bucket."""
    grain = spine.calendar_grain(key)
    day = nodes.column(key.column, by_day)
    columns: list[exp.Expr] = []
    for other in plan.keys:
        column = nodes.column(other.column, by_day)
        columns.append(
            nodes.aliased(
                truncated(column, grain, reading.calendar) if other is key else column, other.column
            )
        )
    for measure in fact.measures.values():
        value = nodes.column(measure.column, by_day)
        pick = _PICK.get(running.period_agg)
        call = pick(this=value, expression=day.copy()) if pick is not None else exp.Avg(this=value)
        columns.append(nodes.aliased(call, measure.column))
    select = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(by_day)))
    return grouped(select, len(plan.keys))
