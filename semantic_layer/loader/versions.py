"""Metric versions: a hash of what a number means."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from semantic_layer.catalog import (
    Metric,
    Model,
    Place,
    SimpleMetric,
)
from semantic_layer.lineage import type_inputs


def versioned(metrics: dict[str, Metric], models: Mapping[str, Model]) -> dict[str, Metric]:
    """Return the metrics with their versions: a hash of the definition, down to the model's source.

    Labels, synonyms, targets and line numbers are not part of it: they change no number.
    """
    versions: dict[str, str] = {}
    by_depth: dict[str, int] = defaultdict(int)

    def version(name: str) -> str:
        if name not in versions:
            metric = metrics[name]
            parts = [canonical(metric.type), canonical(metric.filters)]
            if isinstance(metric.type, SimpleMetric) and metric.type.model in models:
                model = models[metric.type.model]
                parts += [model.source, canonical(model.entities)]
            by_depth[name] += 1
            parts += [version(item.metric) for item in type_inputs(metric.type) if item.metric in metrics]
            versions[name] = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
        return versions[name]

    return {name: replace(metric, version=version(name)) for name, metric in metrics.items()}


def canonical(value: object) -> str:
    """Return a text of a value that changes with its meaning and with nothing else."""
    if isinstance(value, Place):
        return ""
    if is_dataclass(value):
        inner = ",".join(f"{item.name}={canonical(getattr(value, item.name))}" for item in fields(value))
        return f"{type(value).__name__}({inner})"
    if isinstance(value, tuple):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return repr(value.value if isinstance(value, Enum) else value)
