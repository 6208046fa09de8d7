"""The additive parts of a metric: one linear form, or the quotient of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from semantic_layer.catalog import (
    Catalog,
    DerivedMetric,
    Filter,
    Metric,
    MetricInput,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.errors import QueryError
from semantic_layer.query import Expression
from semantic_layer.text import Text
from tools.metric_tree.formula import names_in, ratio_terms

ADDING = ("sum", "count", "sum_boolean")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A simple metric with the conditions under which it is an input."""

    metric: str
    where: tuple[Expression, ...] = ()


Linear = Mapping[Leaf, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A metric as sum of leaves, or as one sum over another.

    `adds`: its parts add up over days and groups. `nested`: numerator and denominator read the same rows, so that
    a dimension may restate the metric (conversion by "has paid").
    """

    numerator: Linear
    denominator: Linear | None
    adds: bool
    nested: bool = False

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every leaf once, the numerator's first."""
        return tuple(dict.fromkeys((*self.numerator, *(self.denominator or {}))))


def shape_of(catalog: Catalog, name: str) -> Shape:
    """Return the additive parts of a metric.

    Raises:
        QueryError: it has none: an average, a median, a running total, a value against another period.
    """
    found = _shape(catalog, MetricInput(name), ())
    if found is None:
        metric = catalog.metrics[name]
        raise QueryError(
            Text(
                zh=f"{metric.label.zh}不是可加的数,也不是两个可加数之比,拆不开。",
                en=f"{metric.label.en} is neither a sum nor the ratio of two sums, so it cannot be taken apart.",
            ),
            Text(
                zh="平均值请在 YAML 里写成比率(type: ratio,numerator、denominator)。",
                en="Write an average as a ratio in the YAML (type: ratio, numerator, denominator).",
            ),
            code="not_decomposable",
        )
    numerator, denominator = found
    kinds = [catalog.metrics[leaf.metric] for leaf in (*numerator, *(denominator or {}))]
    models = {kind.type.model for kind in kinds if isinstance(kind.type, SimpleMetric)}
    nested = denominator is not None and len(models) == 1
    return Shape(numerator, denominator, all(_adds(kind) for kind in kinds), nested)


def _adds(metric: Metric) -> bool:
    return isinstance(metric.type, SimpleMetric) and metric.type.agg in ADDING


def _conditions(filters: tuple[Filter, ...]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=one.sql) for one in filters)


def _shape(
    catalog: Catalog, item: MetricInput, where: tuple[Expression, ...]
) -> tuple[Linear, Linear | None] | None:
    """Return numerator and denominator (None: 1) of an input under further conditions, or None."""
    if item.offset_window or item.offset_to_grain:
        return None
    metric = catalog.metrics[item.metric]
    kind = metric.type
    conditions = (*where, *_conditions(item.filters))
    if isinstance(kind, SimpleMetric):
        if kind.agg not in (*ADDING, "count_distinct") or kind.non_additive is not None:
            return None
        return {Leaf(metric.name, conditions): 1.0}, None
    conditions += _conditions(metric.filters)
    if isinstance(kind, RatioMetric):
        top, bottom = (
            _shape(catalog, kind.numerator, conditions),
            _shape(catalog, kind.denominator, conditions),
        )
        if top is None or bottom is None or top[1] is not None or bottom[1] is not None:
            return None
        return top[0], bottom[0]
    if isinstance(kind, DerivedMetric):
        return _derived(catalog, kind, conditions)
    return None


def _derived(
    catalog: Catalog, kind: DerivedMetric, where: tuple[Expression, ...]
) -> tuple[Linear, Linear | None] | None:
    by_name = {item.name: item for item in kind.inputs}
    terms = ratio_terms(kind.expr) if set(names_in(kind.expr)) <= set(by_name) else None
    if terms is None:
        return None
    sides: list[dict[Leaf, float]] = []
    for side in terms:
        summed: dict[Leaf, float] = {}
        for name, factor in (side or {}).items():
            part = _shape(catalog, by_name[name], where)
            if part is None or part[1] is not None:
                return None
            for leaf, inner in part[0].items():
                summed[leaf] = summed.get(leaf, 0.0) + factor * inner
        sides.append(summed)
    return sides[0], sides[1] if terms[1] is not None else None
