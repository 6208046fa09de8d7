"""Filters in words: 投放渠道是抖音, and as part of a sentence: 上周天猫旗舰店的支付金额."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.compose.phrases import list_of, when
from bot.compose.view import Scene, View
from semantic_layer.period import Period
from semantic_layer.query import AnyOf, Condition, Expression, Having, Where
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.render import group_label, prose, spoken_label
from tools.render_dates import dates_label
from tools.render_weekdays import weekdays_label, weekdays_of

OPERATORS = {
    "=": Text(zh="是", en="is"),
    "!=": Text(zh="不是", en="is not"),
    "in": Text(zh="是", en="is"),
    "not in": Text(zh="不是", en="is not"),
    "<": Text(zh="小于", en="below"),
    "<=": Text(zh="不超过", en="at most"),
    ">": Text(zh="大于", en="above"),
    ">=": Text(zh="不低于", en="at least"),
    "between": Text(zh="介于", en="between"),
    "contains": Text(zh="包含", en="contains"),
    "not contains": Text(zh="不包含", en="does not contain"),
    "starts with": Text(zh="开头是", en="starts with"),
    "not starts with": Text(zh="开头不是", en="does not start with"),
    "ends with": Text(zh="结尾是", en="ends with"),
    "not ends with": Text(zh="结尾不是", en="does not end with"),
    "is null": Text(zh="未填写", en="is not set"),
    "is not null": Text(zh="已填写", en="is set"),
}


def placed(view: View, scene: Scene) -> Text:
    """Return period and filters for a sentence, the metric's name to follow in Chinese.

    上周(11/10–11/16)天猫旗舰店的 / last week (10–16 Nov) for Tmall flagship store.
    """
    at, only = when(scene, view.main), scope(view, scene)
    if only is None:
        return at
    return Text(zh=f"{at.zh}{only.zh}的", en=f"{at.en} for {only.en}")


def scope(view: View, scene: Scene) -> Text | None:
    """Return what the rows are narrowed to, None where they are not: a number must not pass for the whole."""
    texts = [
        scene.catalog.segments[name].label for name in view.query.segments if name in scene.catalog.segments
    ]
    shown = [condition for condition in view.query.where if not _is_shown(condition, view)]
    dates, others = _date_ranges(shown, scene)
    texts += [_narrowed(condition, scene) for condition in others]
    texts += dates
    if not texts:
        return None
    return Text(zh="、".join(text.zh for text in texts), en=", ".join(text.en for text in texts))


def _date_ranges(conditions: Sequence[Where], scene: Scene) -> tuple[list[Text], list[Where]]:
    """Return date columns between two days as one text each (下单日为10/1–10/31), and the other conditions."""
    texts: list[Text] = []
    others = list(conditions)
    for low in [one for one in others if isinstance(one, Condition) and one.operator == ">="]:
        high = next(
            (
                one for one in others
                if isinstance(one, Condition) and one.operator == "<" and one.dimension == low.dimension
            ),
            None,
        )  # fmt: skip
        days = [_day(one.values[0]) for one in (low, high) if one is not None]
        if high is None or len(days) != 2 or days[0] is None or days[1] is None:
            continue
        others.remove(low)
        others.remove(high)
        label = dimension_label(low.dimension, scene)
        text = dates_label(Period.of(days[0], days[1]), scene.today)
        texts.append(Text(zh=f"{label.zh}在{text.zh}", en=f"{label.en} {text.en}"))
    return texts, others


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _is_shown(condition: Where, view: View) -> bool:
    """Return whether the condition only picks the groups that the result lists by name anyway."""
    groups = {group.dimension for group in view.query.group_by}
    return isinstance(condition, Condition) and condition.operator == "in" and condition.dimension in groups


def _narrowed(condition: Where, scene: Scene) -> Text:
    """Return one filter inside a sentence: its value where that names it, else the whole condition in brackets."""
    days = weekdays_of(condition)
    if days:
        return weekdays_label(days)
    if isinstance(condition, Condition) and condition.operator in ("=", "in"):
        values = [value_label(condition, value, scene) for value in condition.values]
        if len(condition.values) == 1 and isinstance(condition.values[0], bool):
            label = dimension_label(condition.dimension, scene)
            return spoken_label(condition.values[0], Column(condition.dimension, label, "dimension"))
        if not any(_is_number(value) for value in condition.values):
            return list_of(values)
    if isinstance(condition, Condition) and condition.operator in ("!=", "not in") and condition.values:
        names = list_of([value_label(condition, value, scene) for value in condition.values])
        if not any(isinstance(value, bool) or _is_number(value) for value in condition.values):
            return Text(zh=f"{names.zh}以外", en=f"all but {names.en}")
    text = condition_text(condition, scene)
    return Text(zh=f"({text.zh})", en=f"({text.en})")


def _is_number(value: object) -> bool:
    """Return whether a value alone says nothing of what it is: 0.3, which may be written as text."""
    return isinstance(value, int | float) or str(value).replace(".", "", 1).isdigit()


def condition_text(condition: Where, scene: Scene) -> Text:
    """Return a filter as a reader sees it: 投放渠道是抖音 / ad channel is Douyin."""
    if isinstance(condition, Expression):
        return Text.same(condition.sql)
    if isinstance(condition, AnyOf):
        texts = [condition_text(one, scene) for one in condition.conditions]
        return Text(zh=" 或 ".join(text.zh for text in texts), en=" or ".join(text.en for text in texts))
    days = weekdays_of(condition)
    if days:
        named = weekdays_label(days)
        return Text(zh=f"只看{named.zh}", en=f"only {named.en}")
    label, operator = dimension_label(condition.dimension, scene), OPERATORS[condition.operator]
    values = [value_label(condition, value, scene) for value in condition.values]
    if not values:
        return Text(zh=f"{label.zh}{operator.zh}", en=f"{label.en} {operator.en}")
    joined = _values(condition, values)
    return Text(zh=f"{label.zh}{operator.zh}{joined.zh}", en=f"{label.en} {operator.en} {joined.en}")


def _values(condition: Condition, values: list[Text]) -> Text:
    if condition.operator == "between" and len(values) == 2:
        return Text(zh=f"{values[0].zh}到{values[1].zh}", en=f"{values[0].en} and {values[1].en}")
    return Text(zh="或".join(value.zh for value in values), en=" or ".join(value.en for value in values))


def having_text(having: Having, view: View) -> Text:
    """Return a condition on a metric in words: 投后毛利小于0 / profit after ads below ¥0."""
    column, sign = view.column(having.column), OPERATORS[having.operator]
    values = [prose(value, column) for value in having.values]
    zh, en = "–".join(value.zh for value in values), " and ".join(value.en for value in values)
    return Text(zh=f"{column.label.zh}{sign.zh}{zh}", en=f"{column.label.en} {sign.en} {en}")


def dimension_label(name: str, scene: Scene) -> Text:
    """Return the label of a dimension by any spelling; the name itself where it is not in the catalog."""
    canonical = scene.catalog.spellings.get(name, name)
    dimension = scene.catalog.dimensions.get(canonical)
    return dimension.label if dimension is not None else Text.same(name)


def value_label(condition: Condition, value: object, scene: Scene) -> Text:
    """Return the label of a stored value of the condition's dimension."""
    dimension = scene.catalog.dimensions.get(
        scene.catalog.spellings.get(condition.dimension, condition.dimension)
    )
    labels = tuple((str(one.code), one.label) for one in dimension.values) if dimension is not None else ()
    column = Column(condition.dimension, Text.same(condition.dimension), "dimension", value_labels=labels)
    return group_label(value if isinstance(value, str | int | float | bool) else str(value), column)
