"""The other period of a comparison: 环比, 同比 and 较上周同日 as pure date arithmetic.

The parser, the compiler and the tools all ask here, so that one question has one comparison period.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from semantic_layer.period import (
    ONE_DAY,
    Grain,
    Period,
    calendar_unit,
    iso_week_earlier,
    shift,
    year_earlier,
)

ComparisonKind = Literal["previous_period", "previous_year", "same_weekday_last_week"]


def comparison_period(
    main: Period,
    kind: ComparisonKind,
    *,
    week_start: int = 0,
    fiscal_year_start: int = 1,
    years: int = 1,
    rolling: bool = False,
) -> Period:
    """Return the period that `main` is compared with.

    - `previous_period`: n whole calendar grains go back by n grains (March -> February, 3月到4月 -> January
      and February); any other range goes back by its own length as asked.
    - `previous_year`: the same dates `years` years earlier (29 February: the 28th). Whole calendar months
      stay whole (February 2025 -> all 29 days of February 2024); whole weeks become the same ISO week,
      week 53 the year's last.
    - `same_weekday_last_week`: everything seven days earlier.

    Like for like: where `main` is not over (`end < requested_end`), the result holds as many days from its
    start as `main` has, at most its whole length; its `requested_end` is then the end of the whole earlier
    period. An empty `main` gives an empty result. `rolling` says that `main` was asked as a count of days
    ending yesterday, so that a range that happens to be a whole month is still moved by its length.
    """
    if kind == "same_weekday_last_week":
        week = timedelta(days=7)
        return Period(main.start - week, main.end - week, main.requested_end - week)
    unit = None if rolling else calendar_unit(main, week_start, fiscal_year_start)
    if kind == "previous_period":
        return _like_for_like(main, *_period_before(main, unit))
    if unit is not None and unit[0] is Grain.WEEK:
        start = _week_years_earlier(main.start, years)
        return _like_for_like(main, start, shift(start, unit[1], Grain.WEEK))
    start = year_earlier(main.start, years)
    if unit is not None and unit[0] is not Grain.DAY:
        whole_end = year_earlier(main.requested_end, years)
    else:
        whole_end = _same_last_day(main.requested_end, years, start)
    if not main.is_partial:
        return Period.of(start, whole_end)
    end = start if main.days == 0 else min(whole_end, _same_last_day(main.end, years, start))
    return Period(start, end, whole_end)


def _period_before(main: Period, unit: tuple[Grain, int] | None) -> tuple[date, date]:
    """Return start and whole end of the period just before `main`, as asked."""
    if unit is None:
        return main.start - (main.requested_end - main.start), main.start
    grain, count = unit
    return shift(main.start, -count, grain), main.start


def _like_for_like(main: Period, start: date, whole_end: date) -> Period:
    """Return `[start, whole_end)`, cut to the days elapsed in `main` where that is not over."""
    if not main.is_partial:
        return Period.of(start, whole_end)
    return Period(start, min(whole_end, start + timedelta(days=main.days)), whole_end)


def _same_last_day(end: date, years: int, start: date) -> date:
    """Return the exclusive end whose last date is that of `end` years earlier.

    The last date is moved, not the exclusive end: 28 February 2025 must not take in 29 February 2024.
    """
    return max(start, year_earlier(end - ONE_DAY, years) + ONE_DAY)


def _week_years_earlier(week: date, years: int) -> date:
    """Return the start of the same week years earlier; `week` may start on any weekday.

    A week belongs to the ISO week that holds its middle day, as ISO itself decides the year of a week.
    """
    middle = week + timedelta(days=3)
    monday = middle - timedelta(days=middle.weekday())
    return iso_week_earlier(monday, years) + (week - monday)
