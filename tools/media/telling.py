"""Response curves in tables and sentences."""

from __future__ import annotations

from semantic_layer.catalog import Metric
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.media.fitting import HAC_LAGS, Fit, Response
from tools.media.reading import LEAST_LEVELS, LEAST_WEEKS, RECENT_WEEKS, LeftOut, Panel
from tools.registry import ToolContext
from tools.render import prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method

_POINTS = 25
MOST_BELIEVED = 0.2  # of the outcome, by one medium
METHODS = {
    "own": Text(
        zh="各渠道自己的周度弹性(对数回归,减去各渠道共同的波动,Newey-West 误差,向均值收缩)",
        en="each channel's own weekly elasticity (log regression net of shocks common to all, Newey-West errors,"
        " shrunk)",
    ),
    "mix": Text(
        zh=f"媒介组合模型(趋势、年度季节、滞后与饱和,系数不为负;区间为残差分块自助法;是否有作用看 HAC({HAC_LAGS})回归)",
        en="a media mix model (trend, yearly season, carry-over and saturation, no negative effects; intervals "
        "by block "
        f"bootstrap; whether a channel acts is tested by regression with HAC({HAC_LAGS}) errors)",
    ),
    "linear": Text(
        zh=f"线性回归(趋势、季节,HAC({HAC_LAGS})误差);历史不足两年,估不出饱和",
        en=f"a linear regression (trend, season, HAC({HAC_LAGS}) errors); under two years of history, so no saturation",
    ),
}


def ratio_column(panel: Panel, name: str, label: Text) -> Column:
    """Return the column of outcome per unit of spend."""
    if panel.in_money:
        return Column(name, label, "derived", format="0.00x")
    return Column(
        name, label, "derived", panel.outcome_metric.unit, "0.00" if panel.outcome_metric.unit else None
    )


def _amount(name: str, label: Text, metric: Metric) -> Column:
    return Column(name, label, "derived", metric.unit, "#,##0")


def response_table(panel: Panel, fit: Fit) -> Table:
    """Return one row per channel: weekly spend, average and marginal return with 80 % bounds, carry-over, VIF."""
    labels = tuple((one.code, one.label) for one in fit.responses)
    spend = panel.spend_metric
    columns = (
        Column("channel", Text(zh="渠道", en="channel"), "dimension", value_labels=labels),
        _amount("spend", Text(zh=f"近期每周{spend.label.zh}", en=f"recent weekly {spend.label.en}"), spend),
        ratio_column(panel, "average", Text(zh="平均回报", en="average return")),
        ratio_column(panel, "marginal", Text(zh="再多花的回报", en="marginal return")),
        ratio_column(panel, "low", Text(zh="下限(80%)", en="low (80 %)")),
        ratio_column(panel, "high", Text(zh="上限(80%)", en="high (80 %)")),
        Column("visible", Text(zh="作用可辨", en="distinguishable"), "dimension", value_labels=_YES_NO),
        Column("carry_rate", Text(zh="一周后剩余", en="left after a week"), "derived", format="0%"),
        Column("vif", Text(zh="VIF", en="VIF"), "derived", format="0.0"),
        Column("least", Text(zh="历史最低周", en="lowest week"), "derived", spend.unit, "#,##0"),
        Column("most", Text(zh="历史最高周", en="highest week"), "derived", spend.unit, "#,##0"),
        Column("weeks", Text(zh="周数", en="weeks"), "derived", "weeks", "#,##0"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.code, one.spend, one.average, one.marginal, one.low, one.high, "yes" if one.visible else "no",
            one.carry, one.inflation, one.least, one.most, one.weeks,
        )
        for one in fit.responses
    )  # fmt: skip
    return Table(columns, rows, len(rows))


_YES_NO = (("yes", Text(zh="是", en="yes")), ("no", Text(zh="否", en="no")))


def curve_chart(panel: Panel, fit: Fit, only: tuple[str, ...] = ()) -> ChartSpec:
    """Return the curves of the distinguishable channels (else all) inside the spend that was seen, today's marked."""
    shown = [one for one in fit.responses if (one.code in only if only else one.visible)] or list(
        fit.responses
    )
    shown = sorted(shown, key=lambda one: -one.spend)[:8]
    rows: list[tuple[Cell, ...]] = []
    for one in shown:
        most = max(one.most, one.spend)
        least = min(one.least, one.spend)
        for step in range(_POINTS + 1):
            at = least + (most - least) * step / _POINTS
            rows.append((one.code, at, one.curve.value(at)))
    labels = tuple((one.code, one.label) for one in shown)
    spend, outcome = panel.spend_metric, panel.outcome_metric
    columns = (
        Column("channel", Text(zh="渠道", en="channel"), "dimension", value_labels=labels),
        _amount("spend", Text(zh=f"每周{spend.label.zh}", en=f"weekly {spend.label.en}"), spend),
        _amount(
            "expected",
            Text(zh=f"每周带来的{outcome.label.zh}", en=f"{outcome.label.en} it brings a week"),
            outcome,
        ),
    )  # fmt: skip
    points = [
        {"series": one.code, "x": one.spend, "y": one.curve.value(one.spend),
         "label": Text(zh=f"{one.label.zh}现在", en=f"{one.label.en} now")}
        for one in shown
    ]  # fmt: skip
    return ChartSpec(
        "response_curve",
        Text(zh="花费与回报", en="Spend and response"),
        Table(columns, tuple(rows), len(rows)),
        x="spend",
        y=("expected",),
        series="channel",
        options={
            "points": points,
            "subtitle": Text(
                zh="◆ 现在;只画历史花费范围内", en="◆ now; drawn within the spend that was seen"
            ),
        },
    )


def unbelievable(panel: Panel, fit: Fit) -> tuple[Response, ...]:
    """Return channels to which a joint model gives more of the outcome than one medium plausibly brings."""
    if fit.method == "own":
        return ()
    level = float(panel.outcome[-RECENT_WEEKS:].sum(axis=1).mean())
    return tuple(one for one in fit.responses if one.average * one.spend > MOST_BELIEVED * level)


def response_findings(panel: Panel, fit: Fit) -> tuple[Finding, ...]:
    """Return the distinguishable channels whose next unit of money surely returns less, or more, than it costs."""
    if not panel.in_money:
        return ()
    wild = unbelievable(panel, fit)
    sure = [one for one in fit.responses if one.visible and (one.high < 1 or one.low > 1) and one not in wild]
    ordered = sorted(sure, key=lambda one: (one.high >= 1, -abs(one.marginal - 1) * one.spend))
    return tuple(_finding(panel, one) for one in ordered)


def _finding(panel: Panel, one: Response) -> Finding:
    column = ratio_column(panel, "marginal", Text(zh="边际回报", en="marginal return"))
    value, low, high, average = (
        prose(part, column) for part in (one.marginal, one.low, one.high, one.average)
    )
    unit = money(panel.spend_metric, 1.0)
    if one.high < 1:
        judged = Text(zh="多花的钱带不回等额的收入", en="less comes back than is put in")
    else:
        judged = Text(zh="再加投还有回报", en="there is room for more")
    return Finding(
        "driver",
        Text(
            zh=f"{one.label.zh}平均回报 {average.zh},但再多花 {unit.zh}的回报约 {value.zh}(八成把握在 "
            f"{low.zh}–{high.zh} 之间,n="
            f"{one.weeks} 周):{judged.zh}。",
            en=f"{one.label.en} returns {average.en} on average, but the next {unit.en} about {value.en} "
            f"(80 % sure: "
            f"{low.en} to {high.en}; {one.weeks} weeks): {judged.en}.",
        ),
        panel.outcome_metric.name,
        one.marginal,
        one.low,
        one.high,
        filters={panel.dimension: one.code},
    )


def response_headline(
    panel: Panel, fit: Fit, found: tuple[Finding, ...], asked: tuple[str, ...], context: ToolContext
) -> Text:
    """Return the first finding, else what is known of the channels asked about, else who can be told apart at all."""
    dates = dates_label(panel.period, context.today)
    if not found and asked:
        told = [_unsure(panel, one) for one in fit.responses if one.code in asked]
        return Text(
            zh=f"{dates.zh}:{';'.join(one.zh for one in told)}。",
            en=f"{dates.en}: {'; '.join(one.en for one in told)}.",
        )
    visible = [one for one in fit.responses if one.visible]
    if found:
        return Text(zh=f"{dates.zh}:{found[0].statement.zh}", en=f"{dates.en}: {found[0].statement.en}")
    if not visible:
        return Text(
            zh=f"{dates.zh}的 {len(panel.weeks)} 周里,没有一个渠道的花费和{panel.outcome_metric.label.zh}之间看"
            f"得出可靠的关系。",
            en=f"In the {len(panel.weeks)} weeks of {dates.en} no channel's spend shows a reliable relation to "
            f"{panel.outcome_metric.label.en}.",
        )
    column = ratio_column(panel, "marginal", Text(zh="边际回报", en="marginal return"))
    best = max(visible, key=lambda one: one.low)
    value, low, high = (prose(part, column) for part in (best.marginal, best.low, best.high))
    unit = money(panel.spend_metric, 1.0)
    return Text(
        zh=f"{dates.zh}的 {len(panel.weeks)} 周里,{len(visible)}/{len(fit.responses)} 个渠道的作用可辨;再多花 "
        f"{unit.zh},{best.label.zh}"
        f"带来的{panel.outcome_metric.label.zh}约 {value.zh}(八成把握在 {low.zh}–{high.zh} 之间)。",
        en=f"Over {len(panel.weeks)} weeks ({dates.en}) {len(visible)} of {len(fit.responses)} channels show an "
        f"effect; "
        f"{unit.en} more spent on {best.label.en} brings about {value.en} of {panel.outcome_metric.label.en} (80 "
        f"% sure: "
        f"{low.en} to {high.en}).",
    )


def _unsure(panel: Panel, one: Response) -> Text:
    column = ratio_column(panel, "marginal", Text(zh="边际回报", en="marginal return"))
    value, low, high = (prose(part, column) for part in (one.marginal, one.low, one.high))
    unit = money(panel.spend_metric, 1.0)
    judged_zh, judged_en = ("", "") if one.visible else (",和零分不开", ", not distinguishable from zero")
    return Text(
        zh=f"{one.label.zh}再多花 {unit.zh}的回报约 {value.zh}(八成把握在 {low.zh}–{high.zh} 之间){judged_zh}",
        en=f"the next {unit.en} on {one.label.en} returns about {value.en} (80 % sure: {low.en} to "
        f"{high.en}){judged_en}",
    )


def response_notes(panel: Panel, fit: Fit) -> tuple[Text, ...]:
    """Return method, left-out channels with a proposed test, and what could be wrong."""
    explained = f",R²={fit.r_squared:.2f}" if fit.r_squared is not None else ""
    explained_en = f"; R² = {fit.r_squared:.2f}" if fit.r_squared is not None else ""
    method = METHODS[fit.method]
    result: list[Text] = [
        Method(
            zh=f"算法:{method.zh};{len(panel.weeks)} 个整周{explained}。证据等级:调整后相关。",
            en=f"Method: {method.en}; {len(panel.weeks)} whole weeks{explained_en}. Evidence: adjusted correlation.",
        )
    ]
    result += [_left_out(one, panel) for one in panel.left_out]
    wild = unbelievable(panel, fit)
    if wild:
        result.append(
            Text(
                zh=f"{'、'.join(one.label.zh for one in wild)}被算出带来 {MOST_BELIEVED:.0%} 以上的"
                f"{panel.outcome_metric.label.zh},大得不可信,"
                "多半是季节或别的原因;不据此下结论。",
                en=f"The model gives {', '.join(one.label.en for one in wild)} more than {MOST_BELIEVED:.0%} of "
                f"{panel.outcome_metric.label.en} each: too much to believe, most likely season or another "
                f"cause. Nothing "
                "is concluded from it.",
            )
        )
    close = [one.label for one in fit.responses if one.inflation > 10]
    if close:
        result.append(
            Text(
                zh=f"{'、'.join(one.zh for one in close)}和别的渠道一起涨落(VIF>10),各自的作用分不太开。",
                en=f"{', '.join(one.en for one in close)} moves with the other channels (VIF above 10): their "
                f"effects are "
                "hard to tell apart.",
            )
        )
    result.append(
        Text(
            zh="可能出错的地方:没有实验,需求旺时多投会让回报看着更高;历史花费范围以外不外推。重要的调整请先做分地区或交替投放测试。",
            en="What could be wrong: without an experiment, spending more when demand is high makes returns "
            "look better; "
            "nothing is said outside the spend that was seen. Test larger moves by region or by alternating "
            "weeks first.",
        )
    )
    return tuple(result)


def _left_out(one: LeftOut, panel: Panel) -> Text:
    if not one.credited:
        outcome = panel.outcome_metric.label
        return Text(
            zh=f"{one.label.zh}没算:没有{outcome.zh}记在它名下,它的作用要看归因或做留白实验。",
            en=f"{one.label.en} is left out: no {outcome.en} is credited to it; look at attribution or run a hold-out.",
        )
    return Text(
        zh=f"{one.label.zh}没算:{one.weeks} 周、{one.levels} 种花费水平(至少 {LEAST_WEEKS} 周、{LEAST_LEVELS} 种"
        f",且近期在投);"
        "可以交替加投和减投 30% 测 8 周。",
        en=f"{one.label.en} is left out: {one.weeks} weeks, {one.levels} levels of spend (at least {LEAST_WEEKS} and "
        f"{LEAST_LEVELS}, and recent spend, are needed); alternate 30 % more and less for 8 weeks to find out.",
    )


def money(metric: Metric, value: float) -> Text:
    """Return an amount of a metric for a sentence."""
    return prose(value, Column(metric.name, metric.label, "metric", metric.unit, metric.format))
