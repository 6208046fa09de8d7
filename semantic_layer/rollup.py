"""A pre-aggregated table as the YAML declares it."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.period import Grain

ROLLUPS_SCHEMA = "askgrowth_rollups"  # where the built tables are, beside the warehouse's own


@dataclass(frozen=True, slots=True)
class Rollup:
    """Which metrics, by which dimensions (canonical names), in buckets of `grain` of their own time."""

    name: str
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    grain: Grain
