"""A forecast in words, a table per bucket, a line with its band."""

from __future__ import annotations

from math import expm1

from semantic_layer.catalog import Metric
from semantic_layer.period import Period
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.metric_tree.series import Asked, of_period
from tools.outlook.outlook import Estimate, Outlook
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label, period_label
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.scope.events import events_in, joined
from tools.scope.metric import value_column

NAMES = {
    "seasonal_naive": Text(zh="季节朴素法(照抄上一季)", en="seasonal naive"),
    "theta": Text(zh="Theta 法", en="Theta"),
    "ets": Text(zh="指数平滑 ETS", en="exponential smoothing (ETS)"),
    "sarima": Text(zh="SARIMA(0,1,1)(0,1,1)", en="SARIMA(0,1,1)(0,1,1)"),
}
SHOWN_HISTORY = 90
POOR = 0.95  # of the naive method's error: from here on a method is no better than it


def report(
    metric: Metric,
    asked: Asked,
    outlook: Outlook,
    target: Period,
    so_far: Period | None,
    *,
    defaulted: bool,
    context: ToolContext,
) -> ToolResult:
    """Return the result of one forecast: total of the period, one row per bucket, back-test, caveats."""
    estimate = outlook.total(target.start, target.end)
    known = 0.0
    sql = list(outlook.history.sql)
    if so_far is not None and not outlook.history.is_ratio:
        part = of_period(context, asked, None, so_far)
        known = float(part.numerator.sum())
        sql += part.sql
    headline = _headline(metric, outlook, target, so_far, estimate, known, context)
    finding = Finding(
        "forecast",
        headline,
        metric.name,
        known + estimate.value,
        known + estimate.low,
        known + estimate.high,
        target.start.isoformat(),
    )
    table = _table(metric, outlook)
    return ToolResult(
        headline=headline,
        tables=(table, _scores(outlook)),
        chart=_chart(metric, outlook),
        findings=(finding,),
        warnings=_notes(metric, outlook, target, defaulted=defaulted, context=context),
        sql=tuple(dict.fromkeys(sql)),
    )


def _headline(
    metric: Metric,
    outlook: Outlook,
    target: Period,
    so_far: Period | None,
    estimate: Estimate,
    known: float,
    context: ToolContext,
) -> Text:
    column = value_column(metric)
    whole = Period.of(so_far.start, target.end) if so_far else target
    catalog = context.layer.catalog
    when = period_label(whole, context.today, catalog.week_start, catalog.fiscal_year_start)
    value = prose(known + estimate.value, column)
    low, high = prose(known + estimate.low, column), prose(known + estimate.high, column)
    zh = f"{when.zh}{metric.label.zh}预计{value.zh},八成把握在{low.zh}–{high.zh}之间。"
    en = f"{metric.label.en} in {when.en} is expected at {value.en}; we are 80 % sure of {low.en} to {high.en}."
    if so_far is not None and known and not outlook.history.is_ratio:
        done, days = prose(known, column), dates_label(so_far, context.today)
        zh += f"其中{days.zh}已有{done.zh}。"
        en += f" Of that {done.en} is already there ({days.en})."
    if outlook.test.mase[outlook.method] >= POOR * outlook.test.mase["seasonal_naive"]:
        zh += "没有方法明显好过照抄上一季,请谨慎使用。"
        en += " No method clearly beats repeating the last season: use with care."
    return Text(zh=zh, en=en)


def _time(outlook: Outlook) -> Column:
    grain = outlook.history.grain.value
    return Column(f"metric_time__{grain}", Text(zh="时间", en="time"), "time", grain=grain)


def _table(metric: Metric, outlook: Outlook) -> Table:
    """Return one row per future bucket: forecast, interval, and what the naive method says."""
    columns = (
        _time(outlook),
        value_column(metric, "__forecast", Text(zh="预测", en="forecast")),
        value_column(metric, "__low", Text(zh="下限(八成把握)", en="low (80 %)")),
        value_column(metric, "__high", Text(zh="上限(八成把握)", en="high (80 %)")),
    )
    rows: list[Row] = []
    for at, start in enumerate(outlook.starts):
        one = outlook.bucket(at)
        rows.append((start, one.value, one.low, one.high))
    return Table(columns, tuple(rows), len(rows))


def _scores(outlook: Outlook) -> Table:
    """Return the back-test: one row per method, the best first."""
    columns = (
        Column("method", Text(zh="方法", en="method"), "dimension", value_labels=tuple(NAMES.items())),
        Column("mase", Text(zh="MASE(越小越好)", en="MASE (smaller is better)"), "derived", format="0.000"),
        Column("origins", Text(zh="回测次数", en="origins"), "derived", format="0"),
    )
    ordered = sorted(outlook.test.mase.items(), key=lambda pair: pair[1])
    rows: tuple[Row, ...] = tuple((name, score, len(outlook.test.actual)) for name, score in ordered)
    return Table(columns, rows, len(rows))


def _chart(metric: Metric, outlook: Outlook) -> ChartSpec:
    history = outlook.history
    column = value_column(metric)
    low = value_column(metric, "__low", Text(zh="下限", en="low"))
    high = value_column(metric, "__high", Text(zh="上限", en="high"))
    said = value_column(metric, "__forecast", Text(zh="预测", en="forecast"))
    values = history.values[-SHOWN_HISTORY:].tolist()
    rows: list[Row] = [
        (start, value, None, None, None)
        for start, value in zip(history.starts[-SHOWN_HISTORY:], values, strict=True)
    ]
    for at, start in enumerate(outlook.starts):
        one = outlook.bucket(at)
        rows.append((start, None, one.value, one.low, one.high))
    table = Table((_time(outlook), column, said, low, high), tuple(rows), len(rows))
    title = Text(zh=f"{metric.label.zh}:历史与预测", en=f"{metric.label.en}: history and forecast")
    return ChartSpec(
        "line",
        title,
        table,
        x=table.columns[0].name,
        y=(column.name, said.name),
        low=low.name,
        high=high.name,
        options={"dashed": (said.name,)},
    )


def _notes(
    metric: Metric, outlook: Outlook, target: Period, *, defaulted: bool, context: ToolContext
) -> tuple[Text, ...]:
    score, naive = outlook.test.mase[outlook.method], outlook.test.mase["seasonal_naive"]
    name, history = NAMES[outlook.method], outlook.history
    origins, length, unit = len(outlook.test.actual), len(history.starts), _unit(outlook)
    found: list[Text] = [
        Method(
            zh=f"方法:{name.zh},{origins} 次滚动回测里最准(MASE {score:.2f},季节朴素法 {naive:.2f});"
            f"历史 {length} {unit.zh};区间来自回测误差(保形预测),活动日先按其平均幅度剔除。",
            en=f"Method: {name.en}, the most accurate in {origins} rolling back-tests (MASE {score:.2f}, "
            f"seasonal naive {naive:.2f}); {length} {unit.en} of history; the interval comes from the back-test's "
            "errors (conformal), event days taken out at their mean size.",
        )
    ]
    if defaulted:
        found.append(
            Text(
                zh="没有说未来的时间,取默认长度。",
                en="No future period was asked: a default length is taken.",
            )
        )
    events = tuple(event for event, _ in events_in(context.layer.catalog, target))
    if events:
        effects = dict(outlook.event_effects)
        sized = [event for event in dict.fromkeys(events) if event in effects]
        names = joined(events)
        said = [f"{one.label.zh} {percent(_share(effects[one], outlook), sign=True)}" for one in sized]
        said_en = [f"{one.label.en} {percent(_share(effects[one], outlook), sign=True)}" for one in sized]
        found.append(
            Text(
                zh=f"期间有{names.zh}"
                + (f",按往次幅度计入({'、'.join(said)})。" if said else ",往次幅度未知,没有计入。"),
                en=f"The period holds {names.en}"
                + (
                    f", added at its size so far ({', '.join(said_en)})."
                    if said_en
                    else "; its size is unknown and not in it."
                ),
            )
        )
    if history.counted_once != 1.0:
        found.append(
            Text(
                zh=f"整段人数按近 28 天的去重比例({percent(history.counted_once)})折算。",
                en=f"People of the whole period are scaled by the last 28 days' share counted once "
                f"({percent(history.counted_once)}).",
            )
        )
    if metric.maturity_days:
        found.append(
            Text(
                zh=f"最近 {metric.maturity_days} 天的数还会变,预测也会跟着变。",
                en=f"The last {metric.maturity_days} days may still change, and the forecast with them.",
            )
        )
    found.append(
        Text(
            zh="预测假定以后像从前:新活动、涨价、断货、改版不在其中。",
            en="A forecast assumes that things go on as before: new sales, prices or stock-outs are not in it.",
        )
    )
    return tuple(found)


def _share(effect: float, outlook: Outlook) -> float:
    mean = float(abs(outlook.history.values).mean()) or 1.0
    return expm1(effect) if outlook.logged else effect / mean


def _unit(outlook: Outlook) -> Text:
    units = {
        "day": Text(zh="天", en="days"),
        "week": Text(zh="周", en="weeks"),
        "month": Text(zh="个月", en="months"),
    }
    return units[outlook.history.grain.value]
