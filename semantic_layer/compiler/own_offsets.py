"""Earlier times by the workspace's own calendars: the days that answer for their buckets, or for days moved by them."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from semantic_layer.catalog import Window
from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, plus, truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_join, calendar_key, calendar_source
from semantic_layer.compiler.facts import Fact, Key, Plan
from semantic_layer.compiler.periods import Periods
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.scope import not_yet
from semantic_layer.compiler.shifts import step_of
from semantic_layer.compiler.shown import OnTime
from semantic_layer.fiscal import CalendarWindow, CustomGrain
from semantic_layer.period import Grain, Period
from semantic_layer.text import Text


def custom_periods(plan: Plan, fact: Fact, key: Key, reading: Reading, alone: OnTime) -> Periods:
    """Return (bucket, day compared with) for a time column by one of the workspace's own calendars.

    The previous period of a bucket is the bucket before it; the previous year's the one that holds the day 364 days
    before the bucket's first (52 weeks: the same week of the year before, in retail's reading). Like for like: the
    days of the period in the bucket count from its first day. An offset by the same calendar takes whole buckets, any
    other one goes day by day.

    `alone` are the conditions on the time, which are those on the days shown.

    Raises:
        QueryError: an offset to the start of a grain, or a comparison of whole buckets after another move.
    """
    grain, period = key.grain, reading.period
    assert grain is not None
    assert period is not None
    if grain.base is not Grain.DAY:
        raise not_yet(
            Text(zh="按非日历日的自定义历法比较", en="comparing by a calendar that is not kept by day")
        )
    shown = (plan, fact, alone)
    kinds = [move.compare.kind for move in fact.moves if move.compare is not None]
    if len(fact.moves) == 1 and kinds and kinds[0] in ("previous_period", "previous_year"):
        return _counterparts(shown, grain, period, 364 if kinds[0] == "previous_year" else None)
    windows = [move.window for move in fact.moves if isinstance(move.window, CalendarWindow)]
    if len(windows) == len(fact.moves) and all(window.grain == grain.name for window in windows):
        count = sum(window.count for window in windows)
        asked = reading.query.period.period() if reading.query.period is not None else None
        return _counterparts(shown, grain, asked or period, None, count, is_cut=asked is not None)
    of_buckets = any(kind in ("previous_period", "previous_year") for kind in kinds)
    if of_buckets:
        raise not_yet(Text(zh=f"按 {grain.name} 的这种比较", en=f"this comparison by {grain.name}"))
    if any(move.start_of is not None for move in fact.moves):
        return _at_starts(shown, grain, period)
    units = [move.window.grain for move in fact.moves if isinstance(move.window, Window)]
    fine = min((*units, Grain.DAY), key=lambda unit: unit.order)
    if fine is not Grain.DAY and not windows:
        return _moved_hours(shown, grain, reading, fine)
    source, day, bucket = _days(plan, grain)
    made = exp.Select(expressions=[nodes.aliased(bucket, "bucket")], from_=source)
    made.set("where", exp.Where(this=nodes.conjunction(_inside(day, period))))
    return _moved_days(shown, made, day, period, Grain.DAY)


def _moved_hours(
    shown: tuple[Plan, Fact, OnTime], grain: CustomGrain, reading: Reading, fine: Grain
) -> Periods:
    """Return the hours (or finer) that answer for the hours of each bucket."""
    plan, fact, alone = shown
    assert reading.period is not None
    hour = spine.bucket(fine)
    other = hour.copy()
    for move in fact.moves:
        if (step := step_of(move, reading.period, fine)) is not None:
            other = nodes.cast(step.earlier_sql(other, reading.period, reading.calendar), "TIMESTAMP")
    alias = plan.fresh(grain.name + "_days")
    made = exp.Select(
        expressions=[
            nodes.aliased(calendar_bucket(grain, alias, plan.context.today), "bucket"),
            nodes.aliased(other, "compared_with"),
        ],
        from_=spine.buckets(*spine.ends(reading.period, fine, reading.calendar), fine),
        joins=[calendar_join(plan.index, plan.context, grain, alias, hour.copy(), side="")],
        distinct=exp.Distinct(),
    )
    nodes.only_where(made, alone.over(plan, fact, hour))
    name = plan.fresh("periods")
    return Periods(name, ((name, made),), by=fine)


def _at_starts(shown: tuple[Plan, Fact, OnTime], grain: CustomGrain, period: Period) -> Periods:
    """Return the day that answers for each bucket where a start of a grain is asked: as seen from its first day."""
    before, buckets = _bucket_ctes(shown[0], grain)
    made = exp.Select(
        expressions=[nodes.column("bucket", buckets)], from_=exp.From(this=nodes.table(buckets))
    )
    made.set("where", exp.Where(this=nodes.conjunction(_touched(buckets, period))))
    found = _moved_days(shown, made, nodes.column("first_day", buckets), period, Grain.DAY)
    return replace(found, before=(*before, *found.before))


def _bucket_ctes(plan: Plan, grain: CustomGrain) -> tuple[list[tuple[str, exp.Select]], str]:
    """Return the CTEs (day, bucket) of a calendar and of its buckets (see `_by_bucket`), and the latter's name."""
    days, buckets = (plan.fresh(f"{grain.name}_{each}") for each in ("days", "buckets"))
    source, day, bucket = _days(plan, grain)
    all_days = exp.Select(
        expressions=[nodes.aliased(nodes.cast(day, "DATE"), "day"), nodes.aliased(bucket, "bucket")],
        from_=source,
    )
    return [(days, all_days), (buckets, _by_bucket(days))], buckets


def _touched(buckets: str, period: Period) -> list[exp.Expr]:
    """Return the tests that a bucket has a day in the period."""
    return [
        exp.GTE(this=nodes.column("last_day", buckets), expression=nodes.day(period.start)),
        exp.LT(this=nodes.column("first_day", buckets), expression=nodes.day(period.end)),
    ]


def moved_by_calendar(plan: Plan, fact: Fact, key: Key, period: Period, alone: OnTime) -> Periods:
    """Return (bucket, day) for a plain time column whose metric is moved by buckets of a calendar of one's own.

    A day of a bucket answers for the day of the same number in the later bucket; one that a shorter bucket lacks
    answers for none. As in MetricFlow.

    Raises:
        QueryError: the time column, or the calendar, is finer than a day.
    """
    grain = spine.calendar_grain(key)
    if grain.order < Grain.DAY.order:
        raise not_yet(Text(zh="按小时查看按自定义历法偏移的指标", en="a calendar's offset shown by hours"))
    calendar = Calendar(plan.index.catalog.week_start, plan.index.catalog.fiscal_year_start)
    day = spine.bucket(Grain.DAY)
    made = exp.Select(
        expressions=[nodes.aliased(truncated(day.copy(), grain, calendar), "bucket")],
        from_=spine.buckets(*spine.ends(period, Grain.DAY, calendar), Grain.DAY),
    )
    return _moved_days((plan, fact, alone), made, day, period, grain)


def _days(plan: Plan, grain: CustomGrain) -> tuple[exp.From, exp.Expr, exp.Expr]:
    source = calendar_source(plan.index, plan.context, grain, grain.name + "_days")
    today = plan.context.today
    alias = grain.name + "_days"
    return exp.From(this=source), calendar_key(grain, alias, today), calendar_bucket(grain, alias, today)


def _moved_days(
    shown: tuple[Plan, Fact, OnTime], made: exp.Select, day: exp.Expr, period: Period, grain: Grain
) -> Periods:
    """Return the days that the days of `made`, a SELECT of their buckets, are moved to."""
    plan, fact, alone = shown
    catalog = plan.index.catalog
    calendar = Calendar(catalog.week_start, catalog.fiscal_year_start)
    before: list[tuple[str, exp.Select]] = []
    joins: list[exp.Join] = []
    other: exp.Expr = nodes.cast(day.copy(), "DATE")
    for move in fact.moves:
        if isinstance(move.window, CalendarWindow):
            places = _places(plan, catalog.custom_grains[move.window.grain], before)
            other = _same_place(places, other, move.window.count, joins)
        elif (step := step_of(move, period, grain)) is not None:
            other = nodes.cast(step.earlier_sql(other, period, calendar), "DATE")
    made.append("expressions", nodes.aliased(other, "compared_with"))
    for join in joins:
        made.append("joins", join)
    made.set("distinct", exp.Distinct())  # several days may be moved to one: it counts once per bucket
    tests = alone.over(plan, fact, day)
    if tests:
        made.where(*tests, copy=False)
    name = plan.fresh("periods")
    return Periods(name, (*before, (name, made)), by=Grain.DAY)


def _places(plan: Plan, grain: CustomGrain, before: list[tuple[str, exp.Select]]) -> str:
    """Add the CTE (day, number, place): the number of the day's bucket in order, and the day's place in it."""
    if grain.base is not Grain.DAY:
        raise not_yet(
            Text(zh="按非日历日的自定义历法偏移", en="an offset by a calendar that is not kept by day")
        )
    made, buckets = _bucket_ctes(plan, grain)
    days, places = made[0][0], plan.fresh(f"{grain.name}_places")
    in_order = exp.Order(expressions=[exp.Ordered(this=nodes.column("day", days), nulls_first=False)])
    place = exp.Window(
        this=nodes.function("ROW_NUMBER"), partition_by=[nodes.column("bucket", days)], order=in_order
    )
    same = exp.EQ(this=nodes.column("bucket", days), expression=nodes.column("bucket", buckets))
    placed = exp.Select(
        expressions=[
            nodes.column("day", days),
            nodes.column("number", buckets),
            nodes.aliased(place, "place"),
        ],
        from_=exp.From(this=nodes.table(days)),
        joins=[exp.Join(this=nodes.table(buckets), kind="INNER", on=same)],
    )
    before += [*made, (places, placed)]
    return places


def _by_bucket(days: str) -> exp.Select:
    """Return the buckets of a calendar's days with their ends, numbered in the order of their first days."""
    first = exp.Min(this=nodes.column("day", days))
    in_order = exp.Order(expressions=[exp.Ordered(this=first.copy(), nulls_first=False)])
    number = exp.Window(this=nodes.function("ROW_NUMBER"), order=in_order)
    return exp.Select(
        expressions=[
            nodes.column("bucket", days),
            nodes.aliased(first, "first_day"),
            nodes.aliased(exp.Max(this=nodes.column("day", days)), "last_day"),
            nodes.aliased(number, "number"),
        ],
        from_=exp.From(this=nodes.table(days)),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
    )


def _same_place(places: str, day: exp.Expr, count: int, joins: list[exp.Join]) -> exp.Expr:
    """Add the joins from a day to the day at its place in the bucket `count` before; return that day."""
    now, earlier = (f"{word}_{len(joins) // 2 + 1}" for word in ("now", "earlier"))
    same_day = exp.EQ(this=nodes.column("day", now), expression=day)
    number = exp.Sub(this=nodes.column("number", now), expression=exp.Literal.number(count))
    tests: list[exp.Expr] = [
        exp.EQ(this=nodes.column("number", earlier), expression=number),
        exp.EQ(this=nodes.column("place", earlier), expression=nodes.column("place", now)),
    ]
    joins += [
        exp.Join(this=nodes.table(places, now), kind="INNER", on=same_day),
        exp.Join(this=nodes.table(places, earlier), kind="INNER", on=nodes.conjunction(tests)),
    ]
    return nodes.column("day", earlier)


def _inside(day: exp.Expr, period: Period) -> list[exp.Expr]:
    return [
        exp.GTE(this=day.copy(), expression=nodes.day(period.start)),
        exp.LT(this=day.copy(), expression=nodes.day(period.end)),
    ]


def _counterparts(
    shown: tuple[Plan, Fact, OnTime],
    grain: CustomGrain,
    period: Period,
    days_back: int | None,
    count: int = 1,
    *,
    is_cut: bool = True,
) -> Periods:
    """Return the days of the bucket `count` before each bucket, or of the one that holds the day `days_back`.

    `is_cut`: a bucket that the period holds only in part is compared with the same part.
    """
    plan, fact, alone = shown
    made, buckets = _bucket_ctes(plan, grain)
    days, pairs, name = made[0][0], plan.fresh(f"{grain.name}_pairs"), plan.fresh("periods")
    if days_back is not None:
        target = nodes.cast(plus(nodes.column("first_day", "now"), -days_back, Grain.DAY), "DATE")
        same: list[exp.Expr] = [
            exp.LTE(this=nodes.column("first_day", "earlier"), expression=target),
            exp.GTE(this=nodes.column("last_day", "earlier"), expression=target.copy()),
        ]
    else:
        number = exp.Sub(this=nodes.column("number", "now"), expression=exp.Literal.number(count))
        same = [exp.EQ(this=nodes.column("number", "earlier"), expression=number)]
    paired = exp.Select(
        expressions=[
            nodes.aliased(nodes.column("bucket", "now"), "bucket"),
            nodes.aliased(nodes.column("first_day", "now"), "first_day"),
            nodes.aliased(nodes.column("last_day", "now"), "last_day"),
            nodes.aliased(nodes.column("bucket", "earlier"), "other_bucket"),
            nodes.aliased(nodes.column("first_day", "earlier"), "other_first_day"),
        ],
        from_=exp.From(this=nodes.table(buckets, "now")),
        joins=[exp.Join(this=nodes.table(buckets, "earlier"), kind="INNER", on=nodes.conjunction(same))],
    )
    touched = _touched("now", period)
    day_of = nodes.column("day", days)
    if tests := alone.over(plan, fact, day_of):
        asked = _with_a_day(days, tests)
        touched.append(exp.In(this=nodes.column("bucket", "now"), query=asked))
    paired.set("where", exp.Where(this=nodes.conjunction(touched)))
    same_bucket = exp.EQ(this=nodes.column("bucket", days), expression=nodes.column("other_bucket", pairs))
    inside: list[exp.Expr] = [same_bucket]
    if is_cut:
        inside += _like_for_like(nodes.column("day", days), pairs, period)
    select = exp.Select(
        expressions=[
            nodes.column("bucket", pairs),
            nodes.aliased(nodes.column("day", days), "compared_with"),
        ],
        from_=exp.From(this=nodes.table(pairs)),
        joins=[exp.Join(this=nodes.table(days), kind="INNER", on=nodes.conjunction(inside))],
    )
    before_all = (*made, (pairs, paired), (name, select))
    return Periods(name, before_all, by=Grain.DAY)


def _with_a_day(days: str, tests: list[exp.Expr]) -> exp.Subquery:
    """Return the buckets that have a day for which the tests hold, as a subquery."""
    found = exp.Select(expressions=[nodes.column("bucket", days)], from_=exp.From(this=nodes.table(days)))
    nodes.only_where(found, tests)
    return exp.Subquery(this=found)


def _like_for_like(day: exp.Expr, pairs: str, period: Period) -> list[exp.Expr]:
    """Return the tests that the period holds the day of its bucket with the same number as `day` in the other one."""

    def number(of: exp.Expr, first: str) -> exp.Expr:
        return nodes.days_between(of.copy(), nodes.column(first, pairs))

    begun = exp.GTE(
        this=number(day, "other_first_day"), expression=number(nodes.day(period.start), "first_day")
    )
    over = exp.LT(this=nodes.column("last_day", pairs), expression=nodes.day(period.end))
    elapsed = exp.LT(
        this=number(day, "other_first_day"), expression=number(nodes.day(period.end), "first_day")
    )
    return [begun, nodes.disjunction([over, elapsed])]
