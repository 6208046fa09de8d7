"""Anomalies in words: the farthest day first, what was expected, and whether it smells of fake traffic."""

from __future__ import annotations

from semantic_layer.period import Period
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.anomaly.fake import Sign, signs
from tools.anomaly.scan import FAR, Hit, Scan
from tools.metric_tree.series import Asked
from tools.registry import ToolContext
from tools.render import prose
from tools.render_dates import dates_label, day_label
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.scope.metric import value_column

MOST_FINDINGS = 12
MOST_CHECKED = 6


def report(
    found: list[tuple[Scan, Asked]], period: Period, context: ToolContext, *, defaulted: bool
) -> ToolResult:
    """Return the result: one row per anomalous day, one finding each, suspicious ones first."""
    ranked = sorted(
        ((hit, asked) for one, asked in found for hit in one.hits), key=lambda pair: -abs(pair[0].z)
    )
    kept = _without_echoes(ranked)
    checked = [
        (hit, signs(context, hit, asked) if at < MOST_CHECKED else ()) for at, (hit, asked) in enumerate(kept)
    ]
    checked.sort(key=lambda pair: not pair[1])
    findings = tuple(_finding(hit, marks, context) for hit, marks in checked[:MOST_FINDINGS])
    table = _table([hit for hit, _ in checked], found)
    return ToolResult(
        headline=_headline(checked, found, period, context),
        tables=(table,),
        chart=_chart(table, found),
        findings=findings,
        warnings=_notes(found, context, defaulted=defaulted),
        sql=tuple(dict.fromkeys(text for one, _ in found for text in one.sql)),
    )


def _without_echoes(ranked: list[tuple[Hit, Asked]]) -> list[tuple[Hit, Asked]]:
    """Return the hits without those that repeat a farther one: the same metric, day and direction elsewhere."""
    kept: list[tuple[Hit, Asked]] = []
    seen: set[tuple[str, object, bool]] = set()
    for hit, asked in ranked:
        key = (hit.metric.name, hit.day, hit.z > 0)
        if key not in seen:
            kept.append((hit, asked))
            seen.add(key)
    return kept


def _where(hit: Hit, context: ToolContext) -> Text:
    if hit.dimension is None or hit.label is None:
        return hit.metric.label
    label = context.layer.catalog.dimensions[hit.dimension].label
    return Text(
        zh=f"{label.zh}{hit.label.zh}的{hit.metric.label.zh}",
        en=f"{hit.metric.label.en} of {hit.label.en} ({label.en})",
    )


def _said(hit: Hit, marks: tuple[Sign, ...], context: ToolContext) -> Text:
    column, day, name = value_column(hit.metric), day_label(hit.day, context.today), _where(hit, context)
    value, low, high = (prose(one, column) for one in (hit.value, hit.low, hit.high))
    side = Text(zh="高", en="above") if hit.z > 0 else Text(zh="低", en="below")
    zh = f"{day.zh} {name.zh} {value.zh},平常应在 {low.zh}–{high.zh},偏{side.zh}(是平常波动的 {abs(hit.z):.1f} 倍)"
    en = (
        f"{day.en}: {name.en} was {value.en}, {side.en} the usual {low.en} to {high.en} "
        f"({abs(hit.z):.1f} times the usual swing)"
    )
    if marks:
        zh += "。像机器流量:" + ";".join(mark.text.zh for mark in marks)
        en += ". It looks like fake traffic: " + "; ".join(mark.text.en for mark in marks)
    return Text(zh=f"{zh}。", en=f"{en}.")


def _finding(hit: Hit, marks: tuple[Sign, ...], context: ToolContext) -> Finding:
    filters = {hit.dimension: hit.code} if hit.dimension and hit.code else {}
    return Finding(
        "anomaly",
        _said(hit, marks, context),
        hit.metric.name,
        hit.value,
        hit.low,
        hit.high,
        hit.day.isoformat(),
        filters,
    )


def _headline(
    checked: list[tuple[Hit, tuple[Sign, ...]]],
    found: list[tuple[Scan, Asked]],
    period: Period,
    context: ToolContext,
) -> Text:
    names = [one.metric.label for one, _ in found]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    dates = dates_label(period, context.today)
    if not checked:
        return Text(zh=f"{dates.zh}没有发现异常({zh})。", en=f"No anomaly was found in {dates.en} ({en}).")
    first = _said(*checked[0], context)
    days = len({hit.day for hit, _ in checked})
    return Text(
        zh=f"{dates.zh}有 {days} 天异常。最值得看的:{first.zh}",
        en=f"{days} day{'s look' if days > 1 else ' looks'} wrong in {dates.en}. First: {first.en}",
    )


def _table(hits: list[Hit], found: list[tuple[Scan, Asked]]) -> Table:
    """Return one row per anomalous day; values are in the metric's own unit."""
    metrics = tuple((one.metric.name, one.metric.label) for one, _ in found)
    groups = tuple({(str(hit.code), hit.label) for hit in hits if hit.label is not None})
    single = found[0][0].metric if len(found) == 1 else None

    def column(name: str, zh: str, en: str) -> Column:
        if single is not None:
            return value_column(single, f"__{name}", Text(zh=zh, en=en))
        return Column(name, Text(zh=zh, en=en), "derived")

    columns = (
        Column("day", Text(zh="日期", en="day"), "time", grain="day"),
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=metrics),
        Column("member", Text(zh="分组", en="group"), "dimension", value_labels=groups),
        column("value", "实际", "seen"),
        column("expected", "预期", "expected"),
        column("low", "下限(八成把握)", "low (80 %)"),
        column("high", "上限(八成把握)", "high (80 %)"),
        Column("z_mad", Text(zh="是平常波动的几倍", en="times the usual swing"), "derived", format="0.0"),
    )
    rows: list[Row] = []
    for hit in hits:
        numbers: tuple[Cell, ...] = (hit.value, hit.expected, hit.low, hit.high, hit.z)
        rows.append((hit.day, hit.metric.name, hit.code, *numbers))
    return Table(columns, tuple(rows), len(rows))


def _chart(table: Table, found: list[tuple[Scan, Asked]]) -> ChartSpec | None:
    """Return the deviations as bars; None where nothing was found."""
    if not table.rows:
        return None
    labels = [str(row[0]) for row in table.rows]
    day = Column("day_and_group", Text(zh="日期", en="day"), "dimension")
    names = dict(table.columns[2].value_labels)
    codes: list[tuple[str, Text]] = []
    for at, row in enumerate(table.rows):
        label = names.get(str(row[2]), Text(zh="整体", en="overall"))
        codes.append((str(at), Text(zh=f"{labels[at]} {label.zh}", en=f"{labels[at]} {label.en}")))
    day = Column("day_and_group", day.label, "dimension", value_labels=tuple(codes))
    rows: tuple[Row, ...] = tuple((str(at), row[7]) for at, row in enumerate(table.rows))
    drawn = Table((day, table.columns[7]), rows[:20], len(rows))
    name = found[0][0].metric.label if len(found) == 1 else Text(zh="各指标", en="metrics")
    title = Text(zh=f"{name.zh}的异常日:是平常波动的几倍", en=f"Odd days of {name.en}: times the usual swing")
    return ChartSpec("bar", title, drawn, x=day.name, y=("z_mad",))


def _notes(found: list[tuple[Scan, Asked]], context: ToolContext, *, defaulted: bool) -> tuple[Text, ...]:
    series, days = sum(one.series for one, _ in found), max(one.days for one, _ in found)
    explained = sum(one.explained for one, _ in found)
    notes: list[Text] = [
        Method(
            zh=f"方法:滚动中位数加星期中位数为基线,偏离超过 {FAR:g} 倍稳健标准差,"
            f"且通过广义 ESD 检验({series} 个序列合计误报约 5%);用了 {days} 天。",
            en=f"Method: rolling median plus weekday medians as baseline; a day counts beyond {FAR:g} "
            f"robust deviations and by the generalised ESD test "
            f"(some 5 % false alarms over {series} series); {days} days were used.",
        )
    ]
    if defaulted:
        notes.append(
            Text(zh="没有说时间,看最近 90 天。", en="No period was asked: the last 90 days are judged.")
        )
    if explained:
        notes.append(
            Text(
                zh=f"另有 {explained} 天的高低落在日历活动里或活动前后,属于预期,没有算作异常。",
                en=f"{explained} more days are high or low in or around calendar events: expected, not listed.",
            )
        )
    if not context.layer.catalog.events:
        notes.append(
            Text(
                zh="工作区没有日历(calendars),节假日和大促可能被误报。",
                en="The workspace has no calendars: holidays and sales may be reported as anomalies.",
            )
        )
    notes.append(
        Text(
            zh="异常只说明与平时不同,可能是活动、断数或真实变化,请先核对数据。",
            en="An anomaly only differs from the usual: a sale, lost tracking, a true change. Check the data first.",
        )
    )
    return tuple(notes)
