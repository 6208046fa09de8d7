"""The most common and the most popular: rows are counted where no metric is named, if they are what is meant."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import SimpleMetric

_OFTEN = Rule(r"common|frequent|often|popular|常见|频繁|出现最多")
_LIKED = Rule(r"popular|受欢迎|热门")


def read_frequent(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "the 3 most common statuses": the rows of the table are counted where no metric is named."""
    marks = [at for at in line.tagged(Tag.SUPER, Tag.TOP) if _OFTEN.search(line.items[at].text)]
    named = [at for at in line.of_role("dimension") if scene.dimension(line.roles[at].name).kind != "time"]
    if not marks or not named or line.of_role("metric", "concept"):
        return
    if any(_LIKED.search(line.items[at].text) for at in marks) and _is_listed(
        line.roles[named[0]].name, scene
    ):
        return  # the most popular host: not the one with the most episodes
    homes = {binding.model for binding in scene.dimension(line.roles[named[0]].name).bindings}
    counts = [
        metric.name
        for metric in scene.catalog.metrics.values()
        if (kind := counts(scene, metric.name)) and kind.agg == "count" and kind.model in homes
        and not metric.filters and not metric.hidden
    ]  # fmt: skip
    if len(counts) == 1:
        draft.add_metric(counts[0])
        label = scene.metric(counts[0]).label
        draft.say("metric", label.zh, label.en, scene.words(line, *marks))


def _is_listed(dimension: str, scene: Scene) -> bool:
    """Return whether a column tells apart things that other tables are about: the host of an episode that is played."""
    homes = {binding.model for binding in scene.dimension(dimension).bindings}
    keys = {
        entity.name for name in homes for entity in scene.catalog.models[name].entities
        if entity.type in ("primary", "unique")
    }  # fmt: skip
    return any(
        entity.name in keys and entity.type == "foreign"
        for model in scene.catalog.models.values() if model.name not in homes for entity in model.entities
    )  # fmt: skip


def counts(scene: Scene, name: str) -> SimpleMetric | None:
    """Return the definition of a metric that counts, None for every other."""
    kind = scene.metric(name).type
    return kind if isinstance(kind, SimpleMetric) and kind.agg in ("count", "count_distinct") else None
