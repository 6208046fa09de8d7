"""Days off their own pattern, judged as they come: nothing after the day is read."""

from __future__ import annotations

from datetime import date, timedelta

from bot.alerts.readings import Reading, conditions_of, window_values
from semantic_layer.catalog import Metric
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.watching import AlertRule
from tools.anomaly.scan import Hit, scan
from tools.metric_tree.series import Asked
from tools.metric_tree.shape import shape_of
from tools.registry import ToolContext
from tools.scope.metric import metric_of

HISTORY = timedelta(400)


def surprises(
    rule: AlertRule, metric: Metric, context: ToolContext, ends: list[tuple[date, date]]
) -> list[Reading]:
    """Return a reading per day; `deviations` is None where the day is as usual, or explained by an event.

    The judgement is the one of the analysis `anomalies`: a seasonal baseline, the robust ESD test, calendar events left
    out. It looks at single days, whatever the alert's window is.
    """
    span = context.layer.coverage((metric.name,))
    assert span.start is not None
    asked = Asked(shape_of(context.layer.catalog, metric.name), conditions_of(rule), rule.segments)
    hits: dict[date, Hit | None] = {}
    for end in {end for _, end in ends}:
        history = Period.of(max(span.start, end - HISTORY), end)
        found = scan(context, metric, asked, [], Period.of(end - ONE_DAY, end), history)
        hits[end] = next(iter(found.hits), None)
    volumes: dict[date, float | None] = {}
    if rule.minimum is not None:
        volumes = window_values(rule, metric_of(context.layer.catalog, rule.minimum[0]), context, hits)
    return [_reading(today, end, hits[end], volumes.get(end)) for today, end in ends]


def _reading(today: date, end: date, hit: Hit | None, volume: float | None) -> Reading:
    if hit is None:
        return Reading(today, end - ONE_DAY, end, None, volume=volume)
    return Reading(
        today, end - ONE_DAY, end, hit.value,
        before=hit.expected, volume=volume, low=hit.low, high=hit.high, deviations=hit.z,
    )  # fmt: skip
