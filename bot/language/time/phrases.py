"""Grammar of phrases around points: rolling, nth, parts, events, the week before, since and until."""

from __future__ import annotations

from dataclasses import replace

from bot.language.rule import Rule
from bot.language.time.counted import LOOSE, SIDES, current, read_count, read_position
from bot.language.time.cursor import Cursor, Found
from bot.language.time.events import read_event
from bot.language.time.expressions import (
    Ago,
    Beside,
    Nth,
    Part,
    Point,
    Ref,
    Rolling,
    Side,
    WeekOf,
    Whole,
)
from bot.language.time.fields import finest
from bot.language.time.lexicon import GRAINS
from bot.language.time.loose import read_decade, read_loose
from bot.language.time.points import read_point
from bot.language.time.suffixes import read_suffix
from semantic_layer.period import Grain

# "the last day of the first week of last month" is three deep; nobody asks for more than this.
_DEEPEST = 6
# "bought again within 7 days" is part of a metric, not a period.
_NO_WINDOW = Rule("复购|回购|再|转化|下单|购买|留存|退|到货|发货|未")


def read_expression(cursor: Cursor, index: int) -> Found | None:
    """Return the longest time expression at `index`, with everything that hangs on it, or None."""
    if index in cursor.known:
        return cursor.known[index]
    if len(cursor.nesting) >= _DEEPEST:
        return None
    cursor.nesting.append(index)
    found = _read_core(cursor, index)
    for _ in range(_DEEPEST):
        further = read_suffix(cursor, *found) if found is not None else None
        if further is None:
            break
        found = further
    cursor.nesting.pop()
    cursor.known[index] = found
    return found


def _read_core(cursor: Cursor, index: int) -> Found | None:
    if index >= len(cursor.lexemes):
        return None
    for reader in (_ready, _rolling, _ago, _nth_before, _part_before, _beside_before, _week_of, read_event, read_decade,
                   read_loose, read_point):  # fmt: skip
        found = reader(cursor, index)
        if found is not None:
            return found
    return None


def _ready(cursor: Cursor, index: int) -> Found | None:
    """TTM, the last full month, all time, 月初."""
    for kind in ("ready", "all"):
        entry = cursor.first(index, kind)
        if entry is not None and entry.expression is not None:
            return entry.expression, index + 1
    entry = cursor.first(index, "part")
    if entry is not None and isinstance(entry.expression, Point):
        side: Side = "begin" if entry.text == "begin" else "end" if entry.text == "end" else "middle"
        return Part(entry.expression, side), index + 1
    half = (
        "first_half"
        if cursor.first(index, "half_month1")
        else "second_half"
        if cursor.first(index, "half_month2")
        else ""
    )
    if half:
        return Part(current(Grain.MONTH), "first_half" if half == "first_half" else "second_half"), index + 1
    if cursor.first(index, "earlier") is not None and cursor.has(index + 1, "point"):
        found = read_point(cursor, index + 1)
        if found is not None and finest(found[0]) in LOOSE:
            return Part(found[0], "first_half" if cursor.word(index) == "earlier" else "second_half"), found[
                1
            ]
    whole = cursor.first(index, "whole")
    if whole is not None:
        after = cursor.skip(index + 1)
        found = (
            read_point(cursor, after) if cursor.has(index + 1, "of") or cursor.lexemes[index].end else None
        )
        if found is not None and cursor.lexemes[after].glued:
            return found
    return None


# ---- counted and rolling


def _rolling(cursor: Cursor, index: int) -> Found | None:
    """近30天, past 3 weeks, last 2 months, 上两周, 未来7天, 7天内."""
    counted = read_count(cursor, index + 1)
    if counted is None and cursor.has(index + 1, "of") and cursor.first(index, "roll") is not None:
        counted = read_count(cursor, index + 2)
    if counted is not None:
        count, unit, after = counted
        if any(
            mark in cursor.word(after - 1)
            for mark in ("整", "自然月", "自然周", "full", "complete", "calendar")
        ):
            return _window(count, unit, rolling=False, after=after)
        if cursor.first(index, "future") is not None and cursor.first(index, "last") is None:
            return _window(count, unit, rolling=True, future=True, after=after)
        named = (
            cursor.entry(index + 1, "duration") is not None
        )  # 这半年, beside 这三天 of a trip just told of
        if cursor.first(index, "roll") is not None and (named or cursor.word(index) not in ("这", "之前")):
            return _window(count, unit, rolling=True, after=cursor.skip(after, "within", limit=1))
        if cursor.first(index, "last") is not None:
            if cursor.word(index) == "前" and cursor.word(after - 1) == "季度":
                return Nth(current(Grain.YEAR), Grain.QUARTER, 1, count), after
            if cursor.word(index) in ("前", "the last", "last") and cursor.has(after, "of"):
                nested = read_expression(cursor, after + 1) if cursor.word(after) in ("of", "in") else None
                if nested is not None:
                    return None
            return _window(count, unit, rolling=unit == "day", after=after)
    if cursor.first(index, "roll") is not None and cursor.word(index).isascii():
        unit = cursor.unit(index + 1)
        if unit and cursor.word(index + 1) in GRAINS:
            return _window(1, unit, rolling=True, after=index + 2)
    return _within(cursor, index)


def _within(cursor: Cursor, index: int) -> Found | None:
    """7天内, 三个月以来: only at the start or after a time word, since 7天内复购 is no period."""
    number = cursor.first(index, "number")
    if number is None or not cursor.has(index + 1, "unit") or not cursor.has(index + 2, "within"):
        return None
    if cursor.word(index + 2) not in ("内", "以内", "之内", "来", "以来") or cursor.word(index + 1) in (
        "月",
        "号",
        "年",
    ):
        return None
    rest = cursor.text[cursor.lexemes[index + 2].end :].lstrip()
    if _NO_WINDOW.match(rest):
        return None
    return _window(number.number, cursor.unit(index + 1), rolling=True, after=index + 3)


def _window(count: int, unit: str, *, rolling: bool, after: int, future: bool = False) -> Found | None:
    """Return a rolling window or whole calendar periods; whole ones for quarters, which nobody rolls."""
    if count < 1:
        return None
    if unit == "fortnight":
        return Rolling(Grain.DAY, 14 * count), after
    if unit == "decade":
        return Rolling(Grain.YEAR, 10 * count), after
    grain = GRAINS.get(unit)
    if grain is None:
        return None
    if future:
        return Rolling(grain, count, future=True), after
    if grain is Grain.QUARTER or not rolling:
        return Whole(grain, -count, count), after
    return Rolling(grain, count), after


def _ago(cursor: Cursor, index: int) -> Found | None:
    """3天前, a week ago, 2 Thursdays ago, 5年前, 半年前."""
    named = cursor.first(index, "duration")
    if named is not None and named.text in GRAINS and cursor.has(index + 1, "ago"):
        return Ago(GRAINS[named.text], named.number), index + 2
    number = cursor.first(index, "number")
    count = number.number if number is not None else 1
    if number is None and cursor.first(index, "a") is None:
        return None
    if cursor.has(index + 1, "weekday") and cursor.word(index + 2) == "ago":
        weekday = cursor.entry(index + 1, "weekday")
        assert weekday is not None
        return Ago(Grain.WEEK, count, weekday.number), index + 3
    unit = cursor.unit(index + 1)
    if unit not in GRAINS or not cursor.has(index + 2, "ago") or cursor.word(index + 1) in ("号", "月"):
        return None
    if (cursor.word(index + 1) == "年" and count >= 1900) or (
        cursor.word(index + 1) == "日" and cursor.word(index) != "两"
    ):
        return None
    if cursor.word(index + 2) == "前" and (cursor.has(index + 3, "number") or cursor.has(index + 3, "unit")):
        return None
    return Ago(GRAINS[unit], count), index + 3


# ---- nth and parts


def _nth_before(cursor: Cursor, index: int) -> Found | None:
    """The first week of May, last 3 days of March, the first Monday of last month, first half of May."""
    start = index + 1 if cursor.word(index) == "the" else index
    last = _last_of(cursor, index)
    if last is not None:
        return last
    position = read_position(cursor, start, glued=start > index)
    if position is None or not cursor.word(start).isascii():
        return None
    place, count, at = position
    unit, weekday = cursor.unit(at), cursor.entry(at, "weekday")
    if unit not in (*GRAINS, "half") and weekday is None:
        return None
    after = at + 1
    if not cursor.word(at).endswith("week of"):
        after = cursor.skip(after, "of", limit=2)
    outer = _outer(cursor, after)
    apart = outer is None or not cursor.lexemes[at + 1].glued
    if apart and unit == "quarter" and count == 1 and 1 <= place <= 4:
        return Point(quarter=Ref(place)), at + 1
    if outer is None or (after == at + 1 and not cursor.lexemes[after].glued):
        return None
    return _nth_of(outer, unit, weekday.number if weekday is not None else None, (place, count))


def _nth_of(outer: Found, unit: str, weekday: int | None, position: tuple[int, int]) -> Found | None:
    (of, end), (place, count) = outer, position
    if unit == "half":
        return (Part(of, "first_half" if place == 1 else "second_half"), end) if abs(place) <= 2 else None
    if weekday is not None:
        return Nth(of, Grain.WEEK, place, count, weekday), end
    if unit == "quarter" and count == 1 and place > 0 and isinstance(of, Point) and finest(of) == "year":
        return replace(of, quarter=Ref(place)), end
    return Nth(of, GRAINS[unit], place, count), end


def _last_of(cursor: Cursor, index: int) -> Found | None:
    """The last week of July, last day of March: "last week" alone would be the week before this one."""
    entry = cursor.first(index, "point")
    if entry is None or not cursor.has(index + 1, "of") or cursor.word(index + 1) not in ("of", "in"):
        return None
    point, words = entry.expression, cursor.word(index)
    if not words.startswith(("last ", "the last ")) or not isinstance(point, Point):
        return None
    outer = _outer(cursor, cursor.skip(index + 1, "of", limit=2))
    if outer is None:
        return None
    grain = Grain.DAY if point.days is not None else LOOSE.get(finest(point))
    return (Nth(outer[0], grain, -1), outer[1]) if grain is not None else None


def _outer(cursor: Cursor, index: int) -> Found | None:
    """Return the period something is a part of: any expression, or a bare "month" for this month."""
    found = read_expression(cursor, index)
    if found is not None:
        return found
    unit = cursor.unit(index)
    if unit in LOOSE:
        return current(LOOSE[unit]), index + 1
    return None


def _part_before(cursor: Cursor, index: int) -> Found | None:
    """Beginning of last week, end of 2012, mid March, rest of the week."""
    start = index + 1 if cursor.word(index) == "the" else index
    for kind, side in SIDES:
        entry = cursor.entry(start, kind, glued=start > index)
        if entry is None or not cursor.word(start).isascii():
            continue
        after = cursor.skip(start + 1, "of", limit=2)
        past = cursor.unit(after + 1) if cursor.has(after, "roll") and cursor.word(after) == "past" else ""
        if past in LOOSE:
            return Part(current(LOOSE[past], -1), side), after + 2
        outer = _outer(cursor, after)
        if outer is not None and cursor.lexemes[after].glued:
            return Part(outer[0], side), outer[1]
    return None


def _beside_before(cursor: Cursor, index: int) -> Found | None:
    """The week before Christmas, 3 days after Black Friday, two weeks before 618."""
    start = index + 1 if cursor.word(index) == "the" else index
    number = cursor.entry(start, "number", glued=start > index)
    at = start + 1 if number is not None or cursor.has(start, "a", glued=start > index) else start
    unit = cursor.unit(at, glued=at > index)
    if unit not in GRAINS or not cursor.word(at).isascii():
        return None
    after = cursor.has(at + 1, "after")
    if not after and not cursor.has(at + 1, "before") and cursor.word(at + 1) != "leading up to":
        return None
    following = cursor.skip(at + 2, "of", limit=1)
    found = read_expression(cursor, following)
    if found is None or not cursor.lexemes[following].glued:
        return None
    return Beside(found[0], GRAINS[unit], number.number if number is not None else 1, after), found[1]


def _week_of(cursor: Cursor, index: int) -> Found | None:
    """Week of Feb 4, w/c Feb 4, the week starting February 4."""
    start = index + 1 if cursor.word(index) == "the" else index
    if not cursor.has(start, "week_of", glued=start > index):
        return None
    found = read_expression(cursor, start + 1)
    if found is None or not cursor.lexemes[start + 1].glued:
        return None
    return WeekOf(found[0], starting=not cursor.word(start).endswith("week of")), found[1]
