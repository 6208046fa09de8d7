"""Analyses bound to data: names resolved, conditions read, options as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from semantic_layer.catalog import SINGULAR, AnalysisBinding, Metric, Place
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import Entry, Sections
from semantic_layer.spec.analyses import (
    DIMENSION_KEYS,
    ENTITY_KEYS,
    METRIC_KEYS,
    AnalysisSpec,
    FunnelSpec,
    ReviewSpec,
)
from semantic_layer.spec.model import text_or
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text

_NOT_OPTIONS = frozenset({"name", "label"})


def build_analyses(
    sections: Sections, reader: FilterReader, metrics: Mapping[str, Metric], problems: Problems
) -> tuple[AnalysisBinding, ...]:
    """Return the bindings in declaration order.

    `options` holds every key that is set: dimension names canonical, windows as `Window`, conditions as
    `Filter`, texts as `Text`, synonyms as `Words`; a funnel's `steps` is a tuple of mappings with name, label,
    synonyms and where, reviews' `aspects` one with name, label and words. `time` is always there: the model's own
    time where none is written (None: it has none).
    """
    bindings: list[AnalysisBinding] = []
    seen: dict[tuple[str, str], Entry[AnalysisSpec]] = {}
    for section, entry in sections.analyses:
        key = (section, entry.spec.name)
        if key in seen:
            first = seen[key].raw
            problems.add(
                entry.raw,
                ("name",),
                Text(
                    zh=f"{section} 中 {entry.spec.name!r} 声明了两次(第一次在 {first.file}:{first.line})。",
                    en=f"{entry.spec.name!r} is declared twice in {section} (first in {first.file}:{first.line}).",
                ),
                Text(zh="改名或删去一处。", en="Rename or remove one of them."),
                code="duplicate_name",
            )
            continue
        seen[key] = entry
        if (binding := _binding(section, entry, reader, metrics, sections.broken, problems)) is not None:
            bindings.append(binding)
    return tuple(bindings)


def _binding(
    section: str,
    entry: Entry[AnalysisSpec],
    reader: FilterReader,
    metrics: Mapping[str, Metric],
    broken: set[str],
    problems: Problems,
) -> AnalysisBinding | None:
    spec, raw, names = entry.spec, entry.raw, reader.names
    before = len(problems.errors)
    if spec.model not in names.models:
        if spec.model not in broken:
            problems.unknown(raw, ("model",), Text(zh="模型", en="model"), spec.model, sorted(names.models))
        return None
    options: dict[str, object] = {"time": names.models[spec.model].agg_time_dimension}
    for key in type(spec).model_fields:
        value = getattr(spec, key)
        if key in _NOT_OPTIONS or value in (None, (), {}):
            continue
        options[key] = _option(key, value, entry, reader, metrics, broken)
    if isinstance(spec, FunnelSpec):
        options["steps"] = _steps(spec, entry, reader)
    if isinstance(spec, ReviewSpec) and spec.aspects:
        options["aspects"] = tuple(
            {"name": one.name, "label": text_or(one.label, one.name), "words": one.words}
            for one in spec.aspects
        )
    if len(problems.errors) > before:
        return None
    return AnalysisBinding(
        kind=SINGULAR[section],
        name=spec.name,
        label=text_or(spec.label, spec.name),
        options=options,
        place=Place(raw.file, raw.line),
    )


def _option(
    key: str,
    value: object,
    entry: Entry[AnalysisSpec],
    reader: FilterReader,
    metrics: Mapping[str, Metric],
    broken: set[str],
) -> object:
    raw, model, names = entry.raw, entry.spec.model, reader.names
    if key == "where":
        return reader.read(str(value), raw, (key,), model)
    many = isinstance(value, tuple)
    parts = value if isinstance(value, tuple) else (value,)
    if key in METRIC_KEYS:
        for index, name in enumerate(parts):
            if name not in metrics and name not in broken:
                keys = (key, index) if many else (key,)
                reader.problems.unknown(raw, keys, Text(zh="指标", en="metric"), str(name), sorted(metrics))
        return value
    if key in ENTITY_KEYS:
        known = [entity.name for entity in names.models[model].entities]
        if value not in known and value not in broken:
            kind = Text(zh=f"实体(模型 {model})", en=f"entity (in the model {model})")
            reader.problems.unknown(raw, (key,), kind, str(value), known)
        return value
    if key in DIMENSION_KEYS:
        resolved = tuple(
            _dimension(str(name), entry, key, i if many else None, names, reader, broken)
            for i, name in enumerate(parts)
        )
        return resolved if many else resolved[0]
    return _plain(value)


def _dimension(
    name: str,
    entry: Entry[AnalysisSpec],
    key: str,
    index: int | None,
    names: Names,
    reader: FilterReader,
    broken: set[str],
) -> str:
    found = names.resolve(name, entry.spec.model)
    if found is None and name not in broken:
        keys = (key,) if index is None else (key, index)
        known = names.known(entry.spec.model)
        reader.problems.unknown(entry.raw, keys, Text(zh="维度", en="dimension"), name, known)
    return found or name


def _steps(
    spec: FunnelSpec, entry: Entry[AnalysisSpec], reader: FilterReader
) -> tuple[Mapping[str, object], ...]:
    return tuple(
        {
            "name": step.name,
            "label": text_or(step.label, step.name),
            "synonyms": step.synonyms,
            "where": reader.read(step.where, entry.raw, ("steps", index, "where"), spec.model),
        }
        for index, step in enumerate(spec.steps)
    )


def _plain(value: object) -> object:
    """Return border types as plain mappings."""
    return value.model_dump() if isinstance(value, BaseModel) else value
