"""The metrics asked for: by name, by a vague word, by an aggregation word, by counting things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.language.normalise import normalise
from bot.language.terms.lexicon import Term
from bot.planners.rules.draft import Ambiguity, Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import (
    Concept,
    CumulativeMetric,
    DerivedMetric,
    Dimension,
    Metric,
    SimpleMetric,
)
from semantic_layer.text import Text

_AGG_WORDS = {"sum": ("合计", "total"), "avg": ("平均", "average"), "max": ("最大值", "maximum"),
              "min": ("最小值", "minimum"), "median": ("中位数", "median")}  # fmt: skip
_BEST = ("最", "best", "most", "top", "strongest", "highest")
_WORST = ("最差", "最不", "最弱", "最低", "最少", "最糟", "worst", "least", "weakest", "lowest", "poorest")


def read_concepts(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn vague words into the metric or dimension that the workspace means by them, and keep the others."""
    concepts = {concept.name: concept for concept in scene.catalog.concepts}
    asked = [role.name for role in line.roles if role.kind == "metric" and len(role.terms) == 1]
    _superlatives(line, concepts.values())
    for index in line.of_role("concept"):
        concept = concepts[line.roles[index].name]
        if concept.dimension:
            _concept_dimension(line, index, concept, asked, draft, scene)
        elif concept.metric:
            _concept_metric(line, index, _reaching(line, concept, draft, scene), draft, scene)


def _superlatives(line: Line, concepts: Iterable[Concept]) -> None:
    """Read 最畅销 as the vague word 畅销 that the workspace declares, where no metric is named."""
    if line.of_role("concept", "metric"):
        return
    for index in line.tagged(Tag.SUPER):
        text = line.items[index].text
        for concept in concepts:
            if concept.metric and text[:1] == "最" and text[1:] in concept.words.all():
                line.roles[index] = Role("concept", (Term("concept", concept.name, "label"),))
                return


def _reaching(line: Line, concept: Concept, draft: Draft, scene: Scene) -> Concept:
    """Return the concept led by the first of its metrics that can be split by all that the question names."""
    asked = {
        role.name
        for role in line.roles
        if role.kind in ("dimension", "value") and len({term.name for term in role.terms}) == 1
    }
    asked |= {
        concept.dimension for at in line.of_role("concept") for concept in scene.catalog.concepts
        if concept.name == line.roles[at].name and concept.dimension and not concept.also
    }  # fmt: skip
    names = [name for name in (concept.metric, *concept.also) if name in scene.catalog.metrics]
    able = [name for name in names if name and all(scene.reach.reaches([name], part) for part in asked)]
    if not able or able[0] == concept.metric or concept.metric is None:
        return concept
    unfit, taken = scene.metric(concept.metric).label, scene.metric(able[0]).label
    draft.note(
        f"「{unfit.zh}」不能这样拆分,改用「{taken.zh}」。",
        f"{unfit.en} cannot be split like this, so {taken.en} was taken.",
    )
    return replace(concept, metric=able[0], also=tuple(able[1:]))


def _concept_metric(line: Line, index: int, concept: Concept, draft: Draft, scene: Scene) -> None:
    assert concept.metric is not None
    term = Term("metric", concept.metric, "label")
    others = tuple(Term("metric", name, "label") for name in concept.also if name in scene.catalog.metrics)
    line.roles[index] = Role("metric", (term,))
    draft.choices.append((index, term, others))
    words = line.items[index].text
    if not _names_part_of(concept.metric, words, scene):
        draft.evaluative.add(concept.metric)
    if any(word in words for word in _WORST):
        draft.superlative = ("worst", scene.words(line, index))
    elif any(word in words for word in _BEST):
        draft.superlative = ("best", scene.words(line, index))


def _names_part_of(metric: str, words: str, scene: Scene) -> bool:
    """Return whether a vague word is a piece of the metric's name (退款): its value is ranked, not its merit."""
    known = scene.metric(metric)
    names = (known.label.zh, known.label.en, *known.synonyms.all())
    folded = words.casefold()
    return any(
        folded in name.casefold() if not folded.isascii() else folded in name.casefold().split()
        for name in names
    )


def _concept_dimension(
    line: Line, index: int, concept: Concept, asked: list[str], draft: Draft, scene: Scene
) -> None:
    assert concept.dimension is not None
    names = [name for name in (concept.dimension, *concept.also) if name in scene.catalog.dimensions]
    beside = [term.name for term in line.roles[index].terms if term.kind == "dimension"]
    for neighbour in (line.before(index, Tag.OF, Tag.IS), line.after(index, Tag.OF, Tag.IS)):
        if line.is_role(neighbour, "value"):
            assert neighbour is not None
            beside += [term.name for term in line.roles[neighbour].terms]
    reachable = [name for name in names if not asked or scene.reach.reaches(asked, name)] or names
    near = [name for name in reachable if name in beside] or reachable
    term = Term("dimension", near[0], "label")
    others = tuple(Term("dimension", name, "label") for name in reachable if name != near[0])
    line.roles[index] = Role("dimension", (term,))
    if len(near) > 1:
        draft.choices.append((index, term, others))


def read_metrics(line: Line, draft: Draft, scene: Scene) -> None:
    """Take every named metric; an undecided name is recorded as an ambiguity and read as its first meaning."""
    for index in line.of_role("metric"):
        terms = line.roles[index].terms
        if len(terms) > 1:
            draft.ambiguities.append(Ambiguity(index, terms))
        name = _aggregated(line, index, terms[0].name, draft, scene)
        draft.add_metric(name, index)
        line.use(index)
        metric = scene.metric(name)
        draft.say("metric", metric.label.zh, metric.label.en, scene.words(line, index))
        _note_alike(line, index, metric, draft, scene)
        for at in (line.before(index, Tag.OF), line.after(index, Tag.OF)):
            if line.has(at, Tag.HOW_MANY, Tag.COUNT, Tag.TOTAL):
                line.use(at)


def _note_alike(line: Line, index: int, metric: Metric, draft: Draft, scene: Scene) -> None:
    """Say which other metric has the same name with something else in brackets: refunds (by refund date)."""
    said = line.items[index].text
    for term in line.items[index].of_kind("metric"):
        label = scene.metric(term.name).label
        if (
            term.source == "variant"
            and term.name != metric.name
            and normalise(label.zh).text.startswith(f"{said}(")
        ):
            mine = metric.label
            draft.note(
                f"「{said}」按「{mine.zh}」理解;「{label.zh}」是另一个指标。",
                f"“{said}” was read as {mine.en}; {label.en} is another metric.",
            )


def _aggregated(line: Line, index: int, name: str, draft: Draft, scene: Scene) -> str:
    """Return the metric that an aggregation word beside `name` asks for: itself, or a sibling."""
    at = next(
        (
            found
            for found in (line.before(index, Tag.OF, Tag.TOTAL), line.after(index, Tag.OF))
            if line.has(found, Tag.AGG) and found not in line.used
        ),
        None,
    )
    if at is None:
        at = _stray_aggregate(line)
    if at is None:
        return name
    asked = line.payload(at, Tag.AGG)
    bucket = any(line.items[mark].unit for mark in line.tagged(Tag.WHICH))
    if asked in ("max", "min") and bucket and sibling_metric(name, asked, scene) is None:
        return name  # 单日峰值: the best bucket, the ordering's
    line.use(at)
    sibling = sibling_metric(name, asked, scene)
    buckets = [number for number, token in enumerate(scene.times) if token.kind == "grain"]
    if asked == "avg" and buckets and name != sibling:
        by = any(" by " in scene.times[number].words.lower() for number in buckets)
        if sibling is None or (scene.times[buckets[0]].average and not by):
            return name  # the average is per bucket: the times stage takes it
    if sibling:
        draft.plain_grains.update(buckets)
        return sibling
    words_zh, words_en = _AGG_WORDS[asked]
    label = scene.metric(name).label
    draft.wishes.append(
        Text(
            zh=f"「{label.zh}」没有{words_zh}的口径。要看下面哪一个?",
            en=f"There is no {words_en} of {label.en} here. Which of these would help?",
        )
    )
    return name


def _stray_aggregate(line: Line) -> int | None:
    """Return the only aggregation word of a question with only one metric: "zarn by hub on average"."""
    words = [index for index in line.tagged(Tag.AGG) if index not in line.used]
    if len(words) != 1 or len(line.of_role("metric")) != 1:
        return None
    near = (line.before(words[0], Tag.OF), line.after(words[0], Tag.OF))
    return None if any(line.is_role(at, "dimension", "unknown") for at in near[1:]) else words[0]


def read_column_aggregates(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "average price" over a numeric column: the metric that is defined so, if there is one."""
    for index in line.of_role("dimension"):
        dimension = scene.dimension(line.roles[index].name)
        at = next(
            (x for x in (line.before(index, Tag.OF), line.after(index, Tag.OF)) if line.has(x, Tag.AGG)), None
        )
        if dimension.kind != "number" or at is None or at in line.used:
            continue
        asked = line.payload(at, Tag.AGG)
        line.use(at, index)
        name = _metric_over(dimension, asked, scene)
        words_zh, words_en = _AGG_WORDS[asked]
        label = dimension.label
        if name is None:
            draft.refuse(
                "not_in_catalog",
                f"没有「{label.zh}」的{words_zh}这个指标。",
                f"There is no metric for the {words_en} of {label.en}.",
                *scene.words(line, at, index),
            )
            continue
        draft.add_metric(name, index)
        metric = scene.metric(name).label
        draft.say("metric", metric.zh, metric.en, scene.words(line, at, index))


def _metric_over(dimension: Dimension, agg: str, scene: Scene) -> str | None:
    places = {(binding.model, binding.expr) for binding in dimension.bindings}
    for metric in scene.catalog.metrics.values():
        kind = metric.type
        plain = not metric.hidden and not metric.filters
        if plain and isinstance(kind, SimpleMetric) and kind.agg == agg and (kind.model, kind.expr) in places:
            return metric.name
    return None


def sibling_metric(name: str, agg: str, scene: Scene) -> str | None:
    """Return the metric that aggregates the same thing by `agg`: the metric itself where it already does."""
    metric = scene.metric(name)
    kind = metric.type
    if not isinstance(kind, SimpleMetric):
        plain = isinstance(kind, CumulativeMetric | DerivedMetric)
        return name if agg == "avg" and not plain else name if agg == "sum" and plain else None
    own = {"count": "sum", "count_distinct": "sum", "sum_boolean": "sum", "percentile": "median"}.get(
        kind.agg, kind.agg
    )
    if own == agg:
        return name
    for other in scene.catalog.metrics.values():
        if (
            isinstance(other.type, SimpleMetric)
            and other.type.agg == agg
            and other.type.model == kind.model
            and other.type.expr == kind.expr
            and {part.sql for part in other.filters} == {part.sql for part in metric.filters}
            and not other.hidden
        ):
            return other.name
    return None
