"""`periods`: which earlier time answers for each bucket of a query, as a small table that a scan is joined to.

Three forms: bucket by bucket (leap days, ISO week 53, the start of a grain), day by day (weeks moved by months), and
buckets of the workspace's own calendars.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, plus, truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_key, calendar_source
from semantic_layer.compiler.facts import Fact, Key, Plan
from semantic_layer.compiler.scope import not_yet
from semantic_layer.compiler.shifts import Bucketed, Step, steps_by_day
from semantic_layer.compiler.shown import OnTime
from semantic_layer.fiscal import CustomGrain
from semantic_layer.period import ONE_DAY, Grain, Period, shift
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Periods:
    """The table (bucket, compared_with). `by_day`: what is compared with are days, not buckets.

    `cut`: the last bucket alone reads its counterpart only before this day.
    """

    name: str
    before: tuple[tuple[str, exp.Select], ...]
    by_day: bool
    cut: tuple[date, date] | None = None

    def join(self, bucket: exp.Expr, time: exp.Expr) -> exp.Join:
        """Return the join of rows with their bucket and their time."""
        own = nodes.cast(time.copy(), "DATE") if self.by_day else bucket
        condition: exp.Expr = exp.EQ(this=own, expression=nodes.column("compared_with", self.name))
        if self.cut is not None:
            last, until = (nodes.day(day) for day in self.cut)
            whole = exp.LT(this=nodes.column("bucket", self.name), expression=last)
            in_part = exp.LT(this=time, expression=until)
            condition = exp.And(
                this=condition, expression=exp.Paren(this=nodes.disjunction([whole, in_part]))
            )
        return exp.Join(this=nodes.table(self.name), on=condition, kind="INNER")


def periods_of(
    plan: Plan, fact: Fact, key: Key, period: Period, shifted: Bucketed, calendar: Calendar, alone: OnTime
) -> Periods:
    """Return one row per bucket of the period (and day, where the moves do not keep buckets).

    `alone` are the conditions on the time, which are those on the buckets shown.
    """
    grain = spine.calendar_grain(key)
    name = plan.fresh("periods")
    if shifted.by_days and not any(step.start_of for step in shifted.steps):
        bucket = truncated(spine.bucket(Grain.DAY), grain, calendar)
        other: exp.Expr = spine.bucket(Grain.DAY)
        for step in shifted.steps:
            other = nodes.cast(step.earlier_sql(other, period, calendar), "DATE")
        days = spine.buckets(period.start, max(period.start, period.end - ONE_DAY), Grain.DAY)
        select = exp.Select(
            expressions=[nodes.aliased(bucket, "bucket"), nodes.aliased(other, "compared_with")],
            from_=days,
            distinct=exp.Distinct(),  # 29 to 31 March have one day of February: it counts once per bucket
        )
        nodes.only_where(select, alone.over(plan, fact, spine.bucket(Grain.DAY)))
        return Periods(name, ((name, select),), by_day=True)
    first, last = spine.ends(period, grain, calendar)
    other = spine.bucket(grain)
    for step in shifted.steps:
        other = nodes.cast(step.earlier_sql(other, period, calendar), "DATE")
    select = exp.Select(
        expressions=[nodes.aliased(spine.bucket(grain), "bucket"), nodes.aliased(other, "compared_with")],
        from_=spine.buckets(first, last, grain),
    )
    shown = spine.bucket(grain)
    of_day = shifted.by_days  # the first day of the bucket stands for it
    tests = alone.over(plan, fact, shown) if of_day else alone.of_buckets(plan, fact, shown, grain, period)
    nodes.only_where(select, tests)
    return Periods(name, ((name, select),), by_day=shifted.by_days, cut=shifted.cut)


def custom_periods(plan: Plan, fact: Fact, key: Key, period: Period, alone: OnTime) -> Periods:
    """Return (bucket, day compared with) for a time column by one of the workspace's own calendars.

    The previous period of a bucket is the bucket before it; the previous year's the one that holds the day 364 days
    before the bucket's first (52 weeks: the same week of the year before, in retail's reading). Like for like: the
    days of the period in the bucket count from its first day. An offset moves day by day.

    `alone` are the conditions on the time, tested on the days shown where the moves go day by day.

    Raises:
        QueryError: an offset to the start of a grain, or a comparison of whole buckets after another move.
    """
    grain = key.grain
    assert grain is not None
    if grain.base is not Grain.DAY:
        raise not_yet(
            Text(zh="按非日历日的自定义历法比较", en="comparing by a calendar that is not kept by day")
        )
    kinds = [move.compare.kind for move in fact.moves if move.compare is not None]
    if len(fact.moves) == 1 and kinds and kinds[0] in ("previous_period", "previous_year"):
        return _counterparts(plan, grain, period, previous_year=kinds[0] == "previous_year")
    of_buckets = any(kind in ("previous_period", "previous_year") for kind in kinds)
    if of_buckets or any(move.start_of is not None for move in fact.moves):
        raise not_yet(Text(zh=f"按 {grain.name} 的这种比较", en=f"this comparison by {grain.name}"))
    return _moved_days(plan, grain, period, steps_by_day(fact.moves, period), alone, fact)


def _days(plan: Plan, grain: CustomGrain) -> tuple[exp.From, exp.Expr, exp.Expr]:
    source = calendar_source(plan.index, plan.context, grain, grain.name + "_days")
    today = plan.context.today
    alias = grain.name + "_days"
    return exp.From(this=source), calendar_key(grain, alias, today), calendar_bucket(grain, alias, today)


def _moved_days(
    plan: Plan,
    grain: CustomGrain,
    period: Period,
    steps: tuple[Step, ...],
    alone: OnTime,
    fact: Fact,
) -> Periods:
    """Return the days that the bucket's days are moved to."""
    source, day, bucket = _days(plan, grain)
    catalog = plan.index.catalog
    calendar = Calendar(catalog.week_start, catalog.fiscal_year_start)
    other = nodes.cast(day.copy(), "DATE")
    for step in steps:
        other = nodes.cast(step.earlier_sql(other, period, calendar), "DATE")
    select = exp.Select(
        expressions=[nodes.aliased(bucket, "bucket"), nodes.aliased(other, "compared_with")],
        from_=source,
        distinct=exp.Distinct(),
    )
    nodes.only_where(select, [*_inside(day, period), *alone.over(plan, fact, day)])
    name = plan.fresh("periods")
    return Periods(name, ((name, select),), by_day=True)


def _inside(day: exp.Expr, period: Period) -> list[exp.Expr]:
    return [
        exp.GTE(this=day.copy(), expression=nodes.day(period.start)),
        exp.LT(this=day.copy(), expression=nodes.day(period.end)),
    ]


def _counterparts(plan: Plan, grain: CustomGrain, period: Period, *, previous_year: bool) -> Periods:
    source, day, bucket = _days(plan, grain)
    days, buckets, pairs, name = (
        plan.fresh(each)
        for each in (f"{grain.name}_days", f"{grain.name}_buckets", f"{grain.name}_pairs", "periods")
    )
    all_days = exp.Select(
        expressions=[nodes.aliased(nodes.cast(day, "DATE"), "day"), nodes.aliased(bucket, "bucket")],
        from_=source,
    )
    first = exp.Min(this=nodes.column("day", days))
    by_bucket = exp.Select(
        expressions=[
            nodes.column("bucket", days),
            nodes.aliased(first, "first_day"),
            nodes.aliased(exp.Max(this=nodes.column("day", days)), "last_day"),
        ],
        from_=exp.From(this=nodes.table(days)),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
    )
    if previous_year:
        target = nodes.cast(plus(nodes.column("first_day", "now"), -364, Grain.DAY), "DATE")
        same: list[exp.Expr] = [
            exp.LTE(this=nodes.column("first_day", "earlier"), expression=target),
            exp.GTE(this=nodes.column("last_day", "earlier"), expression=target.copy()),
        ]
    else:
        before = nodes.cast(plus(nodes.column("first_day", "now"), -1, Grain.DAY), "DATE")
        same = [exp.EQ(this=nodes.column("last_day", "earlier"), expression=before)]
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
    touched: list[exp.Expr] = [
        exp.GTE(this=nodes.column("last_day", "now"), expression=nodes.day(period.start)),
        exp.LT(this=nodes.column("first_day", "now"), expression=nodes.day(period.end)),
    ]
    paired.set("where", exp.Where(this=nodes.conjunction(touched)))
    same_bucket = exp.EQ(this=nodes.column("bucket", days), expression=nodes.column("other_bucket", pairs))
    inside = [same_bucket, *_like_for_like(nodes.column("day", days), pairs, period)]
    select = exp.Select(
        expressions=[
            nodes.column("bucket", pairs),
            nodes.aliased(nodes.column("day", days), "compared_with"),
        ],
        from_=exp.From(this=nodes.table(pairs)),
        joins=[exp.Join(this=nodes.table(days), kind="INNER", on=nodes.conjunction(inside))],
    )
    before_all = ((days, all_days), (buckets, by_bucket), (pairs, paired), (name, select))
    return Periods(name, before_all, by_day=True)


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


def span_of(shifted: Bucketed | None, period: Period) -> tuple[date | None, date]:
    """Return the rows to read, `[start, end)`: for a calendar of one's own all before the period's end."""
    if shifted is not None:
        return shifted.start, shifted.end
    return shift(period.start, -3, Grain.YEAR), period.end
