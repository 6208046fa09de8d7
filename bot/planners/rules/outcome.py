"""From a draft to the outcome: the plan, a question back, or an honest no with what can be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.plan import (
    BilingualMessage,
    ClarifyPlan,
    MetricPlan,
    Option,
    RefusalReason,
    RefusePlan,
)
from bot.planners.base import Planned
from bot.planners.rules.describe import option
from bot.planners.rules.draft import Draft, Scene
from semantic_layer.catalog import Metric
from semantic_layer.query import Condition, GroupBy, Limit, OrderBy
from semantic_layer.text import Text

_TIERS = {"strategic": 0, "tactical": 1, "operational": 2, None: 1}
MAX_OPTIONS = 4


def message(text: Text) -> BilingualMessage:
    """Return a text in its form at the border."""
    return BilingualMessage(zh=text.zh, en=text.en)


def clarify(question: Text, plans: Iterable[MetricPlan], scene: Scene, draft: Draft | None = None) -> Planned:
    """Return a question back with two to four options."""
    options: dict[str, Option] = {}
    for plan in plans:
        offered = option(plan, scene)
        options.setdefault(offered.question.en, offered)
    chosen = tuple(options.values())[:MAX_OPTIONS]
    slots = tuple(draft.slots) if draft else ()
    return Planned(
        ClarifyPlan(kind="clarify", question=message(question), options=chosen),
        slots=slots,
        confidence=0.4,
        why=Text(zh="有几种读法", en="several readings"),
    )


def refuse(
    reason: RefusalReason,
    text: Text,
    scene: Scene,
    *,
    missing: Sequence[str] = (),
    nearest: Iterable[MetricPlan] = (),
    draft: Draft | None = None,
) -> Planned:
    """Return an honest no, with up to three questions that can be answered."""
    options: dict[str, Option] = {}
    for plan in (*nearest, *default_plans(scene)):
        offered = option(plan, scene)
        options.setdefault(offered.question.en, offered)
    return Planned(
        RefusePlan(
            kind="refuse",
            reason=reason,
            message=message(text),
            missing=tuple(missing),
            nearest=tuple(options.values())[:3],
        ),
        slots=tuple(draft.slots) if draft else (),
        not_understood=tuple(missing),
        confidence=0.0 if reason in ("empty", "out_of_scope", "unsafe") else 0.3,
        why=Text(zh="规则解析拒答", en="refused by rules"),
    )


def leading_metrics(scene: Scene) -> list[Metric]:
    """Return the visible metrics: strategic ones first, among them what vague words mean, then amounts.

    Certified ones come before others, what the last days still change after (a repeat rate of 90 days).
    """
    visible = [metric for metric in scene.catalog.metrics.values() if not metric.hidden]
    meant = [concept.metric for concept in scene.catalog.concepts if concept.metric]
    also = {name for concept in scene.catalog.concepts for name in concept.also}

    def weight(metric: Metric) -> tuple[int, bool, int, bool, bool, int]:
        # A sum says how large things are, a quotient only how good: money and counts lead.
        named = metric.name in meant or metric.name in also
        return (
            _TIERS[metric.tier], metric.name not in meant, metric.is_ratio, not metric.certified, not named,
            metric.maturity_days,
        )  # fmt: skip

    return sorted(visible, key=weight)


def default_plans(scene: Scene) -> list[MetricPlan]:
    """Return three plain questions that this workspace can surely answer."""
    plans = []
    for metric in leading_metrics(scene)[:3]:
        dimension = leading_dimension(scene, metric.name)
        groups = (GroupBy(dimension=dimension),) if dimension else ()
        plans.append(MetricPlan(kind="metric", metrics=(metric.name,), group_by=groups))
    return plans


def leading_dimension(scene: Scene, metric: str) -> str | None:
    """Return the first plain dimension that the metric can be split by: declared values first, then its own model."""
    reached = scene.reach.dimensions([metric])
    usable = [
        dimension
        for dimension in scene.catalog.dimensions.values()
        if dimension.name in reached
        and dimension.kind == "categorical"
        and dimension.index_values
        and not dimension.hidden
    ]
    usable.sort(key=lambda dimension: (scene.reach.distance(metric, dimension.name), not dimension.values))
    return usable[0].name if usable else None


def metric_options(
    draft: Draft, scene: Scene, ranked: str | None, top: float | None, place: int | None = None
) -> list[MetricPlan]:
    """Return the draft's slots with each of the leading metrics that they can be asked of, ranked as asked."""
    plans = []
    dimensions = [group.dimension for group in draft.group_by if group.dimension != "metric_time"]
    dimensions += [part.dimension for part in draft.where if isinstance(part, Condition)]
    known = [name for name in dimensions if name in scene.catalog.dimensions]
    for metric in leading_metrics(scene):
        if not all(scene.reach.reaches([metric.name], name) for name in known):
            continue
        changes: dict[str, object] = {"metrics": (metric.name,), "order_by": (), "limit": None}
        if ranked is not None and draft.group_by:
            low_first = metric.good_direction == "down" and ranked in ("best", "worst")
            descending = (ranked in ("best", "desc")) != low_first
            changes["order_by"] = (OrderBy(column=metric.name, descending=descending),)
            changes["limit"] = Limit(n=int(top)) if top else None
            changes["limit"] = Limit(n=1, offset=place - 1) if place else changes["limit"]
        plans.append(draft.build(scene, draft.period).model_copy(update=changes))
        if len(plans) == MAX_OPTIONS:
            break
    return plans
