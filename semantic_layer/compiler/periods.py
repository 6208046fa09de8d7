"""`periods`: which earlier time answers for each bucket of a query, as a small table that a scan is joined to.

Three forms: bucket by bucket (leap days, ISO week 53, the start of a grain), day by day (weeks moved by months), and
buckets of the workspace's own calendars.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, truncated
from semantic_layer.compiler.facts import Fact, Key, Plan, Running
from semantic_layer.compiler.shifts import Bucketed, Moves
from semantic_layer.compiler.shown import OnTime
from semantic_layer.compiler.steps import as_moment
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.period import ONE_DAY, Grain, Period, shift


@dataclass(frozen=True, slots=True)
class Periods:
    """The table (bucket, compared_with). `by`: what is compared with are not buckets, but days (or finer).

    `cut`: the last bucket alone reads its counterpart only before this day.
    """

    name: str
    before: tuple[tuple[str, exp.Select], ...]
    by: Grain | None = None
    cut: tuple[date, date] | None = None

    def join(self, bucket: exp.Expr, time: exp.Expr) -> exp.Join:
        """Return the join of rows with their bucket and their time."""
        own = truncated(time.copy(), self.by, Calendar()) if self.by is not None else bucket
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

    The start of a grain is asked by a bucket's first day, for running values by each of its days.
    `alone` are the conditions on the time, which are those on the buckets shown.
    """
    grain = spine.calendar_grain(key)
    name = plan.fresh("periods")
    running = isinstance(fact.variant, Running)
    if shifted.by_days and (running or not any(step.start_of for step in shifted.steps)):
        fine = shifted.fine
        bucket = truncated(spine.bucket(fine), grain, calendar)
        other: exp.Expr = spine.bucket(fine)
        for step in shifted.steps:
            other = nodes.cast(step.earlier_sql(other, period, calendar), _kind(fine))
        days = spine.buckets(*spine.ends(period, fine, calendar), fine)
        select = exp.Select(
            expressions=[nodes.aliased(bucket, "bucket"), nodes.aliased(other, "compared_with")],
            from_=days,
            distinct=exp.Distinct(),  # 29 to 31 March have one day of February: it counts once per bucket
        )
        nodes.only_where(select, alone.over(plan, fact, spine.bucket(fine)))
        return Periods(name, ((name, select),), by=fine)
    first, last = spine.ends(period, grain, calendar)
    other = spine.bucket(grain)
    for step in shifted.steps:
        other = nodes.cast(step.earlier_sql(other, period, calendar), _kind(grain))
    select = exp.Select(
        expressions=[nodes.aliased(spine.bucket(grain), "bucket"), nodes.aliased(other, "compared_with")],
        from_=spine.buckets(first, last, grain),
    )
    shown = spine.bucket(grain)
    of_day = shifted.by_days  # the first day of the bucket stands for it
    tests = alone.over(plan, fact, shown) if of_day else alone.of_buckets(plan, fact, shown, grain, period)
    nodes.only_where(select, tests)
    return Periods(name, ((name, select),), by=Grain.DAY if of_day else None, cut=shifted.cut)


def _kind(grain: Grain) -> str:
    return "DATE" if grain.order >= Grain.DAY.order else "TIMESTAMP"


def span_of(shifted: Bucketed | None, period: Period, moves: Moves) -> tuple[date, date]:
    """Return the rows to read, `[start, end)`; for a calendar of one's own, whose buckets are no longer than a year."""
    if shifted is not None:
        return shifted.start, shifted.end
    years = 3 + sum(move.window.count for move in moves if isinstance(move.window, CalendarWindow))
    return shift(period.start, -years, Grain.YEAR), period.end


def whole_days(start: date, end: date) -> Period:
    """Return the days that a range of days or moments touches."""
    first, last = as_moment(start), max(as_moment(start), as_moment(end))
    until = last.date() if last == as_moment(last.date()) else last.date() + ONE_DAY
    return Period.of(first.date(), until)
