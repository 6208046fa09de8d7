"""How the plan was read, slot by slot: the planner's own slots first, the rest worked out from the plan."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from bot.answer import Slot
from bot.compose.filters import OPERATORS, condition_text, dimension_label
from bot.compose.phrases import against, bare, label_of, list_of, versus, when
from bot.compose.view import Scene, View
from bot.plan import AnswerablePlan, MetadataPlan, ToolPlan
from semantic_layer.period import Period
from semantic_layer.query import GroupBy, Having, PeriodRange
from semantic_layer.text import Text

_GRAINS = {
    "day": "按天", "week": "按周", "month": "按月", "quarter": "按季度", "year": "按年", "hour": "按小时",
    "day_of_week": "按星期几", "day_of_year": "按年内第几天",
}  # fmt: skip


COMPARISONS = {
    "previous_period": Text(zh="较上一期", en="against the period before"),
    "previous_year": Text(zh="较去年同期", en="against a year earlier"),
    "same_weekday": Text(zh="较上周同日", en="against the same weekday a week earlier"),
}
_SLOTS = {
    "share": "share", "rank": "rank", "running_total": "window", "rolling": "window", "average_per": "average",
}  # fmt: skip


def completed(slots: Sequence[Slot], of_plan: Sequence[Slot]) -> tuple[Slot, ...]:
    """Return the planner's slots, and the plan's own for every kind of slot the planner left out.

    Dates are always said as executed and in the answer's way of writing them; the words stay the user's.
    """
    read: list[Slot] = []
    dated = [slot for slot in of_plan if slot.slot in ("period", "comparison")]
    for slot in slots:
        ours = next((one for one in dated if one.slot == slot.slot), None)
        if ours is not None:
            dated.remove(ours)
        read.append(Slot(slot.slot, ours.text if ours is not None else slot.text, slot.words))
    kinds = {slot.slot for slot in of_plan}
    if "dimension" in kinds and "metric" not in kinds:  # a list of values has no period
        read = [slot for slot in read if slot.slot != "period"]
    known = {slot.slot for slot in slots}
    return (*read, *(slot for slot in of_plan if slot.slot not in known))


def slots_of(view: View, scene: Scene) -> tuple[Slot, ...]:
    """Return the slots of an executed query, in reading order, without words."""
    query, catalog = view.query, scene.catalog
    found: list[Slot] = []
    if query.metrics:
        found.append(Slot("metric", list_of([catalog.metrics[name].label for name in query.metrics])))
    found += [
        Slot("grain" if group.grain or group.part else "dimension", _group(group, scene))
        for group in query.group_by
    ]
    found += [Slot("filter", condition_text(condition, scene)) for condition in query.where]
    found += [
        Slot("segment", catalog.segments[name].label) for name in query.segments if name in catalog.segments
    ]
    found += [Slot("having", _having(having, view)) for having in query.having]
    if query.metrics:
        period = when(scene, view.main)
        found.append(Slot("period", Text(zh=period.zh.removesuffix("里"), en=bare(period.en))))
    if view.main is not None:
        found += [Slot("comparison", versus(against(scene, used, view.main))) for used in view.comparisons]
    found += [Slot(_SLOTS[transform.kind], _transform(transform.kind)) for transform in query.transforms]
    if query.order_by and view.has(query.order_by[0].column):
        order = query.order_by[0]
        label = view.column(order.column).label
        zh, en = ("从高到低", "highest first") if order.descending else ("从低到高", "lowest first")
        found.append(Slot("order", Text(zh=f"{label.zh}{zh}", en=f"{label.en}, {en}")))
    if query.limit is not None:
        per = "每组" if query.limit.per else ""
        each = " per group" if query.limit.per else ""
        found.append(
            Slot("limit", Text(zh=f"{per}前{query.limit.n}个", en=f"the first {query.limit.n}{each}"))
        )
    return tuple(found)


def tool_period(plan: ToolPlan) -> Period | None:
    """Return the period among an analysis' inputs, None where it has none."""
    given = plan.inputs.get("period")
    return PeriodRange.model_validate(given).period() if isinstance(given, dict) else None


def _input_slot(key: str, value: JsonValue, scene: Scene) -> Slot | None:
    """Return one input as a reader sees it; None for what is not set or says nothing by itself."""
    metrics, kinds = scene.catalog.metrics, COMPARISONS
    if key == "metric" and value in metrics:
        return Slot("metric", metrics[str(value)].label)
    if key == "dimension" and isinstance(value, str):
        return Slot("dimension", _group(GroupBy(dimension=value), scene))
    if key == "period" and isinstance(value, dict):
        return Slot("period", label_of(scene, PeriodRange.model_validate(value).period()))
    if key == "compare" and isinstance(value, dict) and value.get("kind") in kinds:
        return Slot("comparison", kinds[str(value["kind"])])
    bound = next((one for one in scene.catalog.analyses if (one.kind, one.name) == (key, value)), None)
    if bound is not None:
        return Slot("input", bound.label)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return Slot("input", Text.same(f"{key}: {value}"))
    return None


def plan_slots(plan: AnswerablePlan, scene: Scene, label: Text | None = None) -> tuple[Slot, ...]:
    """Return the slots of a plan that reads no metrics: an analysis with its inputs, or a catalog question."""
    if isinstance(plan, ToolPlan):
        read = [_input_slot(key, value, scene) for key, value in plan.inputs.items()]
        return (Slot("analysis", label or Text.same(plan.name)), *(slot for slot in read if slot is not None))
    assert isinstance(plan, MetadataPlan)
    topics = {
        "metrics": Text(zh="有哪些指标", en="which metrics there are"),
        "dimensions": Text(zh="有哪些维度", en="which dimensions there are"),
        "values": Text(zh="有哪些取值", en="which values there are"),
        "definition": Text(zh="口径", en="a definition"),
        "owner": Text(zh="负责人", en="the owner"),
        "freshness": Text(zh="数据更新到哪天", en="how fresh the data are"),
        "help": Text(zh="能问什么", en="what can be asked"),
    }
    return (Slot("topic", topics[plan.topic]),)


def _group(group: GroupBy, scene: Scene) -> Text:
    suffix = group.grain.value if group.grain else group.part
    if group.custom_grain is not None:
        own = scene.catalog.custom_grains[group.custom_grain].label
        return Text(zh=f"按{own.zh}", en=f"by {own.en}")
    if suffix:
        return Text(zh=_GRAINS.get(suffix, suffix), en=f"by {suffix.replace('_', ' ')}")
    label = dimension_label(group.dimension, scene)
    return Text(zh=f"按{label.zh}", en=f"by {label.en}")


def _having(having: Having, view: View) -> Text:
    label = view.column(having.column).label if view.has(having.column) else Text.same(having.column)
    operator = OPERATORS[having.operator]
    values = " ~ ".join(f"{value:g}" for value in having.values)
    return Text(zh=f"{label.zh}{operator.zh}{values}", en=f"{label.en} {operator.en} {values}".rstrip())


def _transform(kind: str) -> Text:
    return {
        "share": Text(zh="占比", en="share"),
        "rank": Text(zh="排名", en="rank"),
        "running_total": Text(zh="累计", en="running total"),
        "rolling": Text(zh="移动平均", en="rolling mean"),
        "average_per": Text(zh="平均每期", en="average per period"),
    }[kind]
