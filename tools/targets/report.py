"""Goals in words: how much is done, where it lands, how likely that is enough, and what is missing."""

from __future__ import annotations

from semantic_layer.period import Period
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.outlook.report import NAMES
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import period_label
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.scope.metric import value_column
from tools.targets.status import Status

ON_TRACK, AT_RISK = 0.6, 0.2  # chances from which a goal counts as on track, at risk
STATES = (
    ("met", Text(zh="已达成", en="met")),
    ("missed", Text(zh="未达成", en="missed")),
    ("on_track", Text(zh="有望达成", en="on track")),
    ("at_risk", Text(zh="有风险", en="at risk")),
    ("off_track", Text(zh="预警:很可能达不成", en="alert: likely to be missed")),
    ("unknown", Text(zh="数据不足以判断", en="too few data to tell")),
)


def report(statuses: list[Status], context: ToolContext, asked: Period | None = None) -> ToolResult:
    """Return the result: one row and one finding per goal, the least likely first.

    `asked` is the period of the question: where no goal is set for just that, the headline says so first.
    """
    ordered = sorted(statuses, key=lambda one: (one.is_over, one.chance if one.chance is not None else 0.5))
    said = [_said(one, context) for one in ordered]
    return ToolResult(
        headline=_only_around(
            asked, ordered, context, said[0] if len(said) == 1 else _headline(ordered, said)
        ),
        tables=(_table(ordered, context),),
        chart=_chart(ordered),
        findings=tuple(
            Finding(
                "forecast",
                text,
                one.goal.metric.name,
                one.landing if one.landing is not None else one.actual,
                one.low,
                one.high,
                one.goal.period.start.isoformat(),
            )
            for one, text in zip(ordered, said, strict=True)
        ),
        warnings=_notes(ordered),
        sql=tuple(dict.fromkeys(text for one in ordered for text in one.sql)),
    )


def state_of(one: Status) -> str:
    """Return met, missed, on_track (chance from 60 %), at_risk (from 20 %), off_track or unknown."""
    if one.chance is None:
        return "unknown"
    if one.is_over:
        return "met" if one.chance else "missed"
    return "on_track" if one.chance >= ON_TRACK else "at_risk" if one.chance >= AT_RISK else "off_track"


def _headline(ordered: list[Status], said: list[Text]) -> Text:
    states = [state_of(one) for one in ordered]
    good = sum(state in ("met", "on_track") for state in states)
    return Text(
        zh=f"{len(ordered)} 个目标里 {good} 个已达成或有望达成。最需要关注:{said[0].zh}",
        en=f"{good} of {len(ordered)} targets are met or on track. Most in need of attention: {said[0].en}",
    )


def _only_around(asked: Period | None, statuses: list[Status], context: ToolContext, said: Text) -> Text:
    """Return the headline behind the note that the period asked for has no goal of its own, only longer ones have."""
    if asked is None or any(
        (one.goal.period.start, one.goal.period.end) == (asked.start, asked.requested_end) for one in statuses
    ):
        return said
    catalog = context.layer.catalog
    whole = Period.of(asked.start, asked.requested_end)
    when = period_label(whole, context.today, catalog.week_start, catalog.fiscal_year_start)
    return Text(
        zh=f"{when.zh}没有单设目标,下面是包含它的目标。{said.zh}",
        en=f"No target is set for {when.en} itself; these are the targets around it. {said.en}",
    )


def _said(one: Status, context: ToolContext) -> Text:
    goal, metric, catalog = one.goal, one.goal.metric, context.layer.catalog
    column = value_column(metric)
    when = period_label(goal.period, context.today, catalog.week_start, catalog.fiscal_year_start)
    actual, planned = prose(one.actual, column), prose(goal.value, column)
    have = "目前" if metric.is_ratio else "已有"
    zh = f"{when.zh}{metric.label.zh}{have}{actual.zh},目标{planned.zh}({percent(one.done_share)})"
    en = (
        f"{metric.label.en} in {when.en}: {actual.en} of a target of {planned.en} ({percent(one.done_share)})"
    )
    if one.is_over:
        state = dict(STATES)[state_of(one)]
        return Text(zh=f"{zh},{state.zh}。", en=f"{en}, {state.en}.")
    zh += f",时间过了{percent(one.time_share)}。"
    en += f" with {percent(one.time_share)} of the time gone."
    if one.landing is None or one.low is None or one.high is None or one.chance is None:
        return Text(
            zh=f"{zh}历史太短,无法预计收官。", en=f"{en} The history is too short to say where it lands."
        )
    landing, low, high = (prose(value, column) for value in (one.landing, one.low, one.high))
    chance = _chance(one.chance)
    zh += f"预计收官{landing.zh},八成把握在{low.zh}–{high.zh}之间,"
    en += f" It should land at {landing.en}; we are 80 % sure of {low.en} to {high.en}. "
    if metric.good_direction == "none":
        return Text(zh=f"{zh}用满的概率约{chance.zh}。", en=f"{en}The chance of reaching it is {chance.en}.")
    zh, en = f"{zh}达标概率约{chance.zh}。", f"{en}The chance of meeting it is {chance.en}."
    gap = one.landing - goal.value if metric.good_direction == "down" else goal.value - one.landing
    if gap > 0:
        missing = prose(gap, column)
        zh, en = f"{zh}预计差{missing.zh}。", f"{en} The gap is about {missing.en}."
    return Text(zh=zh, en=en)


def _chance(chance: float) -> Text:
    """Return a probability without false precision: below 1 % and above 99 % are not told apart."""
    if chance < 0.01:
        return Text(zh="不到1%", en="under 1%")
    if chance > 0.99:
        return Text(zh="99%以上", en="over 99%")
    return Text.same(percent(chance, 0))


def _table(ordered: list[Status], context: ToolContext) -> Table:
    metrics = tuple((one.goal.metric.name, one.goal.metric.label) for one in ordered)
    catalog = context.layer.catalog
    periods = tuple(
        (
            one.goal.period.start.isoformat(),
            period_label(one.goal.period, context.today, catalog.week_start, catalog.fiscal_year_start),
        )
        for one in ordered
    )
    columns = (
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=metrics),
        Column("period", Text(zh="期间", en="period"), "dimension", value_labels=periods),
        Column("target", Text(zh="目标", en="target"), "derived"),
        Column("actual", Text(zh="已完成", en="so far"), "derived"),
        Column("done_share", Text(zh="完成比例", en="achieved"), "derived"),
        Column("time_share", Text(zh="时间进度", en="time gone"), "derived"),
        Column("landing", Text(zh="预计收官", en="expected at the end"), "derived"),
        Column("low", Text(zh="下限(八成把握)", en="low (80 %)"), "derived"),
        Column("high", Text(zh="上限(八成把握)", en="high (80 %)"), "derived"),
        Column("chance_rate", Text(zh="达标概率", en="chance of meeting it"), "derived"),
        Column("state", Text(zh="进展判断", en="standing"), "dimension", value_labels=STATES),
    )
    rows: tuple[Row, ...] = tuple(
        (
            one.goal.metric.name,
            one.goal.period.start.isoformat(),
            one.goal.value,
            one.actual,
            one.done_share,
            one.time_share,
            one.landing,
            one.low,
            one.high,
            one.chance,
            state_of(one),
        )
        for one in ordered
    )
    return Table(columns, rows, len(rows))


def _chart(ordered: list[Status]) -> ChartSpec:
    """Return done against time gone, one pair of bars per goal."""
    labels = tuple((one.goal.metric.name, one.goal.metric.label) for one in ordered)
    columns = (
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=labels),
        Column("done_share", Text(zh="完成比例", en="achieved"), "derived"),
        Column("time_share", Text(zh="时间进度", en="time gone"), "derived"),
    )
    rows: tuple[Row, ...] = tuple((one.goal.metric.name, one.done_share, one.time_share) for one in ordered)
    title = Text(zh="目标完成比例与时间进度", en="Targets: done against time gone")
    return ChartSpec(
        "grouped_bar", title, Table(columns, rows, len(rows)), x="metric", y=("done_share", "time_share")
    )


def _notes(ordered: list[Status]) -> tuple[Text, ...]:
    found: list[Text] = []
    methods = [one for one in ordered if one.method is not None]
    if methods:
        names = list(dict.fromkeys(NAMES[str(one.method)] for one in methods))
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        days = max(one.history for one in methods)
        found.append(
            Method(
                zh=f"方法:已有 + 其余天数的预测({zh},由滚动回测选出,历史最长 {days} 期);区间与概率来自回测误差。",
                en=f"Method: what is there plus a forecast of the rest ({en}, chosen by rolling back-test, up to "
                f"{days} periods of history); interval and chance are from its errors.",
            )
        )
    found.append(
        Method(
            zh=f"预警规则:达标概率低于 {percent(AT_RISK, 0)} 预警,{percent(ON_TRACK, 0)} 以上算有望达成。",
            en=f"Alert rule: under {percent(AT_RISK, 0)} is an alert, from {percent(ON_TRACK, 0)} on it is on track.",
        )
    )
    late = [one.goal.metric for one in ordered if one.goal.metric.maturity_days and not one.is_over]
    if late:
        zh, en = "、".join(one.label.zh for one in late), ", ".join(one.label.en for one in late)
        found.append(
            Text(
                zh=f"{zh}最近几天的数还会变,现在的完成数不是最终数。",
                en=f"The last days of {en} may still change: what is done now is not final.",
            )
        )
    found.append(
        Text(
            zh="比率类指标的完成比例是当前值除以目标值,不是累计。",
            en="For a ratio, done is the current value over the target, not a running total.",
        )
    )
    return tuple(found)
