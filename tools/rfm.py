"""RFM: customers by how recently, how often and for how much they buy, in ten named segments."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from semantic_layer.catalog import Metric
from semantic_layer.errors import NotEnoughDataError, QueryError, UnknownNameError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, model_of, name_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.rfm_segments import LABELS, SEGMENTS
from tools.rfm_segments.scoring import Question, scoring

LEAST_CUSTOMERS = 100
MOST_LISTED = 10_000
_LISTED = ("who", "days", "orders", "money", "r", "f", "m", "segment")
_MEASURES = (
    ("days", Text(zh="距上次购买天数(R)", en="days since the last purchase (R)")),
    ("orders", Text(zh="购买次数(F)", en="purchases (F)")),
    ("money", Text(zh="消费金额(M)", en="money (M)")),
)


class RfmInputs(ToolInputs):
    """All optional: the first declared customers, all data, the list of every segment."""

    customers: str | None = Field(default=None, description="the name under customers: in the YAML")
    segment: str | None = Field(default=None, description="list only this RFM segment, e.g. at_risk")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the purchases")
    segments: tuple[str, ...] = Field(default=(), description="named segments of the workspace")
    period: PeriodRange | None = Field(default=None, description="which purchases count")


@tool(
    name="rfm",
    label=Text(zh="RFM 客户分层", en="RFM segments"),
    examples=Words(
        zh=("做一下RFM分层", "客户分层", "哪些客户快流失了要挽回", "最好的客户是谁"),
        en=(
            "RFM analysis",
            "segment our customers by RFM",
            "which customers should we win back",
            "who are our best customers",
        ),
    ),
    inputs=RfmInputs,
    asks=Asks(
        frames=(
            "rfm",
            "tiered customers",
            "tiered recency frequency",
            "customers recency frequency",
            "tiered recency frequency monetary",
            "win_back customers",
            "dormant win_back",
            "~best customers -metric",
            "~dormant customers -metric",
        ),
    ),
)
def rfm(inputs: RfmInputs, context: ToolContext) -> ToolResult:
    """Return ten segments with their customers and revenue, the cut-offs, and the list of customers.

    Raises:
        QueryError: no `customers:` with a revenue is declared. UnknownNameError: no such segment.
        NotEnoughDataError: fewer than 100 customers.
    """
    binding = binding_of(context, "customer", inputs.customers)
    revenue = name_of(binding, "revenue")
    if revenue is None:
        raise QueryError(
            Text(zh="RFM 需要消费金额。", en="RFM needs the money that customers spend."),
            Text(
                zh=f"给 customers: 的 {binding.name} 加上 revenue:。",
                en=f"Add revenue: to {binding.name} under customers:.",
            ),
            code="missing_binding",
        )
    codes = [one.code for one in SEGMENTS]
    if inputs.segment is not None and inputs.segment not in codes:
        raise UnknownNameError(Text(zh="RFM 分层", en="RFM segment"), inputs.segment, codes)
    period = asked_period(context, model_of(binding), inputs.period)
    entities = context.layer.catalog.models[model_of(binding)].entities
    keys = tuple(one.name for one in entities if one.type in ("primary", "unique"))
    question = Question(binding, period, inputs.where, inputs.segments, keys)
    context.step(Text(zh="给客户打分", en="Scoring the customers"))
    result = context.analyse(scoring(question, inputs.segment, MOST_LISTED), row_limit=MOST_LISTED + 100)
    records = result.records()
    (cuts,) = [one for one in records if one["part"] == "cuts"]
    _enough(int(str(cuts["customers"])))
    listed = [one for one in records if one["part"] == "member"]
    listed.sort(key=lambda one: (-_number(one["money"]), str(one["who"])))
    metric = context.layer.catalog.metrics[revenue]
    table = _segment_table(tuple(one for one in records if one["part"] == "segment"), metric)
    dates = dates_label(period, context.today)
    return ToolResult(
        headline=_headline(table, dates),
        tables=(table, _cut_table(cuts), _list_table(listed, metric, inputs.segment, table)),
        chart=ChartSpec(
            "bar", Text(zh="RFM 分层人数", en="Customers by RFM segment"), table, x="segment", y=("customers",),
            options={"sorted": True},
        ),
        findings=_findings(table),
        warnings=_notes(dates, metric),
        sql=(result.sql,),
    )  # fmt: skip


def _enough(customers: int) -> None:
    if customers < LEAST_CUSTOMERS:
        raise NotEnoughDataError(
            Text(
                zh=f"只有 {customers:,} 个有编号的购买客户,分不出五档。",
                en=f"Only {customers:,} customers with a number have bought: too few for fifths.",
            ),
            Text(
                zh=f"至少要 {LEAST_CUSTOMERS} 个;放宽时间或筛选,或给订单补上客户编号。",
                en=f"At least {LEAST_CUSTOMERS} are needed: take more time, fewer filters, or give the orders customer "
                "numbers.",
            ),
        )


def _money(name: str, label: Text, metric: Metric) -> Column:
    return Column(name, label, "derived", metric.unit, metric.format or "#,##0", metric.name)


def _segment_table(records: tuple[dict[str, Cell], ...], metric: Metric) -> Table:
    """Return one row per segment that occurs, the most customers first."""
    people = sum(_number(one["customers"]) for one in records)
    money = sum(_number(one["revenue"]) for one in records)
    actions = {one.code: one.action for one in SEGMENTS}
    columns = (
        Column("segment", Text(zh="分层", en="segment"), "dimension", value_labels=LABELS),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column("customers_share", Text(zh="客户占比", en="share of customers"), "derived", format="0.0%"),
        _money("revenue", metric.label, metric),
        Column("revenue_share", Text(zh="金额占比", en="share of revenue"), "derived", format="0.0%"),
        Column("days", Text(zh="距上次购买(天,中位数)", en="median days since last"), "derived", format="0"),
        Column("orders", Text(zh="购买次数(中位数)", en="median purchases"), "derived", format="0.0"),
        _money("money", Text(zh="消费金额(中位数)", en="median money"), metric),
        Column("money_score", Text(zh="M 平均分", en="mean M score"), "derived", format="0.0"),
        Column(
            "action", Text(zh="建议动作", en="what to do"), "dimension", value_labels=tuple(actions.items())
        ),
    )
    ordered = sorted(records, key=lambda one: (-_number(one["customers"]), str(one["segment"])))
    rows: list[tuple[Cell, ...]] = [
        (
            one["segment"], one["customers"], _number(one["customers"]) / people,
            one["revenue"], _number(one["revenue"]) / money if money > 0 else None,
            one["days"], one["orders"], one["money"], one["money_score"], one["segment"],
        )
        for one in ordered
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _cut_table(record: dict[str, Any]) -> Table:
    columns = (
        Column("measure", Text(zh="维度", en="measure"), "dimension", value_labels=_MEASURES),
        *(
            Column(f"p{at}", Text(zh=f"{at}% 分位", en=f"{at} % quantile"), "derived", format="#,##0.##")
            for at in (20, 40, 60, 80)
        ),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(float(cut) for cut in record[cuts]))
        for (name, _), cuts in zip(_MEASURES, ("day_cuts", "order_cuts", "money_cuts"), strict=True)
    )
    return Table(columns, rows, len(rows))


def _list_table(listed: list[dict[str, Cell]], metric: Metric, segment: str | None, table: Table) -> Table:
    """Return the customers with scores; it says so where the list is cut at 10,000."""
    columns = (
        Column("customer", Text(zh="客户", en="customer"), "dimension"),
        Column("days", _MEASURES[0][1], "derived", format="0"),
        Column("orders", _MEASURES[1][1], "derived", format="0"),
        _money("money", metric.label, metric),
        *(Column(name, Text.same(name.upper()), "derived", format="0") for name in ("r", "f", "m")),
        Column("segment", Text(zh="分层", en="segment"), "dimension", value_labels=LABELS),
    )
    counts = dict(zip(table.column("segment"), table.column("customers"), strict=True))
    known = (
        int(_number(counts.get(segment))) if segment else int(sum(_number(one) for one in counts.values()))
    )
    rows = tuple(tuple(one[name] for name in _LISTED) for one in listed)
    return Table(columns, rows, known, known > len(rows))


def _headline(table: Table, dates: Text) -> Text:
    rows = {str(row[0]): row for row in table.rows}
    total = sum(_number(one) for one in table.column("customers"))
    best = max(table.rows, key=lambda row: _number(row[4]))
    label = dict(LABELS)[str(best[0])]
    said = Text(
        zh=f"{dates.zh}买过的 {total:,.0f} 位客户分成 {len(rows)} 层:金额最多来自「{label.zh}」,"
        f"{best[1]:,} 人({percent(_number(best[2]))})贡献 {percent(_number(best[4]))}。",
        en=f"The {total:,.0f} customers of {dates.en} fall into {len(rows)} segments: most revenue comes from the "
        f"{label.en}, {best[1]:,} people ({percent(_number(best[2]))}) with {percent(_number(best[4]))} of it.",
    )
    top = rows.get("champions")
    if top is not None and top is not best:
        name, money = dict(LABELS)["champions"], prose(top[3], table.columns[3])
        said = Text(
            zh=f"{said.zh}最有价值的「{name.zh}」有 {top[1]:,} 人({percent(_number(top[2]))}),共消费 {money.zh}"
            f"({percent(_number(top[4]))})。",
            en=f"{said.en} The {name.en}, the most valuable, are {top[1]:,} people ({percent(_number(top[2]))}) with "
            f"{money.en} ({percent(_number(top[4]))}).",
        )
    lost = rows.get("cannot_lose") or rows.get("at_risk")
    if lost is None:
        return said
    name, money = dict(LABELS)[str(lost[0])], prose(lost[3], table.columns[3])
    return Text(
        zh=f"{said.zh}最该挽回的是「{name.zh}」{lost[1]:,} 人,已有 {lost[5]:,.0f} 天没买(中位数),"
        f"此前共消费 {money.zh}。",
        en=f"{said.en} First to win back: “{name.en}”, {lost[1]:,} people, {lost[5]:,.0f} days since the last "
        f"purchase (median), who spent {money.en} before.",
    )


def _findings(table: Table) -> tuple[Finding, ...]:
    labels = dict(LABELS)
    return tuple(
        Finding(
            "segment",
            Text(
                zh=f"「{labels[str(row[0])].zh}」{row[1]:,} 人({percent(_number(row[2]))}),"
                f"金额占 {percent(_number(row[4]))}。",
                en=f"{labels[str(row[0])].en}: {row[1]:,} customers ({percent(_number(row[2]))}) with "
                f"{percent(_number(row[4]))} of the revenue.",
            ),
            value=_number(row[2]),
            at=str(row[0]),
        )
        for row in table.rows[:3]
    )


def _notes(dates: Text, metric: Metric) -> tuple[Text, ...]:
    return (
        Method(
            zh=f"口径:{dates.zh}的购买;R=距最后一天的天数,F=购买次数,M=「{metric.label.zh}」之和;各按全体客户的"
            "五分位打 1–5 分(分位值见表),相同的数一定同分,所以有的分数会空着。分层看 R 和 F,M 只用于排序。",
            en=f"Definition: purchases of {dates.en}; R days back from the last day, F purchases, M the sum of "
            f"“{metric.label.en}”, each scored 1 to 5 by the quintiles of all customers (see the cut-offs). Equal "
            "values always score alike, so a score may stay empty. Segments follow R and F; M orders the list.",
        ),
        Text(
            zh="可能出错的地方:分层描述过去,不是流失概率;没有客户编号的购买不在内;名单含客户编号,导出请按权限使用。",
            en="What could be wrong: segments describe the past and are no probability of churn; purchases without a "
            "customer number are left out; the list holds customer numbers, so mind who may have it.",
        ),
    )


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0
