"""Which of its namesakes a word means, once an analysis is asked for: a medium or a store, visitors as a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.query import Condition, GroupBy

if TYPE_CHECKING:
    from tools.registry import Tool

_OWN_NAME = 1  # a rank: a label or a synonym


def settle_namesakes(line: Line, draft: Draft, scene: Scene, tool: Tool) -> None:
    """Turn conditions and splits of a draft into those that the analysis can be about, where a word may mean both."""
    able = frozenset(_dimensions(tool, scene))
    if able:
        draft.where = [_settled(part, line, able) for part in draft.where]
    if "metric" in tool.fields and not draft.metrics:
        _number(line, draft, scene)


def _dimensions(tool: Tool, scene: Scene) -> Iterator[str]:
    """Yield the dimensions that the tables of what the analysis reads (its budget, its journey) can be split by."""
    for one in scene.catalog.analyses:
        if one.kind not in tool.fields:
            continue
        named = [value for value in one.options.values() if isinstance(value, str)]
        metrics = [value for value in named if value in scene.catalog.metrics]
        yield from (value for value in named if value in scene.catalog.dimensions)
        if metrics:
            yield from scene.reach.dimensions(metrics)


def _settled(part: object, line: Line, able: frozenset[str]) -> Condition:
    """Return the condition on the dimension that the analysis knows, where the same word names a value there, too."""
    if not isinstance(part, Condition) or part.dimension in able or part.operator not in ("=", "!="):
        return part  # type: ignore[return-value]  # conditions of other kinds stay as they are
    for index in line.of_role("value"):
        terms = line.roles[index].terms
        if not any(term.name == part.dimension and term.code == part.values[0] for term in terms):
            continue
        others = [
            term
            for term in line.items[index].of_kind("value")
            if term.name in able and term.rank <= _OWN_NAME
        ]
        if len({term.name for term in others}) == 1 and others[0].code is not None:
            return part.model_copy(update={"dimension": others[0].name, "values": (others[0].code,)})
    return part


def _number(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "what caused visitors to drop" as the number of visitors, not as a split by the key that identifies them."""
    for index in line.of_role("dimension"):
        role, before = line.roles[index], line.before(index, Tag.OF)
        metrics = [term for term in line.items[index].of_kind("metric") if term.rank <= _OWN_NAME]
        if len(metrics) != 1 or role.terms[0].rank <= _OWN_NAME or line.has(before, Tag.BY):
            continue
        draft.group_by = [group for group in draft.group_by if group != GroupBy(dimension=role.name)]
        draft.add_metric(metrics[0].name, index)
        label, split = scene.metric(metrics[0].name).label, scene.dimension(role.name).label
        draft.slots = [slot for slot in draft.slots if slot.text.en != f"by {split.en}"]
        draft.say("metric", label.zh, label.en, scene.words(line, index))
        return


def read_columns(line: Line, _draft: Draft, scene: Scene) -> None:
    """Settle "their name", "the ID" among the columns that end so: the one of the only table named beside it."""
    named = [line.roles[at] for at in line.of_role("dimension") if len(line.roles[at].terms) == 1]
    tables = {home for role in named for home in _homes(role.name, scene)}
    for index in line.of_role("dimension"):
        role = line.roles[index]
        if len(role.terms) < 2 or role.terms[0].source != "part" or len(tables) != 1:
            continue
        kept = tuple(term for term in role.terms if _homes(term.name, scene) == tables)
        if len(kept) == 1:
            line.roles[index] = Role("dimension", kept)


def _homes(dimension: str, scene: Scene) -> set[str]:
    """Return the tables of a dimension; a key's is the one that lists its members."""
    homes = {binding.model for binding in scene.dimension(dimension).bindings}
    listed = {
        model.name for model in scene.catalog.models.values() for entity in model.entities
        if entity.name == dimension and entity.type == "primary"
    }  # fmt: skip
    return listed or homes
