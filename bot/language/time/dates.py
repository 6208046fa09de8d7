"""From expressions to dates: pure calendar arithmetic against a reference day. Nothing is cut to the data here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.language.time.calendars import event_window
from bot.language.time.expressions import (
    Ago,
    AllTime,
    Beside,
    Between,
    DataEdge,
    Event,
    Expression,
    Lunar,
    Nth,
    Open,
    Part,
    Point,
    Ref,
    Rolling,
    SamePeriod,
    WeekOf,
    Whole,
    Years,
)
from bot.language.time.lunar import lunar_date
from bot.language.time.reading import TimeContext
from semantic_layer.period import ONE_DAY, Grain, Period, add_months, shift, truncate

EARLIEST = date(1970, 1, 1)
"""Where a range with an open start begins when the start of the data is not known."""

_MAX_COUNT = 12_000


@dataclass(frozen=True, slots=True)
class Unknown(Exception):  # noqa: N818 - a reason, caught inside this package and never shown as an error
    """An expression without dates: 31 February, or an event nobody knows the dates of."""

    reason: str


def dates_of(expression: Expression, context: TimeContext, *, not_before: date | None = None) -> Period:
    """Return the whole period an expression names, before it is cut to the data.

    A part that is missing is taken so that the start is the latest one not after today; with `not_before` it is
    the earliest one not before that date instead (the end of a range).

    Raises:
        Unknown: the date does not exist, or the dates of the event are not known.
    """
    try:
        return _dates(expression, context, not_before)
    except (OverflowError, ValueError) as error:
        raise Unknown("out_of_calendar") from error


def _dates(expression: Expression, context: TimeContext, not_before: date | None) -> Period:
    today = context.today
    match expression:
        case Point():
            return _point(expression, context, not_before)
        case Whole(grain, first, count):
            start = shift(truncate(today, grain, context.week_start), max(first, -_MAX_COUNT), grain)
            return Period.of(start, shift(start, min(count, _MAX_COUNT), grain))
        case Rolling():
            return _rolling(expression, today)
        case Ago():
            return _ago(expression, context)
        case Years(first, count):
            return Period.of(date(first, 1, 1), date(first + count, 1, 1))
        case Event():
            return _event(expression, context, not_before)
        case Lunar():
            return _lunar(expression, today)
        case Nth():
            return _nth(expression, dates_of(expression.of, context, not_before=not_before), context)
        case Part():
            return _part(expression, dates_of(expression.of, context, not_before=not_before), context)
        case Beside(of, grain, count, after):
            inner = dates_of(of, context, not_before=not_before)
            if after:
                return Period.of(inner.requested_end, shift(inner.requested_end, count, grain))
            return Period.of(shift(inner.start, -count, grain), inner.start)
        case WeekOf(of, starting):
            start = dates_of(of, context, not_before=not_before).start
            first_day = start if starting else truncate(start, Grain.WEEK, context.week_start)
            return Period.of(first_day, first_day + timedelta(days=7))
        case Open():
            return _open(expression, context)
        case Between():
            return _between(expression, context)
        case DataEdge():
            return Period.of(context.known_end - ONE_DAY, context.known_end)
        case AllTime() | SamePeriod():
            return Period.of(context.data_start or EARLIEST, max(context.known_end, context.data_start or EARLIEST))


# ---- points


def _point(point: Point, context: TimeContext, not_before: date | None) -> Period:
    today = context.today
    if point.days is not None:
        day = today + timedelta(days=point.days)
        return Period.of(day, day + ONE_DAY)
    if point.year is not None or _has_relative(point):
        return _fixed(point, _anchor_year(point, context), context)
    return _searched(point, context, not_before)


def _has_relative(point: Point) -> bool:
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
    if point.weekday is not None or point.weekend or point.workdays:
        if point.week is None and point.month is None:
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
        start = shift(truncate(context.today, Grain.QUARTER, fiscal_year_start=fiscal), quarter.value, Grain.QUARTER)
        if point.year is not None and point.year.relative:
            start = add_months(start, 12 * point.year.value)
        return Period.of(start, add_months(start, 3))
    start = add_months(first, 3 * (quarter.value - 1))
    return Period.of(start, add_months(start, 3))


# ---- the rest


def _rolling(rolling: Rolling, today: date) -> Period:
    count = min(rolling.count, _MAX_COUNT)
    if rolling.future:
        return Period.of(today, shift(today, count, rolling.grain))
    return Period.of(shift(today, -count, rolling.grain), today)


def _ago(ago: Ago, context: TimeContext) -> Period:
    day = shift(context.today, -min(ago.count, _MAX_COUNT), ago.grain)
    if ago.weekday is not None:
        latest = context.today - timedelta(days=(context.today.weekday() - ago.weekday - 1) % 7 + 1)
        day = latest - timedelta(weeks=ago.count - 1)
    return Period.of(day, day + ONE_DAY)


def _event(event: Event, context: TimeContext, not_before: date | None) -> Period:
    def window(year: int) -> Period | None:
        days = event_window(event.name, year, context.events, event.mode)
        return None if days is None else Period.of(*days)

    if event.year is not None:
        year = context.today.year + event.year.value if event.year.relative else event.year.value
        found = window(year)
        if found is None:
            raise Unknown("event_unknown")
        return found
    if not_before is not None:
        years = range(not_before.year - 1, not_before.year + 3)
        later = [found for found in map(window, years) if found is not None and found.start >= not_before]
        if later:
            return later[0]
    for year in range(context.today.year + 1, context.today.year - 7, -1):
        found = window(year)
        if found is not None and found.start <= context.today:
            return found
    raise Unknown("event_unknown")


def _lunar(lunar: Lunar, today: date) -> Period:
    if lunar.year is not None:
        years = [today.year + lunar.year.value if lunar.year.relative else lunar.year.value]
    else:
        years = list(range(today.year, today.year - 4, -1))
    for year in years:
        day = lunar_date(year, lunar.month, lunar.day)
        if day is not None and (lunar.year is not None or day <= today):
            return Period.of(day, day + ONE_DAY)
    raise Unknown("no_such_date")


def _nth(nth: Nth, of: Period, context: TimeContext) -> Period:
    start, end = of.start, of.requested_end
    if nth.weekday is not None:
        first = start + timedelta(days=(nth.weekday - start.weekday()) % 7)
        days = [first + timedelta(days=7 * number) for number in range((end - first).days // 7 + 1)]
        days = [day for day in days if day < end]
        if not 1 <= abs(nth.index) <= len(days):
            raise Unknown("no_such_date")
        day = days[nth.index - 1 if nth.index > 0 else nth.index]
        return Period.of(day, day + ONE_DAY)
    if nth.grain is Grain.WEEK:
        first = _first_week(of, context)
    else:
        first = start if nth.grain is Grain.DAY else truncate(start, nth.grain)
    if nth.index > 0:
        begin = shift(first, nth.index - 1, nth.grain)
        finish = shift(begin, nth.count, nth.grain)
    elif nth.grain is Grain.WEEK:
        last = first + timedelta(days=7 * (_weeks_in(of, first, context) - 1))
        begin = last + timedelta(days=7 * (nth.index + 1))
        finish = begin + timedelta(days=7 * nth.count)
    else:
        begin = shift(end, nth.index, nth.grain)
        finish = shift(begin, nth.count, nth.grain)
    if begin >= end or begin < first:
        raise Unknown("no_such_date")
    return Period.of(begin, finish if nth.grain is Grain.WEEK else min(finish, end))


def _is_year(period: Period) -> bool:
    return (period.start.month, period.start.day) == (1, 1) and period.requested_end == add_months(period.start, 12)


def _first_week(of: Period, context: TimeContext) -> date:
    """Return where the first week of a period begins.

    Of a year it is ISO week 1; of a month or anything else it is the first week that starts inside; of an
    event the seven days from its first day.
    """
    if _is_year(of):
        start = date.fromisocalendar(of.start.year, 1, 1)
        return start - timedelta(days=(-context.week_start) % 7)
    if of.start.day != 1:
        return of.start
    return of.start + timedelta(days=(context.week_start - of.start.weekday()) % 7)


def _weeks_in(of: Period, first: date, context: TimeContext) -> int:
    if _is_year(of):
        return date(of.start.year, 12, 28).isocalendar().week
    return max(1, -(-(of.requested_end - first).days // 7))


def _part(part: Part, of: Period, context: TimeContext) -> Period:
    """Return a loose part: a month's are its thirds, a week's three days, a quarter's months, a year's quarters."""
    start, end = of.start, of.requested_end
    if part.side == "rest":
        return Period.of(max(start, min(context.today, end)), end)
    days = (end - start).days
    if part.side in ("first_half", "second_half"):
        middle = _middle(start, end)
        return Period.of(start, middle) if part.side == "first_half" else Period.of(middle, end)
    if days > 360:
        third, last = add_months(start, 3), add_months(start, 9)
    elif days > 45:
        third, last = add_months(start, 1), add_months(start, round(days / 30.4) - 1)
    elif days > 7:
        third, last = start + timedelta(days=10), start + timedelta(days=20)
    else:
        third, last = start + timedelta(days=min(3, days)), end - timedelta(days=min(3, days))
    if part.side == "begin":
        return Period.of(start, third)
    return Period.of(last, end) if part.side == "end" else Period.of(third, max(third, last))


def _middle(start: date, end: date) -> date:
    """Return where the second half begins: 16th of a month, July of a year, else the middle day."""
    if start.day == 1 and end == add_months(start, 1):
        return start.replace(day=16)
    if start.day == 1 and end == add_months(start, 12):
        return add_months(start, 6)
    return start + timedelta(days=((end - start).days + 1) // 2)


def _open(expression: Open, context: TimeContext) -> Period:
    beginning = context.data_start or EARLIEST
    inner = dates_of(expression.of, context)
    end = context.known_end
    if expression.edge == "since":
        return Period.of(inner.start, max(inner.start, end))
    if expression.edge == "after":
        return Period.of(inner.requested_end, max(inner.requested_end, end))
    last = inner.start if expression.edge == "before" else inner.requested_end
    return Period.of(min(beginning, last), last)


def _between(expression: Between, context: TimeContext) -> Period:
    first = dates_of(expression.first, context)
    last = dates_of(expression.last, context, not_before=_search_from(expression.last, first, expression.first))
    if last.requested_end <= first.start:
        moved = expression.last
        if isinstance(moved, Point) and moved.year is not None and isinstance(expression.first, Point):
            if moved.month is not None and expression.first.year == moved.year:
                moved = replace(moved, year=replace(moved.year, value=moved.year.value + 1))
                last = dates_of(moved, context)
        if last.requested_end <= first.start:
            raise Unknown("reversed")
    return Period.of(first.start, last.requested_end)


def _search_from(last: Expression, first: Period, begun: Expression) -> date | None:
    """Return from where the end of a range is looked for; None where it needs no search."""
    if isinstance(last, Nth) and isinstance(begun, Nth) and last.of == begun.of:
        return None
    if isinstance(last, Point):
        free = last.year is None and last.days is None and not _has_relative(last)
        return first.start if free else None
    if isinstance(last, Event):
        return first.start if last.year is None else None
    if isinstance(last, Nth | Part):
        return _search_from(last.of, first, begun)
    return None
