"""Grammar of holidays, festivals and shopping events with their year and what part of them is meant."""

from __future__ import annotations

from typing import Literal

from bot.language.time.cursor import Cursor, Found
from bot.language.time.expressions import Event, Point
from bot.language.time.points import read_point


def read_event(cursor: Cursor, index: int) -> Found | None:
    """去年双11, 双11期间, Black Friday 2024, last Christmas, 2024年国庆假期, this year's 618."""
    at, year = index, None
    point = read_point(cursor, index)
    if point is not None and isinstance(point[0], Point) and point[0] == Point(year=point[0].year):
        at, year = cursor.skip(point[1]), point[0].year
    elif cursor.first(index, "event_last") is not None and not cursor.has(index + 1, "number"):
        at = cursor.skip(index + 1)
        if cursor.has(at, "event") and cursor.word(index) in (
            "last",
            "the last",
            "上次",
            "上一次",
            "上一届",
            "上届",
        ):
            year = None
    entry = cursor.entry(at, "event", glued=at > index)
    if entry is None or cursor.lexemes[at].counted:
        return None
    after = at + 1
    if year is None:
        following = cursor.skip(after)
        later = read_point(cursor, following) if following < len(cursor.lexemes) else None
        glued = later is not None and cursor.lexemes[following].glued
        if (
            later is not None
            and glued
            and isinstance(later[0], Point)
            and later[0] == Point(year=later[0].year)
        ):
            year, after = later[0].year, later[1]
    mode: Literal["window", "day", "holiday"] = "window"
    if cursor.has(after, "event_holiday"):
        mode, after = "holiday", after + 1
    elif cursor.has(cursor.skip(after, "of", limit=1), "event_day"):
        mode, after = "day", cursor.skip(after, "of", limit=1) + 1
    while cursor.has(after, "event_during") and not cursor.word(after).startswith("sale"):
        after += 1
    return Event(entry.text, year, mode), after
