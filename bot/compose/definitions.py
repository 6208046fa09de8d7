"""Metric definitions and formulas as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import MetricDefinition
from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.text import Text

_AGGREGATIONS = {
    "sum": Text(zh="求和", en="sum of"),
    "count": Text(zh="计数", en="count of"),
    "count_distinct": Text(zh="去重计数", en="distinct count of"),
    "avg": Text(zh="平均", en="average of"),
    "min": Text(zh="最小值", en="minimum of"),
    "max": Text(zh="最大值", en="maximum of"),
    "median": Text(zh="中位数", en="median of"),
    "percentile": Text(zh="分位数", en="percentile of"),
    "sum_boolean": Text(zh="为真的行数", en="rows where"),
}


def metric_definitions(catalog: Catalog, names: Sequence[str]) -> tuple[MetricDefinition, ...]:
    """Return the definitions of the metrics, in order, each once."""
    found: list[MetricDefinition] = []
    for name in dict.fromkeys(names):
        metric = catalog.metrics[name]
        found.append(
            MetricDefinition(
                name,
                metric.label,
                definition(catalog, metric),
                metric.version,
                metric.owner,
                metric.certified,
            )
        )
    return tuple(found)


def definition(catalog: Catalog, metric: Metric) -> Text:
    """Return the author's description, else the formula in labels."""
    return metric.description or formula(catalog, metric)


def formula(catalog: Catalog, metric: Metric) -> Text:
    """Return how the metric is computed, with its inputs by their labels."""
    kind = metric.type
    if isinstance(kind, SimpleMetric):
        how, model = _AGGREGATIONS[kind.agg], catalog.models[kind.model].label
        return Text(zh=f"{model.zh}中 {kind.expr} {how.zh}", en=f"{how.en} {kind.expr} in {model.en}")
    if isinstance(kind, RatioMetric):
        top, bottom = _label(catalog, kind.numerator.metric), _label(catalog, kind.denominator.metric)
        return Text(zh=f"{top.zh} ÷ {bottom.zh}", en=f"{top.en} ÷ {bottom.en}")
    if isinstance(kind, DerivedMetric):
        return Text.same(kind.expr)
    if isinstance(kind, CumulativeMetric):
        inner = _label(catalog, kind.input.metric)
        return Text(zh=f"{inner.zh}的累计值", en=f"running value of {inner.en}")
    assert isinstance(kind, ConversionMetric)
    base, conversion = _label(catalog, kind.base.metric), _label(catalog, kind.conversion.metric)
    return Text(zh=f"{base.zh}之后发生的{conversion.zh}", en=f"{conversion.en} that followed {base.en}")


def _label(catalog: Catalog, name: str) -> Text:
    return catalog.metrics[name].label if name in catalog.metrics else Text.same(name)
