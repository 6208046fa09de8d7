"""Rollups: their names resolved. Whether their metrics add up is the compiler's to prove."""

from __future__ import annotations

from collections.abc import Mapping

from semantic_layer.catalog import Metric
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import Sections
from semantic_layer.loader.vocabulary import unique
from semantic_layer.period import Grain
from semantic_layer.rollup import Rollup
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text

_ROLLUP = Text(zh="预聚合", en="rollup")
_METRIC = Text(zh="指标", en="metric")
_DIMENSION = Text(zh="维度", en="dimension")


def build_rollups(
    sections: Sections, names: Names, metrics: Mapping[str, Metric], problems: Problems
) -> dict[str, Rollup]:
    """Return the rollups by name; one with an unknown name or a grain under a day is recorded and left out."""
    rollups: dict[str, Rollup] = {}
    for entry in unique(sections.rollups, _ROLLUP, problems):
        spec, grain, found = entry.spec, entry.spec.grain or Grain.DAY, True
        for index, name in enumerate(spec.metrics):
            if name not in metrics:
                found = False
                if name not in sections.broken:
                    problems.unknown(entry.raw, ("metrics", index), _METRIC, name, sorted(metrics))
        dimensions: list[str] = []
        for index, name in enumerate(spec.dimensions):
            canonical = names.resolve(name)
            if canonical is not None:
                dimensions.append(canonical)
            elif name not in sections.broken:
                problems.unknown(entry.raw, ("dimensions", index), _DIMENSION, name, names.known())
        if grain.order < Grain.DAY.order:
            problems.add(
                entry.raw,
                ("grain",),
                Text(zh="预聚合的粒度最细为天。", en="A rollup is kept by day or coarser."),
                Text(zh="写 grain: day 或更粗。", en="Write grain: day, or a coarser one."),
                code="grain_too_fine",
            )
        elif found and len(dimensions) == len(spec.dimensions):
            rollups[spec.name] = Rollup(spec.name, spec.metrics, tuple(dimensions), grain)
    return rollups
