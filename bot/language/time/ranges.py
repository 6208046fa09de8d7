"""Grammar of ranges: from … to …, A到B, between A and B, since, until, and ends that share their parts."""

from __future__ import annotations

from dataclasses import replace

from bot.language.time.cursor import Cursor, Found
from bot.language.time.expressions import (
    AllTime,
    Between,
    Edge,
    Expression,
    Nth,
    Open,
    Part,
    Point,
    Ref,
)
from bot.language.time.fields import finest, with_finest
from bot.language.time.lexicon import Entry
from bot.language.time.phrases import read_expression
from bot.language.time.points import read_point
from semantic_layer.period import Grain

_EDGES: tuple[tuple[str, Edge], ...] = (
    ("until", "until"), ("before", "before"), ("after", "after"), ("since", "since")
)  # fmt: skip
_INHERITED = ("year", "half", "quarter", "month", "week")


def read_range(cursor: Cursor, index: int) -> Found | None:
    """Return the range, the open range or the plain expression at `index`, or None."""
    opened = _open(cursor, index)
    if opened is not None:
        return opened
    start = index
    while (
        cursor.first(start, "from") is not None
        and start - index < 2
        and (start == index or cursor.has(start, "from"))
    ):
        start += 1
    if start > index and cursor.word(start) == "the" and cursor.has(start + 1, "ordinal"):
        start += 1  # from the 5th to the 8th of November
    between = start > index and cursor.word(index) in ("between", "在", "介于", "从")
    ranged = _led_by_point(cursor, start) or _two_ends(
        cursor, start, between=between, from_word=start > index
    )
    if ranged is not None:
        return ranged
    if start > index:
        since = _from(cursor, index, start)
        if since is not None:
            return since
        return None
    lead = _led_by_week(cursor, index) or _led_by_point(cursor, index)
    return lead or read_expression(cursor, index)


def _open(cursor: Cursor, index: int) -> Found | None:
    """Since March, until May 5, before Christmas, 截至3月底, by the end of March."""
    if cursor.word(index) in ("到", "至"):
        closed = read_expression(cursor, index + 1)
        if closed is None or cursor.word(closed[1]) not in ("为止", "止"):
            return None
        return Open(closed[0], "until"), closed[1] + 1
    for kind, edge in _EDGES:
        if cursor.first(index, kind) is None:
            continue
        if kind == "since" and cursor.word(index) in ("from", "starting", "starting from", "as of"):
            continue
        if kind == "before" and not _is_time_before(cursor, index):
            continue
        following = cursor.skip(index + 1, "of", limit=1)
        found = read_expression(cursor, following) if following < len(cursor.lexemes) else None
        if found is None or not cursor.lexemes[following].glued:
            now = cursor.entry(following, "now")
            if kind == "until" and now is not None:
                return AllTime(), cursor.skip(following + 1, "between", limit=1)
            continue
        if isinstance(found[0], Open):
            return found if found[0].edge == "since" and kind == "since" else (found[0], found[1])
        return Open(found[0], edge), cursor.skip(found[1], "between", limit=1)
    return None


def _is_time_before(cursor: Cursor, index: int) -> bool:
    return cursor.word(index) != "up to" or not cursor.has(index + 1, "number")


def _from(cursor: Cursor, index: int, start: int) -> Found | None:
    """Return "from March", 从3月开始, "starting May 5"; 在3月 is just March."""
    found = read_expression(cursor, start)
    if found is None or not cursor.lexemes[start].glued:
        return None
    if cursor.word(index) == "在" or isinstance(found[0], Open):
        return found
    if cursor.has(found[1], "since_after") or cursor.has(found[1], "begin"):
        return Open(found[0], "since"), found[1] + 1
    if cursor.word(index) in ("from", "from the") and finest(found[0]) in (
        "year",
        "quarter",
        "month",
        "week",
        "days",
    ):
        # "sales from last month" means in it; "from March onwards" was read above
        return found
    return (
        (found[0], found[1])
        if cursor.word(index) in ("from", "between")
        else (Open(found[0], "since"), found[1])
    )


def _two_ends(cursor: Cursor, start: int, *, between: bool, from_word: bool) -> Found | None:
    """Return `A to B` at `start`, or None. A or B may be a bare number that takes the other's unit."""
    if start >= len(cursor.lexemes) or (from_word and not cursor.lexemes[start].glued):
        return None
    left = _end(cursor, start, from_word=from_word)
    number_left = None
    if left is None:
        number_left = cursor.first(start, "number") or cursor.first(start, "ordinal")
        if number_left is None:
            return None
        if number_left.text == "words" and 1990 <= number_left.number <= 2049 and from_word:
            left = Point(year=Ref(number_left.number)), start + 1
    at = left[1] if left is not None else start + 1
    joint = _joint(cursor, at, between=between)
    if joint is None:
        return None
    if cursor.word(joint) == "the" and cursor.has(joint + 1, "ordinal"):
        joint += 1
    right = _end(cursor, joint, from_word=True)
    if right is None or not cursor.lexemes[joint].glued:
        return _number_right(cursor, left, joint) or _led_after(cursor, number_left, joint)
    first, last, after = left[0] if left is not None else None, right[0], right[1]
    if first is None:
        assert number_left is not None
        filled = with_finest(last, number_left.number) if isinstance(last, Point) else None
        if filled is None:
            return None
        first = filled
    first, last = _share(first, last)
    if cursor.has(joint - 1, "and") and not between and cursor.word(after) not in ("之间", "间"):
        return None
    return Between(first, last), cursor.skip(after, "between", limit=2)


def _end(cursor: Cursor, index: int, *, from_word: bool) -> Found | None:
    """Return one end of a range: an expression, today, or a month and day that need a range around them."""
    if index >= len(cursor.lexemes):
        return None
    now = cursor.first(index, "now")
    if now is not None and now.expression is not None:
        return now.expression, index + 1
    maybe = cursor.first(index, "maybe_date")
    if maybe is not None and maybe.expression is not None and not cursor.lexemes[index].counted:
        joined = from_word or cursor.has(index + 1, "to")
        return (maybe.expression, index + 1) if joined else None
    event = cursor.first(index, "event")
    if event is not None and "." in cursor.word(index) and from_word:
        month, _, day = cursor.word(index).partition(".")
        if month.isdecimal() and day.isdecimal():
            return Point(month=Ref(int(month)), day=int(day)), index + 1
    lead = _led_by_week(cursor, index)
    return lead or read_expression(cursor, index)


def _joint(cursor: Cursor, at: int, *, between: bool) -> int | None:
    """Return the index after 到, "to", "-" (or "and" after "between"), None if there is none."""
    if cursor.has(at, "between") and between:
        at += 1
    if cursor.has(at, "to"):
        after = at + 1
        while cursor.has(after, "to"):
            after += 1
        return after if after < len(cursor.lexemes) else None
    if cursor.has(at, "and") and (between or cursor.word(at) in ("和", "与", "跟", "及")):
        return at + 1 if at + 1 < len(cursor.lexemes) else None
    return None


def _number_right(cursor: Cursor, left: Found | None, joint: int) -> Found | None:
    """Return "November 19 to 20", 周一到五: the bare number takes the unit of the left end."""
    number = cursor.entry(joint, "number") or cursor.entry(joint, "ordinal")
    if left is None or number is None or not isinstance(left[0], Point) or cursor.lexemes[joint].counted:
        return None
    if number.text == "words" and number.number >= 1990:
        return Between(left[0], Point(year=Ref(number.number))), joint + 1
    if cursor.unit(joint + 1):
        return None
    last = with_finest(left[0], number.number)
    if last is None:
        return None
    after = joint + 1
    following = cursor.skip(after)
    year = cursor.entry(following, "number")
    if (
        year is not None
        and 1990 <= year.number <= 2049
        and left[0].year is None
        and not cursor.lexemes[following].counted
    ):
        ref = Ref(year.number)
        return Between(replace(left[0], year=ref), replace(last, year=ref)), following + 1
    return Between(left[0], last), cursor.skip(after, "between", limit=2)


def _led_after(cursor: Cursor, left: Entry | None, joint: int) -> Found | None:
    """From 4 to 22 this month."""
    right = cursor.entry(joint, "number") or cursor.entry(joint, "ordinal")
    following = cursor.skip(joint + 1)
    lead = cursor.entry(following, "point")
    if left is None or right is None or lead is None or not isinstance(lead.expression, Point):
        return None
    if finest(lead.expression) != "month" or not 1 <= left.number < right.number <= 31:
        return None
    month = lead.expression
    return Between(replace(month, day=left.number), replace(month, day=right.number)), following + 1


def _led_by_week(cursor: Cursor, index: int) -> Found | None:
    """This week from Tue to Thu, 去年3月到5月 (the lead holds for both ends)."""
    lead = cursor.first(index, "point")
    if lead is None or not isinstance(lead.expression, Point) or not cursor.has(index + 1, "from"):
        return None
    inner = _two_ends(cursor, index + 2, between=False, from_word=True)
    if inner is None or not isinstance(inner[0], Between):
        return None
    first, last = inner[0].first, inner[0].last
    if isinstance(first, Point) and isinstance(last, Point):
        return Between(inherit(first, lead.expression), inherit(last, lead.expression)), inner[1]
    return None


def _led_by_point(cursor: Cursor, index: int) -> Found | None:
    """今年1-10月, 2024年3-5月, 本月1-10号: one lead for a range that begins with a bare number."""
    found = read_point(cursor, index)
    if found is None or not isinstance(found[0], Point) or finest(found[0]) not in ("year", "month"):
        return None
    start = cursor.skip(found[1], "of", limit=1)
    number = cursor.entry(start, "number")
    if number is None or not cursor.has(start + 1, "to") or not cursor.has(start + 2, "number"):
        return None
    inner = _two_ends(cursor, start, between=False, from_word=False)
    if inner is None or not isinstance(inner[0], Between):
        return None
    first, last = inner[0].first, inner[0].last
    if (
        not isinstance(first, Point)
        or not isinstance(last, Point)
        or finest(last) not in ("month", "day", "quarter")
    ):
        return None
    return Between(inherit(first, found[0]), inherit(last, found[0])), inner[1]


def inherit(point: Point, other: Point) -> Point:
    """Return `point` with the coarser parts it lacks taken from `other`."""
    order = ("year", "half", "quarter", "month", "week", "day", "weekday")
    have = [order.index(name) for name in order if getattr(point, name) is not None]
    if not have or point.days is not None or other.days is not None:
        return point
    coarsest = min(have)
    values = {
        name: getattr(other, name)
        for name in order[:coarsest]
        if getattr(other, name) is not None and name in _INHERITED
    }
    if point.weekday is None:
        values.pop("week", None)
    if point.day is None and point.third is None and point.weekday is None:
        values.pop("month", None)
    if point.quarter is not None or point.month is not None:
        values.pop("half", None)
    if point.month is not None:
        values.pop("quarter", None)
    if not values:
        return point
    fiscal = point.fiscal or (other.fiscal and "year" in values)
    return replace(point, **values, fiscal=fiscal)


def _share(first: Expression, last: Expression) -> tuple[Expression, Expression]:
    """Return both ends with what only one of them says: 2017年8月至11月, Jan to April 2015, 上月3日到5日."""
    if isinstance(first, Point) and isinstance(last, Point):
        last = inherit(last, first)
        shared = inherit(first, last)
        year = last.year
        later = shared != first and finest(first) in ("month", "day") and _is_later(shared, last)
        if later and year is not None:
            shared = replace(shared, year=Ref(year.value - 1, year.relative))
        return shared, last
    inner_last = last.of if isinstance(last, Part) else None
    if isinstance(first, Point) and isinstance(last, Part) and isinstance(inner_last, Point):
        return first, replace(last, of=inherit(inner_last, first))
    if (
        isinstance(first, Nth)
        and isinstance(last, Point)
        and last.week is not None
        and first.grain is Grain.WEEK
    ):
        return first, replace(first, index=last.week.value)
    return first, last


def _is_later(first: Point, last: Point) -> bool:
    """Return whether `first` lies after `last` within one year (November to February 2025)."""
    if first.month is None or last.month is None or first.year != last.year:
        return False
    return (first.month.value, first.day or 0) > (last.month.value, last.day or 31)
