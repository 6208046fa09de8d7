"""Dates of calendar points: the latest occurrence that starts by today, or the one a year or week names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.time.expressions import Point, Ref
from bot.language.time.reading import TimeContext
from semantic_layer.period import ONE_DAY, Grain, Period, add_months, shift, truncate


@dataclass(frozen=True, slots=True)
class Unknown(Exception):  # noqa: N818 - a reason, caught inside this package and never shown as an error
    """An expression without dates: 31 February, or an event nobody knows the dates of."""

    reason: str


def point_dates(point: Point, context: TimeContext, not_before: date | None) -> Period:
    """Return the whole dates of a point; see `dates_of` for `not_before`."""
    today = context.today
    if point.days is not None:
        day = today + timedelta(days=point.days)
        return Period.of(day, day + ONE_DAY)
    if point.year is not None or has_relative(point):
        return _fixed(point, _anchor_year(point, context), context)
    return _searched(point, context, not_before)


def has_relative(point: Point) -> bool:
    """Return whether a part of a point is counted from today."""
    return any(ref is not None and ref.relative for ref in (point.quarter, point.month, point.week))


def _anchor_year(point: Point, context: TimeContext) -> int:
    """Return the year a point lies in; a fiscal one is counted by the year it ends in."""
    current = context.today.year
    if point.fiscal and context.fiscal_year_start > 1 and context.today.month >= context.fiscal_year_start:
        current += 1
    if point.year is None:
        return current
    return current + point.year.value if point.year.relative else point.year.value


def _searched(point: Point, context: TimeContext, not_before: date | None) -> Period:
    """Return the latest occurrence that starts by today, or the earliest from `not_before` on."""
    today = context.today
    if point.month is None and point.day is not None:
        return _searched_day(point.day, today, not_before)
    by_weekday = point.weekday is not None or point.weekend or point.workdays
    if by_weekday and point.week is None and point.month is None:
        return _searched_weekday(point, context, not_before)
    anchor = _anchor_year(point, context)
    if not_before is not None:
        for year in range(not_before.year - 1, not_before.year + 9):
            found = _fixed_or_none(point, year, context)
            if found is not None and found.start >= not_before:
                return found
        raise Unknown("no_such_date")
    for year in range(anchor + 1, anchor - 9, -1):
        found = _fixed_or_none(point, year, context)
        if found is None or found.start > today:
            continue
        if not (point.previous and found.requested_end > today):
            return found
    raise Unknown("no_such_date")


def _fixed_or_none(point: Point, year: int, context: TimeContext) -> Period | None:
    try:
        return _fixed(point, year, context)
    except (Unknown, ValueError):
        return None


def _searched_day(number: int, today: date, not_before: date | None) -> Period:
    month = (not_before or today).replace(day=1)
    for _ in range(14):
        try:
            day = month.replace(day=number)
        except ValueError:
            day = None
        if day is not None and (day <= today if not_before is None else day >= not_before):
            return Period.of(day, day + ONE_DAY)
        month = add_months(month, -1 if not_before is None else 1)
    raise Unknown("no_such_date")


def _searched_weekday(point: Point, context: TimeContext, not_before: date | None) -> Period:
    if point.weekend:
        target, length = 5, 2
    elif point.workdays:
        target, length = 0, 5
    else:
        target, length = point.weekday or 0, 1
    if not_before is not None:
        start = not_before + timedelta(days=(target - not_before.weekday()) % 7)
    else:
        latest = context.today - (ONE_DAY if point.previous else timedelta(0))
        start = latest - timedelta(days=(latest.weekday() - target) % 7)
    return Period.of(start, start + timedelta(days=length))


def _fixed(point: Point, year: int, context: TimeContext) -> Period:
    """Return the dates of a point in a known year."""
    if point.week is not None:
        return _week(point, year, context)
    if point.weekday is not None and point.day is None:
        raise Unknown("weekday_without_week")
    if point.month is not None:
        return _month(point, point.month, year, context)
    first = date(year, 1, 1)
    if point.fiscal and context.fiscal_year_start > 1:
        first = date(year - 1, context.fiscal_year_start, 1)
    if point.quarter is not None:
        return _quarter(point.quarter, first, point, context)
    if point.half is not None:
        start = add_months(first, 6 * (point.half - 1))
        return Period.of(start, add_months(start, 6))
    if point.season is not None:
        start = date(year, 3 * point.season, 1)
        return Period.of(start, add_months(start, 3))
    if point.day is not None:
        raise Unknown("day_without_month")
    return Period.of(first, add_months(first, 12))


def _week(point: Point, year: int, context: TimeContext) -> Period:
    week = point.week
    assert week is not None
    if week.relative:
        start = truncate(context.today, Grain.WEEK, context.week_start) + timedelta(weeks=week.value)
    else:
        start = date.fromisocalendar(year, week.value, 1)
        start -= timedelta(days=(-context.week_start) % 7)
    if point.weekend:
        saturday = start + timedelta(days=(5 - start.weekday()) % 7)
        if context.week_start == 6:
            saturday = start + timedelta(days=6)
        return Period.of(saturday, saturday + timedelta(days=2))
    if point.weekday is not None:
        day = start + timedelta(days=(point.weekday - start.weekday()) % 7)
        return Period.of(day, day + ONE_DAY)
    return Period.of(start, start + timedelta(days=7))


def _month(point: Point, month: Ref, year: int, context: TimeContext) -> Period:
    if month.relative:
        first = add_months(context.today.replace(day=1), month.value).replace(day=1)
        first = first.replace(year=first.year + year - context.today.year)
    else:
        if point.fiscal and month.value >= context.fiscal_year_start > 1:
            year -= 1
        first = date(year, month.value, 1)
    if point.day is not None:
        try:
            day = first.replace(day=point.day)
        except ValueError as error:
            raise Unknown("no_such_date") from error
        return Period.of(day, day + ONE_DAY)
    if point.third is not None:
        start = first.replace(day=10 * point.third - 9)
        return Period.of(start, start + timedelta(days=10) if point.third < 3 else add_months(first, 1))
    return Period.of(first, add_months(first, 1))


def _quarter(quarter: Ref, first: date, point: Point, context: TimeContext) -> Period:
    if quarter.relative:
        fiscal = context.fiscal_year_start if point.fiscal else 1
        start = shift(
            truncate(context.today, Grain.QUARTER, fiscal_year_start=fiscal), quarter.value, Grain.QUARTER
        )
        if point.year is not None and point.year.relative:
            start = add_months(start, 12 * point.year.value)
        return Period.of(start, add_months(start, 3))
    start = add_months(first, 3 * (quarter.value - 1))
    return Period.of(start, add_months(start, 3))
