"""Which dimensions a metric can be grouped and filtered by without multiplying its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    RatioMetric,
    SimpleMetric,
)


class Reach:
    """Reachability over the entity graph, worked out per model once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._metric_models: dict[str, frozenset[str]] = {}

    def models(self, metric: str) -> frozenset[str]:
        """Return the models whose rows a metric adds up."""
        if metric not in self._metric_models:
            self._metric_models[metric] = frozenset(self._models(metric, frozenset()))
        return self._metric_models[metric]

    def dimensions(self, metrics: Iterable[str]) -> frozenset[str]:
        """Return the dimensions that all of the metrics can be grouped by; all dimensions for no metrics."""
        reached: frozenset[str] | None = None
        for metric in metrics:
            for model in self.models(metric):
                own = self._by_model.get(model, frozenset())
                reached = own if reached is None else reached & own
        return frozenset(self._catalog.dimensions) if reached is None else reached

    def reaches(self, metrics: Iterable[str], dimension: str) -> bool:
        """Return whether every metric can be grouped by the dimension."""
        return dimension in self.dimensions(metrics)

    def words(self, dimension: str) -> str:
        """Return what a dimension is called, in lower case: its name, labels and synonyms."""
        known = self._catalog.dimensions[dimension]
        return " ".join((known.name, known.label.zh, known.label.en, *known.synonyms.all())).lower()

    def distance(self, metric: str, dimension: str) -> int:
        """Return 0 when the dimension lives in the metric's own model, 1 when it is joined."""
        bound = {binding.model for binding in self._catalog.dimensions[dimension].bindings}
        return 0 if self.models(metric) <= bound else 1

    def _models(self, name: str, seen: frozenset[str]) -> set[str]:
        metric = self._catalog.metrics.get(name)
        if metric is None or name in seen:
            return set()
        kind = metric.type
        seen = seen | {name}
        if isinstance(kind, SimpleMetric):
            return {kind.model}
        if isinstance(kind, RatioMetric):
            inputs = [kind.numerator.metric, kind.denominator.metric]
        elif isinstance(kind, DerivedMetric):
            inputs = [part.metric for part in kind.inputs]
        elif isinstance(kind, CumulativeMetric):
            inputs = [kind.input.metric]
        else:
            assert isinstance(kind, ConversionMetric)
            inputs = [kind.base.metric]
        return set().union(*(self._models(part, seen) for part in inputs)) if inputs else set()

    @cached_property
    def _by_model(self) -> Mapping[str, frozenset[str]]:
        bound: dict[str, set[str]] = {}
        for dimension in self._catalog.dimensions.values():
            for binding in dimension.bindings:
                bound.setdefault(binding.model, set()).add(dimension.name)
        return {
            model: frozenset().union(*(bound.get(other, set()) for other in self._joined(model)))
            for model in self._catalog.models
        }

    def _joined(self, start: str) -> set[str]:
        """Return the models that can be joined from `start` without multiplying its rows, itself included."""
        reached = {start}
        queue = [start]
        while queue:
            here = self._catalog.models[queue.pop()]
            keys = {entity.name for entity in here.entities}
            for other in self._catalog.models.values():
                if other.name in reached:
                    continue
                if any(
                    entity.name in keys and entity.type in ("primary", "unique") for entity in other.entities
                ):
                    reached.add(other.name)
                    queue.append(other.name)
        return reached
