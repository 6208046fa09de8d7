"""A row for every bucket of the period, from the calendar and not from the data."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, interval
from semantic_layer.period import ONE_DAY, Grain, Period, truncate

if TYPE_CHECKING:
    from semantic_layer.compiler.facts import Key

_ALIAS = "calendar"
_LENGTHS = {
    Grain.SECOND: timedelta(seconds=1), Grain.MINUTE: timedelta(minutes=1), Grain.HOUR: timedelta(hours=1),
}  # fmt: skip


def buckets(first: date, last: date, grain: Grain) -> exp.From:
    """Return FROM for one row per bucket start from `first` to `last`, both included; see `bucket`."""
    series = exp.GenerateSeries(start=nodes.day(first), end=nodes.day(last), step=interval(1, grain))
    alias = exp.TableAlias(this=nodes.ident(_ALIAS), columns=[nodes.ident("day")])
    return exp.From(this=exp.Table(this=series, alias=alias))


def bucket(grain: Grain) -> exp.Expr:
    """Return the bucket start over `buckets`: a DATE from day up, a TIMESTAMP below."""
    return nodes.cast(nodes.column("day", _ALIAS), "DATE" if grain.order >= Grain.DAY.order else "TIMESTAMP")


def ends(period: Period, grain: Grain, calendar: Calendar) -> tuple[date, date]:
    """Return the starts of the first and the last bucket that the period touches; moments below a day."""
    if grain.order < Grain.DAY.order:
        first = datetime.combine(period.start, time.min)
        return first, max(first, datetime.combine(period.end, time.min) - _LENGTHS[grain])
    start, fiscal = calendar.week_start, calendar.fiscal_year_start
    last = max(period.start, period.end - ONE_DAY)
    return truncate(period.start, grain, start, fiscal), truncate(last, grain, start, fiscal)


def length_of(grain: Grain) -> timedelta:
    """Return the length of a grain under a day."""
    return _LENGTHS[grain]


def calendar_grain(key: Key) -> Grain:
    """Return the grain of a bucket key."""
    assert key.name.grain is not None
    return key.name.grain
