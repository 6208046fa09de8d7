"""Lifetime value: what customers will bring, by BG/NBD and Gamma-Gamma, or by sBG where they are under contract."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from semantic_layer.catalog import Dimension
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, model_of, name_of
from tools.lifetime.contract import contract_value
from tools.lifetime.counting import cells, customers, values
from tools.lifetime.listing import listed, margin_of
from tools.lifetime.telling import (
    back_test_finding,
    back_test_table,
    findings,
    headline,
    joined_sql,
    model_table,
    notes,
    period_of_hold_out,
    profit_note,
    value_table,
)
from tools.lifetime.valuing import back_test, valuation
from tools.purchases.history import Purchases, long_enough, revenue_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ChartSpec, ToolResult
from tools.scope.metric import dimension_of

LEAST_CUSTOMERS = 200
LEAST_REPEATERS = 50
LONGEST_HOLD_OUT = 182
WHAT = Text(zh="生命周期价值", en="a lifetime value")


class LtvInputs(ToolInputs):
    """All optional: the first declared customers, all data, the next 365 days, by purchases so far."""

    customers: str | None = Field(default=None, description="the name under customers: in the YAML")
    days: int = Field(default=365, ge=28, le=1825, description="how far ahead, in days")
    dimension: str | None = Field(
        default=None, description="compare by this, as it was at the first purchase"
    )
    discount_rate: float = Field(
        default=0.0, ge=0, le=1, description="yearly rate at which later money counts less"
    )
    where: tuple[Where, ...] = Field(default=(), description="conditions on the first purchase")
    segments: tuple[str, ...] = Field(default=(), description="named segments, at the first purchase")
    period: PeriodRange | None = Field(default=None, description="which purchases the models learn from")


@tool(
    name="ltv",
    label=Text(zh="生命周期价值(LTV)", en="Lifetime value"),
    examples=Words(
        zh=(
            "客户的生命周期价值是多少",
            "LTV是多少",
            "新客未来一年能带来多少钱",
            "算一下LTV",
            "各渠道客户的LTV",
        ),
        en=(
            "what is our customer lifetime value",
            "what is the LTV",
            "how much is a new customer worth",
            "lifetime value by channel",
        ),
    ),
    inputs=LtvInputs,
    asks=Asks(
        frames=(
            "ltv",
            "lifetime worth",
            "lifetime worth customers",
            "best customers +dimension -metric",
            "lifetime worth customers first_time",
            "customers worth over_time",
            "customers worth +length",
            "customers worth first_time lifetime",
        ),
        numbers=(("days", "length"),),
    ),
)
def ltv(inputs: LtvInputs, context: ToolContext) -> ToolResult:
    """Return expected value per customer by group with interval, back-test, parameters, and the list of customers.

    Where the binding says `renewal:`, customers are under contract: the retention curve, projected by sBG.

    Raises:
        QueryError: no `customers:` with a revenue. NotEnoughDataError: under 12 weeks of purchases, 200 customers or
        50 who bought again; or nothing to hold out.
    """
    binding = binding_of(context, "customer", inputs.customers)
    metric = revenue_of(binding, context, WHAT)
    period = asked_period(context, model_of(binding), inputs.period)
    if name_of(binding, "renewal") is not None:
        question = Purchases(binding, period, inputs.where, inputs.segments)
        return contract_value(question, metric, inputs.days, inputs.discount_rate, context)
    long_enough(period, WHAT)
    dimension = _dimension(inputs.dimension, context)
    members = (dimension.name,) if dimension is not None else ()
    question = Purchases(binding, period, inputs.where, inputs.segments, members)
    count, again, gap = customers(question, context)
    _enough(count, again)
    held_days = period_of_hold_out(period, LONGEST_HOLD_OUT)
    plain = Purchases(binding, period, inputs.where, inputs.segments)
    held = cells(plain, context, period.end - timedelta(days=held_days), count)
    if not (held.repeats > 0).any() or held.weights.sum() < LEAST_CUSTOMERS / 2:
        raise _thin(round(float(held.weights.sum())), 0)
    tested = back_test(held, held_days / 7)
    whole = cells(question, context, period.end, count)
    money = values(plain, context)
    if not money.repeats.size:
        raise _thin(count, 0)
    found = valuation(whole, money, inputs.days / 7, (1 + inputs.discount_rate) ** (7 / 365.25) - 1)
    margin = abs(tested.error)
    table = value_table(found, margin, metric, dimension)
    slow = (_slow(gap),) if gap * 3 > period.days else ()
    context.step(Text(zh="逐位客户估值", en="Valuing customer by customer"), 0.9)
    everybody, list_sql = listed(plain, found, inputs.days, metric, context)
    left = margin_of(binding, metric.name, period, context)
    kept = (profit_note(found, left, margin, metric, inputs.days),) if left is not None else ()
    return ToolResult(
        headline=headline(found, margin, metric, inputs.days, dimension),
        tables=(table, back_test_table(tested), model_table(found), everybody),
        chart=ChartSpec(
            "forest",
            Text(zh=f"未来{inputs.days}天人均预计价值(80% 区间)", en=f"Value per customer, {inputs.days} days (80 %)"),
            table, x=table.columns[0].name, y=("value",), low="low", high="high",
        ),
        findings=(*findings(found, metric, dimension), back_test_finding(tested)),
        warnings=(*kept, *notes(question, found, tested, metric, context.today, inputs.discount_rate), *slow),
        sql=joined_sql((whole.sql, held.sql, money.sql, list_sql)),
    )  # fmt: skip


def _dimension(name: str | None, context: ToolContext) -> Dimension | None:
    if name is None:
        return None
    found = context.layer.catalog.dimensions[dimension_of(context.layer.catalog, name)]
    return None if found.kind == "time" else found


def _enough(count: int, again: int) -> None:
    if count < LEAST_CUSTOMERS or again < LEAST_REPEATERS:
        raise _thin(count, again)


def _thin(count: int, again: int) -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"有编号的购买客户 {count:,} 位,其中买过两天以上的 {again:,} 位,估不出生命周期价值。",
            en=f"{count:,} customers with a number have bought, {again:,} of them on a second day: too few to value.",
        ),
        Text(
            zh=f"至少要 {LEAST_CUSTOMERS} 位客户、{LEAST_REPEATERS} 位复购;放宽时间或筛选,或给订单补上客户编号。",
            en=f"At least {LEAST_CUSTOMERS} customers and {LEAST_REPEATERS} who came back are needed: take more time, "
            "fewer filters, or give the orders customer numbers.",
        ),
    )


def _slow(gap: float) -> Text:
    return Text(
        zh=f"注意:复购客户两次购买一般隔 {gap:.0f} 天,历史只够两三个周期,估计偏粗。",
        en=f"Mind: two purchases usually lie {gap:.0f} days apart, and the history holds only two or three such "
        "cycles.",
    )
