"""What the model sees of a workspace: the few names that the question may mean, never the whole catalog, never rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.language.time import resolve
from bot.planners.llm.budget import estimate_tokens
from bot.planners.llm.index import CatalogIndex, pieces_of, short
from bot.planners.llm.prompts import as_data, prompt
from bot.planners.rules.times import time_context
from semantic_layer.catalog import Catalog

if TYPE_CHECKING:
    from bot.planners.base import Conversation, PlanRequest
    from bot.planners.rules.draft import Scene
    from bot.planners.rules.segment import Segmented
    from semantic_layer.access import Rights
    from semantic_layer.workspace import SemanticLayer

MOST_METRICS = 10
LEADING = 4  # of the workspace's strategic metrics, shown whatever the words are
SAID = 3  # metrics found by the words stand before the leading ones
MOST_DIMENSIONS = 8
MOST_ANALYSES = 3
NONE = "-"
# What our time grammar calls a comparison, as a plan writes it.
PLAN_KINDS = {"same_weekday_last_week": "same_weekday", "event": "period (its dates a year before)"}
Example = tuple[str, Mapping[str, object]]  # a verified question and its plan
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(slots=True)
class Named:
    """What the term matcher found, by kind, and the values by dimension."""

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
    found_by_words = [*named.metrics, *index.search(text, "metric", MOST_METRICS, rights)]
    # A question in words of its own ("bang for the buck") shares none with the metric that it means.
    leading = index.leading(LEADING, rights)
    said = _unique(found_by_words)
    listed = _unique([*said[:SAID], *leading[:2], *said[SAID : MOST_METRICS - LEADING], *leading, *said])
    metrics = [name for name in listed if _may_see(name, scene.catalog.metrics, rights)][:MOST_METRICS]
    known = scene.catalog.dimensions
    near = sorted(scene.reach.dimensions(metrics[:1]), key=list(known).index)
    likely = _unique([*index.search(text, "dimension", MOST_DIMENSIONS, rights), *near])
    # Every metric has its own time: the columns with dates are only wanted where the question names them.
    wanted = [*named.dimensions, *(name for name in likely if name in known and known[name].kind != "time")]
    dimensions = [name for name in _unique(wanted) if _may_see(name, known, rights)]
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
    lines += [f"{one.words} = compare {PLAN_KINDS.get(one.kind, one.kind)}" for one in reading.comparisons]
    return lines


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
            scored.append((-shared, at, f"{short(asked, 80)} -> {short(written, 400)}"))
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
        lines.append(f"{short(turn.question, 100)} -> {short(body, 500)}")
    return lines
