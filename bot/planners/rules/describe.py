"""A plan as a short question in both languages, for options, nearest questions and follow-ups."""

from __future__ import annotations

from datetime import timedelta

from bot.plan import AnswerablePlan, BilingualMessage, MetadataPlan, MetricPlan, Option
from bot.planners.rules.draft import Scene
from bot.planners.rules.filters import value_label
from semantic_layer.period import Grain
from semantic_layer.query import AveragePer, Condition, GroupBy, Share
from semantic_layer.text import Text
from tools.render_weekdays import weekdays_label, weekdays_of

_GRAIN = {
    Grain.HOUR: ("每小时", "hour"),
    Grain.DAY: ("每天", "day"),
    Grain.WEEK: ("每周", "week"),
    Grain.MONTH: ("每月", "month"),
    Grain.QUARTER: ("每季度", "quarter"),
    Grain.YEAR: ("每年", "year"),
}
_OPERATOR = {
    "=": ("是", "is"),
    "!=": ("不是", "is not"),
    "in": ("是", "is"),
    "not in": ("不是", "is not"),
    "contains": ("包含", "contains"),
    "not contains": ("不包含", "does not contain"),
    "starts with": ("开头是", "starts with"),
    "not starts with": ("开头不是", "does not start with"),
    "ends with": ("结尾是", "ends with"),
    "not ends with": ("结尾不是", "does not end with"),
    "is null": ("为空", "is empty"),
    "is not null": ("不为空", "is not empty"),
}
_COMPARE = {
    "previous_period": ("环比", "vs the previous period"), "previous_year": ("同比", "year over year"),
    "same_weekday": ("较上周同日", "vs the same weekday last week"), "period": ("对比", "compared"),
}  # fmt: skip


def option(plan: MetricPlan | MetadataPlan, scene: Scene) -> Option:
    """Return a plan with the question that asks for it."""
    text = describe(plan, scene)
    return Option(question=BilingualMessage(zh=text.zh, en=text.en), plan=plan)


def describe(plan: AnswerablePlan, scene: Scene) -> Text:
    """Return the question a plan answers."""
    if isinstance(plan, MetadataPlan):
        return Text(zh="有哪些指标", en="What metrics are there")
    if not isinstance(plan, MetricPlan):
        return Text.same(plan.name)
    metrics = [scene.metric(name).label for name in plan.metrics]
    groups = [_group(group, scene) for group in plan.group_by]
    filters = [_condition(part, scene) for part in plan.where if isinstance(part, Condition)]
    filters += [scene.catalog.segments[name].label for name in plan.segments]
    when_zh, when_en = _period(plan)
    shares = any(isinstance(part, Share) for part in plan.transforms)
    averages = [part for part in plan.transforms if isinstance(part, AveragePer)]
    zh = "、".join(label.zh for label in metrics) or "有哪些"
    en = " and ".join(label.en for label in metrics) or "List"
    if shares:
        zh, en = zh + "占比", "share of " + en
    if averages:
        zh, en = f"平均{_GRAIN[averages[0].grain][0]}{zh}", f"average {en} per {_GRAIN[averages[0].grain][1]}"
    by_zh = "各" + "各".join(group.zh for group in groups) if groups else ""
    by_zh = by_zh.replace("各每", "每")
    by_en = (" by " if metrics else " ") + " and ".join(group.en for group in groups) if groups else ""
    where_zh = "、".join(part.zh for part in filters)
    where_en = " where " + " and ".join(part.en for part in filters) if filters else ""
    compare = [_COMPARE[part.kind] for part in plan.compare]
    parts_zh = [part for part in (when_zh, where_zh, by_zh) if part]
    text_zh = "的".join((" ".join(parts_zh), zh)) if parts_zh else zh
    if not metrics:
        text_zh = "有哪些" + "、".join(group.zh for group in groups)
    text_en = f"{en}{by_en}{where_en}{when_en}"
    for compare_zh, compare_en in compare:
        text_zh, text_en = f"{text_zh}{compare_zh}", f"{text_en}, {compare_en}"
    if plan.limit is not None and plan.order_by:
        down = plan.order_by[0].descending
        text_zh += f",{'前' if down else '后'} {plan.limit.n}"
        text_en += f", {'top' if down else 'bottom'} {plan.limit.n}"
    elif plan.order_by:
        down = plan.order_by[0].descending
        text_zh += ",从高到低" if down else ",从低到高"
        text_en += ", highest first" if down else ", lowest first"
    return Text(zh=text_zh, en=text_en[0].upper() + text_en[1:])


def _group(group: GroupBy, scene: Scene) -> Text:
    if group.grain is not None and group.dimension == "metric_time":
        return Text(*_GRAIN.get(group.grain, (group.grain.value, group.grain.value)))
    if group.part is not None:
        return Text(zh="星期几", en="day of the week")
    return scene.dimension(group.dimension).label


def _condition(part: Condition, scene: Scene) -> Text:
    if part.dimension not in scene.catalog.dimensions:
        days = weekdays_of(part)
        return weekdays_label(days) if days else Text.same(part.dimension)
    label = scene.dimension(part.dimension).label
    values = [value_label(scene, part.dimension, value) for value in part.values]
    zh, en = _OPERATOR.get(part.operator, (part.operator, part.operator))
    shown_zh, shown_en = "、".join(value.zh for value in values), ", ".join(value.en for value in values)
    return Text(zh=f"{label.zh}{zh}{shown_zh}", en=f"{label.en} {en} {shown_en}".strip())


def _period(plan: MetricPlan) -> tuple[str, str]:
    if plan.period is None:
        return "", ""
    start, last = plan.period.start, plan.period.end - timedelta(days=1)
    if last <= start:
        return f"{start}", f", {start}"
    return f"{start} 至 {last}", f", {start} to {last}"
