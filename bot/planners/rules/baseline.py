"""What a comparison is made against when little is said: its words, its default period."""

from __future__ import annotations

from datetime import date

from bot.language.time import TimeContext
from bot.planners.rules.draft import Draft
from semantic_layer.period import ONE_DAY, Grain, Period, bucket, calendar_unit, shift, truncate
from semantic_layer.query import Compare

COMPARE_TEXT = {
    "previous_period": ("环比(较上一期)", "against the previous period"),
    "previous_year": ("同比(较去年同期)", "year over year"),
    "same_weekday": ("较上周同日", "against the same weekday a week earlier"),
}


def holds_several(period: Period | None, grain: Grain | None) -> bool:
    """Return whether a period is longer than one bucket of the grain."""
    if period is None or grain is None:
        return False
    return shift(period.start, 1, grain) < period.requested_end


def compare_words(compare: Compare) -> tuple[str, str]:
    """Return how a comparison is said, in both languages."""
    if compare.period is not None:
        start, end = compare.period.start, compare.period.end
        return f"与 {start} 至 {end}(不含)比", f"against {start} to {end} (exclusive)"
    return COMPARE_TEXT[compare.kind]


_LONGEST = 100  # years


def plainly(draft: Draft) -> None:
    """Name a comparison with the period just before, or with the same dates a year earlier, by that name.

    "August vs July" and "August vs the previous month" are one plan. A year is compared with the year before.
    """
    period = draft.period
    if period is None or not draft.compare or period.requested_end.year - period.start.year > _LONGEST:
        return
    if period.start.year <= _LONGEST:
        return  # nothing lies before
    unit = calendar_unit(Period.of(period.start, period.requested_end))
    day = period.requested_end - period.start == ONE_DAY
    named: dict[tuple[date, date], Compare] = {}
    if unit:
        named[shift(period.start, -unit[1], unit[0]), period.start] = Compare(kind="previous_period")
    if day:
        named[shift(period.start, -1, Grain.WEEK), shift(period.requested_end, -1, Grain.WEEK)] = Compare(
            kind="same_weekday"
        )
    year = (shift(period.start, -1, Grain.YEAR), shift(period.requested_end, -1, Grain.YEAR))
    named[year] = Compare(kind="previous_year")
    plain = [
        named.get((one.period.start, one.period.requested_end or one.period.end), one) if one.period else one
        for one in draft.compare
    ]
    draft.compare = (
        list(dict.fromkeys(plain)) if len(draft.compare) == 1 or len(set(plain)) == 1 else draft.compare
    )


def default_period(draft: Draft, context: TimeContext) -> None:
    """Give a comparison without a period one that has something to be compared with, and say so."""
    relative = [compare for compare in draft.compare if compare.period is None]
    timed = draft.grain is not None or any(group.grain for group in draft.group_by)
    if not relative or draft.period is not None or draft.periods or timed or draft.trend or draft.continues:
        return
    end = context.known_end
    if relative[0].kind == "previous_year" and draft.compare_grain is None:
        start = truncate(end - (shift(end, 1, Grain.DAY) - end), Grain.YEAR)
        draft.period = Period(start, end, shift(start, 1, Grain.YEAR)) if end > start else None
        zh, en = "今年至今(同比未说明时间)", "this year to date (no period was named)"
    else:
        grain = draft.compare_grain or Grain.MONTH
        whole = bucket(end, grain, context.week_start, context.fiscal_year_start)
        draft.period = Period.of(shift(whole.start, -1, grain), whole.start)
        zh, en = "最近一个完整周期(环比未说明时间)", "the last complete period (none was named)"
    if draft.period is not None:
        period = draft.period
        draft.say(
            "period",
            f"{period.start} 至 {period.end}(不含):{zh}",
            f"{period.start} to {period.end} (exclusive): {en}",
        )
