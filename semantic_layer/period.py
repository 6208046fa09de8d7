"""Half-open date ranges and calendar arithmetic, in one place for the parser, the compiler and the tools."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Grain(StrEnum):
    """A size of time bucket, smallest first; `DAY` and larger are calendar grains."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def order(self) -> int:
        """Return the rank of the grain, 0 for the finest."""
        return _ORDER[self]


_ORDER = {grain: position for position, grain in enumerate(Grain)}
MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open range of dates `[start, end)`.

    `requested_end` is the end as asked: it is later than `end` where the period is not over yet
    (本周 on a Thursday), and equal to it otherwise. `end` may equal `start` (empty), never precede it.
    """

    start: date
    end: date
    requested_end: date

    def __post_init__(self) -> None:
        if self.end < self.start or self.requested_end < self.end:
            raise ValueError(f"period out of order: {self.start} / {self.end} / {self.requested_end}")

    @staticmethod
    def of(start: date, end: date) -> Period:
        """Return the whole period `[start, end)`."""
        return Period(start, end, end)

    @property
    def days(self) -> int:
        """Return the number of dates in `[start, end)`."""
        return (self.end - self.start).days

    @property
    def is_partial(self) -> bool:
        """Return whether the period ends before what was asked (it is not over)."""
        return self.end < self.requested_end

    def cut(self, end: date) -> Period:
        """Return the period ended at `end` at the latest; what was asked stays in `requested_end`."""
        cut_end = max(self.start, min(self.end, end))
        return Period(self.start, cut_end, self.requested_end)


def add_months(day: date, months: int) -> date:
    """Return the date `months` later, clamped to the month's last day (31 January + 1 -> 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift(day: date, count: int, grain: Grain) -> date:
    """Return the date `count` calendar grains later (earlier when negative). `grain` is DAY or larger."""
    if grain is Grain.DAY:
        return day + timedelta(days=count)
    if grain is Grain.WEEK:
        return day + timedelta(weeks=count)
    return add_months(day, count * MONTHS_IN[grain])


def truncate(day: date, grain: Grain, week_start: int = 0, fiscal_year_start: int = 1) -> date:
    """Return the first date of the bucket that holds `day`.

    `week_start`: 0 is Monday … 6 is Sunday. `fiscal_year_start`: first month of the year (quarters and
    years follow it; 1 is the calendar year).
    """
    if grain.order <= Grain.DAY.order:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    if grain is Grain.MONTH:
        return day.replace(day=1)
    months = MONTHS_IN[grain]
    offset = (day.month - fiscal_year_start) % 12 % months
    return add_months(day.replace(day=1), -offset)


def bucket(day: date, grain: Grain, week_start: int = 0, fiscal_year_start: int = 1) -> Period:
    """Return the whole calendar period of `grain` that holds `day`."""
    start = truncate(day, grain, week_start, fiscal_year_start)
    return Period.of(start, shift(start, 1, grain))


def calendar_unit(
    period: Period, week_start: int = 0, fiscal_year_start: int = 1
) -> tuple[Grain, int] | None:
    """Return `(grain, n)` when the period as asked is n whole calendar grains, else None.

    The largest grain wins: 1 January to 1 January is `(YEAR, 1)`, March to May is `(MONTH, 3)`.
    A single day is `(DAY, 1)`; other day ranges are None.
    """
    start, end = period.start, period.requested_end
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH):
        if truncate(start, grain, week_start, fiscal_year_start) != start:
            continue
        months = (end.year - start.year) * 12 + end.month - start.month
        count, rest = divmod(months, MONTHS_IN[grain])
        if count > 0 and rest == 0 and shift(start, count, grain) == end:
            return grain, count
    if truncate(start, Grain.WEEK, week_start) == start and (end - start).days % 7 == 0 and end > start:
        return Grain.WEEK, (end - start).days // 7
    if end - start == ONE_DAY:
        return Grain.DAY, 1
    return None


def year_earlier(day: date, years: int = 1) -> date:
    """Return the same date `years` years earlier; 29 February gives the 28th."""
    return add_months(day, -12 * years)


def iso_week_earlier(week: date, years: int = 1) -> date:
    """Return the Monday of the same ISO week `years` years earlier; week 53 gives the year's last week."""
    year, number, _ = week.isocalendar()
    last = date(year - years, 12, 28).isocalendar().week  # 28 December is always in the last ISO week
    return date.fromisocalendar(year - years, min(number, last), 1)
