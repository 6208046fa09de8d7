"""Budget reallocation: the same money split so that every channel's next unit returns the same, within bounds."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.query import PeriodRange, Where
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.media.allocating import AGREEMENT, BOX, Allocation, allocate
from tools.media.fitting import fit
from tools.media.reading import Panel, read_panel
from tools.media.telling import curve_chart, money, ratio_column, response_notes
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import Check, Effect, Finding, Method, Suggestion, TestPlan, ToolResult

HORIZON_WEEKS = 4


class BudgetInputs(ToolInputs):
    """All optional: the first declared budget, the spend of recent weeks."""

    budget: str | None = Field(default=None, description="the budget's name in the YAML")
    weekly_total: float | None = Field(
        default=None, gt=0, description="the weekly total to split; as now by default"
    )
    where: tuple[Where, ...] = Field(default=(), description="conditions on the channels")
    period: PeriodRange | None = Field(default=None, description="the weeks to learn from")


@tool(
    name="budget",
    label=Text(zh="预算分配", en="Budget reallocation"),
    examples=Words(
        zh=(
            "预算怎么分更好",
            "预算该怎么调整",
            "预算在各渠道之间怎么分配",
            "预算在各渠道之间怎么分更好",
            "把钱从哪个渠道挪到哪个渠道",
        ),
        en=(
            "how should the budget be split",
            "reallocate the budget",
            "how should we split the budget across channels",
            "how should the budget be split across ad channels",
            "which channel should get more budget",
        ),
    ),
    inputs=BudgetInputs,
    asks=Asks(
        frames=(
            "money allocated",
            "money allocated channel",
            "money allocated pays",
            "money allocated channel pays",
            "add_or_cut channel",
            "~add_or_cut",
        ),
        numbers=(("weekly_total", "weekly_amount"),),
    ),
)
def budget(inputs: BudgetInputs, context: ToolContext) -> ToolResult:
    """Return spend now and proposed per channel with average and marginal return, and the change expected (80 %).

    No channel moves by more than a fifth or outside the spend that was seen; a move is shown only where at least
    90 % of the draws agree on its direction. Where the gain is not above zero, nothing is proposed.

    Raises:
        QueryError: no budget is declared. NotEnoughDataError: too few weeks or levels of spend; proposes a test.
    """
    panel = read_panel(context, inputs.budget, inputs.period, inputs.where)
    fitted = fit(panel, context)
    found = allocate(fitted, context, inputs.weekly_total)
    table = _table(panel, found)
    moved = tuple(one.response.code for one in found.shares if one.moved) if found.stands else ()
    return ToolResult(
        headline=_headline(panel, found, context),
        tables=(table,),
        chart=curve_chart(panel, fitted, moved),
        findings=_findings(panel, found),
        suggestions=_suggestions(panel, found),
        warnings=(_rule(found), *response_notes(panel, fitted)),
        sql=panel.sql,
        periods=(panel.period,),
    )


def _table(panel: Panel, found: Allocation) -> Table:
    spend = panel.spend_metric
    labels = tuple((one.response.code, one.response.label) for one in found.shares)
    columns = (
        Column("channel", Text(zh="渠道", en="channel"), "dimension", value_labels=labels),
        Column("spend", Text(zh="现在每周", en="a week now"), "derived", spend.unit, "#,##0"),
        Column("proposed", Text(zh="建议每周", en="a week, proposed"), "derived", spend.unit, "#,##0"),
        Column("change_share", Text(zh="变化", en="change"), "derived", format="0%"),
        ratio_column(panel, "average", Text(zh="平均回报", en="average return")),
        ratio_column(panel, "marginal", Text(zh="再多花的回报", en="marginal return")),
        ratio_column(panel, "low", Text(zh="下限(80%)", en="low (80 %)")),
        ratio_column(panel, "high", Text(zh="上限(80%)", en="high (80 %)")),
        Column("agreement_rate", Text(zh="同方向的重抽样", en="draws that agree"), "derived", format="0%"),
        Column("least", Text(zh="历史最低周", en="lowest week"), "derived", spend.unit, "#,##0"),
        Column("most", Text(zh="历史最高周", en="highest week"), "derived", spend.unit, "#,##0"),
    )
    rows: list[tuple[Cell, ...]] = []
    for share in found.shares:
        one = share.response
        proposed = share.proposed if found.stands else one.spend
        rows.append(
            (
                one.code, one.spend, proposed, proposed / one.spend - 1, one.average, one.marginal, one.low, one.high,
                share.agreement if found.stands and share.moved else None, one.least, one.most,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _moves(panel: Panel, found: Allocation) -> Text:
    """Return who gives and who gets how much a week."""
    moved = sorted(
        (one for one in found.shares if one.moved), key=lambda one: -abs(one.proposed - one.response.spend)
    )
    amounts = {
        one.response.code: money(panel.spend_metric, abs(one.proposed - one.response.spend)) for one in moved
    }
    given = [one.response for one in moved if one.proposed < one.response.spend]
    taken = [one.response for one in moved if one.proposed > one.response.spend]
    less_zh = "、".join(f"{one.label.zh}拿出 {amounts[one.code].zh}" for one in given)
    more_zh = "、".join(f"{one.label.zh} {amounts[one.code].zh}" for one in taken)
    less_en = ", ".join(f"{amounts[one.code].en} from {one.label.en}" for one in given)
    more_en = ", ".join(f"{amounts[one.code].en} to {one.label.en}" for one in taken)
    parts_zh = [f"从{less_zh}" if given else "", f"给{more_zh}" if taken else ""]
    parts_en = [f"take {less_en}" if given else "", f"give {more_en}" if taken else ""]
    return Text(
        zh="每周" + ",".join(part for part in parts_zh if part),
        en="each week " + " and ".join(part for part in parts_en if part),
    )


def _headline(panel: Panel, found: Allocation, context: ToolContext) -> Text:
    dates = dates_label(panel.period, context.today)
    if not found.stands:
        return Text(
            zh=f"按 {dates.zh} 的数据,没有哪种挪法在九成以上的重抽样里方向一致且有增益,所以不建议调整;边际回报见表。",
            en=f"On the data of {dates.en} no move goes the same way in 90 % of the draws with a gain, so none "
            f"is proposed; "
            "marginal returns are in the table.",
        )
    low, high, moves = (
        money(panel.outcome_metric, found.low),
        money(panel.outcome_metric, found.high),
        _moves(panel, found),
    )
    return Text(
        zh=f"总预算不变,{moves.zh}:{panel.outcome_metric.label.zh}每周可能多 {low.zh}–{high.zh}(八成把握)。依据"
        f"是 {dates.zh} 的"
        "调整后相关,不是实验。",
        en=f"With the same total, {moves.en}: {panel.outcome_metric.label.en} may rise by {low.en} to {high.en} a week "
        f"(80 % sure). This rests on adjusted correlation over {dates.en}, not on an experiment.",
    )


def _findings(panel: Panel, found: Allocation) -> tuple[Finding, ...]:
    if not found.stands:
        return ()
    low, high = money(panel.outcome_metric, found.low), money(panel.outcome_metric, found.high)
    moves = _moves(panel, found)
    statement = Text(
        zh=f"{moves.zh},{panel.outcome_metric.label.zh}每周可能多 "
        f"{low.zh}–{high.zh}({percent(found.gain / found.brought)})。",
        en=f"If you {moves.en}, {panel.outcome_metric.label.en} may rise by {low.en} to {high.en} a week "
        f"({percent(found.gain / found.brought)}).",
    )
    return (Finding("driver", statement, panel.outcome_metric.name, found.gain, found.low, found.high),)


def _suggestions(panel: Panel, found: Allocation) -> tuple[Suggestion, ...]:
    if not found.stands:
        return ()
    moved = [one for one in found.shares if one.moved]
    least = min(moved, key=lambda one: one.response.marginal).response
    most = max(moved, key=lambda one: one.response.marginal).response
    column = ratio_column(panel, "marginal", Text(zh="边际回报", en="marginal return"))
    agree = min(one.agreement for one in moved)
    moves = _moves(panel, found)
    return (
        Suggestion(
            problem=Text(
                zh=f"{least.label.zh}平均回报 {prose(least.average, column).zh},再多花的回报只有 "
                   f"{prose(least.marginal, column).zh};"
                f"{most.label.zh}再多花的回报是 {prose(most.marginal, column).zh}。",
                en=f"{least.label.en} returns {prose(least.average, column).en} on average but its next unit of spend "
                f"{prose(least.marginal, column).en}; at {most.label.en} it is {prose(most.marginal, column).en}.",
            ),
            strategy=Text(zh=f"未来 {HORIZON_WEEKS} 周,{moves.zh}。", en=f"For {HORIZON_WEEKS} weeks, {moves.en}."),
            effect=Effect(
                panel.outcome_metric.name,
                found.low * HORIZON_WEEKS,
                found.high * HORIZON_WEEKS,
                HORIZON_WEEKS * 7,
                Text(
                    zh=f"预计{panel.outcome_metric.label.zh}每周可能多 {money(panel.outcome_metric, found.low).zh}–"
                    f"{money(panel.outcome_metric, found.high).zh}(八成把握)。算法:各渠道响应曲线在建议花费与现"
                    f"在花费处的差之和 × {HORIZON_WEEKS} 周;每个渠道 ±{BOX:.0%} 以内、不超出历史花费。",
                    en=f"{panel.outcome_metric.label.en} may rise by {money(panel.outcome_metric, found.low).en} to "
                    f"{money(panel.outcome_metric, found.high).en} a week (80 % sure). Formula: sum over "
                    f"channels of the response at the proposed spend less that at today's, times {HORIZON_WEEKS} "
                    f"weeks; each channel within {BOX:.0%} and within the spend that was seen.",
                ),
            ),
            evidence="adjusted",
            checks=(
                Check("volume", True, Text(zh=f"{len(panel.weeks)} 个整周", en=f"{len(panel.weeks)} whole weeks")),
                Check(
                    "interval", True,
                    Text(zh=f"方向一致的重抽样至少 {percent(agree)}", en=f"at least {percent(agree)} of the "
                                                               f"draws agree on the direction"),
                ),
                Check(
                    "mix", False,
                    Text(
                        zh="没有实验,可能有未观察到的因素同时影响花费和成交",
                        en="no experiment: something unseen may move both spend and value",
                    ),
                ),
            ),
            test=TestPlan(
                None, 2 * HORIZON_WEEKS,
                Text(
                    zh=f"怎么验证:留两个地区不动做对照,或每周交替新旧预算,共 {2 * HORIZON_WEEKS} 周。",
                    en=f"How to test: leave two regions as they are, or alternate old and new budget weekly for "
                    f"{2 * HORIZON_WEEKS} weeks.",
                ),
            ),
        ),
    )  # fmt: skip


def _rule(found: Allocation) -> Text:
    kept = [one.response.label for one in found.shares if not one.response.visible]
    zh = f"{'、'.join(one.zh for one in kept)}的作用分辨不出,花费不动。" if kept else ""
    en = (
        f" {', '.join(one.en for one in kept)}: no effect can be told, so the spend is left alone."
        if kept
        else ""
    )
    return Method(
        zh=f"规则:各渠道的边际回报拉平,单个渠道变动不超过 ±{BOX:.0%}、不超出历史花费范围;方向要有 "
        f"{AGREEMENT:.0%} 以上的"
        f"重抽样一致才动。{zh}平均回报不是分配的依据。",
        en=f"Rule: equal marginal returns, no channel moved by more than {BOX:.0%} or outside the spend that "
        f"was seen, and "
        f"only where {AGREEMENT:.0%} of the draws agree.{en} Average returns are no guide to a split.",
    )
