"""Whether a suggestion did what it promised: before and after, with the members that it did not touch as controls."""

from __future__ import annotations

from datetime import timedelta

from semantic_layer.catalog import Catalog
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.text import Text
from tools.interventions.asking import Change
from tools.interventions.measuring import Measured, measure
from tools.progress import CancelledError
from tools.promises import Promise, Realised, Verdict
from tools.registry import ToolContext
from tools.render import prose
from tools.scope.metric import metric_of, value_column
from tools.scope.periods import settled


def review(promise: Promise, context: ToolContext) -> Realised:
    """Return what came of an accepted suggestion; where it cannot be measured the note says why.

    The effect per day or week (tools.interventions) is scaled to the promise's horizon, so that both can be
    compared. `kept`: at least the promised lower bound, told from chance; `partly`: told from chance, but less;
    `unclear`: not told from the usual ups and downs; `against`: told from chance, the other way.
    """
    if not promise.suggestion.moves_metric:
        return _unmeasured(
            Text(
                zh="这条承诺的是每次少亏多少,要看下一次的账,不能用前后对比验收。",
                en="It promises a smaller loss each time: the next booking tells, no before/after.",
            ),
            context,
        )
    try:
        measured = _measured(promise, context)
    except CancelledError:
        raise
    except AskGrowthError as error:
        return _unmeasured(error.message, context)
    return _judged(promise, measured, context)


def _measured(promise: Promise, context: ToolContext) -> Measured:
    assert promise.starts is not None
    assert promise.ends is not None
    catalog = context.layer.catalog
    metric = metric_of(catalog, promise.suggestion.effect.metric)
    span = settled(context, (metric.name,))
    assert span.start is not None
    assert span.end is not None
    period = Period.of(
        promise.starts, min(promise.ends, span.end) if promise.starts < span.end else promise.ends
    )
    touches = promise.suggestion.touches
    dimension = catalog.dimensions.get(touches[0]) if touches is not None else None
    if dimension is not None and not _splits(metric.name, dimension.name, context):
        dimension = None  # it touched members that this metric does not know: look at all of it
    treated = touches[1] if touches is not None and dimension is not None else ()
    change = Change(period, promise.suggestion.strategy, treated, dimension)
    return measure(metric, change, (), Period.of(span.start, span.end), context)


def _splits(metric: str, dimension: str, context: ToolContext) -> bool:
    query = MetricQuery(metrics=(metric,), group_by=(GroupBy(dimension=dimension),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True


def _judged(promise: Promise, measured: Measured, context: ToolContext) -> Realised:
    effect, promised = measured.effect, promise.suggestion.effect
    scale = 1.0 if measured.is_ratio else promised.horizon_days / measured.days
    value, low, high = (one * scale for one in (effect.effect, effect.low, effect.high))
    middle = (promised.low + promised.high) / 2
    sign = 1.0 if middle >= 0 else -1.0
    least = min(abs(promised.low), abs(promised.high))
    verdict: Verdict = "unclear"
    if measured.found:
        verdict = "against" if value * sign < 0 else "kept" if abs(value) >= least else "partly"
    controls = len(measured.controls)
    return Realised(
        verdict,
        value,
        low,
        high,
        effect.p_value,
        value / middle if middle else None,
        Text(
            zh=f"{f'与 {controls} 个没动的对照相比' if controls else '没有对照,与按历史推算的水平相比'},"
            f"{measured.buckets} {'周' if measured.days == 7 else '天'},折算到 {promised.horizon_days} 天;"
            f"安慰剂 p={effect.p_value:.2f}",
            en=f"{f'against {controls} untouched controls' if controls else 'without controls, against history'}, "
            f"{measured.buckets} {'weeks' if measured.days == 7 else 'days'}, scaled to "
            f"{promised.horizon_days} days; placebo p={effect.p_value:.2f}",
        ),
        context.today,
        measured.sql,
    )


def _unmeasured(why: Text, context: ToolContext) -> Realised:
    return Realised("unmeasured", None, None, None, None, None, why, context.today)


def settled_on(promise: Promise, context: ToolContext) -> bool:
    """Return whether a due promise can be measured for good: its days have data that no longer change."""
    if promise.ends is None or not promise.is_due(context.today):
        return False
    metric = context.layer.catalog.metrics.get(promise.suggestion.effect.metric)
    if metric is None:
        return True  # it is gone: the review says so
    end = context.layer.coverage((metric.name,)).end
    return end is not None and promise.ends + timedelta(days=metric.maturity_days) <= min(end, context.today)


def amount(promise: Promise, value: float, catalog: Catalog) -> Text:
    """Return a value of the promise's metric as people read it."""
    metric = catalog.metrics.get(promise.suggestion.effect.metric)
    if metric is None:
        return Text.same(f"{value:,.0f}")
    return prose(value, value_column(metric, "__delta"), sign=True)
