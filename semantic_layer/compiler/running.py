"""Running values: for every day of the period, the rows of the window that ends with that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlglot import exp

from semantic_layer.catalog import Window
from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import plus, truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_join
from semantic_layer.compiler.facts import Fact, Key, Measure, Plan, Running
from semantic_layer.compiler.measures import aggregate, filled
from semantic_layer.compiler.moving import moved_buckets, parts_of_bucket
from semantic_layer.compiler.names import Name
from semantic_layer.compiler.paths import locate
from semantic_layer.compiler.periods import Periods, span_of, whole_days
from semantic_layer.compiler.reading import Reading, needs_period
from semantic_layer.compiler.scans import Rows, Scan, aggregated, grouped, rows_of
from semantic_layer.compiler.scope import not_yet, without_time
from semantic_layer.compiler.shifts import moved_period
from semantic_layer.compiler.shown import on_time
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
        QueryError: no time dimension, or no period to run over.
    """
    if fact.time is None:
        raise without_time(plan.index.catalog.models[fact.model])
    tomorrow = plan.context.today + ONE_DAY
    key = plan.bucket_key(fact) or plan.calendar_key(fact)
    period = reading.period
    if key is None:
        if period is not None and fact.moves:
            period = moved_period(fact.moves, period, reading.calendar)
            if isinstance(period.end, datetime):
                raise not_yet(
                    Text(
                        zh="不按时间分组的、按小时偏移的累计值",
                        en="a running value moved by hours without time",
                    )
                )
        end = min(period.end, tomorrow) if period is not None else tomorrow
        limits = (_lookback(running, end - ONE_DAY, reading, at_its_end=True), end)
        return aggregated(plan, fact, rows_of(plan, fact, reading, limits))
    if period is None:
        raise needs_period()
    return _by_bucket(plan, fact, running, key, period, reading)


def _lookback(running: Running, day: date, reading: Reading, *, at_its_end: bool = False) -> date | None:
    """Return the first moment that counts for the value as of `day` (of its first bucket, or at its end).

    None: every moment before it counts.
    """
    if running.window is not None and running.window.grain.order < Grain.DAY.order:
        length = running.window.count * spine.length_of(running.window.grain)
        return datetime.combine(day, time.min) + (ONE_DAY if at_its_end else timedelta(0)) - length
    if running.window is not None:
        return shift(day, -running.window.count, running.window.grain) + ONE_DAY
    if running.since is not None:
        return truncate(day, running.since, reading.calendar.week_start, reading.calendar.fiscal_year_start)
    return None


def _step(plan: Plan, fact: Fact, running: Running, key: Key) -> Grain:
    """Return the grain at which the value is taken: a day, or finer where buckets, the window or an offset are.

    Finer, too, where the fact's time is and the workspace has a time spine for it: the first value of a day is then
    that of its first hour, as in MetricFlow. Coarser where the fact's time is: plans by month have a value by month.
    """
    assert fact.time is not None
    own = locate(plan.index, fact.model, Name(fact.time, plan.index.dimension(fact.time))).grain
    if own is not None and own.order > Grain.DAY.order:
        return own
    grains = [Grain.DAY]
    if own is not None and any(grain is own for _, _, grain in plan.index.catalog.time_spines.values()):
        grains.append(own)
    if key.name.grain is not None:
        grains.append(key.name.grain)
    if running.window is not None:
        grains.append(running.window.grain)
    if running.since is not None:
        grains.append(running.since)
    grains += [move.window.grain for move in fact.moves if isinstance(move.window, Window)]
    return min(grains, key=lambda grain: grain.order)


def _by_bucket(plan: Plan, fact: Fact, running: Running, key: Key, period: Period, reading: Reading) -> Scan:
    step = _step(plan, fact, running, key)
    shifted = periods = None
    shown = period
    if fact.moves:  # the value as of the earlier buckets, shown under the later ones
        shifted, periods = moved_buckets(plan, fact, reading, step)
        shown = whole_days(*span_of(shifted, period, fact.moves))
    first, _ = spine.ends(shown, max(step, Grain.DAY, key=lambda grain: grain.order), reading.calendar)
    limits = (_lookback(running, first, reading), min(shown.end, plan.context.today + ONE_DAY))
    tested = on_time(plan, fact, reading.query)
    rows = rows_of(plan, replace(fact, moves=()), reading, limits, tested=tested)
    in_parts = all(measure.spec.agg in _OF_PARTS for measure in fact.measures.values())
    daily, days, by_day = (plan.fresh(f"{fact.cte}_{part}") for part in ("rows", "days", "by_day"))
    parts = _daily(plan, fact, key, rows, in_parts, step, reading)
    each_day = exp.Select(
        expressions=[nodes.aliased(spine.bucket(step), "day")],
        from_=spine.buckets(*spine.ends(shown, step, reading.calendar), step),
    )
    if periods is None:
        nodes.only_where(each_day, tested.over(plan, fact, spine.bucket(step)))
    day = nodes.column("day", days)
    values: list[exp.Expr] = [
        day if other is key else nodes.column(other.column, daily) for other in plan.keys
    ]
    if key.name.grain is not None:
        values = parts_of_bucket(plan, fact, replace(key, name=replace(key.name, grain=step)), day, values)
    columns = [nodes.aliased(value, other.column) for value, other in zip(values, plan.keys, strict=True)]
    columns += [
        nodes.aliased(filled(_met(each, daily, in_parts), each.spec), each.column)
        for each in fact.measures.values()
    ]
    window = exp.Join(
        this=nodes.table(daily),
        side="LEFT" if fact.on_spine else None,
        kind=None if fact.on_spine else "INNER",
        on=_in_window(running, nodes.column(key.column, daily), days, reading),
    )
    accumulated = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(days)), joins=[window])
    grouped(accumulated, len(plan.keys))
    before = (*rows.before, (daily, parts), (days, each_day))
    if periods is None and key.name.grain is step:
        return Scan(accumulated, before)
    above = periods.before if periods is not None else ()
    buckets = _of_buckets(plan, fact, running, key, by_day, reading, periods)
    if periods is not None:
        nodes.only_where(buckets, tested.over(plan, fact, nodes.column("bucket", periods.name)))
    return Scan(buckets, (*before, (by_day, accumulated), *above))


def _daily(
    plan: Plan, fact: Fact, key: Key, rows: Rows, in_parts: bool, step: Grain, reading: Reading
) -> exp.Select:
    """Return one row per day (or finer) and group with its aggregates, or the rows with their values."""
    scope = rows.scope
    columns: list[exp.Expr] = []
    for other, sql in zip(plan.keys, rows.keys, strict=True):
        if other is key:
            located = scope.located(key.name)
            scope.require_grain(replace(key.name, grain=step), located)
            columns.append(nodes.aliased(truncated(scope.raw(located), step, reading.calendar), other.column))
        else:
            columns.append(nodes.aliased(sql, other.column))
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
    plan: Plan,
    fact: Fact,
    running: Running,
    key: Key,
    by_day: str,
    reading: Reading,
    periods: Periods | None,
) -> exp.Select:
    """Return the values by day taken together per bucket, or per bucket that they are compared with."""
    day = nodes.column(key.column, by_day)
    joins: list[exp.Join] = []
    if periods is not None:
        bucket: exp.Expr = nodes.column("bucket", periods.name)
        grain = key.name.grain or Grain.DAY
        joins.append(periods.join(truncated(day.copy(), grain, reading.calendar), day.copy()))
    elif key.grain is not None:
        joins.append(calendar_join(plan.index, plan.context, key.grain, key.grain.name, day.copy()))
        bucket = calendar_bucket(key.grain, key.grain.name, plan.context.today)
    else:
        bucket = truncated(day.copy(), spine.calendar_grain(key), reading.calendar)
    columns: list[exp.Expr] = []
    for other in plan.keys:
        value = bucket if other is key else nodes.column(other.column, by_day)
        columns.append(nodes.aliased(value, other.column))
    for measure in fact.measures.values():
        amount = nodes.column(measure.column, by_day)
        pick = _PICK.get(running.period_agg)
        call = pick(this=amount, expression=day.copy()) if pick is not None else exp.Avg(this=amount)
        columns.append(nodes.aliased(call, measure.column))
    select = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(by_day)), joins=joins)
    return grouped(select, len(plan.keys))
