"""The comparisons of a question: 环比, 同比, the same days of last week, against March."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.language.time import ComparisonReading, TimeContext, TimeReading, baseline_of
from bot.planners.rules.baseline import COMPARE_TEXT, compare_words, holds_several
from bot.planners.rules.draft import Draft
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain, Period, calendar_unit
from semantic_layer.query import Compare, PeriodRange

_SAME_DATES = Rule(r"(?:the )?same |去年同[期月日季周]|上年同[期月日季周]|去年这")


def read_comparisons(line: Line, reading: TimeReading, draft: Draft, context: TimeContext) -> None:
    """Fill the comparisons that were asked; one that is not said against what is asked back."""
    for comparison in reading.comparisons:
        alone = draft.period is None and not draft.periods and not draft.continues and not draft.compared
        if alone and _SAME_DATES.match(comparison.words.lower()) and not line.tagged(Tag.GROWTH, Tag.GREW):
            draft.unclear_times.append(comparison.words)  # the same dates as which?
            continue
        compare = _compare(comparison, draft, context)
        if compare is not None and compare not in draft.compare:
            draft.compare.append(compare)
            draft.compare_grain = draft.compare_grain or comparison.grain
            if compare.kind == "previous_period" and holds_several(draft.period, comparison.grain):
                draft.grain = (
                    draft.grain or comparison.grain
                )  # 今年的月环比: each month against the one before
            zh, en = compare_words(compare)
            draft.say("comparison", zh, en, (comparison.words,))
    for tag, kind in ((Tag.POP, "previous_period"), (Tag.YOY, "previous_year")):
        marks = [index for index in line.tagged(tag) if line.roles[index].kind == "grammar"]
        if marks and not any(compare.kind == kind for compare in draft.compare):
            draft.compare.append(Compare(kind=kind))  # type: ignore[arg-type]  # one of the two kinds above
            zh, en = COMPARE_TEXT[kind]
            draft.say("comparison", zh, en, tuple(line.items[index].text for index in marks))
        line.use(*marks)


def _is_week(period: Period | None, context: TimeContext) -> bool:
    """Return whether a period is a calendar week: seven days before it lies the week before, day for day."""
    if period is None:
        return False
    whole = Period.of(period.start, period.requested_end)
    return calendar_unit(whole, context.week_start) == (Grain.WEEK, 1)


def _compare(comparison: ComparisonReading, draft: Draft, context: TimeContext) -> Compare | None:
    if comparison.kind == "same_weekday_last_week":
        return Compare(kind="previous_period" if _is_week(draft.period, context) else "same_weekday")
    if comparison.kind == "period" and comparison.grain is Grain.YEAR and (draft.period or draft.continues):
        return Compare(kind="previous_year")  # "the last 6 months compared to the previous year"
    if comparison.kind in ("previous_period", "previous_year") and comparison.years == 1:
        return Compare(kind=comparison.kind)
    if comparison.period is not None:
        return Compare(kind="period", period=PeriodRange.of(comparison.period))
    if draft.period is None:
        return Compare(kind="previous_year") if comparison.kind == "previous_year" else None
    other = baseline_of(draft.period, comparison, context, rolling=draft.rolling)
    return Compare(kind="period", period=PeriodRange.of(other))
