"""The parts of a calendar point: which is the finest, how two points become one."""

from __future__ import annotations

from dataclasses import replace

from bot.language.time.expressions import Expression, Point, Ref
from bot.language.time.numeric import FIRST, LAST

_FIELDS = ("year", "half", "quarter", "month", "third", "week", "day", "weekday", "days", "season")


def merge(point: Point, part: Point) -> Point | None:
    """Return both points in one, None where they say the same thing twice or contradict each other."""
    values: dict[str, object] = {}
    for name in _FIELDS:
        mine, theirs = getattr(point, name), getattr(part, name)
        if theirs is None:
            continue
        if mine is not None:
            return None
        values[name] = theirs
    if point.days is not None or (part.days is not None and point != Point()):
        return None
    return replace(
        point,
        **values,  # type: ignore[arg-type]  # the values come from fields of the same names
        weekend=point.weekend or part.weekend,
        fiscal=point.fiscal or part.fiscal,
        previous=point.previous or part.previous,
    )


def finest(expression: Expression) -> str:
    """Return the name of the finest field of a point, "" for anything else."""
    if not isinstance(expression, Point):
        return ""
    for name in ("weekday", "day", "third", "week", "month", "quarter", "half", "year"):
        if getattr(expression, name) is not None:
            return name
    return ""


def with_finest(point: Point, number: int) -> Point | None:
    """Return `point` with another number in its finest field (3到5月, 16-19 Nov), None if out of bounds."""
    name = finest(point)
    limits = {"day": 31, "week": 53, "month": 12, "quarter": 4, "half": 2, "year": LAST, "weekday": 7}
    if name not in limits or not 1 <= number <= limits[name]:
        return None
    if name == "weekday":
        return replace(point, weekday=number - 1)
    if name == "day":
        return replace(point, day=number)
    if name == "half":
        return replace(point, half=number)
    if name == "year" and number < FIRST:
        return None
    ref = Ref(number)
    if name == "week":
        return replace(point, week=ref)
    if name == "month":
        return replace(point, month=ref)
    return replace(point, quarter=ref) if name == "quarter" else replace(point, year=ref)
