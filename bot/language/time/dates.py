"""From expressions to dates: pure calendar arithmetic against a reference day. Nothing is cut to the data here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.language.time.anaphora import shifted, without_anchor
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
    Rolling,
    SamePeriod,
    Shifted,
    WeekOf,
    Whole,
    Years,
)
from bot.language.time.lunar import lunar_date
from bot.language.time.point_dates import Unknown, has_relative, point_dates
from bot.language.time.reading import TimeContext
from semantic_layer.period import ONE_DAY, Grain, Period, add_months, shift, truncate

EARLIEST = date(1970, 1, 1)
"""Where a range with an open start begins when the start of the data is not known."""

_MAX_COUNT = 12_000


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


def _dates(  # noqa: C901, PLR0911, PLR0912 - one case per kind of expression
    expression: Expression, context: TimeContext, not_before: date | None
) -> Period:
    today = context.today
    match expression:
        case Point():
            return point_dates(expression, context, not_before)
        case Whole(grain, first, count):
            start = shift(truncate(today, grain, context.week_start), max(first, -_MAX_COUNT), grain)
            return Period.of(start, shift(start, min(count, _MAX_COUNT), grain))
        case Rolling():
            return _rolling(expression, today + ONE_DAY if context.counts_today else today)
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
        case Shifted():
            if context.anchor is None:
                return dates_of(without_anchor(expression), context)
            return shifted(expression, context.anchor, context.week_start, context.fiscal_year_start)
        case DataEdge():
            return Period.of(context.known_end - ONE_DAY, context.known_end)
        case AllTime() | SamePeriod():
            return Period.of(
                context.data_start or EARLIEST, max(context.known_end, context.data_start or EARLIEST)
            )


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
        last = first + timedelta(days=7 * (_weeks_in(of, first) - 1))
        begin = last + timedelta(days=7 * (nth.index + 1))
        finish = begin + timedelta(days=7 * nth.count)
    else:
        begin = shift(end, nth.index, nth.grain)
        finish = shift(begin, nth.count, nth.grain)
    if begin >= end or begin < first:
        raise Unknown("no_such_date")
    return Period.of(begin, finish if nth.grain is Grain.WEEK else min(finish, end))


def _is_year(period: Period) -> bool:
    return (period.start.month, period.start.day) == (1, 1) and period.requested_end == add_months(
        period.start, 12
    )


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


def _weeks_in(of: Period, first: date) -> int:
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
    last = dates_of(
        expression.last, context, not_before=_search_from(expression.last, first, expression.first)
    )
    if last.requested_end <= first.start and _same_year(expression.first, expression.last):
        assert isinstance(expression.last, Point)
        assert expression.last.year is not None
        following = replace(expression.last.year, value=expression.last.year.value + 1)
        last = dates_of(replace(expression.last, year=following), context)
    if last.requested_end <= first.start:
        raise Unknown("reversed")
    if expression.open_end:
        return Period.of(first.start, max(last.start, first.start + ONE_DAY))
    return Period.of(first.start, last.requested_end)


def _same_year(first: Expression, last: Expression) -> bool:
    """Return whether the end took its year from the start (去年11月到3月), so that it may lie in the next one."""
    if not isinstance(first, Point) or not isinstance(last, Point):
        return False
    return last.year is not None and last.month is not None and first.year == last.year


def _search_from(last: Expression, first: Period, begun: Expression) -> date | None:
    """Return from where the end of a range is looked for; None where it needs no search."""
    if isinstance(last, Nth) and isinstance(begun, Nth) and last.of == begun.of:
        return None
    if isinstance(last, Point):
        free = last.year is None and last.days is None and not has_relative(last)
        return first.start if free else None
    if isinstance(last, Event):
        return first.start if last.year is None else None
    if isinstance(last, Nth | Part):
        return _search_from(last.of, first, begun)
    return None
