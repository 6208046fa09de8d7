"""Grammar of calendar points: a year, month, week, day … in any order, Chinese or English."""

from __future__ import annotations

from dataclasses import replace

from bot.language.rule import Rule
from bot.language.time.cursor import Cursor, Found
from bot.language.time.expressions import Point, Ref
from bot.language.time.fields import merge
from bot.language.time.numeric import FIRST, LAST, full_year

_MODAL = Rule(
    r"\s+(?:i|we|you|it|be|have|not|also|need|well|cause|help|differ|vary|contain|include)(?![a-z])"
)
_MARCHING = Rule(r"\s+(?:of\s+(?!the|this|last|next)[a-z]{3,}|towards?\s)")
_UNSURE = frozenset(("may", "sun", "sat", "mon", "wed", "fri", "thu", "tue"))
_NAMES = frozenset(("may",))
_BEFORE_NAME = ("of", "from", "to", "and", "since", "until", "before", "after", "comma", "last", "this", "first_n",
                "between", "begin", "end", "middle", "week_of", "number", "ordinal", "roll", "every", "whole",
                "weekday", "month", "date")  # fmt: skip
_AFTER_NAME = ("number", "ordinal", "to", "date", "and", "month", "weekday", "comma", "part")
_RETENTION = Rule(r"\s?(?:留存|复购|内|以内|均|移动|滚动|回购|转化|归因|窗口|无理由|活跃|达|会员|活动)")
_HAN_DIGITS = frozenset("一二三四五六七八九十廿")
_AFTER_ONE = Rule(r"[共直般样起些定个次种天]")
_AFTER_DAY = Rule(r"\s?(?:[名位款成折点%]|[.:]\d)")


def read_point(cursor: Cursor, index: int) -> Found | None:
    """Return the longest calendar point at `index`, or None.

    Parts may come coarse to fine (2025年3月5日) or fine to coarse (5 March 2025) with 的, of or a comma
    between them; a part that is there already ends the point.
    """
    point = Point()
    at = index
    while at < len(cursor.lexemes):
        step = _component(cursor, at, point, first=at == index)
        if step is None and at > index:
            after = cursor.skip(at)
            if cursor.word(at) == "from" and cursor.has(at, "from") and point == Point(weekday=point.weekday):
                after = at + 1
            step = _component(cursor, after, point, first=False) if after > at else None
        if step is None:
            break
        point, at = step
    if at == index or point == Point():
        return None
    return point, at


def _component(cursor: Cursor, at: int, point: Point, *, first: bool) -> tuple[Point, int] | None:
    """Return the point with the part at `at` added and the next index, or None."""
    if at >= len(cursor.lexemes) or (not first and not cursor.lexemes[at].glued):
        return None
    lexeme = cursor.lexemes[at]
    for reader in (_ready, _named, _numbered, _worded):
        found = reader(cursor, at, point)
        if found is None:
            continue
        part, after = found
        if lexeme.get("number") is not None and after == at + 1 and lexeme.counted:
            return None
        merged = merge(point, part)
        if merged is not None:
            return merged, after
    return None


def _ready(cursor: Cursor, at: int, point: Point) -> tuple[Point, int] | None:
    """今年, last week, 2025-03-05, Q3 2025, 周三."""
    lexeme = cursor.lexemes[at]
    for kind in ("point", "date", "weekend"):
        entry = lexeme.get(kind)
        if entry is not None and isinstance(entry.expression, Point) and entry.expression != Point():
            if kind == "date" and lexeme.counted:
                return None
            return entry.expression, at + 1
    entry = lexeme.get("weekday")
    if entry is not None and isinstance(entry.expression, Point):
        sure = not lexeme.word.isascii() or point != Point() or _sure_name(cursor, at)
        if not sure or entry.text == "s":
            return None
        return entry.expression, at + 1
    now = lexeme.get("now")
    if now is not None and lexeme.word == "today":
        return Point(days=0), at + 1
    return None


def _named(cursor: Cursor, at: int, point: Point) -> tuple[Point, int] | None:
    """March, March 5, March 5th, 5 March, the 5th of March."""
    month = cursor.first(at, "month")
    if month is not None:
        if point == Point() and not _sure_name(cursor, at):
            return None
        part = Point(month=Ref(month.number))
        after = at + 1
        if cursor.text[cursor.lexemes[at].end : cursor.lexemes[at].end + 1] in ("-", "/"):
            after = _past_mark(cursor, at)
        else:
            after = cursor.skip(after, "comma", limit=1) if cursor.has(at + 2, "ordinal") else after
        day = _day_number(cursor, after) if point.day is None else None
        if day is not None and not _is_range_of_days(cursor, after):
            return replace(part, day=day), after + 1
        return part, at + 1
    day = _day_number(cursor, at, glued=False)
    if day is not None and point.day is None:
        after = cursor.skip(at + 1, "of", limit=2)
        named = cursor.entry(after, "month")
        if named is not None:
            return Point(month=Ref(named.number), day=day), after + 1
    return None


def _past_mark(cursor: Cursor, at: int) -> int:
    """Return the index of a day after "Oct-2" or "jan/3"; the mark is a lexeme of its own."""
    after = at + 1
    number = cursor.entry(after + 1, "number")
    if (
        cursor.word(after) in ("-", "/")
        and number is not None
        and cursor.lexemes[after + 1].start == (cursor.lexemes[after].end)
    ):
        return after + 1
    return after


def _is_range_of_days(cursor: Cursor, at: int) -> bool:
    """Return whether the number at `at` is a year or starts something else: "May 2024", "June 5 days"."""
    return bool(cursor.unit(at + 1))


def _day_number(cursor: Cursor, at: int, *, glued: bool = True) -> int | None:
    """Return a day of the month written as a bare number or ordinal, or None."""
    entry = cursor.entry(at, "ordinal", glued=glued) or cursor.entry(at, "number", glued=glued)
    if entry is None or entry.text == "第" or cursor.lexemes[at].counted or not 1 <= entry.number <= 31:
        return None
    return entry.number


def _numbered(  # noqa: PLR0911 - one return per way to write a number
    cursor: Cursor, at: int, point: Point
) -> tuple[Point, int] | None:
    """2025年, 25年, 3月, 5号, 三季度, 第3周, week 3, 2025."""
    ordinal, number = cursor.first(at, "ordinal"), cursor.first(at, "number")
    entry = ordinal or number
    if entry is None:
        return None
    unit, word = cursor.unit(at + 1), cursor.word(at + 1)
    value = entry.number
    if unit in ("year", "fiscal_year") and number is not None:
        return _year(cursor, at, value, entry.text, unit)
    if unit == "quarter" and 1 <= value <= 4 and (ordinal is not None or word in ("季度", "季")):
        return Point(quarter=Ref(value)), at + 2
    if unit == "fiscal_quarter" and 1 <= value <= 4:
        return Point(quarter=Ref(value), fiscal=True), at + 2
    if unit == "half" and 1 <= value <= 2 and ordinal is not None:
        return Point(half=value), at + 2
    if unit == "month" and word == "月" and 1 <= value <= 12 and ordinal is None:
        return _month_of_year(cursor, at, value, point)
    if unit in ("day", "date") and word in ("日", "号") and 1 <= value <= 31 and ordinal is None:
        if point.month is None and cursor.follows(at + 1, _RETENTION):
            return None
        return Point(day=value), at + 2
    if (
        unit == "week"
        and ordinal is not None
        and 1 <= value <= 53
        and point in (Point(), Point(year=point.year))
    ):
        return Point(week=Ref(value)), at + 2
    if not unit and number is not None:
        return _bare(cursor, at, value, entry.text, point)
    return None


def _year(cursor: Cursor, at: int, value: int, digits: str, unit: str) -> tuple[Point, int] | None:
    """Return 2025年, 25年, 零七年, 25财年; a small number is a span of years, not a year."""
    if cursor.word(at + 1) not in ("年", "年度", "财年", "财政年度"):
        return None
    two = len(digits) == 2 and (digits.isdecimal() or not set(digits) & set("十百千"))
    if not two and not FIRST <= value <= LAST:
        return None
    year = full_year(f"{value:02d}") if two else value
    return Point(year=Ref(year), fiscal=unit == "fiscal_year"), at + 2


def _month_of_year(cursor: Cursor, at: int, value: int, point: Point) -> tuple[Point, int] | None:
    """Return 3月, and 3月5 or 八月十五 where the day stands without 日."""
    part = Point(month=Ref(value))
    after = at + 2
    number = cursor.entry(after, "number")
    unit = cursor.unit(after + 1)
    bare_day = (
        point.day is None
        and number is not None
        and 1 <= number.number <= 31
        and not unit
        and not cursor.lexemes[after].counted
        and cursor.lexemes[after].start == cursor.lexemes[after - 1].end
        and not cursor.follows(after, _AFTER_DAY)
        and not _begins_a_word(cursor, at, after)
    )
    if bare_day and number is not None and not _starts_month(cursor, after):
        return replace(part, day=number.number), after + 1
    return part, after


def _begins_a_word(cursor: Cursor, month: int, day: int) -> bool:
    """Return whether a Chinese numeral behind a month is no day: 10月一共, 十月一直, and 10月十五 mixes scripts."""
    if cursor.text[cursor.lexemes[day].start] not in _HAN_DIGITS:
        return False
    mixed = cursor.text[cursor.lexemes[month].start] not in _HAN_DIGITS
    return mixed or cursor.follows(day, _AFTER_ONE)


def _starts_month(cursor: Cursor, at: int) -> bool:
    """Return whether the number at `at` begins the end of a range of months or days (5月1-3日 does not)."""
    ends_in_month = cursor.has(at + 1, "to") and cursor.has(at + 2, "number") and cursor.word(at + 3) == "月"
    return ends_in_month and not cursor.has(at + 4, "number")


def _bare(cursor: Cursor, at: int, value: int, digits: str, point: Point) -> tuple[Point, int] | None:
    """Return a year of four digits, or a relative month's bare day (本月十日 without 日 is not read)."""
    four = (len(digits) == 4 and digits.isdecimal()) or (digits == "words" and point.month is not None)
    if not four or not 1990 <= value <= 2049 or point.year is not None or cursor.lexemes[at].counted:
        return None
    return Point(year=Ref(value)), at + 1


_WORDED: dict[str, Point] = {
    "half1": Point(half=1), "half2": Point(half=2), "third1": Point(third=1), "third2": Point(third=2),
    "third3": Point(third=3), "season1": Point(season=1), "season2": Point(season=2),
    "season3": Point(season=3), "season4": Point(season=4),
}  # fmt: skip


def _worded(cursor: Cursor, at: int, point: Point) -> tuple[Point, int] | None:
    """上半年, H1 in words, 上旬, summer, "last Tuesday", "this March", "the 27th"."""
    for kind, part in _WORDED.items():
        if cursor.first(at, kind) is not None:
            if part.season is not None and not (point.year is not None or _season_context(cursor, at)):
                return None
            return part, at + 1
    for kind, previous in (("last", True), ("this", False)):
        if cursor.first(at, kind) is None or point != Point():
            continue
        name = cursor.entry(at + 1, "month")
        if name is not None:
            if previous:
                return Point(month=Ref(name.number), previous=True), at + 2
            return Point(year=Ref(0, True), month=Ref(name.number)), at + 2
        weekday = cursor.entry(at + 1, "weekday")
        if weekday is not None and cursor.word(at + 1).isascii():
            # "last Tuesday" is 上周二: one question, one reading in both languages
            return Point(week=Ref(-1 if previous else 0, True), weekday=weekday.number), at + 2
    if cursor.first(at, "of") is not None and cursor.word(at) in ("the", "on") and point == Point():
        after = at + 1 if cursor.word(at + 1) != "the" else at + 2
        ordinal = cursor.entry(after, "ordinal")
        sure = ordinal is not None and (cursor.word(at) == "on" or ordinal.number >= 13)
        if ordinal is not None and sure and ordinal.text == "" and not cursor.unit(after + 1):
            return Point(day=ordinal.number), after + 1
    return _whole_day(cursor, at) if point == Point() else None


def _whole_day(cursor: Cursor, at: int) -> tuple[Point, int] | None:
    """Return a day of the month that is the whole question ("the 29th", "15"), as answers to "which day?" are."""
    start = at + 1 if cursor.word(at) == "the" else at
    day = _day_number(cursor, start, glued=start > at)
    if day is None or not cursor.whole(at, start + 1):
        return None
    return Point(day=day), start + 1


def _season_context(cursor: Cursor, at: int) -> bool:
    """Return whether a season's name is a time here: "in summer", "summer 2024", not "summer dresses"."""
    number = cursor.entry(at + 1, "number")
    after_year = number is not None and 1990 <= number.number <= 2049
    before = cursor.first(at - 1, "of") is not None and cursor.word(at - 1) in ("in", "during", "the", "over")
    return after_year or before or cursor.first(at - 1, "point") is not None or cursor.whole(at, at + 1)


def _sure_name(cursor: Cursor, at: int) -> bool:
    """Return whether an English name of a month or weekday is one: not "may I", not "sun cream"."""
    lexeme = cursor.lexemes[at]
    if lexeme.word == "march" and cursor.follows(at, _MARCHING):
        return False
    if lexeme.word not in _UNSURE:
        return True
    if lexeme.word == "may" and cursor.follows(at, _MODAL):
        return False
    if lexeme.word == "may" and any(
        other.get("month") is not None for number, other in enumerate(cursor.lexemes) if number != at
    ):
        return True  # may … vs april
    before = at > 0 and lexeme.glued and any(cursor.first(at - 1, kind) for kind in _BEFORE_NAME)
    following = cursor.skip(at + 1, "of", limit=2)
    after = any(cursor.has(at + 1, kind) for kind in _AFTER_NAME) or any(
        cursor.has(following, kind) for kind in ("number", "point", "date")
    )
    origin = cursor.starts[lexeme.start]
    capital = lexeme.word in _NAMES and origin > 0 and cursor.original[origin : origin + 1].isupper()
    return before or after or capital or cursor.whole(at, at + 1)
