"""What a question says that the analysis it asks for has no input for: refused where it changes the rows, else said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.planners.base import Planned
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.outcome import refuse
from semantic_layer.text import Text

if TYPE_CHECKING:
    from tools.registry import Tool


def not_taken(tool: Tool, draft: Draft, scene: Scene, own: set[str]) -> Planned | None:
    """Refuse the rows that an analysis cannot leave out, and say which other parts of the question it does not take."""
    fields = set(tool.fields) | own
    label = tool.label
    narrowed = draft.where and "where" not in fields
    if narrowed or (draft.segments and "segments" not in fields):
        return refuse(
            "not_supported",
            Text(
                zh=f"「{label.zh}」不能只看一部分数据;不加筛选可以做。",
                en=f"{label.en} cannot look at a part of the rows only; without the filter it can be run.",
            ),
            scene,
            draft=draft,
        )
    vague = {term.name for _, term, _ in draft.choices if term.kind == "metric"}
    lost: list[Text] = []
    named = [name for name in draft.metrics if name not in vague]
    if not fields & {"metric", "metrics"} and any(scene.metric(name).is_ratio for name in named):
        names = [scene.metric(name).label for name in named]
        zh, en = "、".join(one.zh for one in names), ", ".join(one.en for one in names)
        return refuse(
            "not_supported",
            Text(zh=f"「{label.zh}」不是按「{zh}」来算的。", en=f"{label.en} is not computed by {en}."),
            scene,
            draft=draft,
        )
    if not fields & {"metric", "metrics"}:
        lost += [scene.metric(name).label for name in named]
    elif "metrics" not in fields:
        lost += [scene.metric(name).label for name in draft.metrics[1:] if name not in vague]
    if not fields & {"dimension", "dimensions"}:
        lost += [
            scene.dimension(group.dimension).label
            for group in draft.group_by
            if group.grain is None and group.part is None and not _is_its_own(group.dimension, tool, scene)
        ]
    if lost:
        zh, en = "、".join(one.zh for one in lost), ", ".join(one.en for one in lost)
        draft.note(
            f"「{label.zh}」没有按「{zh}」来算:它不接受这一项。",
            f"{label.en} does not take {en}: this part of the question is not in the result.",
        )
    return None


def _is_its_own(dimension: str, tool: Tool, scene: Scene) -> bool:
    """Return whether an analysis is by this dimension anyway: the channel that its binding names."""
    kinds = (tool.name, *tool.fields)
    return any(dimension in one.options.values() for one in scene.catalog.analyses if one.kind in kinds)
