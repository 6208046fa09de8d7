"""Days off their own pattern, judged as they come: nothing after the day is read."""

from __future__ import annotations

from datetime import date

from bot.alerts.readings import Reading, window_values
from bot.alerts.series import HISTORY, Daily, SeriesStore, before
from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.errors import QueryError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule
from tools.anomaly.scan import LEVEL, Hit, event_mask, is_large, judge
from tools.registry import ToolContext
from tools.render import CURRENCIES
from tools.scope.metric import metric_of

SELDOM = 200  # a day must be odder than all but one in two hundred others, so that an alert is news
COUNTING = ("count", "count_distinct", "sum_boolean")


def surprises(
    rule: AlertRule,
    metric: Metric,
    context: ToolContext,
    ends: list[tuple[date, date]],
    series: SeriesStore,
) -> list[Reading]:
    """Return a reading per day; `deviations` is None where the day is as usual, or explained by an event.

    The judgement is the one of the analysis `anomalies`: a seasonal baseline, the robust ESD test, calendar events left
    out; members of a dimension share its level. A count is not known better than a Poisson count is, and a day must be
    odder than nearly all of the last 400. It looks at single days, whatever the alert's window is.

    Raises:
        QueryError: the metric cannot be taken apart by day.
    """
    wanted = sorted({end for _, end in ends})
    if not wanted:
        return []
    span = context.layer.coverage((metric.name,))
    assert span.start is not None
    found = series.daily(rule, metric, context, before(rule, wanted[0]), wanted[-1])
    if found is None:
        raise _by_days(metric)
    at = found.row(rule.member)
    hits: dict[date, Hit | None] = {}
    for end in wanted:
        history = Period.of(max(span.start, end - HISTORY), end)
        hits[end] = _hit(metric, found, at, context, history) if at is not None else None
    volumes: dict[date, float | None] = {}
    if rule.minimum is not None:
        volumes = window_values(
            rule, metric_of(context.layer.catalog, rule.minimum[0]), context, hits, series
        )
    return [_reading(today, end, hits[end], volumes.get(end)) for today, end in ends]


def _hit(metric: Metric, found: Daily, at: int, context: ToolContext, history: Period) -> Hit | None:
    """Return the last day of the history where it is off its pattern; nothing after it is looked at."""
    is_ratio = found.shape.denominator is not None
    part = found.part(history.start, history.end)
    large = found.large.get(history.end)
    if large is None:
        large = tuple(one for one in range(len(part.codes)) if is_large(part, one, is_ratio=is_ratio))
        found.large[history.end] = large
    if at not in large:
        return None
    hits, _ = judge(
        metric, part, at, event_mask(context.layer.catalog, history),
        Period.of(history.end - ONE_DAY, history.end), history, alpha=LEVEL / len(large), is_ratio=is_ratio,
        counts=_counts(found, context), seldom=SELDOM,
    )  # fmt: skip
    return next(iter(hits), None)


def _counts(found: Daily, context: ToolContext) -> bool:
    """Return whether the numerator counts things: people, orders. Money and scores are no counts."""
    metrics = [context.layer.catalog.metrics[leaf.metric] for leaf in found.shape.numerator]
    return all(
        isinstance(one.type, SimpleMetric)
        and (
            one.type.agg in COUNTING or (one.type.agg == "sum" and (one.unit or "").upper() not in CURRENCIES)
        )
        and one.unit is not None
        for one in metrics
    )


def _by_days(metric: Metric) -> QueryError:
    return QueryError(
        Text(
            zh=f"{metric.label.zh}不能逐日拆开,看不出异常。", en=f"{metric.label.en} cannot be judged by day."
        ),
        Text(zh="换成求和、计数、比率类的指标。", en="Take a sum, a count or a ratio."),
    )


def _reading(today: date, end: date, hit: Hit | None, volume: float | None) -> Reading:
    if hit is None:
        return Reading(today, end - ONE_DAY, end, None, volume=volume)
    return Reading(
        today, end - ONE_DAY, end, hit.value,
        before=hit.expected, volume=volume, low=hit.low, high=hit.high, deviations=hit.z,
    )  # fmt: skip
