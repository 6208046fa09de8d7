"""What can be asked instead: the same by a metric that can be split so, each of two members that are not alike."""

from __future__ import annotations

from bot.plan import MetricPlan
from bot.planners.base import Planned
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.filters import value_label
from bot.planners.rules.line import Line
from bot.planners.rules.outcome import leading_metrics, refuse
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric
from semantic_layer.query import Condition
from semantic_layer.text import Text

MOST = 3


def plans_instead(draft: Draft, scene: Scene) -> list[MetricPlan]:
    """Return the plan with the metric that stands in the way put aside for another, the most alike first.

    Alike is what is good in the same direction and has the same unit or a part of the label. Empty where every
    metric can be split and filtered as asked, or where nothing alike can.
    """
    asked = [group.dimension for group in draft.group_by if not group.dimension.startswith("metric_time")]
    asked += [part.dimension for part in draft.where if isinstance(part, Condition)]
    known = [name for name in dict.fromkeys(asked) if name in scene.catalog.dimensions]
    blocked = [name for name in draft.metrics if not all(scene.reach.reaches([name], one) for one in known)]
    if len(blocked) != 1:
        return []
    metric = scene.metric(blocked[0])
    fitting = [
        other
        for other in leading_metrics(scene)
        if other.name not in draft.metrics
        and other.good_direction == metric.good_direction
        and (_likeness(metric, other) > 0 or _same_kind(metric, other))
        and all(scene.reach.reaches([other.name], one) for one in known)
    ]
    fitting.sort(key=lambda other: (not _same_kind(metric, other), -_likeness(metric, other)))
    plan = draft.build(scene, draft.period)
    return [_with(plan, metric.name, other.name) for other in fitting[:MOST]]


def _same_kind(one: Metric, other: Metric) -> bool:
    return (one.unit, one.is_ratio) == (other.unit, other.is_ratio)


def _likeness(one: Metric, other: Metric) -> float:
    """Return which part of their characters (Chinese) or words (English) two labels share, 0 to 1, the larger one."""
    return max(
        _shared(set(one.label.zh), set(other.label.zh)),
        _shared(set(one.label.en.lower().split()), set(other.label.en.lower().split())),
    )


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def _with(plan: MetricPlan, old: str, new: str) -> MetricPlan:
    """Return the plan with one metric in the place of another, wherever it stands."""

    def renamed(column: str) -> str:
        return new + column[len(old) :] if column == old or column.startswith(f"{old}__") else column

    return plan.model_copy(
        update={
            "metrics": tuple(map(renamed, plan.metrics)),
            "order_by": tuple(
                one.model_copy(update={"column": renamed(one.column)}) for one in plan.order_by
            ),
            "having": tuple(one.model_copy(update={"column": renamed(one.column)}) for one in plan.having),
            "transforms": tuple(
                one.model_copy(update={"metric": renamed(one.metric)}) for one in plan.transforms
            ),
        }
    )


def unlike(line: Line, draft: Draft, scene: Scene, unused: tuple[str, ...]) -> Planned | None:
    """Refuse to hold a store against an ad channel ("douyin vs xiaohongshu"), and offer each by itself."""
    compares = {line.items[at].text for at in line.tagged(Tag.COMPARE)}
    members = [
        part for part in draft.where if isinstance(part, Condition) and part.operator == "=" and part.values
    ]
    dimensions = list(dict.fromkeys(part.dimension for part in members))
    if not compares.issuperset(word.lower() for word in unused) or len(members) != 2 or len(dimensions) != 2:
        return None
    plan = draft.build(scene, draft.period)
    alone = [plan.model_copy(update={"where": (part,)}) for part in members
             if draft.metrics and scene.reach.reaches(draft.metrics, part.dimension)]  # fmt: skip
    named = [
        (value_label(scene, part.dimension, part.values[0]), scene.dimension(part.dimension).label)
        for part in members
    ]
    (first, one), (second, other) = named
    text = Text(
        zh=f"「{first.zh}」是{one.zh},「{second.zh}」是{other.zh},不是同一类,不能放在一起比。",
        en=f"{first.en} is a value of {one.en}, {second.en} of {other.en}: they are not alike and cannot be compared.",
    )
    return refuse("not_supported", text, scene, missing=unused, nearest=alone, draft=draft)
