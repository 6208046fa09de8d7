"""Spend response: what the next unit of spend returns, by channel, with carry-over and saturation where known."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.media.fitting import fit
from tools.media.reading import focus_of, read_panel
from tools.media.telling import (
    curve_chart,
    response_findings,
    response_headline,
    response_notes,
    response_table,
)
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult


class SpendResponseInputs(ToolInputs):
    """All optional: the first declared budget, all its channels, up to five years of whole weeks."""

    budget: str | None = Field(default=None, description="the budget's name in the YAML")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the channels")
    period: PeriodRange | None = Field(default=None, description="the weeks to learn from")


@tool(
    name="spend_response",
    label=Text(zh="投放响应", en="Spend response"),
    examples=Words(
        zh=("各渠道的边际回报", "再加预算还划算吗", "投放响应曲线", "哪个渠道已经饱和"),
        en=(
            "marginal return by channel",
            "is it worth spending more",
            "spend response curve",
            "which channel is saturated",
        ),
    ),
    inputs=SpendResponseInputs,
    asks=Asks(
        frames=(
            "marginal",
            "marginal channel",
            "more_money pays",
            "more_money pays channel",
        ),
    ),
)
def spend_response(inputs: SpendResponseInputs, context: ToolContext) -> ToolResult:
    """Return average and marginal return per channel with 80 % intervals, and the response curves.

    Outcomes told by channel: each channel's own elasticity. Else all channels on one outcome: regression with trend,
    season and HAC errors, with adstock and saturation from two years of weeks on.

    Raises:
        QueryError: no budget is declared. NotEnoughDataError: fewer than 26 weeks, or 8 levels of spend in no channel.
    """
    focus, where = focus_of(inputs.where, context, inputs.budget)
    panel = read_panel(context, inputs.budget, inputs.period, where)
    fitted = fit(panel, context)
    # All channels are fitted, whichever is asked about: what is common to them has to be known.
    shown = tuple(one for one in focus if one in panel.codes)
    found = tuple(
        one for one in response_findings(panel, fitted) if not shown or one.filters[panel.dimension] in shown
    )
    return ToolResult(
        headline=response_headline(panel, fitted, found, shown, context),
        tables=(response_table(panel, fitted),),
        chart=curve_chart(panel, fitted, shown),
        findings=found,
        warnings=response_notes(panel, fitted),
        sql=panel.sql,
        periods=(panel.period,),
    )
