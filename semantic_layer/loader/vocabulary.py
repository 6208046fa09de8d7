"""Concepts, segments, calendar events and access rules, resolved against metrics and dimensions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from semantic_layer.catalog import Access, Concept, Event, Filter, Metric, Segment
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import Entry, S, Sections
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import text_or
from semantic_layer.spec.problems import Problems
from semantic_layer.spec.vocabulary import AccessSpec, RowRule
from semantic_layer.text import Text

_METRIC = Text(zh="指标", en="metric")
_DIMENSION = Text(zh="维度", en="dimension")
_MODEL = Text(zh="模型", en="model")


def build_concepts(
    sections: Sections, names: Names, metrics: Mapping[str, Metric], problems: Problems
) -> tuple[Concept, ...]:
    """Return the concepts whose metrics and dimensions exist."""
    concepts: list[Concept] = []
    for entry in unique(sections.concepts, Text(zh="概念", en="concept"), problems):
        spec, raw = entry.spec, entry.raw
        if spec.metric is not None:
            wanted = [(("metric",), spec.metric), *((("also", i), name) for i, name in enumerate(spec.also))]
            if _all_known(wanted, raw, _METRIC, metrics, sections.broken, problems):
                concepts.append(Concept(spec.name, spec.words, metric=spec.metric, also=spec.also))
        elif spec.dimension is not None:
            main = _dimension(spec.dimension, raw, ("dimension",), names, sections.broken, problems)
            also = [
                _dimension(n, raw, ("also", i), names, sections.broken, problems)
                for i, n in enumerate(spec.also)
            ]
            if main is not None and None not in also:
                further = tuple(name for name in also if name is not None)
                concepts.append(Concept(spec.name, spec.words, dimension=main, also=further))
    return tuple(concepts)


def _all_known(
    wanted: Iterable[tuple[tuple[str | int, ...], str]],
    raw: Marked,
    kind: Text,
    known: Mapping[str, object],
    broken: set[str],
    problems: Problems,
) -> bool:
    sound = True
    for keys, name in wanted:
        if name not in known:
            sound = False
            if name not in broken:
                problems.unknown(raw, keys, kind, name, sorted(known))
    return sound


def _dimension(
    name: str,
    raw: Marked,
    keys: Sequence[str | int],
    names: Names,
    broken: set[str],
    problems: Problems,
    model: str | None = None,
) -> str | None:
    found = names.resolve(name, model)
    if found is None and name not in broken:
        problems.unknown(raw, keys, _DIMENSION, name, names.known(model))
    return found


def build_segments(sections: Sections, reader: FilterReader, problems: Problems) -> dict[str, Segment]:
    """Return the segments whose condition can be read."""
    segments: dict[str, Segment] = {}
    for entry in unique(sections.segments, Text(zh="人群", en="segment"), problems):
        spec, raw = entry.spec, entry.raw
        if spec.model is not None and spec.model not in reader.names.models:
            if spec.model not in sections.broken:
                problems.unknown(raw, ("model",), _MODEL, spec.model, sorted(reader.names.models))
            continue
        where = reader.read(spec.where, raw, ("where",), spec.model)
        if where is not None:
            label = text_or(spec.label, spec.name)
            segments[spec.name] = Segment(spec.name, label, where, spec.synonyms, spec.description)
    return segments


def build_events(sections: Sections, problems: Problems) -> tuple[Event, ...]:
    """Return the calendar events, their years in order."""
    return tuple(
        Event(
            name=entry.spec.name,
            label=entry.spec.label,
            synonyms=entry.spec.synonyms,
            years=tuple((year, start, end) for year, (start, end) in sorted(entry.spec.years.items())),
        )
        for entry in unique(sections.events, Text(zh="活动", en="event"), problems)
    )


def build_access(
    sections: Sections, reader: FilterReader, metrics: Mapping[str, Metric], problems: Problems
) -> Access | None:
    """Return the access rules, or None where the workspace is open to all."""
    if sections.access is None:
        return None
    spec, raw = sections.access.spec, sections.access.raw
    roles: dict[str, object] = {}
    for name, role in spec.roles.items():
        inner = raw.get("roles", {}).get(name, raw)
        own = AccessSpec.model_construct(rows=role.rows, hidden=role.hidden, masked=role.masked, roles={})
        roles[name] = _rules(own, inner, reader, metrics, sections, problems)
    rules = _rules(spec, raw, reader, metrics, sections, problems)
    return Access(rules.rows, rules.hidden, rules.masked, roles)


def _rules(
    spec: AccessSpec,
    raw: Marked,
    reader: FilterReader,
    metrics: Mapping[str, Metric],
    sections: Sections,
    problems: Problems,
) -> Access:
    rows = tuple(
        rule for index, row in enumerate(spec.rows) if (rule := _row(row, index, raw, reader, problems))
    )
    columns: dict[str, list[str]] = {"hidden": [], "masked": []}
    for key, wanted in (("hidden", spec.hidden), ("masked", spec.masked)):
        for index, name in enumerate(wanted):
            found = name if name in metrics and key == "hidden" else reader.names.resolve(name)
            if found is not None:
                columns[key].append(found)
            elif name not in sections.broken:
                kind = Text(zh="指标或维度", en="metric or dimension") if key == "hidden" else _DIMENSION
                problems.unknown(raw, (key, index), kind, name, [*sorted(metrics), *reader.names.known()])
    return Access(rows, tuple(columns["hidden"]), tuple(columns["masked"]))


def _row(
    row: RowRule, index: int, raw: Marked, reader: FilterReader, problems: Problems
) -> tuple[str, Filter] | None:
    written = raw.get("rows")
    keys: tuple[str | int, ...] = (
        ("rows", row.model) if isinstance(written, dict) else ("rows", index, "where")
    )
    if row.model not in reader.names.models:
        if row.model not in reader.broken:
            problems.unknown(raw, keys, _MODEL, row.model, sorted(reader.names.models))
        return None
    where = reader.read(row.where, raw, keys, row.model)
    return None if where is None else (row.model, where)


def unique(entries: Iterable[Entry[S]], kind: Text, problems: Problems) -> list[Entry[S]]:
    """Return the entries, each name once; a second one is recorded."""
    kept: dict[str, Entry[S]] = {}
    for entry in entries:
        name = str(entry.raw.get("name"))
        if name in kept:
            first = kept[name].raw
            problems.add(
                entry.raw,
                ("name",),
                Text(
                    zh=f"{kind.zh} {name!r} 声明了两次(第一次在 {first.file}:{first.line})。",
                    en=f"The {kind.en} {name!r} is declared twice (first in {first.file}:{first.line}).",
                ),
                Text(zh="改名或删去一处。", en="Rename or remove one of them."),
                code="duplicate_name",
            )
        else:
            kept[name] = entry
    return list(kept.values())


def warn_shared_words(metrics: Mapping[str, Metric], raws: Mapping[str, Marked], problems: Problems) -> None:
    """Warn about a word that names two metrics: questions that use it will be asked back."""
    claimed: dict[str, list[str]] = defaultdict(list)
    for metric in metrics.values():
        if metric.hidden:
            continue
        words = {metric.label.zh, metric.label.en, *metric.synonyms.all()}
        for word in sorted({word.casefold() for word in words}):
            claimed[word].append(metric.name)
    for word, owners in claimed.items():
        if len(owners) > 1:
            shown = ", ".join(owners)
            problems.warn(
                raws[owners[-1]],
                ("synonyms",) if "synonyms" in raws[owners[-1]] else ("label",),
                Text(zh=f"“{word}”同时指 {shown}。", en=f"{word!r} names several metrics: {shown}."),
                Text(
                    zh="用到它的问题会反问;删去一处,或用 concepts: 指定默认。",
                    en="A question with it will be asked back; remove one, or choose a default under concepts:.",
                ),
                code="shared_word",
            )
