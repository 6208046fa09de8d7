"""Phrases around one word: decades and centuries, "the month", "month of September", "calendar year 2008"."""

from __future__ import annotations

from bot.language.time.counted import LOOSE, current
from bot.language.time.cursor import Cursor, Found
from bot.language.time.expressions import Point, Years
from bot.language.time.fields import finest
from bot.language.time.lexicon import MONTHS
from bot.language.time.points import read_point


def read_decade(cursor: Cursor, index: int) -> Found | None:
    """Return "the 1990s", "the noughties" or "21st century", or None."""
    date, decade = cursor.first(index, "date"), cursor.first(index, "decade")
    if date is not None and isinstance(date.expression, Years):
        return date.expression, index + 1
    if decade is not None:
        return Years(decade.number, 10), index + 1
    number = cursor.first(index, "ordinal") or cursor.first(index, "number")
    if number is not None and cursor.has(index + 1, "century") and 18 <= number.number <= 22:
        return Years(100 * (number.number - 1), 100), index + 2
    return None


def read_loose(cursor: Cursor, index: int) -> Found | None:
    """Return "the month" as a whole question, "month of September", "calendar year 2008", "year 2008", or None."""
    start = index + 1 if cursor.word(index) == "the" or cursor.first(index, "my") is not None else index
    unit = cursor.unit(start, glued=start > index)
    if (unit not in LOOSE and unit != "day") or not cursor.word(start).isascii():
        return None
    if start > index and cursor.whole(index, start + 1):
        return (Point(days=0) if unit == "day" else current(LOOSE[unit])), start + 1
    after = cursor.skip(start + 1, "of", limit=1)
    found = read_point(cursor, after) if after < len(cursor.lexemes) and cursor.lexemes[after].glued else None
    if found is None:
        return None
    named = cursor.word(after) in MONTHS or cursor.has(after, "number")
    return found if named and finest(found[0]) in (unit, "month", "year") else None
