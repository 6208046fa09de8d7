"""Days of the week in conditions: which ones are kept, and what they are called."""

from __future__ import annotations

from collections.abc import Collection

from semantic_layer.query import Condition, Where
from semantic_layer.text import Text

_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_ALL = range(1, 8)
_WEEKEND = [6, 7]


def weekdays_label(days: Collection[int]) -> Text:
    """Return days of the week (1 Monday … 7 Sunday; one at least) by name: 周末, 周一至周五, 周一、周三 / Mondays."""
    chosen = sorted({day for day in days if day in _ALL})
    if chosen == _WEEKEND:
        return Text(zh="周末", en="weekends")
    run = len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1
    ends = [chosen[0], chosen[-1]] if run else chosen
    zh = ["周" + "一二三四五六日"[day - 1] for day in ends]
    en = [_NAMES[day - 1] for day in ends]
    if run:
        return Text(zh="至".join(zh), en=" to ".join(en))
    return Text(zh="、".join(zh), en=" and ".join(filter(None, (", ".join(en[:-1]), en[-1]))))


def weekdays_of(condition: Where) -> tuple[int, ...]:
    """Return the days of the week (1 Monday … 7 Sunday) that a condition keeps; nothing where it is about others."""
    if not isinstance(condition, Condition) or not condition.dimension.endswith("__day_of_week"):
        return ()
    named = {int(value) for value in condition.values if str(value).isdigit()}
    if condition.operator in ("=", "in"):
        return tuple(sorted(named))
    if condition.operator in ("!=", "not in"):
        return tuple(day for day in _ALL if day not in named)
    return ()
