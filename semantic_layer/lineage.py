"""Which metrics a metric is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semantic_layer.catalog import (
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    MetricInput,
    MetricType,
    RatioMetric,
    SimpleMetric,
)


def type_inputs(kind: MetricType) -> tuple[MetricInput, ...]:
    """Return the metrics that a metric type reads; none for a simple one."""
    if isinstance(kind, RatioMetric):
        return (kind.numerator, kind.denominator)
    if isinstance(kind, DerivedMetric):
        return kind.inputs
    if isinstance(kind, CumulativeMetric):
        return (kind.input,)
    if isinstance(kind, ConversionMetric):
        return (kind.base, kind.conversion)
    return ()


def leaves(name: str, metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Yield the simple metrics that a metric is made of, each once; itself where it is simple."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        current = todo.pop()
        if current in seen or current not in metrics:
            continue
        seen.add(current)
        kind = metrics[current].type
        if isinstance(kind, SimpleMetric):
            yield current
        todo.extend(item.metric for item in type_inputs(kind))
