"""Questions about the catalog by their wording: what a word means, who owns it, how two differ, which values there are.

The words that ask are masked; what is left must be names of the catalog and nothing else, so that no question
about the data is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from bot.answer import Slot
from bot.language.normalise import Normalised
from bot.language.rule import Rule
from bot.plan import MetadataPlan, MetricPlan
from bot.planners.base import Planned
from bot.planners.rules.asked import blank, gapped, literal
from bot.planners.rules.draft import Scene
from bot.planners.rules.line import Line
from bot.planners.rules.segment import Segmented
from bot.planners.rules.tags import Tag
from bot.planners.rules.words_catalog import CATALOG
from semantic_layer.query import GroupBy
from semantic_layer.text import Text

_TEXTS = {
    "metrics": Text(zh="有哪些指标", en="which metrics there are"),
    "definition": Text(zh="口径", en="the definition"),
    "difference": Text(zh="口径", en="the definition"),
    "owner": Text(zh="负责人", en="the owner"),
    "freshness": Text(zh="数据更新到哪天", en="how fresh the data are"),
    "dimensions": Text(zh="有哪些维度", en="which dimensions there are"),
    "values": Text(zh="有哪些取值", en="which values there are"),
}
_QUIET = frozenset({Tag.STOP, Tag.OVERVIEW, Tag.OF, Tag.AND, Tag.OR, Tag.IS, Tag.WHICH, Tag.LIST, Tag.FOLLOW,
                    Tag.COMPARE, Tag.BY, Tag.META_METRICS, Tag.META_DIMENSIONS,
                    Tag.DEFINITION, Tag.FRESHNESS, Tag.HELP})  # fmt: skip
_REST = Rule(
    r"^(?:数据|指标|维度|字段|这个|这里|里|的|之间|是|可以|能|用|看|个|一个|data|metrics?|kpis?"
    r"|dimensions?|here|down|up|an?|the|it)$"
)
Read = Callable[[Normalised], tuple[Segmented, Line]]


def catalog_question(scene: Scene, read: Read) -> Planned | None:
    """Return the reading of a question about the catalog, None for any other. `read` reads what is left of it."""
    question = scene.question
    text = question.text.replace('"', " ").replace("'", " ") if '"' in question.text else question.text
    for topic, pattern in _patterns():
        match = pattern.search(text)
        if match is None or not match[0].strip():
            continue
        spans = [
            span
            for own, rule in _patterns()
            if own == topic
            for found in rule.finditer(text)
            for span in literal(found)
        ]
        _, line = read(replace(question, text=blank(text, spans)))
        planned = _planned(topic, line, scene, question.words(*match.span()))
        if planned is not None:
            return planned
    return None


@cache
def _patterns() -> tuple[tuple[str, Rule], ...]:
    return tuple((topic, gapped(pattern)) for topic, pattern in CATALOG)


def _planned(topic: str, line: Line, scene: Scene, words: str) -> Planned | None:
    if not _only_names(line):
        return None
    metrics, dimensions, segments = _named(line, scene)
    plan: MetadataPlan | MetricPlan | None = None
    named = bool(metrics or dimensions)
    if (topic == "metrics" and not named) or (topic == "freshness" and not segments):
        plan = MetadataPlan(kind="metadata", topic=topic)  # type: ignore[arg-type]  # one of the two
    elif topic == "dimensions":
        plan = MetadataPlan(kind="metadata", topic="dimensions", names=metrics) if not dimensions else None
    elif topic == "values" and dimensions and not metrics and len(line.of_role("dimension", "concept")) == 1:
        plan = MetricPlan(kind="metric", group_by=(GroupBy(dimension=dimensions[0]),))
    elif topic == "owner" and metrics and not segments:
        plan = MetadataPlan(kind="metadata", topic="owner", names=metrics)
    elif (topic == "definition" and (metrics or dimensions or segments)) or (
        topic == "difference" and not line.tagged(Tag.BY) and _several(metrics, (*dimensions, *segments))
    ):
        plan = MetadataPlan(kind="metadata", topic="definition", names=metrics + segments + dimensions)
    if plan is None:
        return None
    return Planned(plan, slots=(Slot("topic", _TEXTS[topic], (words,)),))


def _several(metrics: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Return whether two of a kind are named: 各店铺支付金额的差异 asks for numbers."""
    return len(metrics) > 1 if not others else not metrics and len(others) > 1


def _only_names(line: Line) -> bool:
    """Return whether nothing is left but names and words that carry nothing."""
    for index, item in enumerate(line.items):
        kind = line.roles[index].kind
        if kind in ("metric", "concept", "dimension", "segment", "sign", "model", "analysis"):
            continue
        if kind == "grammar" and all(tag in _QUIET for tag, _ in item.tags):
            continue
        if kind in ("unknown", "grammar") and _REST.match(item.text.strip()):
            continue
        return False
    return True


def _number_of(word: str, scene: Scene) -> str | None:
    """Return the metric that is called the number of what a segment names, if there is one."""
    names = {word + tail for tail in ("数", "人数", "数量", "量")}
    for metric in scene.catalog.metrics.values():
        if not metric.hidden and names & {metric.label.zh, *metric.synonyms.all()}:
            return metric.name
    return None


def _named(line: Line, scene: Scene) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the metrics, dimensions and segments named; a word that is a metric and a segment is both."""
    concepts = {concept.name: concept for concept in scene.catalog.concepts}
    metrics: dict[str, None] = {}
    dimensions: dict[str, None] = {}
    segments: dict[str, None] = {}
    for index, item in enumerate(line.items):
        role = line.roles[index]
        if role.kind == "concept":
            concept = concepts[role.name]
            for name in (concept.metric, concept.dimension, *concept.also):
                if name in scene.catalog.metrics and concept.metric:
                    metrics[str(name)] = None
                elif name in scene.catalog.dimensions and concept.dimension:
                    dimensions[str(name)] = None
            continue
        if role.kind not in ("metric", "dimension", "segment"):
            continue
        strongest = min(term.rank for term in role.terms)
        for term in item.terms:
            if term.rank > strongest:
                continue
            if term.kind == "metric":
                metrics[term.name] = None
            elif term.kind == "segment":
                counted = _number_of(item.text, scene)  # 新客: the metric 新客数 says what counts as one
                (metrics if counted else segments)[counted or term.name] = None
            elif term.kind == "dimension" and role.kind == "dimension":
                dimensions[term.name] = None
    return tuple(metrics), tuple(dimensions), tuple(segments)
