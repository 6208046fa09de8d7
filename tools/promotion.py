"""Promotions and coupons: what they brought beyond what the same people buy anyway."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.catalog import AnalysisBinding, Metric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import Where
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import binding_of, name_of
from tools.promotions.judging import Verdict, judge
from tools.promotions.reading import uses
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import group_label, percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method, ToolResult

MOST_JUDGED = 12
_GRADES = (
    ("experiment", Text(zh="留白实验", en="hold-out experiment")),
    (
        "adjusted",
        Text(
            zh="调整后相关(同类客户、没有它的时段)",
            en="adjusted correlation (like customers, windows without it)",
        ),
    ),
    ("none", Text(zh="说不清", en="cannot be told")),
)


class PromotionInputs(ToolInputs):
    """All optional: every coupon of the first declared promotion."""

    promotion: str | None = Field(default=None, description="the binding's name in the YAML")
    where: tuple[Where, ...] = Field(default=(), description="which coupons: dimension = value")


@tool(
    name="promotion",
    label=Text(zh="促销增量", en="Promotion incrementality"),
    examples=Words(
        zh=("优惠券带来多少增量", "发券有用吗", "哪些券是老客本来就会买的", "促销到底带来多少额外销售"),
        en=(
            "how much extra did the coupons bring",
            "are the coupons worth it",
            "incremental effect of promotions",
            "would coupon users have bought anyway",
        ),
    ),
    inputs=PromotionInputs,
    asks=Asks(
        frames=(
            "coupon incremental",
            "coupon pays",
            "coupon profit",
            "coupon helped",
            "coupon incremental orders",
            "coupon incremental orders customers",
            "~incremental orders",
        ),
    ),
)
def promotion(inputs: PromotionInputs, context: ToolContext) -> ToolResult:
    """Return per coupon what it cost, its naive return, and the extra revenue with an 80 % interval and its evidence.

    Where a hold-out is declared, its result counts. Else customers are put into strata by past orders and recency, and
    those that use the coupon are compared with like customers in earlier windows of the same length. A coupon that
    is always on, or only for new customers, is not judged: the table says so.

    Raises:
        QueryError: no promotion is declared. NotEnoughDataError: no coupon was used.
    """
    binding = binding_of(context, "promotion", inputs.promotion)
    used, sql = uses(binding, inputs.where, context)
    if not used:
        raise NotEnoughDataError(
            Text(
                zh="符合条件的订单里没有人用过券,看不出增量。",
                en="No order that fits used a coupon, so no extra can be told.",
            ),
            Text(
                zh="放宽时间或条件,并确认用券的订单带有客户编号。",
                en="Take more time or fewer filters, and see that orders with a coupon carry a customer number.",
            ),
        )
    verdicts = [judge(one, binding, context) for one in used[:MOST_JUDGED]]
    revenue = context.layer.catalog.metrics[str(name_of(binding, "revenue"))]
    table = _table(verdicts, binding, revenue, context)
    told = [one for one in verdicts if one.extra is not None]
    shown = Table(table.columns, tuple(row for row in table.rows if row[6] is not None), len(told))
    return ToolResult(
        headline=_headline(told, verdicts, binding, revenue, context),
        tables=(table,),
        chart=ChartSpec(
            "forest", Text(zh="增量金额(80% 区间)", en="Extra revenue (80 % interval)"), shown, x="promotion",
            y=("extra",), low="low", high="high",
        ) if told else None,
        findings=tuple(_finding(one, binding, revenue, context) for one in told if _says(one)),
        warnings=_notes(verdicts, binding, context),
        sql=(sql, *(one.sql for one in verdicts if one.sql)),
        periods=tuple(one.use.period for one in verdicts[:1]),
    )  # fmt: skip


def _says(one: Verdict) -> bool:
    """Return whether a verdict is worth a finding: surely extra, or an experiment without an extra."""
    if one.found:
        return True
    return (
        one.grade == "experiment"
        and one.high is not None
        and one.low is not None
        and one.low <= 0
        and _discount(one) > 0
    )


def _discount(one: Verdict) -> float:
    return one.use.discount


def _label(one: Verdict, binding: AnalysisBinding, context: ToolContext) -> Text:
    dimension = context.layer.catalog.dimensions[str(name_of(binding, "promotion"))]
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    return group_label(one.use.value, Column("promotion", dimension.label, "dimension", value_labels=labels))


def _table(verdicts: list[Verdict], binding: AnalysisBinding, revenue: Metric, context: ToolContext) -> Table:
    labels = tuple((str(one.use.value), _label(one, binding, context)) for one in verdicts)
    unit, costed = revenue.unit, name_of(binding, "discount") is not None
    columns = (
        Column("promotion", Text(zh="券", en="coupon"), "dimension", value_labels=labels),
        Column("orders", Text(zh="用券订单", en="orders with it"), "derived", "orders", "#,##0"),
        Column("returning_rate", Text(zh="以前买过的占比", en="had bought before"), "derived", format="0%"),
        Column("revenue", Text(zh="用券成交", en="revenue with it"), "derived", unit, "#,##0"),
        Column("discount", Text(zh="券成本", en="discount"), "derived", unit, "#,##0"),
        Column("naive_return", Text(zh="成交÷券成本", en="revenue over discount"), "derived", format="0.0x"),
        Column("extra", Text(zh="增量金额", en="extra revenue"), "derived", unit, "#,##0"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", unit, "#,##0"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", unit, "#,##0"),
        Column("anyway_rate", Text(zh="本来就会买", en="would have bought anyway"), "derived", format="0%"),
        Column("evidence", Text(zh="证据", en="evidence"), "dimension", value_labels=_GRADES),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in verdicts:
        use = one.use
        rows.append(
            (
                str(use.value), use.orders, use.returning / use.customers if use.customers else None, use.revenue,
                use.discount if costed else None, use.revenue / use.discount if costed and use.discount else None,
                one.extra, one.low, one.high, one.anyway, one.grade or "none",
            )
        )  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _statement(one: Verdict, binding: AnalysisBinding, revenue: Metric, context: ToolContext) -> Text:
    column = Column(revenue.name, revenue.label, "metric", revenue.unit, revenue.format)
    name, use = _label(one, binding, context), one.use
    extra, low, high, cost, naive = (
        prose(part, column) for part in (one.extra, one.low, one.high, use.discount, use.revenue)
    )
    anyway = f"{percent(one.anyway, 0)}" if one.anyway is not None else "–"
    if one.found:
        judged = Text(zh=f"带来增量约 {extra.zh}", en=f"brought about {extra.en} extra")
    else:
        judged = Text(zh=f"看不出增量(估计 {extra.zh})", en=f"shows no extra (estimate {extra.en})")
    grade = dict(_GRADES)[one.grade or "none"]
    costed = name_of(binding, "discount") is not None
    cost_zh = f";券成本 {cost.zh},用券成交 {naive.zh} 不等于增量" if costed else ""
    cost_en = f"; it cost {cost.en}, and the {naive.en} sold with it are not extra" if costed else ""
    return Text(
        zh=f"{name.zh}{judged.zh},八成把握在 {low.zh} 到 {high.zh} 之间({grade.zh},n={one.units:,}):"
        f"用的人约 {anyway} 本来就会买{cost_zh}。",
        en=f"{name.en} {judged.en}; 80 % sure: {low.en} to {high.en} ({grade.en}, n={one.units:,}). About "
        f"{anyway} of the "
        f"buyers would have bought anyway{cost_en}.",
    )


def _finding(one: Verdict, binding: AnalysisBinding, revenue: Metric, context: ToolContext) -> Finding:
    filters = {str(name_of(binding, "promotion")): str(one.use.value)}
    said = _statement(one, binding, revenue, context)
    return Finding("test", said, revenue.name, one.extra, one.low, one.high, filters=filters)


def _headline(
    told: list[Verdict],
    verdicts: list[Verdict],
    binding: AnalysisBinding,
    revenue: Metric,
    context: ToolContext,
) -> Text:
    if not told:
        name, why = _label(verdicts[0], binding, context), verdicts[0].why_not
        assert why is not None
        return Text(
            zh=f"{len(verdicts)} 种券的增量都说不清:{name.zh},{why.zh}",
            en=f"What the {len(verdicts)} coupons brought extra cannot be told: {name.en}: {why.en}",
        )
    ordered = sorted(told, key=lambda one: (one.grade != "experiment", -one.use.discount))
    said = [_statement(one, binding, revenue, context) for one in ordered[:2]]
    left = len(verdicts) - len(told)
    zh = f"另有 {left} 种券说不清(见注)。" if left else ""
    en = f" Of {left} more it cannot be told (see the notes)." if left else ""
    return Text(zh="".join(one.zh for one in said) + zh, en=" ".join(one.en for one in said) + en)


def _notes(verdicts: list[Verdict], binding: AnalysisBinding, context: ToolContext) -> tuple[Text, ...]:
    notes = []
    for one in verdicts:
        name = _label(one, binding, context)
        dates = dates_label(one.use.period, context.today)
        if one.why_not is not None:
            notes.append(
                Text(zh=f"{name.zh}没判:{one.why_not.zh}", en=f"{name.en} is not judged: {one.why_not.en}")
            )
        elif one.grade == "adjusted":
            notes.append(
                Text(
                    zh=f"{name.zh}({dates.zh}):和之前 {one.windows} 个同样长的时段里、下单次数和最近购买时间相同"
                    f"的客户比,p={one.p_value:.2f};"
                    "同期的大促和季节会算进来。",
                    en=f"{name.en} ({dates.en}): against customers with as many orders and the same recency in "
                    f"{one.windows} "
                    f"earlier windows of its length, p = {one.p_value:.2f}; sales events and seasons count, too.",
                )
            )
    notes.append(
        Method(
            zh="口径:增量=发券人群的成交−没有券时同样的人会有的成交。用券成交÷券成本不是回报:用券的人里有人本来就会买。最可靠的办法是发券时随机留出一部分人不发。",
            en="Definition: extra = what the targeted people spent less what the same people would have spent "
            "without it. "
            "Revenue over discount is no return, since part of the users buy anyway. The sure way is to hold "
            "the coupon "
            "back from a random part.",
        )
    )
    return tuple(notes)
