"""What a metric is made of, as far as a sentence about it must know."""

from __future__ import annotations

from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    RatioMetric,
    SimpleMetric,
)

COUNTING = ("count", "count_distinct", "sum_boolean")


def is_additive(catalog: Catalog, name: str) -> bool:
    """Return whether the metric's values over groups add up to its total."""
    metric = catalog.metrics[name]
    kind = metric.type
    return (
        isinstance(kind, SimpleMetric)
        and kind.agg in ("sum", "count", "sum_boolean")
        and kind.non_additive is None
        and not metric.not_additive
    )


def is_rate(metric: Metric) -> bool:
    """Return whether the metric is a quotient or an average, so that it rises and falls, never adds."""
    kind = metric.type
    return metric.is_ratio or (isinstance(kind, SimpleMetric) and kind.agg in ("avg", "median", "percentile"))


def parts(catalog: Catalog, name: str) -> tuple[str, ...]:
    """Return numerator and denominator of a plain ratio whose inputs can be shown beside it, else nothing."""
    metric = catalog.metrics[name]
    kind = metric.type
    if not isinstance(kind, RatioMetric) or metric.filters:
        return ()
    both = (kind.numerator, kind.denominator)
    if any(one.filters or one.offset_window or one.offset_to_grain for one in both):
        return ()
    if any(catalog.metrics[one.metric].hidden for one in both):
        return ()
    return tuple(one.metric for one in both)


def counts(catalog: Catalog, name: str) -> tuple[str, ...]:
    """Return the counting metrics under a metric, itself included: they say how many events it stands on."""
    return tuple(
        leaf.name
        for leaf in leaves(catalog, name)
        if isinstance(leaf.type, SimpleMetric) and leaf.type.agg in COUNTING and not leaf.hidden
    )


def models(catalog: Catalog, name: str) -> frozenset[str]:
    """Return the models whose rows a metric is computed from."""
    return frozenset(leaf.type.model for leaf in leaves(catalog, name) if isinstance(leaf.type, SimpleMetric))


def leaves(catalog: Catalog, name: str) -> tuple[Metric, ...]:
    """Return the simple metrics that a metric is made of, each once; a simple one is its own leaf."""
    found: list[Metric] = []
    open_names = [name]
    seen: set[str] = set()
    while open_names:
        current = open_names.pop(0)
        if current in seen or current not in catalog.metrics:
            continue
        seen.add(current)
        kind = catalog.metrics[current].type
        if isinstance(kind, SimpleMetric):
            found.append(catalog.metrics[current])
        elif isinstance(kind, RatioMetric):
            open_names += [kind.numerator.metric, kind.denominator.metric]
        elif isinstance(kind, DerivedMetric):
            open_names += [one.metric for one in kind.inputs]
        elif isinstance(kind, CumulativeMetric):
            open_names.append(kind.input.metric)
        else:
            assert isinstance(kind, ConversionMetric)
            open_names += [kind.conversion.metric, kind.base.metric]
    return tuple(found)


def maturity_days(catalog: Catalog, name: str) -> int:
    """Return how many of the last days still change, for the metric or anything it is made of."""
    metric = catalog.metrics[name]
    kind = metric.type
    inner: tuple[str, ...] = ()
    if isinstance(kind, RatioMetric):
        inner = (kind.numerator.metric, kind.denominator.metric)
    elif isinstance(kind, DerivedMetric):
        inner = tuple(one.metric for one in kind.inputs)
    elif isinstance(kind, CumulativeMetric):
        inner = (kind.input.metric,)
    return max([metric.maturity_days, *(maturity_days(catalog, one) for one in inner)])
