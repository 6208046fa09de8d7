"""Live sessions and creator deals by what is left after refunds, fees, commission and the goods."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, model_of, names_of
from tools.dealing.reading import grouped, read_deals, terms_of
from tools.dealing.telling import report
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult

DEFAULT_DAYS = 90


class DealInputs(ToolInputs):
    """All optional: every deal of the last 90 days of the first binding."""

    deal: str | None = Field(default=None, description="the name under deals: in the YAML")
    dimension: str | None = Field(default=None, description="add the deals up by this, e.g. the host")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the deals")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="when the deals took place")
    profit: bool = Field(default=False, description="true: refuse where costs are missing")


@tool(
    name="deals",
    label=Text(zh="直播与达人合作净额", en="Live sessions and creator deals"),
    examples=Words(
        zh=(
            "哪场直播最赚钱",
            "达人直播赚钱吗",
            "直播扣完退款佣金坑位费还剩多少",
            "哪个达人合作亏钱",
            "直播保本点是多少",
        ),
        en=(
            "which live session made the most money",
            "are the creator deals profitable",
            "live sales after refunds fees and commission",
            "which creator deal loses money",
            "what is the break-even of the live sessions",
        ),
    ),
    inputs=DealInputs,
    asks=Asks(
        frames=(
            "broadcast profit",
            "broadcast fees profit",
            "~broadcast fees",
        ),
    ),
)
def deals(inputs: DealInputs, context: ToolContext) -> ToolResult:
    """Return one row per deal: sales, refunds, fees, what is left, cost and profit where known, and the break-even.

    Break-even is the sales per unit of fees at which nothing is left; with ad spend as the fee, break-even ROAS.

    Raises:
        QueryError: no `deals:` is declared, the dimension is none of its, or profit was asked without `costs:`.
        NotEnoughDataError: no deal in the period.
    """
    binding = binding_of(context, "deal", inputs.deal)
    terms = terms_of(binding)
    if inputs.profit and not terms.costs:
        raise QueryError(
            Text(
                zh=f"「{binding.label.zh}」的利润和保本点答不了:缺商品、运费、平台扣点等成本,猜一个会误导您。",
                en=f"Profit and break-even of “{binding.label.en}” cannot be told: the costs of goods, shipping and "
                "platform are missing, and a guess would mislead you.",
            ),
            Text(
                zh=f"给 deals: 的 {binding.name} 写上 costs:;能答的是扣完退款和费用后的到手金额。",
                en=f"Name costs: of {binding.name} under deals:. Known: what is left after refunds and fees.",
            ),
            code="missing_costs",
        )
    dimensions = names_of(binding, "dimensions")
    if inputs.dimension is not None and inputs.dimension not in (*dimensions, binding.options["item"]):
        raise QueryError(
            Text(
                zh=f"「{binding.label.zh}」不能按 {inputs.dimension} 汇总。",
                en=f"{binding.label.en} cannot be added up by {inputs.dimension}.",
            ),
            Text(zh=f"可用:{'、'.join(dimensions)}。", en=f"There are: {', '.join(dimensions)}."),
        )
    period = asked_period(context, model_of(binding), inputs.period, DEFAULT_DAYS)
    found, sql = read_deals(binding, period, inputs.where, inputs.segments, context)
    if not found:
        raise NotEnoughDataError(
            Text(
                zh=f"这段时间没有符合条件的{binding.label.zh}。",
                en=f"There are no {binding.label.en} like that in the period.",
            ),
            Text(zh="换一段时间或放宽条件。", en="Take another period or fewer conditions."),
        )
    by = inputs.dimension if inputs.dimension in dimensions else None
    shown = grouped(found, by) if by else found
    return report(binding, terms, shown, by, period, sql, context)
