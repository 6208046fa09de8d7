"""A plan as the shortest question that asks for it, in both languages: the words of every offered button.

Only plans that can be said plainly get a question; the rules planner reads each one back to the same plan.
"""

from __future__ import annotations

from bot.compose.filters import dimension_label, value_label
from bot.compose.phrases import edition_before, name_of
from bot.compose.view import Scene
from bot.plan import BilingualMessage, MetricPlan
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import Compare, Condition, MetricQuery
from semantic_layer.text import Text

_BY_GRAIN = {
    "day": Text(zh="每天", en="by day"),
    "week": Text(zh="每周", en="by week"),
    "month": Text(zh="每月", en="by month"),
    "quarter": Text(zh="每季度", en="by quarter"),
    "year": Text(zh="每年", en="by year"),
}
_COMPARED = {
    "previous_period": Text(zh="环比", en="compared with the previous period"),
    "previous_year": Text(zh="同比", en="compared with the same period last year"),
    "period": Text(zh="同比", en="compared with the same period last year"),
    "same_weekday": Text(zh="较上周同日", en="compared with the same weekday last week"),
}


def question_of(plan: MetricQuery, scene: Scene) -> BilingualMessage | None:
    """Return the plan as a question; None where it holds what a short question cannot say."""
    if plan.having or plan.transforms or plan.limit or len(plan.compare) > 1 or not plan.metrics:
        return None
    if any(
        compare.kind == "period" and not _is_last_edition(plan, compare, scene) for compare in plan.compare
    ):
        return None
    if any(group.custom_grain is not None for group in plan.group_by):
        return None
    filters = [_filter(condition, scene) for condition in plan.where]
    groups = [
        _group(group.dimension, group.grain.value if group.grain else group.part, scene)
        for group in plan.group_by
    ]
    if any(part is None for part in (*filters, *groups)):
        return None
    period = _period(plan.period.period(), scene) if plan.period is not None else None
    metrics = [scene.catalog.metrics[name].label for name in plan.metrics]
    segments = [scene.catalog.segments[name].label for name in plan.segments]
    wheres = [*segments, *(text for text in filters if text is not None)]
    by = [text for text in groups if text is not None]
    # 同比 of an event means its last edition, whatever the dates.
    compared = _COMPARED[plan.compare[0].kind] if plan.compare else None
    order = _order(plan)
    if order is None:
        return None
    # Filters stand before the period: 上周天猫 would read as 上周天.
    before = [*(text.zh for text in wheres), period.zh if period else "", *(text.zh for text in by)]
    zh = "".join(before) + ("的" if any(before) else "") + "和".join(label.zh for label in metrics)
    zh += (compared.zh if compared else "") + order[0]
    words = [
        " and ".join(label.en for label in metrics),
        *(text.en for text in by),
        *(f"for {text.en}" for text in wheres),
        period.en if period else "",
        compared.en if compared else "",
    ]
    en = " ".join(word for word in words if word) + order[1]
    return BilingualMessage(zh=zh, en=en[:1].upper() + en[1:] if not metrics[0].en[:2].isupper() else en)


def _is_last_edition(plan: MetricQuery, compare: Compare, scene: Scene) -> bool:
    if plan.period is None or compare.period is None:
        return False
    return edition_before(scene, plan.period.period()) == compare.period.period()


def _order(plan: MetricQuery) -> tuple[str, str] | None:
    """Return how the rows are sorted, empty for no order of its own; None for one that cannot be said shortly."""
    if not plan.order_by:
        return "", ""
    if len(plan.order_by) > 1 or plan.order_by[0].column not in plan.metrics[:1]:
        return None
    return (
        (",从高到低", ", highest first") if plan.order_by[0].descending else (",从低到高", ", lowest first")
    )


def _period(period: Period, scene: Scene) -> Text:
    name = name_of(scene, period)
    if name is not None:
        return Text(zh=name.zh, en=f"for {name.en}" if name.en.startswith("the ") else name.en)
    last = period.requested_end - ONE_DAY
    if last == period.start:
        return Text(zh=f"{last.year}年{last.month}月{last.day}日", en=f"on {last.isoformat()}")
    start = period.start
    return Text(
        zh=f"{start.year}年{start.month}月{start.day}日到{last.year}年{last.month}月{last.day}日",
        en=f"from {start.isoformat()} to {last.isoformat()}",
    )


def _group(dimension: str, bucket: str | None, scene: Scene) -> Text | None:
    if bucket is not None:
        return _BY_GRAIN.get(bucket)
    label = dimension_label(dimension, scene)
    return Text(zh=f"各{label.zh}", en=f"by {label.en}")


def _filter(condition: object, scene: Scene) -> Text | None:
    """Return the value alone, or with its dimension where another dimension has a value of the same name."""
    if not isinstance(condition, Condition) or condition.operator != "=" or len(condition.values) != 1:
        return None
    value = value_label(condition, condition.values[0], scene)
    own = scene.catalog.spellings.get(condition.dimension, condition.dimension)
    shared = any(
        value.zh in (other.label.zh, *other.synonyms.zh) or value.en in (other.label.en, *other.synonyms.en)
        for dimension in scene.catalog.dimensions.values()
        if dimension.name != own
        for other in dimension.values
    )
    if not shared:
        return value
    label = dimension_label(own, scene)
    return Text(zh=f"{label.zh}是{value.zh}", en=f"{label.en} is {value.en}")


def as_plan(query: MetricQuery, **changes: object) -> MetricPlan:
    """Return the query as a plan with some parts replaced."""
    values = {name: getattr(query, name) for name in MetricQuery.model_fields}
    return MetricPlan.model_validate({"kind": "metric", **values, **changes})
