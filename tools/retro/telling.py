"""The retrospective as tables, a chart and sentences, each with the queries it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from semantic_layer.catalog import Metric
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.retro.gathering import Material, Queries, Scored, Tried
from tools.scope.metric import value_column
from tools.trials.telling import statement

Verdict = Literal["keep", "stop", "start", "open"]
VERDICTS = (
    ("keep", Text(zh="继续", en="keep")),
    ("stop", Text(zh="停止", en="stop")),
    ("start", Text(zh="开始", en="start")),
    ("open", Text(zh="待办", en="open")),
)
EVIDENCE = (
    ("experiment", Text(zh="实验", en="experiment")),
    ("quasi_experiment", Text(zh="前后对比", en="before/after")),
    ("adjusted", Text(zh="调整后相关", en="adjusted correlation")),
    ("correlation", Text(zh="相关", en="correlation")),
    ("booked", Text(zh="账目", en="booked")),
)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One thing to keep, stop, start or finish, with its evidence and the numbers of its queries."""

    verdict: Verdict
    told: Text
    evidence: str
    queries: tuple[int, ...]


def report(main: Metric, material: Material, queries: Queries, context: ToolContext) -> ToolResult:
    """Return the answer; the tables are metrics, conclusions, actions, drivers (those that there are)."""
    conclusions = _conclusions(main, material, context)
    tables = [_metric_table(material.scored), _conclusion_table(conclusions)]
    if material.tried:
        tables.append(_action_table(main, material.tried, context))
    if material.drivers is not None:
        tables += material.drivers.tables[:1]
    return ToolResult(
        headline=_headline(main, material, context),
        tables=tuple(tables),
        chart=_chart(material),
        findings=(*_findings(material), *(_as_finding(one) for one in conclusions)),
        suggestions=material.starts,
        warnings=_notes(material, context),
        sql=tuple(queries.statements),
        periods=(material.period, material.before),
    )


def _cited(told: Text, numbers: Sequence[int]) -> Text:
    """Return a sentence with the numbers of its queries."""
    if not numbers:
        return told
    listed = ", ".join(str(one) for one in dict.fromkeys(numbers))
    return Text(zh=f"{told.zh}[查询 {listed}]", en=f"{told.en} [query {listed}]")


def _headline(main: Metric, material: Material, context: ToolContext) -> Text:
    dates = dates_label(material.period, context.today)
    one = next((one for one in material.scored if one.metric is main), None)
    if one is None or one.actual is None:
        return Text(zh=f"{dates.zh}复盘。", en=f"Retrospective of {dates.en}.")
    column = value_column(main)
    said = prose(one.actual, column)
    zh, en = f"{dates.zh}{main.label.zh} {said.zh}", f"{main.label.en} of {dates.en} came to {said.en}"
    if one.goal:
        goal = prose(one.goal, column)
        zh += f",完成目标 {goal.zh} 的 {percent(one.actual / one.goal)}"
        en += f", {percent(one.actual / one.goal)} of the target of {goal.en}"
    if one.before:
        change, other = one.actual / one.before - 1, dates_label(material.before, context.today)
        zh += f",比 {other.zh} {percent(change, sign=True)}"
        en += f", {percent(change, sign=True)} on {other.en}"
    standing = [tried for tried in material.tried if tried.stands]
    zh += f"。期间做了 {len(material.tried)} 件事,{len(standing)} 件看得出效果" if material.tried else ""
    en += (
        f". {len(material.tried)} things were done, {len(standing)} with an effect that shows"
        if material.tried
        else ""
    )
    return Text(zh=f"{zh}。", en=f"{en}.")


def _metric_table(scored: Sequence[Scored]) -> Table:
    labels = tuple((one.metric.name, one.metric.label) for one in scored)
    columns = (
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=labels),
        Column("actual", Text(zh="实际", en="actual"), "derived"),
        Column("goal", Text(zh="目标", en="target"), "derived"),
        Column("attainment_rate", Text(zh="完成率", en="attainment"), "derived", format="0.0%"),
        Column("before", Text(zh="对比期", en="before"), "derived"),
        Column("growth", Text(zh="变化", en="change"), "derived", format="0.0%"),
        Column("queries", Text(zh="查询", en="queries"), "dimension"),
    )
    rows: list[Row] = [
        (
            one.metric.name, one.actual, one.goal,
            one.actual / one.goal if one.goal and one.actual is not None else None, one.before,
            one.actual / one.before - 1 if one.before and one.actual is not None else None,
            ", ".join(map(str, one.queries)),
        )
        for one in scored
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _conclusion_table(conclusions: Sequence[Conclusion]) -> Table:
    told = tuple((str(at), one.told) for at, one in enumerate(conclusions))
    columns = (
        Column("verdict", Text(zh="结论", en="verdict"), "dimension", value_labels=VERDICTS),
        Column("what", Text(zh="内容", en="what"), "dimension", value_labels=told),
        Column("evidence", Text(zh="证据", en="evidence"), "dimension", value_labels=EVIDENCE),
        Column("queries", Text(zh="查询", en="queries"), "dimension"),
    )
    rows: list[Row] = [
        (one.verdict, str(at), one.evidence, ", ".join(map(str, dict.fromkeys(one.queries))) or None)
        for at, one in enumerate(conclusions)
    ]
    return Table(columns, tuple(rows), len(rows))


def _action_table(main: Metric, tried: Sequence[Tried], context: ToolContext) -> Table:
    kinds: tuple[tuple[str, Text], ...] = ()
    for binding in context.layer.catalog.analyses:
        name = str(binding.options.get("kind", ""))
        if binding.kind == "action" and name in context.layer.catalog.dimensions:
            values = context.layer.catalog.dimensions[name].values
            kinds = tuple((str(value.code), value.label) for value in values)
    reasons = tuple((str(at), one.why_not) for at, one in enumerate(tried) if one.why_not is not None)
    columns = (
        Column("day", Text(zh="日期", en="day"), "time", grain="day"),
        Column("kind", Text(zh="类型", en="kind"), "dimension", value_labels=kinds),
        Column("note", Text(zh="动作", en="action"), "dimension"),
        Column("by", Text(zh="谁", en="by"), "dimension"),
        Column("relative", Text(zh=f"对{main.label.zh}", en=f"on {main.label.en}"), "derived", format="0.0%"),
        Column("p_value", Text(zh="安慰剂 p 值", en="placebo p-value"), "derived", format="0.000"),
        Column(
            "why_not", Text(zh="没法评估的原因", en="why not measured"), "dimension", value_labels=reasons
        ),
        Column("queries", Text(zh="查询", en="queries"), "dimension"),
    )
    rows: list[Row] = [
        (
            one.day, one.kind, one.note, one.by, one.effect[3] if one.effect else None,
            one.effect[4] if one.effect else None, str(at) if one.why_not is not None else None,
            ", ".join(map(str, dict.fromkeys(one.queries))),
        )
        for at, one in enumerate(tried)
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _conclusions(main: Metric, material: Material, context: ToolContext) -> list[Conclusion]:
    """Return what follows; without an effect that shows an action is neither kept nor stopped, but open."""
    found: list[Conclusion] = []
    for one in material.tried:
        if one.stands and one.effect is not None:
            better = (one.effect[0] > 0) != (main.good_direction == "down")
            change = percent(one.effect[3], sign=True)
            told = Text(
                zh=f"「{one.note}」:{main.label.zh} {change},超出平常波动",
                en=f"“{one.note}”: {main.label.en} {change}, beyond the usual ups and downs",
            )
            found.append(Conclusion("keep" if better else "stop", told, "quasi_experiment", one.queries))
    for done, numbers in material.trials:
        verdict: Verdict = "keep" if done.verdict == "win" else "stop" if done.verdict == "loss" else "open"
        found.append(Conclusion(verdict, statement(done, context), "experiment", numbers))
    found += [
        Conclusion(verdict, said, "quasi_experiment", cited) for verdict, said, cited in material.promised
    ]
    found += [Conclusion("start", one.strategy, one.evidence, ()) for one in material.starts]
    for scored in material.scored:
        if scored.goal and scored.actual is not None:
            missed = (scored.actual < scored.goal) != (scored.metric.good_direction == "down")
            if missed and scored.metric.good_direction != "none":
                gap = prose(abs(scored.goal - scored.actual), value_column(scored.metric))
                label = scored.metric.label
                told = Text(zh=f"{label.zh}离目标差 {gap.zh}", en=f"{label.en} missed its target by {gap.en}")
                found.append(Conclusion("open", told, "booked", scored.queries))
    unclear = [one for one in material.tried if not one.stands]
    if unclear:
        names = [one.note for one in unclear if one.note][:3]
        told = Text(
            zh=f"{len(unclear)} 件动作看不出或没法评估效果:{'、'.join(names)};下次先留对照",
            en=f"{len(unclear)} actions without an effect that shows or could be measured: {', '.join(names)}; keep "
            "controls next time",
        )
        numbers = tuple(number for one in unclear for number in one.queries)
        found.append(Conclusion("open", told, "quasi_experiment", tuple(dict.fromkeys(numbers))))
    found += [
        Conclusion(
            "open",
            Text(
                zh=f"实验「{label.zh}」还在跑,等它结束",
                en=f"the experiment “{label.en}” still runs: wait for its end",
            ),
            "experiment",
            (),
        )
        for label in material.running
    ]  # fmt: skip
    order: dict[Cell, int] = {name: at for at, (name, _) in enumerate(VERDICTS)}
    return sorted(found, key=lambda one: order[one.verdict])


def _as_finding(one: Conclusion) -> Finding:
    label = dict(VERDICTS)[one.verdict]
    told = Text(zh=f"{label.zh}:{one.told.zh.rstrip('。')}。", en=f"{label.en}: {one.told.en.rstrip('.')}.")
    return Finding(
        "test" if one.evidence == "experiment" else "quality", _cited(told, one.queries), at=one.verdict
    )


def _findings(material: Material) -> list[Finding]:
    """Return each metric's score, then why the first changed."""
    found = []
    for one in material.scored:
        if one.actual is None:
            continue
        column, label = value_column(one.metric), one.metric.label
        said = prose(one.actual, column)
        zh, en = f"{label.zh} {said.zh}", f"{label.en} {said.en}"
        if one.goal:
            goal = prose(one.goal, column)
            zh += f",目标 {goal.zh}({percent(one.actual / one.goal)})"
            en += f", target {goal.en} ({percent(one.actual / one.goal)})"
        if one.before:
            zh += f",比对比期 {percent(one.actual / one.before - 1, sign=True)}"
            en += f", {percent(one.actual / one.before - 1, sign=True)} on the period before"
        told = _cited(Text(zh=f"{zh}。", en=f"{en}."), one.queries)
        found.append(Finding("change", told, one.metric.name, one.actual))
    if material.drivers is not None:
        for finding in material.drivers.findings[:3]:
            told = _cited(finding.statement, material.driver_queries)
            found.append(
                Finding(
                    finding.kind, told, finding.metric, finding.value, finding.low, finding.high, finding.at,
                    finding.filters, finding.drivers,
                )
            )  # fmt: skip
    return found


def _chart(material: Material) -> ChartSpec | None:
    """Return what moved the metric; without drivers the attainment of each target."""
    if material.drivers is not None and material.drivers.chart is not None:
        return material.drivers.chart
    table = _metric_table([one for one in material.scored if one.goal and one.actual is not None])
    if not table.rows:
        return None
    title = Text(zh="目标完成率", en="Attainment of the targets")
    return ChartSpec("bar", title, table, x="metric", y=("attainment_rate",))


def _notes(material: Material, context: ToolContext) -> tuple[Text, ...]:
    before = dates_label(material.before, context.today)
    reasons = list(dict.fromkeys(material.reasons))
    return (
        Method(
            zh=f"口径:对比期 {before.zh};动作来自动作台账,效果是前后对比(有对照用合成双重差分),"
            "安慰剂 p≤0.1 且区间不含 0 才算看得出;方括号里是所依据的查询编号。",
            en=f"Definition: compared with {before.en}; actions are those of the log, effects before/after (synthetic "
            "difference in differences where there are controls), told only where the placebo p is at most 0.1 and the "
            "interval excludes 0; the numbers in brackets are the queries a claim rests on.",
        ),
        Text(
            zh="可能出错的地方:同期做的事会互相混在一起;台账没记的动作这里看不到。",
            en="What could be wrong: things done at the same time mix; what the log does not hold is not seen here.",
        ),
        *reasons[:3],
    )
