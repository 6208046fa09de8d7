"""What was found out about one change, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import Metric
from tools.metric_tree.cuts import Cut, Part, Span
from tools.metric_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Story:
    """One change: as a whole, by its best dimensions of the `looked` ones, by its factors, and one level deeper."""

    metric: Metric
    span: Span
    whole: Cut
    cuts: tuple[Cut, ...]
    looked: int
    tree: Tree | None
    defaulted: bool  # the period was not asked for
    deeper: tuple[Part, Cut] | None = None

    @property
    def total(self) -> Part:
        """Return the metric as a whole, before and after."""
        return self.whole.parts[0]

    @property
    def change(self) -> float:
        """Return how much the metric changed, in its unit."""
        return (self.total.after or 0.0) - (self.total.before or 0.0)
