"""Rows shown under a later time: the earlier buckets they come from, their group columns and their conditions."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, date_part, parts_told_by, truncated
from semantic_layer.compiler.facts import Fact, Key, Plan
from semantic_layer.compiler.own_offsets import custom_periods, moved_by_calendar
from semantic_layer.compiler.periods import Periods, periods_of
from semantic_layer.compiler.reading import Reading, asked_buckets, needs_period
from semantic_layer.compiler.scope import Scope
from semantic_layer.compiler.shifts import Bucketed, bucketed, by_days_where_needed
from semantic_layer.compiler.shown import OnTime, on_time
from semantic_layer.compiler.steps import Through
from semantic_layer.errors import QueryError
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.period import Grain, Period
from semantic_layer.text import Text


def bucketed_of(plan: Plan, fact: Fact, reading: Reading) -> Bucketed | None:
    """Return how the fact's buckets are moved; None where it is not moved, or not by bucket."""
    key = plan.bucket_key(fact)
    if not fact.moves or key is None or key.name.grain is None or by_own_calendar(fact):
        return None
    if reading.period is None:
        raise needs_period()
    buckets = [
        other for other in plan.keys if other.name.grain and other.name.dimension == key.name.dimension
    ]
    if len(buckets) > 1:
        raise _two_grains()
    main = reading.period
    if all(move.compare is None for move in fact.moves):
        main = asked_buckets(reading, reading.period, key.name.grain)
    return bucketed(fact.moves, main, key.name.grain, reading.calendar)


def by_own_calendar(fact: Fact) -> bool:
    """Return whether the fact is moved by buckets of one of the workspace's own calendars."""
    return any(isinstance(move.window, CalendarWindow) for move in fact.moves)


def earlier_periods(
    plan: Plan, fact: Fact, reading: Reading, shifted: Bucketed | None, alone: OnTime
) -> Periods | None:
    """Return the table of buckets and what they are compared with, where rows cannot just be moved."""
    key, own = plan.bucket_key(fact), plan.calendar_key(fact)
    if fact.moves and own is not None:
        if reading.period is None:
            raise needs_period()
        if key is not None:
            raise _two_grains()
        return custom_periods(plan, fact, own, reading, alone)
    if by_own_calendar(fact) and key is not None:
        if reading.period is None:
            raise needs_period()
        return moved_by_calendar(plan, fact, key, asked_buckets_of(fact, key, reading), alone)
    if shifted is None or shifted.through_rows is not None or key is None or reading.period is None:
        return None
    period = asked_buckets_of(fact, key, reading) if shifted.by_days else reading.period
    return periods_of(plan, fact, key, period, shifted, reading.calendar, alone)


def asked_buckets_of(fact: Fact, key: Key, reading: Reading) -> Period:
    """Return the period that the fact's buckets are moved from: as far as the data reach where it is compared."""
    assert reading.period is not None
    if any(move.compare is not None for move in fact.moves):
        return reading.period
    return asked_buckets(reading, reading.period, spine.calendar_grain(key))


def moved_buckets(plan: Plan, fact: Fact, reading: Reading, step: Grain) -> tuple[Bucketed | None, Periods]:
    """Return what the buckets of a moved fact are compared with, always as a table; `step`: its finest buckets."""
    shifted = bucketed_of(plan, fact, reading)
    alone = on_time(plan, fact, reading.query)
    key = plan.bucket_key(fact)
    if shifted is None or key is None or reading.period is None:
        periods = earlier_periods(plan, fact, reading, shifted, alone)
    else:
        period = asked_buckets_of(fact, key, reading)
        shifted = by_days_where_needed(shifted, period, spine.calendar_grain(key), reading.calendar, step)
        shown = period if shifted.by_days or shifted.through_rows is not None else reading.period
        periods = periods_of(plan, fact, key, shown, shifted, reading.calendar, alone)
    if periods is None:
        raise needs_period()
    return shifted, periods


def _two_grains() -> QueryError:
    """Return the error of earlier times by two time columns that do not follow from each other."""
    return QueryError(
        Text(zh="同时按两个时间粒度分组时不能比较时期。", en="Two time grains cannot be compared at once."),
        Text(zh="只保留一个时间粒度。", en="Keep one of them."),
    )


def key_sql(
    plan: Plan,
    scope: Scope,
    fact: Fact,
    key: Key,
    shifted: Bucketed | None,
    periods: Periods | None,
) -> exp.Expr:
    """Return a group column; the fact's own time is moved to the bucket that its rows answer for."""
    if periods is not None and key is (plan.bucket_key(fact) or plan.calendar_key(fact)):
        return nodes.column("bucket", periods.name)
    if shifted is None or key is not plan.bucket_key(fact) or key.name.grain is None:
        return scope.asked(key.name).sql
    located = scope.located(key.name)
    scope.require_grain(key.name, located)
    through = shifted.through_rows or Through()
    if through.keeps(key.name.grain):
        bucket = truncated(scope.raw(located), key.name.grain, reading_calendar(plan))
        return nodes.cast(through.added(bucket), "DATE")
    return truncated(through.added(scope.raw(located)), key.name.grain, reading_calendar(plan))


def parts_of_bucket(
    plan: Plan, fact: Fact, key: Key, bucket: exp.Expr, columns: list[exp.Expr]
) -> list[exp.Expr]:
    """Return the group columns with the parts of the fact's time taken from the bucket that is shown.

    Raises:
        QueryError: a part that a bucket does not tell, such as the day of the week of a month.
    """
    made = []
    for other, column in zip(plan.keys, columns, strict=True):
        if other.name.part is None or not plan.is_time_of(fact, other):
            made.append(column)
            continue
        if other.name.part not in parts_told_by(key.name.grain):
            raise _two_grains()
        made.append(date_part(bucket.copy(), other.name.part))
    return made


def unmoved_bucket(
    plan: Plan, scope: Scope, fact: Fact, shifted: Bucketed | None
) -> tuple[int, exp.Expr] | None:
    """Return the position of a group column that is moved as a bucket, and the bucket itself."""
    key = plan.bucket_key(fact)
    if key is None or key.name.grain is None or shifted is None or shifted.through_rows is None:
        return None
    if shifted.through_rows == Through() or not shifted.through_rows.keeps(key.name.grain):
        return None
    bucket = truncated(scope.raw(scope.located(key.name)), key.name.grain, reading_calendar(plan))
    return plan.keys.index(key), bucket


def reading_calendar(plan: Plan) -> Calendar:
    """Return the catalog's calendar."""
    return Calendar(plan.index.catalog.week_start, plan.index.catalog.fiscal_year_start)


def on_shown_time(
    plan: Plan,
    scope: Scope,
    fact: Fact,
    reading: Reading,
    keys: list[exp.Expr],
    moved: tuple[Bucketed | None, Periods | None],
    alone: OnTime,
) -> list[exp.Expr]:
    """Return the conditions on the time of moved rows: they mean the time that the rows are shown under."""
    shifted, periods = moved
    key = plan.bucket_key(fact)
    through = shifted.through_rows if shifted is not None else None
    if periods is not None:  # tested there
        scope.shown_time = nodes.column("bucket", periods.name)
        return []
    if key is None or key.name.grain is None or through is None or reading.period is None:
        return []
    if not through.keeps(key.name.grain):
        scope.shown_time = through.added(scope.own_time())
        return alone.over(plan, fact, scope.shown_time)
    scope.shown_time = keys[plan.keys.index(key)]
    period = asked_buckets(reading, reading.period, key.name.grain)
    return alone.of_buckets(plan, fact, scope.shown_time, key.name.grain, period)
