"""Which metrics come first where many are listed: those a reader most likely means, not those declared first."""

from __future__ import annotations

from collections.abc import Iterable

from semantic_layer.catalog import Catalog, Metric

_TIERS = {"strategic": 0, "tactical": 1, "operational": 3, None: 2}


def by_importance(metrics: Iterable[Metric], catalog: Catalog) -> list[Metric]:
    """Return the metrics, strategic ones first, among them what vague words mean, then certified and described ones.

    What is alike in all this keeps its order.
    """
    meant = [concept.metric for concept in catalog.concepts if concept.metric]
    meant += [name for concept in catalog.concepts for name in concept.also]

    def weight(metric: Metric) -> tuple[int, bool, bool, bool, bool]:
        return (
            _TIERS[metric.tier],
            metric.name not in meant,
            not metric.certified,
            metric.description is None,
            metric.is_ratio,
        )

    return sorted(metrics, key=weight)
