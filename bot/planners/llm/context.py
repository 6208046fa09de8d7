"""What the model sees of a workspace: the few names that the question may mean, never the whole catalog, never rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from bot.language.normalise import normalise
from bot.language.terms.tokens import is_han, parts_of
from bot.language.time import resolve
from bot.planners.llm.budget import estimate_tokens
from bot.planners.llm.prompts import as_data, prompt
from bot.planners.rules.times import time_context
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.text import Locale, Text, Words

if TYPE_CHECKING:
    from bot.planners.base import Conversation, PlanRequest
    from bot.planners.rules.draft import Scene
    from bot.planners.rules.segment import Segmented
    from semantic_layer.access import Rights
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry, Tool

EntryKind = Literal["metric", "dimension", "analysis"]
MOST_METRICS = 10
MOST_DIMENSIONS = 8
MOST_ANALYSES = 3
MOST_VALUES = 5
LONGEST_LINE = 110
NONE = "-"
Example = tuple[str, Mapping[str, object]]  # a verified question and its plan
_SPACE = re.compile(r"\s+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the catalog as it is searched for and shown."""

    kind: EntryKind
    name: str
    pieces: frozenset[str]
    rank: int = 1  # strategic metrics come before others where nothing else tells them apart


def pieces_of(text: str) -> frozenset[str]:
    """Return what two texts may share: folded Latin words, and pairs of neighbouring Chinese characters."""
    parts = parts_of(normalise(text).text.replace("_", " "))
    found = {part for part in parts if not is_han(part[0]) and len(part) > 1}
    found |= {a + b for a, b in pairwise(parts) if is_han(a[0]) and is_han(b[0])}
    return frozenset(found)


class CatalogIndex:
    """Search over names, labels, synonyms and descriptions; safe to share between threads."""

    def __init__(self, layer: SemanticLayer, registry: Callable[[], Registry]) -> None:
        self.catalog: Catalog = layer.catalog
        self._registry = registry

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return everything that may be shown, in declaration order."""
        tiers = {"strategic": 0, "tactical": 1, "operational": 2, None: 1}
        found: list[Entry] = []
        for metric in self.catalog.metrics.values():
            if not metric.hidden:
                pieces = _pieces(metric.name, metric.label, metric.synonyms, metric.description)
                found.append(Entry("metric", metric.name, pieces, tiers[metric.tier]))
        for dimension in self.catalog.dimensions.values():
            if not dimension.hidden:
                pieces = _pieces(dimension.name, dimension.label, dimension.synonyms, dimension.description)
                found.append(Entry("dimension", dimension.name, pieces))
        for tool in self._registry().tools.values():
            pieces = _pieces(tool.name, tool.label, tool.examples, None)
            found.append(Entry("analysis", tool.name, pieces))
        return tuple(found)

    @property
    def tools(self) -> dict[str, Tool]:
        """Return the analyses by name."""
        return dict(self._registry().tools)

    def search(self, text: str, kind: EntryKind, limit: int, rights: Rights) -> list[str]:
        """Return up to `limit` names whose words are in a text, best first; empty where none is."""
        wanted = pieces_of(text)
        scored = []
        for at, entry in enumerate(self.entries):
            if entry.kind != kind or entry.name in rights.hidden or entry.name in rights.masked:
                continue
            shared = len(wanted & entry.pieces)
            if shared:
                scored.append((-shared / (len(entry.pieces) ** 0.5 + 1), entry.rank, at, entry.name))
        return [name for *_, name in sorted(scored)[:limit]]

    def leading(self, limit: int, rights: Rights) -> list[str]:
        """Return the first metrics by tier that a user may see."""
        visible = [
            (entry.rank, at, entry.name)
            for at, entry in enumerate(self.entries)
            if entry.kind == "metric" and entry.name not in rights.hidden
        ]
        return [name for *_, name in sorted(visible)[:limit]]

    def line(self, kind: EntryKind, name: str, locale: Locale, values: Iterable[str] = ()) -> str:
        """Return one thing as a line of the prompt."""
        if kind == "metric":
            return _line(name, self.catalog.metrics[name], _about(self.catalog.metrics[name], locale))
        if kind == "dimension":
            dimension = self.catalog.dimensions[name]
            return _line(name, dimension, ", ".join(values) or _values(dimension, locale))
        tool = self.tools[name]
        return _short(f"{name} | {tool.label.at(locale)} | {', '.join(tool.fields)}")


@dataclass(slots=True)
class Named:
    """What the term matcher found in a question, by kind, and the values by dimension."""

    metrics: list[str] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)


def named_in(found: Segmented, catalog: Catalog) -> Named:
    """Return the candidates of every matched term; a vague word brings all it may stand for."""
    named = Named()
    concepts = {concept.name: concept for concept in catalog.concepts}
    for term in (term for item in found.items for term in item.terms):
        if term.kind == "metric":
            named.metrics.append(term.name)
        elif term.kind == "dimension":
            named.dimensions.append(term.name)
        elif term.kind == "segment":
            named.segments.append(term.name)
        elif term.kind == "value":
            named.dimensions.append(term.name)
            named.values.setdefault(term.name, []).append(str(term.code))
        elif term.kind == "concept" and term.name in concepts:
            concept = concepts[term.name]
            for name in (concept.metric, concept.dimension, *concept.also):
                if name is not None and name in catalog.metrics:
                    named.metrics.append(name)
                elif name is not None and name in catalog.dimensions:
                    named.dimensions.append(name)
    return named


def question_prompt(
    request: PlanRequest,
    index: CatalogIndex,
    found: Segmented,
    scene: Scene,
    rights: Rights,
    unknown: Sequence[str],
    room: int,
    examples: Sequence[Example] = (),
) -> str:
    """Return the message of one question, cut so that it is estimated at no more than `room` tokens."""
    named = named_in(found, scene.catalog)
    locale, text = request.locale, request.question
    metrics = _unique([*named.metrics, *index.search(text, "metric", MOST_METRICS, rights)])
    if len(metrics) < 4:
        metrics = _unique([*metrics, *index.leading(4, rights)])
    metrics = [name for name in metrics if _may_see(name, scene.catalog.metrics, rights)][:MOST_METRICS]
    near = sorted(scene.reach.dimensions(metrics[:1]), key=list(scene.catalog.dimensions).index)
    wanted = [*named.dimensions, *index.search(text, "dimension", MOST_DIMENSIONS, rights), *near]
    dimensions = [name for name in _unique(wanted) if _may_see(name, scene.catalog.dimensions, rights)]
    blocks: dict[str, list[str]] = {
        "metrics": [index.line("metric", name, locale) for name in metrics],
        "dimensions": [
            index.line("dimension", name, locale, named.values.get(name, ()))
            for name in dimensions[:MOST_DIMENSIONS]
        ],
        "analyses": [
            index.line("analysis", name, locale)
            for name in index.search(text, "analysis", MOST_ANALYSES, rights)
        ],
        "times": times_said(request.layer, found, scene, metrics),
        "examples": _examples([one for one in examples if _may_show(one, rights)], text),
        "earlier": _earlier(request.conversation),
    }
    segments = ", ".join(_unique([*named.segments, *scene.catalog.segments])[:8]) or NONE

    def written() -> str:
        return prompt(
            "question",
            locale,
            today=request.today.isoformat(),
            question=as_data(text),
            unknown=as_data(", ".join(unknown)) or NONE,
            segments=segments,
            **{name: as_data("\n".join(lines)) or NONE for name, lines in blocks.items()},
        )

    # The least telling lines go first; the question, its times and the first names always stay.
    for block, least in (("examples", 0), ("dimensions", 3), ("metrics", 4), ("earlier", 1), ("analyses", 0)):
        while estimate_tokens(written()) > room and len(blocks[block]) > least:
            blocks[block].pop()
    return written()


def times_said(layer: SemanticLayer, found: Segmented, scene: Scene, metrics: Sequence[str]) -> list[str]:
    """Return the dates of the question as our time grammar reads them, one line each."""
    coverage = layer.coverage(metrics[:1]) if metrics else None
    context = time_context(scene, coverage.start if coverage else None, coverage.end if coverage else None)
    reading = resolve(found.times, context)
    lines = [
        f"{span.words} = {span.period.start}/{span.period.end}"
        for span in reading.spans
        if span.period is not None
    ]
    lines += [
        f"{one.words} = {'average_per' if one.average else 'grain'} {one.grain.value}"
        for one in reading.grains
    ]
    lines += [f"{one.words} = compare {one.kind}" for one in reading.comparisons]
    return lines


def _pieces(name: str, label: Text, words: Words, description: Text | None) -> frozenset[str]:
    about = (description.zh, description.en) if description else ()
    return pieces_of(" . ".join((name, label.zh, label.en, *words.all(), *about)))


def _line(name: str, thing: Metric | Dimension, about: str) -> str:
    label = thing.label.zh if thing.label.zh == thing.label.en else f"{thing.label.zh} {thing.label.en}"
    return _short(f"{name} | {label}" + (f" | {about}" if about else ""))


def _about(metric: Metric, locale: Locale) -> str:
    return _short(metric.description.at(locale), 50) if metric.description else ""


def _values(dimension: Dimension, locale: Locale) -> str:
    shown = [f"{value.code}={value.label.at(locale)}" for value in dimension.values[:MOST_VALUES]]
    return ", ".join(shown) + (", …" if len(dimension.values) > MOST_VALUES else "")


def _short(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text on one line: a description must not be able to start a line of its own."""
    flat = _SPACE.sub(" ", text)
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _may_see(name: str, known: object, rights: Rights) -> bool:
    return name in known and name not in rights.hidden and name not in rights.masked  # type: ignore[operator]  # a mapping


def _examples(examples: Sequence[Example], question: str) -> list[str]:
    """Return the verified questions nearest to this one, with their plans: at most two."""
    wanted = pieces_of(question)
    scored = []
    for at, (asked, plan) in enumerate(examples):
        shared = len(wanted & pieces_of(asked))
        if shared:
            written = json.dumps(plan, ensure_ascii=False, separators=(",", ":"), default=str)
            scored.append((-shared, at, f"{_short(asked, 80)} -> {_short(written, 400)}"))
    return [line for *_, line in sorted(scored)[:2]]


def _may_show(example: Example, rights: Rights) -> bool:
    """Return whether a user may read an example: its names, and the values that it filters by."""
    question, plan = example
    if rights.row_filters and plan.get("where"):
        return False
    words = set(_NAME.findall(question + json.dumps(plan, default=str)))
    return not words & (rights.hidden | rights.masked)


def _earlier(conversation: Conversation | None) -> list[str]:
    """Return the last turns, the latest first: what "and last month?" refers to."""
    if conversation is None:
        return []
    lines = []
    for turn in reversed(conversation.turns[-2:]):
        plans = [plan.model_dump(mode="json", exclude_defaults=True) for plan in turn.plans[:2]]
        body = json.dumps(plans, ensure_ascii=False, separators=(",", ":"))
        lines.append(f"{_short(turn.question, 100)} -> {_short(body, 500)}")
    return lines
