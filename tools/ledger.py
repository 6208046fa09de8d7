"""The ledger of suggestions: what was advised, decided and tried, and what it brought against the promise."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.promises.finding import Asked, chosen, logged_actions
from tools.promises.telling import report
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult


class LedgerInputs(ToolInputs):
    """All optional: every suggestion that was decided, else every one that was shown."""

    metric: str | None = Field(default=None, description="only suggestions for this metric")
    where: tuple[Where, ...] = Field(default=(), description="members that the suggestion is about")
    period: PeriodRange | None = Field(default=None, description="when it was suggested, decided or on")


@tool(
    name="ledger",
    label=Text(zh="建议台账", en="Suggestion ledger"),
    examples=Words(
        zh=(
            "建议台账",
            "采纳的建议效果如何",
            "之前的建议兑现了吗",
            "哪些建议被采纳了",
            "建议执行得怎么样",
        ),
        en=(
            "suggestion ledger",
            "how did the accepted suggestions work out",
            "did your suggestions keep their promise",
            "which suggestions were accepted",
            "what became of the suggestions",
        ),
    ),
    inputs=LedgerInputs,
    asks=Asks(
        frames=(
            "advice earlier",
            "advice turned_out",
            "advice earlier turned_out",
        ),
    ),
)
def ledger(inputs: LedgerInputs, context: ToolContext) -> ToolResult:
    """Return one row per suggestion with promise, decision and measured effect; what is due is measured now.

    Where no suggestion fits, what the workspace's own action log holds on the same members is measured instead.

    Raises:
        NotEnoughDataError: neither the ledger nor the action log holds anything that fits.
    """
    asked = Asked(inputs.metric, inputs.where, inputs.period.period() if inputs.period is not None else None)
    found = chosen(asked, context.promises())
    actions = logged_actions(asked, context) if asked.members() or not found else ()
    if not found and not actions:
        raise NotEnoughDataError(
            Text(
                zh="建议台账和动作日志里都没有符合的记录。",
                en="Neither the ledger of suggestions nor the action log holds anything that fits.",
            ),
            Text(
                zh="建议在对话里出现后会自动入账;点「采纳」后到期验收。也可以换个时间或渠道再问。",
                en="Suggestions are entered when they are shown; accept one, and it is measured when it is due. Or ask "
                "about another time or member.",
            ),
        )
    return report(found, actions, context)
