"""A digest as tables, sentences and a chart; every number in it was read before."""

from __future__ import annotations

from datetime import timedelta

from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.digests.choosing import Kind, Role, main_of
from tools.digests.gathering import Gathered, Reported
from tools.promises.telling import Seen, told
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, ToolResult
from tools.scope.metric import value_column

TITLES: dict[Kind, Text] = {
    "weekly": Text(zh="周报", en="Weekly report"),
    "monthly": Text(zh="月报", en="Monthly report"),
    "event": Text(zh="活动报告", en="Event report"),
}
SAME = Text(zh="同样的天数", en="the same days")
WHOLE = Text(zh="上一次的全部天数", en="all days of the last one")
MOST_WHY: dict[Role, int] = {"boss": 1, "operations": 5, "analyst": 8}
MOST_GOALS: dict[Role, int] = {"boss": 1, "operations": 4, "analyst": 6}


def report(gathered: Gathered, role: Role, context: ToolContext) -> ToolResult:
    """Return the digest: the first table is the metrics, then one per split; findings come in reading order.

    `at` of a finding names its part: metric, why, target, ledger.
    """
    findings = [_told(one, context, gathered) for one in gathered.reported]
    if gathered.same_days is not None:
        findings.append(Finding("change", _day_by_day(gathered.same_days, gathered), at="why"))
    findings += [_placed(one, "why") for one in gathered.why[: MOST_WHY[role]]]
    findings += [_placed(one, "target") for one in gathered.goals[: MOST_GOALS[role]]]
    findings += [Finding("test", told(Seen(one, one.realised), context), at="ledger") for one in gathered.due]
    return ToolResult(
        headline=_headline(gathered, context),
        tables=(_table(gathered.reported), *(table for _, _, table in gathered.splits)),
        chart=_chart(gathered),
        findings=tuple(findings),
        suggestions=gathered.suggestions,
        warnings=_notes(gathered, context),
        sql=tuple(dict.fromkeys(gathered.sql)),
        periods=(gathered.frame.period, gathered.frame.before),
    )


def _placed(one: Finding, part: str) -> Finding:
    return Finding(
        one.kind, one.statement, one.metric, one.value, one.low, one.high, part, one.filters, one.drivers
    )


def _title(gathered: Gathered) -> Text:
    event = gathered.frame.event
    if event is not None:
        return Text(zh=f"{event.label.zh}活动报告", en=f"Report on {event.label.en}")
    return TITLES[gathered.frame.kind]


def _headline(gathered: Gathered, context: ToolContext) -> Text:
    dates, title = dates_label(gathered.frame.period, context.today), _title(gathered)
    main = main_of([one.metric for one in gathered.reported])
    first = next(one for one in gathered.reported if one.metric is main)
    said = _sentence(first, gathered, context)
    return Text(zh=f"{title.zh}({dates.zh}):{said.zh}", en=f"{title.en} ({dates.en}): {said.en}")


def _sentence(one: Reported, gathered: Gathered, context: ToolContext) -> Text:
    assert one.value is not None
    column, label = value_column(one.metric), one.metric.label
    value, other = prose(one.value, column), dates_label(gathered.frame.before, context.today)
    zh, en = f"{label.zh} {value.zh}", f"{label.en} {value.en}"
    if one.before is not None and one.growth is not None:
        before, change = prose(one.before, column), percent(one.growth, sign=True)
        zh += f",比 {other.zh} 的 {before.zh} {change}"
        en += f", {change} on {before.en} of {other.en}"
    if one.open:
        zh += f"(最后 {one.open} 天还会变)"
        en += f" (the last {one.open} days still change)"
    return Text(zh=f"{zh}。", en=f"{en}.")


def _told(one: Reported, context: ToolContext, gathered: Gathered) -> Finding:
    return Finding("change", _sentence(one, gathered, context), one.metric.name, one.value, at="metric")


def _table(reported: list[Reported]) -> Table:
    labels = tuple((one.metric.name, one.metric.label) for one in reported)
    columns = (
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=labels),
        Column("value", Text(zh="本期", en="now"), "derived"),
        Column("before", Text(zh="对比期", en="before"), "derived"),
        Column("growth", Text(zh="变化", en="change"), "derived", format="0.0%"),
        Column("open_days", Text(zh="未走完的天数", en="days still open"), "derived", format="0"),
    )
    rows: list[Row] = [(one.metric.name, one.value, one.before, one.growth, one.open) for one in reported]
    return Table(columns, tuple(rows), len(rows))


def _chart(gathered: Gathered) -> ChartSpec | None:
    table = gathered.trend
    if table is None or len(table.rows) < 2:
        return None
    time, value = table.columns[0], table.columns[1]
    unit = Text(zh="逐日", en="by day") if time.grain == "day" else Text(zh="逐周", en="by week")
    title = Text(zh=f"{value.label.zh},{unit.zh}", en=f"{value.label.en} {unit.en}")
    return ChartSpec("line", title, table, x=time.name, y=(value.name,))


def _notes(gathered: Gathered, context: ToolContext) -> tuple[Text, ...]:
    frame, notes = gathered.frame, []
    before = dates_label(frame.before, context.today)
    if frame.period.is_partial:
        last, end = frame.period.end - timedelta(days=1), frame.period.requested_end - timedelta(days=1)
        same = SAME if gathered.same_days is None else WHOLE
        notes.append(
            Text(
                zh=f"本期还没结束(到 {end}),数据截至 {last};对比期取{same.zh} {before.zh}。",
                en=f"The period is not over (it ends {end}); data are through {last}, held against {same.en} "
                f"{before.en}.",
            )
        )
    open_ones = [one.metric for one in gathered.reported if one.open]
    if open_ones:
        zh, en = "、".join(one.label.zh for one in open_ones), ", ".join(one.label.en for one in open_ones)
        notes.append(
            Text(
                zh=f"{zh}最近几天还会变(退款、转化未走完)。",
                en=f"The last days of {en} still change (late refunds, conversions).",
            )
        )
    notes += list(dict.fromkeys(gathered.reasons))[:3]
    return tuple(notes)


def _day_by_day(one: Reported, gathered: Gathered) -> Text:
    """Say that one of the two was shorter, and what the main metric was over the first n days of both."""
    now, then = gathered.frame.period.days, gathered.frame.before.days
    days, column, label = min(now, then), value_column(one.metric), one.metric.label
    zh, en = f"两次长短不同:本次 {now} 天,上次 {then} 天。", f"This one has {now} days, the last one {then}."
    if one.value is None or one.before is None:
        return Text(zh=zh, en=en)
    value, before = prose(one.value, column), prose(one.before, column)
    change = f",{percent(one.growth, sign=True)}" if one.growth is not None else ""
    zh += f"只看各自的前 {days} 天,{label.zh} {value.zh},上次 {before.zh}{change}。"
    en += f" Over the first {days} days of each, {label.en}: {value.en} after {before.en}{change.replace(',', ', ')}."
    return Text(zh=zh, en=en)
