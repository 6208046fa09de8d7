"""Questions about the catalog itself: what there is, how a metric is defined, how fresh the data are."""

from __future__ import annotations

from bot.answer import Slot
from bot.plan import MetadataPlan
from bot.planners.base import Planned
from bot.planners.rules.draft import Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.text import Text

_APART = ("区别", "差别", "difference", "difference between", "the difference between", "differences between")
_TOPICS = {
    "metrics": Text(zh="有哪些指标", en="which metrics there are"),
    "dimensions": Text(zh="有哪些维度", en="which dimensions there are"),
    "definition": Text(zh="口径", en="the definition"),
    "freshness": Text(zh="数据更新到哪天", en="how fresh the data are"),
    "help": Text(zh="能问什么", en="what can be asked"),
}


def read_metadata(line: Line, scene: Scene) -> Planned | None:
    """Return the reading of a question about the catalog; None for a question about the data."""
    if line.of_role("unknown", "number", "quote"):
        return None
    metrics = [
        name
        for index in line.of_role("metric")
        for name in {term.name: None for term in line.roles[index].terms}
    ]
    concept_metrics = _concept_metrics(line, scene)
    values = line.of_role("value", "segment")
    for tag, topic in ((Tag.FRESHNESS, "freshness"), (Tag.HELP, "help")):
        marks = line.tagged(tag)
        if marks and not values and not line.tagged(Tag.BY, Tag.SUPER, Tag.TOP, Tag.CMP):
            return _planned(topic, (), line, scene, marks)
    if line.of_role("time") or values:
        return None
    marks = line.tagged(Tag.DEFINITION)
    apart = [at for at in line.tagged(Tag.COMPARE) if line.items[at].text in _APART]
    if apart and len(metrics) > 1 and not line.of_role("dimension"):
        return _planned("definition", tuple(dict.fromkeys(metrics)), line, scene, apart)
    if marks and (metrics or concept_metrics) and not line.of_role("dimension"):
        return _planned("definition", tuple(dict.fromkeys(metrics or concept_metrics)), line, scene, marks)
    if metrics or concept_metrics or line.of_role("dimension"):
        return None
    marks = line.tagged(Tag.META_DIMENSIONS)
    if marks:
        return _planned("dimensions", (), line, scene, marks)
    marks = line.tagged(Tag.META_METRICS)
    return _planned("metrics", (), line, scene, marks) if marks else None


def _concept_metrics(line: Line, scene: Scene) -> list[str]:
    known = {concept.name: concept for concept in scene.catalog.concepts}
    found = (known[line.roles[index].name].metric for index in line.of_role("concept"))
    return [name for name in found if name]


def _planned(topic: str, names: tuple[str, ...], line: Line, scene: Scene, marks: list[int]) -> Planned:
    text = _TOPICS[topic]
    return Planned(
        MetadataPlan(kind="metadata", topic=topic, names=names),  # type: ignore[arg-type]  # every topic is one of the plan's
        slots=(Slot("topic", text, scene.words(line, *marks)),),
    )
