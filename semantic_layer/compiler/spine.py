"""A row for every bucket of the period, from the calendar and not from the data."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, interval
from semantic_layer.compiler.facts import Key
from semantic_layer.compiler.scope import not_yet
from semantic_layer.period import ONE_DAY, Grain, Period, truncate
from semantic_layer.text import Text

_ALIAS = "calendar"


def buckets(first: date, last: date, grain: Grain) -> exp.From:
    """Return FROM for one row per bucket start from `first` to `last`, both included; see `bucket`."""
    series = exp.GenerateSeries(start=nodes.day(first), end=nodes.day(last), step=interval(1, grain))
    alias = exp.TableAlias(this=nodes.ident(_ALIAS), columns=[nodes.ident("day")])
    return exp.From(this=exp.Table(this=series, alias=alias))


def bucket() -> exp.Expr:
    """Return the bucket start as a DATE, over `buckets`."""
    return nodes.cast(nodes.column("day", _ALIAS), "DATE")


def ends(period: Period, grain: Grain, calendar: Calendar) -> tuple[date, date]:
    """Return the starts of the first and the last bucket that the period touches."""
    start, fiscal = calendar.week_start, calendar.fiscal_year_start
    last = max(period.start, period.end - ONE_DAY)
    return truncate(period.start, grain, start, fiscal), truncate(last, grain, start, fiscal)


def calendar_grain(key: Key) -> Grain:
    """Return the grain of a bucket key, a day or more; QueryError below that."""
    grain = key.name.grain
    if grain is None or grain.order < Grain.DAY.order:
        raise not_yet(
            Text(zh="小于一天的日历补齐或累计", en="a filled calendar or running value below a day")
        )
    return grain
