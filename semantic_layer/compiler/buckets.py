"""Time buckets and date parts as SQL: the same law as `semantic_layer.period`, for the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.period import MONTHS_IN, Grain

_PART_UNITS = {
    "year": "YEAR",
    "quarter": "QUARTER",
    "month": "MONTH",
    "day": "DAY",
    "day_of_week": "ISODOW",  # 1 Monday … 7 Sunday
    "day_of_year": "DOY",
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week_start`: 0 Monday … 6 Sunday. `fiscal_year_start`: the month quarters and years are counted from."""

    week_start: int = 0
    fiscal_year_start: int = 1


def interval(count: int, grain: Grain) -> exp.Interval:
    """Return `INTERVAL 'count' GRAIN`; quarters and weeks are spelled in months and days."""
    if grain is Grain.QUARTER:
        count, grain = count * 3, Grain.MONTH
    elif grain is Grain.WEEK:
        count, grain = count * 7, Grain.DAY
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this=grain.value.upper()))


def plus(node: exp.Expr, count: int, grain: Grain) -> exp.Expr:
    """Return `node` moved by `count` grains; unchanged for 0."""
    if count == 0:
        return node
    operator = exp.Add if count > 0 else exp.Sub
    return operator(this=node, expression=interval(abs(count), grain))


def truncated(node: exp.Expr, grain: Grain, calendar: Calendar) -> exp.Expr:
    """Return the start of the bucket that holds `node`: a DATE from day up, a TIMESTAMP below."""
    if grain is Grain.DAY:
        return nodes.cast(node, "DATE")
    count, unit = _origin(grain, calendar)
    bucket = exp.TimestampTrunc(this=plus(node, -count, unit), unit=exp.Var(this=grain.value.upper()))
    kind = "DATE" if grain.order > Grain.DAY.order else "TIMESTAMP"
    return nodes.cast(plus(bucket, count, unit), kind)


def _origin(grain: Grain, calendar: Calendar) -> tuple[int, Grain]:
    """Return how far the grain's buckets start after the database's own (Mondays, January)."""
    if grain is Grain.WEEK:
        return calendar.week_start, Grain.DAY
    if grain in (Grain.QUARTER, Grain.YEAR):
        return (calendar.fiscal_year_start - 1) % MONTHS_IN[grain], Grain.MONTH
    return 0, Grain.DAY


def parts_told_by(grain: Grain | None) -> tuple[str, ...]:
    """Return the parts of a date that are the same on all days of a bucket."""
    if grain is None or grain is Grain.WEEK:
        return ()
    if grain.order <= Grain.DAY.order:
        return tuple(_PART_UNITS)
    return {Grain.YEAR: ("year",), Grain.QUARTER: ("year", "quarter")}.get(
        grain, ("year", "quarter", "month")
    )


def date_part(node: exp.Expr, part: str) -> exp.Expr:
    """Return a part of a date as a number; a week's days count from 1 (Monday) to 7."""
    return exp.Extract(this=exp.Var(this=_PART_UNITS[part]), expression=node)
