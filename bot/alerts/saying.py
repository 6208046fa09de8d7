"""What an alert says: the value and the condition, recent days, the likely driver, and what to ask on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.alerts.judging import Event, growth
from bot.alerts.readings import Reading, conditions_of, window_values
from bot.delivery.message import Message
from semantic_layer.catalog import Catalog, Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import Compare, PeriodRange
from semantic_layer.text import Locale, Text
from semantic_layer.watching import AlertRule
from tools.change_drivers import ChangeInputs, change_drivers
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.scope.metric import value_column

SHOWN = 14
MOST_OTHERS = 7
OPERATORS = {
    "<": Text(zh="低于", en="under"),
    "<=": Text(zh="不高于", en="at most"),
    ">": Text(zh="高于", en="over"),
    ">=": Text(zh="不低于", en="at least"),
}
AGAINST = {
    "previous_period": Text(zh="前一段同样长的时间", en="the same length just before"),
    "same_weekday": Text(zh="上周同日", en="the same weekdays a week earlier"),
    "previous_year": Text(zh="去年同期", en="the same dates last year"),
}


def condition_said(rule: AlertRule, catalog: Catalog) -> Text:
    """Return the condition in words, made from the alert itself: what is confirmed, listed and sent."""
    what = subject(rule, catalog)
    days = _days_said(rule)
    if rule.kind == "quality":
        return Text(zh="数据质量检查发现严重问题", en="the data quality check finds a serious problem")
    if rule.kind == "freshness":
        return Text(
            zh=f"{what.zh}的数据晚了 {rule.value:g} 天以上",
            en=f"the data of {what.en} are over {rule.value:g} days old",
        )
    if rule.kind == "pacing":
        return Text(
            zh=f"{what.zh}达成目标的把握低于 {_share(rule.value)}",
            en=f"the chance of meeting the target of {what.en} falls under {_share(rule.value)}",
        )
    if rule.kind == "anomaly":
        side = {"<": Text(zh="异常偏低", en="unusually low"), ">": Text(zh="异常偏高", en="unusually high")}
        how = side.get(rule.operator, Text(zh="异常", en="unusual"))
        return Text(zh=f"{what.zh}{how.zh}", en=f"{what.en} is {how.en}")
    if rule.kind == "change":
        base, share = AGAINST[rule.against], _share(abs(rule.value))
        verb = Text(zh="下降", en="falls by") if rule.value < 0 else Text(zh="上升", en="rises by")
        return Text(
            zh=f"{days.zh}{what.zh}比{base.zh}{verb.zh}超过 {share}",
            en=f"{days.en}{what.en} {verb.en} more than {share} against {base.en}",
        )
    assert rule.metric is not None
    number, operator = (
        prose(rule.value, value_column(catalog.metrics[rule.metric])),
        OPERATORS[rule.operator or "<"],
    )
    return Text(
        zh=f"{days.zh}{what.zh}{operator.zh} {number.zh}",
        en=f"{days.en}{what.en} is {operator.en} {number.en}",
    )


def subject(rule: AlertRule, catalog: Catalog) -> Text:
    """Return what is watched: the metric, with its segments and condition."""
    if rule.metric is None:
        return Text(zh="各数据表", en="the tables")
    label = catalog.metrics[rule.metric].label
    parts = [catalog.segments[name].label for name in rule.segments if name in catalog.segments]
    if rule.by is not None:
        parts.insert(0, _member(rule, catalog))
    zh, en = "、".join(one.zh for one in parts), ", ".join(one.en for one in parts)
    if rule.where:
        said = filter_said(rule.where, catalog)
        zh, en = "、".join(filter(None, (zh, said.zh))), ", ".join(filter(None, (en, said.en)))
    return Text(zh=f"{label.zh}({zh})" if zh else label.zh, en=f"{label.en} ({en})" if en else label.en)


def _member(rule: AlertRule, catalog: Catalog) -> Text:
    """Return the member that a rule was made for; each of them for the rule as it is written."""
    dimension = catalog.dimensions[catalog.spellings.get(rule.by or "", rule.by or "")]
    if rule.member is None:
        return Text(zh=f"每个{dimension.label.zh}", en=f"each {dimension.label.en}")
    labels = {str(one.code): one.label for one in dimension.values}
    return labels.get(str(rule.member), Text.same(str(rule.member)))


def filter_said(where: str, catalog: Catalog) -> Text:
    """Return an SQL condition with the labels of its dimensions and values, as far as they are declared."""
    from sqlglot import exp

    from semantic_layer.expression import parse_expression

    def said(locale: Locale) -> str:
        tree = parse_expression(where)
        for condition in tree.find_all(exp.Predicate, exp.In):
            column = condition.find(exp.Column)
            dimension = (
                catalog.dimensions.get(catalog.spellings.get(column.name, column.name)) if column else None
            )
            if column is None or dimension is None:
                continue
            labels = {str(one.code): one.label.at(locale) for one in dimension.values}
            for literal in condition.find_all(exp.Literal):
                literal.set("this", labels.get(literal.name, literal.name))
            column.replace(exp.to_identifier(dimension.label.at(locale)))
        return " ".join(tree.sql().replace("'", "").replace('"', "").split())

    return Text(zh=said("zh-CN"), en=said("en-US"))


def _days_said(rule: AlertRule) -> Text:
    if rule.days == 1:
        return Text(zh="每日", en="daily ")
    return Text(zh=f"近 {rule.days} 天", en=f"over {rule.days} days, ")


def statement(rule: AlertRule, event: Event, reading: Reading, catalog: Catalog) -> Text:
    """Return the one sentence of an event: dates, value, condition."""
    what = subject(rule, catalog)
    when = dates_label(
        Period.of(reading.start, max(reading.end, reading.start + timedelta(1))), reading.today
    )
    if event == "recovered":
        value = _value(rule, reading, catalog)
        zh, en = (f",现在 {value.zh}", f", now {value.en}") if value else ("", "")
        return Text(zh=f"已恢复:{what.zh}({when.zh}){zh}。", en=f"Back to normal: {what.en} ({when.en}){en}.")
    condition = condition_said(rule, catalog)
    if rule.kind in ("pacing", "quality", "freshness"):
        chance = percent(reading.value or 0.0)
        now = Text(zh=f"把握 {chance}", en=f"the chance is {chance}") if rule.kind == "pacing" else None
        parts = [part for part in (now, reading.note) if part is not None]
        zh, en = ",".join(part.zh for part in parts), ", ".join(part.en for part in parts)
        return Text(
            zh=f"{condition.zh}:{zh}".rstrip("。:") + "。",
            en=f"{_capital(condition.en)}: {en}".rstrip(". :") + ".",
        )
    value = _value(rule, reading, catalog)
    assert value is not None
    zh, en = _detail(rule, reading, catalog)
    return Text(
        zh=f"{when.zh} {what.zh} {value.zh}{zh}(条件:{condition.zh})。",
        en=f"{when.en}: {what.en} was {value.en}{en} (condition: {condition.en}).",
    )


def _value(rule: AlertRule, reading: Reading, catalog: Catalog) -> Text | None:
    if reading.value is None:
        return None
    if rule.kind in ("pacing", "quality", "freshness") or rule.metric is None:
        text = percent(reading.value) if rule.kind == "pacing" else f"{reading.value:g}"
        return Text.same(text)
    return prose(reading.value, value_column(catalog.metrics[rule.metric]))


def _detail(rule: AlertRule, reading: Reading, catalog: Catalog) -> tuple[str, str]:
    """Return what the value is held against, in Chinese and English; empty where the condition says it."""
    assert rule.metric is not None
    column = value_column(catalog.metrics[rule.metric])
    if rule.kind == "change" and (change := growth(reading)) is not None:
        before, moved = prose(reading.before, column), percent(change, sign=True)
        return f",此前 {before.zh},{moved}", f", {before.en} before, {moved}"
    if rule.kind == "anomaly" and reading.low is not None:
        low, high = prose(reading.low, column), prose(reading.high, column)
        return f",平常在 {low.zh}–{high.zh}", f", usually {low.en} to {high.en}"
    return "", ""


def _share(value: float) -> str:
    return f"{value * 100:g}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def message_of(
    rule: AlertRule,
    event: Event,
    reading: Reading,
    context: ToolContext,
    locale: Locale,
    home: str | None = None,
    others: Sequence[Text] = (),
) -> Message:
    """Return the message of an event in one language: sentence, recent values, driver, what to ask.

    `others` are the sentences of further members that were told at the same time.
    """
    catalog = context.layer.catalog
    said = statement(rule, event, reading, catalog).at(locale)
    head = Text(zh="预警", en="Alert") if event == "fired" else Text(zh="恢复", en="Recovered")
    lines, html = [said, *(one.at(locale) for one in others[:MOST_OTHERS])], None
    if len(others) > MOST_OTHERS:
        more = len(others) - MOST_OTHERS
        lines.append(Text(zh=f"另有 {more} 个也一样。", en=f"{more} more did the same.").at(locale))
    metric = catalog.metrics.get(rule.metric or "")
    if metric is not None and rule.kind in ("threshold", "change", "anomaly"):
        from bot.alerts.picture import line_svg, spark

        values = _recent(rule, metric, reading, context)
        lines.append(f"{Text(zh='近况', en='Recently').at(locale)}: {spark(values)}")
        html = line_svg(values, rule.value if rule.kind == "threshold" else None)
        if event == "fired" and (driver := _driver(rule, reading, context)) is not None:
            lines.append(f"{Text(zh='可能的原因', en='Likely driver').at(locale)}: {driver.at(locale)}")
        lines.append(
            f"{Text(zh='接着问', en='Ask on').at(locale)}: {_question(rule, metric, reading, catalog).at(locale)}"
        )
    if home:
        lines.append(f"[{Text(zh='打开问增长', en='Open AskGrowth').at(locale)}]({home})")
    from html import escape

    page = "".join(f"<p>{escape(line)}</p>" for line in lines) + (html or "")
    return Message(
        title=f"{head.at(locale)}: {rule.label.at(locale)}",
        markdown="\n\n".join(lines),
        html=page,
        locale=locale,
    )


def _recent(
    rule: AlertRule, metric: Metric, reading: Reading, context: ToolContext
) -> Sequence[float | None]:
    ends = [reading.end - timedelta(back) for back in range(SHOWN - 1, -1, -1)]
    values = window_values(rule, metric, context, ends)
    return [values[end] for end in ends]


def _driver(rule: AlertRule, reading: Reading, context: ToolContext) -> Text | None:
    """Return the likely driver by the analysis `change_drivers`; None where it can say nothing."""
    compare = Compare(kind="same_weekday") if rule.against == "same_weekday" else None
    inputs = ChangeInputs(
        metric=rule.metric,
        where=conditions_of(rule),
        segments=rule.segments,
        period=PeriodRange(start=reading.start, end=reading.end),
        compare=compare,
    )
    try:
        found = change_drivers(inputs, context)
    except AskGrowthError:
        return None
    return next((one.statement for one in found.findings if one.kind == "driver"), None)


def _question(rule: AlertRule, metric: Metric, reading: Reading, catalog: Catalog) -> Text:
    first, last = reading.start, reading.end - timedelta(1)
    label = metric.label
    if rule.member is not None:
        member = _member(rule, catalog)
        label = Text(zh=f"{member.zh}的{label.zh}", en=f"{label.en} of {member.en}")
    if first == last:
        return Text(
            zh=f"{first.year}年{first.month}月{first.day}日{label.zh}为什么变化?",
            en=f"Why did {label.en} change on {first.isoformat()}?",
        )
    return Text(
        zh=f"{first.year}年{first.month}月{first.day}日到{last.month}月{last.day}日{label.zh}为什么变化?",
        en=f"Why did {label.en} change from {first.isoformat()} to {last.isoformat()}?",
    )
