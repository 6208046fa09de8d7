"""One step from a bucket to the earlier one that answers for it, as a date and as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlglot import exp

from semantic_layer.catalog import Window
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, plus, truncated
from semantic_layer.period import MONTHS_IN, Grain, Period, iso_week_earlier, shift, truncate

_SECONDS = {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 3600}


@dataclass(frozen=True, slots=True)
class Through:
    """What to add to the rows' time so that it becomes the time they are shown under: seconds first, months last."""

    days: int = 0
    months: int = 0
    seconds: int = 0

    def added(self, time: exp.Expr) -> exp.Expr:
        """Return the time they are shown under."""
        return plus(plus(plus_seconds(time, self.seconds), self.days, Grain.DAY), self.months, Grain.MONTH)

    def keeps(self, grain: Grain) -> bool:
        """Return whether whole buckets are moved to whole buckets, so that the move may come after the truncation."""
        if self.seconds:
            return False
        if self.months:
            return self.days == 0 and grain in MONTHS_IN and self.months % MONTHS_IN[grain] == 0
        return grain is Grain.DAY or (grain is Grain.WEEK and self.days % 7 == 0)


def as_moment(day: date) -> datetime:
    """Return a day's first moment; a moment is itself."""
    return day if isinstance(day, datetime) else datetime.combine(day, time.min)


def earlier_of(one: date, other: date) -> date:
    """Return the earlier of two limits, each a day or a moment."""
    return one if as_moment(one) <= as_moment(other) else other


def plus_seconds(node: exp.Expr, seconds: int) -> exp.Expr:
    """Return `node` moved by seconds, in the largest unit that holds them; unchanged for 0."""
    unit = next(grain for grain in (Grain.HOUR, Grain.MINUTE, Grain.SECOND) if seconds % _SECONDS[grain] == 0)
    return plus(node, seconds // _SECONDS[unit], unit)


def back(count: int, unit: Grain) -> Step | None:
    """Return a step of whole units back; None for no step."""
    if count == 0:
        return None
    if unit in _SECONDS:
        return Step(seconds=count * _SECONDS[unit])
    if unit in MONTHS_IN:
        return Step(months=count * MONTHS_IN[unit])
    return Step(days=count * (7 if unit is Grain.WEEK else 1))


def length(window: Window) -> timedelta:
    """Return the length of a window shorter than a day's grains."""
    return timedelta(seconds=window.count * _SECONDS[window.grain])


@dataclass(frozen=True, slots=True)
class Step:
    """From a bucket to the one before it that answers for it.

    `days`, `months` or `seconds` back; `iso_year`: the same ISO week a year earlier; `start_of`: the bucket at the
    start of the grain (its day, where the bucket is a week or larger than the grain). Exactly one is set (the numbers
    not 0).
    """

    days: int = 0
    months: int = 0
    seconds: int = 0
    iso_year: bool = False
    start_of: Grain | None = None

    def earlier(self, bucket: date, calendar: Calendar) -> date:
        """Return the bucket's counterpart as a date; as a moment after a step of seconds."""
        if self.days:
            return bucket - timedelta(days=self.days)
        if self.months:
            return shift(bucket, -self.months, Grain.MONTH)
        if self.seconds:
            return as_moment(bucket) - timedelta(seconds=self.seconds)
        if self.iso_year:
            middle = bucket + timedelta(days=3)
            monday = middle - timedelta(days=middle.weekday())
            return iso_week_earlier(monday) + (bucket - monday)
        assert self.start_of is not None
        return truncate(bucket, self.start_of, calendar.week_start, calendar.fiscal_year_start)

    def earlier_sql(self, bucket: exp.Expr, span: Period, calendar: Calendar) -> exp.Expr:
        """Return the bucket's counterpart as SQL; `span` bounds the buckets that occur."""
        if self.days:
            return plus(bucket, -self.days, Grain.DAY)
        if self.months:
            return plus(bucket, -self.months, Grain.MONTH)
        if self.seconds:
            return plus_seconds(bucket, -self.seconds)
        if self.iso_year:
            return self._iso_sql(bucket, span, calendar)
        assert self.start_of is not None
        return truncated(bucket, self.start_of, calendar)

    def _iso_sql(self, bucket: exp.Expr, span: Period, calendar: Calendar) -> exp.Expr:
        """A year earlier is 364 days but for the weeks (of whole years, and week 53) where it is 371."""
        longer = []
        week = truncate(span.start, Grain.WEEK, calendar.week_start)
        while week < span.end:
            if (week - self.earlier(week, calendar)).days == 371:
                longer.append(week)
            week += timedelta(days=7)
        if not longer:
            return plus(bucket, -364, Grain.DAY)
        ranges: list[list[date]] = []
        for week in longer:
            if ranges and (week - ranges[-1][1]).days == 7:
                ranges[-1][1] = week
            else:
                ranges.append([week, week])
        tests: list[exp.Expr] = [
            exp.Between(this=bucket.copy(), low=nodes.day(first), high=nodes.day(last))
            for first, last in ranges
        ]
        case = exp.If(this=nodes.disjunction(tests), true=plus(bucket.copy(), -371, Grain.DAY))
        return exp.Case(ifs=[case], default=plus(bucket, -364, Grain.DAY))
