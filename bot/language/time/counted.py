"""Grammar of counts and places: 3天, three weeks, 第二, 前10, the last two; and the current period of a grain."""

from __future__ import annotations

from bot.language.time.cursor import Cursor
from bot.language.time.expressions import Point, Ref, Side
from semantic_layer.period import Grain

LOOSE: dict[str, Grain] = {
    "year": Grain.YEAR,
    "quarter": Grain.QUARTER,
    "month": Grain.MONTH,
    "week": Grain.WEEK,
}
SIDES: tuple[tuple[str, Side], ...] = (
    ("begin", "begin"),
    ("middle", "middle"),
    ("end", "end"),
    ("rest", "rest"),
)


def read_count(cursor: Cursor, index: int) -> tuple[int, str, int] | None:
    """Return (count, unit, next) of 3天, three weeks, 半年, a week, week."""
    duration = cursor.entry(index, "duration")
    if duration is not None:
        return duration.number, duration.text, index + 1
    number = cursor.entry(index, "number")
    if number is not None and cursor.has(index + 1, "unit"):
        return number.number, cursor.unit(index + 1), index + 2
    if number is None and cursor.has(index, "a") and cursor.has(index + 1, "unit"):
        return 1, cursor.unit(index + 1), index + 2
    return None


def read_position(cursor: Cursor, index: int, *, glued: bool) -> tuple[int, int, int] | None:
    """Return (index, count, next) of an nth word: 第二, 前10, 最后3, first, the last two, 倒数第二."""
    if cursor.entry(index, "nth_last", glued=glued) is not None:
        number = cursor.entry(index + 1, "number")
        return (-number.number, 1, index + 2) if number is not None else None
    number = cursor.entry(index + 1, "number")
    ordinal = cursor.entry(index, "ordinal", glued=glued)
    if ordinal is not None and number is None:
        return ordinal.number, 1, index + 1
    if cursor.entry(index, "last_n", glued=glued) is not None and number is not None:
        return -number.number, number.number, index + 2
    if cursor.entry(index, "first_n", glued=glued) is not None and number is not None:
        return 1, number.number, index + 2
    if cursor.entry(index, "final", glued=glued) is not None:
        return -1, 1, index + 1
    if cursor.entry(index, "first", glued=glued) is not None:
        return 1, 1, index + 1
    return None


def current(grain: Grain, offset: int = 0) -> Point:
    """Return this week, month, quarter or year, or one `offset` away."""
    ref = Ref(offset, True)
    if grain is Grain.WEEK:
        return Point(week=ref)
    if grain is Grain.MONTH:
        return Point(month=ref)
    return Point(quarter=ref) if grain is Grain.QUARTER else Point(year=ref)
