"""The same question by a metric that can be split as asked, where the one that was named cannot."""

from __future__ import annotations

from bot.plan import MetricPlan
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.outcome import leading_metrics
from semantic_layer.catalog import Metric
from semantic_layer.query import Condition

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
