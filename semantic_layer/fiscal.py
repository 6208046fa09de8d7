"""Calendars of the workspace's own; those by rule have years of whole weeks, cut into months of 4, 4 and 5 weeks."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from semantic_layer.period import Grain, Period
from semantic_layer.text import Text

Unit = Literal["week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("week", "month", "quarter", "year")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekYears:
    """Years that end on one weekday at the end of one month and hold 52 or 53 whole weeks.

    `pattern`: the weeks of a quarter's three months. `month` (1…12) and `weekday` (0 Monday … 6 Sunday) say when
    a year ends: on that weekday `nearest` to the month's last day, or on the `last` one in the month. The 53rd
    week belongs to the year's last month, as the National Retail Federation's 4-5-4 calendar has it.
    """

    pattern: tuple[int, int, int]
    month: int
    weekday: int
    which: Literal["nearest", "last"]

    def year_end(self, year: int) -> date:
        """Return the last day of the fiscal year whose end falls in `month` of the calendar `year` (or beside it)."""
        last = date(year, self.month, monthrange(year, self.month)[1])
        before = last - timedelta(days=(last.weekday() - self.weekday) % 7)
        later = self.which == "nearest" and (last - before).days > 3
        return before + _WEEK if later else before

    def year(self, day: date) -> Period:
        """Return the fiscal year that holds `day`."""
        year = day.year - 1
        while self.year_end(year) < day:
            year += 1
        return Period.of(self.year_end(year - 1) + timedelta(days=1), self.year_end(year) + timedelta(days=1))

    def buckets(self, unit: Unit, first: date, last: date) -> Iterator[Period]:
        """Yield the buckets of `unit` from the one that holds `first` to the one that holds `last`, in order."""
        day = first
        while day <= last:
            for bucket in self._of_year(unit, self.year(day)):
                if bucket.end > first and bucket.start <= last:
                    yield bucket
            day = self.year(day).end

    def bucket(self, unit: Unit, day: date) -> Period:
        """Return the bucket of `unit` that holds `day`."""
        return next(self.buckets(unit, day, day))

    def _of_year(self, unit: Unit, year: Period) -> Iterator[Period]:
        weeks = [1] * (year.days // 7)
        if unit == "year":
            weeks = [len(weeks)]
        elif unit != "week":
            extra = len(weeks) - 4 * sum(self.pattern)
            weeks = list(self.pattern) * 4 if unit == "month" else [sum(self.pattern)] * 4
            weeks[-1] += extra
        start = year.start
        for count in weeks:
            yield Period.of(start, start + count * _WEEK)
            start += count * _WEEK


@dataclass(frozen=True, slots=True)
class RuleGrain:
    """One size of bucket of a calendar by rule, such as `retail_month`; a bucket is named by its first day."""

    years: WeekYears
    unit: Unit

    def bucket(self, day: date) -> Period:
        """Return the bucket that holds `day`."""
        return self.years.bucket(self.unit, day)

    def buckets(self, first: date, last: date) -> tuple[Period, ...]:
        """Return the buckets from the one that holds `first` to the one that holds `last`."""
        return tuple(self.years.buckets(self.unit, first, last))


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """A number of buckets of one of the workspace's own calendars, such as `1 retail_month`; `count` is positive."""

    count: int
    grain: str


@dataclass(frozen=True, slots=True)
class CustomGrain:
    """A size of time bucket of the workspace's own: a column of a time spine, or a rule.

    A spine's rows are found by `key` (SQL over `model`'s columns) at `base`; `expr` is the bucket they are in.
    With a `rule` there is no table: buckets are computed and named by their first day.
    """

    name: str
    label: Text
    base: Grain = Grain.DAY
    model: str | None = None
    key: str = ""
    expr: str = ""
    rule: RuleGrain | None = None
