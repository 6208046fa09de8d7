"""Grammar of what may follow an expression: 第二周, 年底, 前一周, 那周, 以来, 之前."""

from __future__ import annotations

from bot.language.time.counted import LOOSE, SIDES, read_count, read_position
from bot.language.time.cursor import Cursor, Found
from bot.language.time.expressions import Beside, Event, Expression, Nth, Open, Part, Point, Ref, Side, WeekOf
from bot.language.time.fields import finest
from bot.language.time.lexicon import GRAINS
from semantic_layer.period import Grain


def read_suffix(cursor: Cursor, expression: Expression, at: int) -> Found | None:
    """Return the expression with the words after it taken in, or None when nothing hangs on it."""
    if at >= len(cursor.lexemes):
        return None
    for reader in (_nth_after, _part_after, _beside_after, _week_after, _edge_after):
        found = reader(cursor, expression, at)
        if found is not None:
            return found
    return None


def _nth_after(cursor: Cursor, of: Expression, at: int) -> Found | None:
    """5月第二周, 4月前4天, 三季度最后一个月, 双11第一天, 2005年首月."""
    start = cursor.skip(at, "of", limit=1)
    if not cursor.lexemes[start].glued if start < len(cursor.lexemes) else True:
        return None
    if isinstance(of, Event) and cursor.word(start) in ("前", "后", "之前", "之后"):
        return None
    for kind, place in (("first_day", 1), ("last_day", -1)):
        if cursor.has(start, kind):
            return Nth(of, Grain.DAY, place), start + 1
    half = 1 if cursor.has(start, "half_month1") else 2 if cursor.has(start, "half_month2") else 0
    if half:
        return Part(of, "first_half" if half == 1 else "second_half"), start + 1
    position = read_position(cursor, start, glued=True)
    if position is None or (cursor.word(start).isascii() and cursor.word(start) != "week"):
        return None
    place, count, after = position
    unit = cursor.unit(after)
    if unit not in GRAINS or (finest(of) == "year" and unit == "quarter" and count == 1 and place > 0):
        return None
    return Nth(of, GRAINS[unit], place, count), after + 1


def _part_after(cursor: Cursor, of: Expression, at: int) -> Found | None:
    """去年年底, 3月底, 上周初, 本月中, last year end."""
    entry = cursor.entry(at, "part")
    same = {"year": "年", "month": "月", "quarter": "季", "week": "周"}
    if entry is not None and cursor.word(at)[0] == same.get(finest(of)):
        side: Side = "begin" if entry.text == "begin" else "end" if entry.text == "end" else "middle"
        return Part(of, side), at + 1
    if entry is not None and finest(of) == "year" and cursor.word(at)[0] == "月":
        return None
    if finest(of) in same and not cursor.word(at).isascii():
        for kind, name in SIDES[:3]:
            if cursor.has(at, kind) and len(cursor.word(at)) == 1:
                return Part(of, name), at + 1
    return None


def _beside_after(cursor: Cursor, of: Expression, at: int) -> Found | None:
    """春节前一周, 双11后3天, 国庆之前两周."""
    start = cursor.skip(at, "of", limit=1)
    one_before = cursor.entry(start, "point")
    if (
        one_before is not None
        and cursor.word(start).startswith("前一")
        and isinstance(one_before.expression, Point)
    ):
        grain = LOOSE.get(finest(one_before.expression), Grain.DAY)
        return Beside(of, grain, 1, after=False), start + 1
    before, after = cursor.has(start, "before_after"), cursor.has(start, "after_after")
    if not (before or after):
        return None
    if cursor.word(start).endswith("的") and cursor.entry(start + 1, "ordinal") is not None:
        place, unit = cursor.entry(start + 1, "ordinal"), cursor.unit(start + 2)
        if place is not None and place.number == 1 and unit in GRAINS:
            return Beside(of, GRAINS[unit], 1, after), start + 3  # 国庆后的第一周
    counted = read_count(cursor, start + 1)
    if counted is None or counted[1] not in GRAINS:
        return None
    if not isinstance(of, Event) and cursor.word(start) in ("前", "后"):
        return None
    return Beside(of, GRAINS[counted[1]], counted[0], after), counted[2]


def _week_after(cursor: Cursor, of: Expression, at: int) -> Found | None:
    """国庆那周, 双11当周."""
    start = cursor.skip(at, "of", limit=1)
    if cursor.has(start, "that_week") and isinstance(of, Event | Point):
        return WeekOf(of), start + 1
    return None


def _edge_after(cursor: Cursor, of: Expression, at: int) -> Found | None:
    """3月以来, 从3月至今, 3月之前, 双11之后."""
    if isinstance(of, Open):
        return None
    if cursor.has(at, "since_after"):
        if isinstance(of, Point) and finest(of) in LOOSE and getattr(of, finest(of)) == Ref(0, True):
            return of, at + 1
        return (Open(of, "since"), at + 1) if cursor.word(at) != "now" else None
    follows_count = (
        cursor.has(at + 1, "number") or cursor.has(at + 1, "unit") or cursor.has(at + 1, "ordinal")
    )
    if cursor.has(at, "before_after") and not follows_count:
        return Open(of, "before"), at + 1
    if cursor.has(at, "after_after") and not follows_count:
        return Open(of, "after"), at + 1
    return None
