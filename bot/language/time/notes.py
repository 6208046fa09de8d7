"""What is said about a period that is not read exactly as asked, in both languages."""

from __future__ import annotations

from datetime import date

from bot.language.time.expressions import Ago, Beside, Expression, Nth, Part, Point, WeekOf
from semantic_layer.period import ONE_DAY, Grain, Period
from semantic_layer.text import Text


def _zh(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _en(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _span(start: date, end: date) -> Text:
    """Return the dates of `[start, end)` for a reader, both ends included."""
    last = end - ONE_DAY
    if last <= start:
        return Text(zh=_zh(start), en=_en(start))
    return Text(zh=f"{_zh(start)}–{_zh(last)}", en=f"{_en(start)} – {_en(last)}")


def cut_note(words: str, period: Period) -> Text:
    """Return 本周取 11/17–11/19(3天),数据到 11/19."""
    dates, last = _span(period.start, period.end), period.end - ONE_DAY
    plural = "s" if period.days != 1 else ""
    return Text(
        zh=f"“{words}”取 {dates.zh}({period.days} 天),数据到 {_zh(last)}。",
        en=f'"{words}" covers {dates.en} ({period.days} day{plural}); data end on {_en(last)}.',
    )


def fallback_note(words: str, period: Period) -> Text:
    """Return that the current period has no complete day yet and the last complete one is used."""
    dates = _span(period.start, period.end)
    return Text(
        zh=f"“{words}”还没有完整的一天数据,改看上一个完整周期 {dates.zh}。",
        en=f'"{words}" has no complete day of data yet; the last complete period, {dates.en}, is used.',
    )


def no_data_note(words: str, period: Period, known_end: date) -> Text:
    """Return that the period asked has no data yet, with the last day that has."""
    dates, last = _span(period.start, period.end), known_end - ONE_DAY
    return Text(
        zh=f"“{words}”({dates.zh})还没有完整数据,最近有数据的一天是 {_zh(last)}。",
        en=f'"{words}" ({dates.en}) has no complete data yet; the last day with data is {_en(last)}.',
    )


def future_note(words: str, period: Period, known_end: date) -> Text:
    """Return that the period lies in the future."""
    dates, last = _span(period.start, period.end), known_end - ONE_DAY
    return Text(
        zh=f"“{words}”({dates.zh})还没到,数据到 {_zh(last)}。",
        en=f'"{words}" ({dates.en}) lies in the future; data end on {_en(last)}.',
    )


def starts_before_note(words: str, data_start: date) -> Text:
    """Return that the data begin after the period."""
    return Text(
        zh=f"“{words}”早于数据的起点 {_zh(data_start)}。",
        en=f'"{words}" lies before the data begin on {_en(data_start)}.',
    )


def reading_note(words: str, expression: Expression, period: Period) -> Text | None:
    """Return how a loose expression was read (月底, 5月第一周, 三个月前), None where there is nothing to say."""
    loose = (
        isinstance(expression, Part | Beside | WeekOf)
        or (isinstance(expression, Ago) and expression.grain is not Grain.DAY)
        or (isinstance(expression, Nth) and expression.grain is Grain.WEEK and expression.weekday is None)
        or (isinstance(expression, Point) and expression.season is not None)
    )
    if not loose:
        return None
    dates = _span(period.start, period.requested_end)
    return Text(zh=f"“{words}”按 {dates.zh} 理解。", en=f'"{words}" is read as {dates.en}.')


def aligned_note(words: str, period: Period) -> Text:
    """Return that a baseline is cut to as many days as the main period has had."""
    dates = _span(period.start, period.end)
    return Text(
        zh=f"“{words}”只取同样天数 {dates.zh}({period.days} 天)作对比。",
        en=f'"{words}" is cut to the same number of days for the comparison: {dates.en} ({period.days} days).',
    )
