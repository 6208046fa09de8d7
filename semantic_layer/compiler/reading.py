"""What every scan of a query reads: the query itself, its period, its calendar."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.compiler import spine
from semantic_layer.compiler.buckets import Calendar
from semantic_layer.compiler.names import Name
from semantic_layer.errors import QueryError
from semantic_layer.period import Grain, Period, shift
from semantic_layer.query import MetricQuery
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What every scan of a query shares: the query, the executed period (None: all data), the calendar."""

    query: MetricQuery
    period: Period | None
    calendar: Calendar
    outside: tuple[str, Name] | None = None  # only the rows whose dimension is not a member in this CTE


def asked_buckets(reading: Reading, period: Period, grain: Grain) -> Period:
    """Return the period that a metric's own offset is taken from: as asked, not as far as the data reach.

    Like for like is what a comparison promises; `offset_window: 1 month` is the month before, whole.
    """
    if reading.query.period is not None:
        return Period.of(period.start, period.requested_end)
    if grain.order < Grain.DAY.order:
        return period
    first, last = spine.ends(period, grain, reading.calendar)
    return Period.of(first, shift(last, 1, grain))


def needs_period() -> QueryError:
    """Return the error of a comparison of all data: there is nothing before it."""
    return QueryError(
        Text(
            zh="没有时期可以比较:查询没有限定时间。",
            en="There is nothing to compare with: no period was asked.",
        ),
        Text(zh="请给出时间范围,例如 last_30_days。", en="Give a period, for example last_30_days."),
        code="needs_period",
    )
