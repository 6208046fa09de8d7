"""Conversion funnel: how many of those who begin get how far, how fast, and where the most are lost."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, model_of, names_of, window_of
from tools.funnels.counting import Definition, Question, counting, steps_of
from tools.funnels.reading import Reading, read
from tools.funnels.telling import (
    SHARES_SAID,
    gap_findings,
    group_table,
    headline,
    loss_finding,
    notes,
    step_table,
)
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ChartSpec, ToolResult

DEFAULT_DAYS = 28
LEAST_ENTRANTS = 30


class FunnelInputs(ToolInputs):
    """All optional: the first declared funnel, its own definition and window, the last 28 days."""

    funnel: str | None = Field(default=None, description="the funnel's name in the YAML")
    dimension: str | None = Field(default=None, description="the dimension whose members are compared")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the events")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="when people enter at the first step")
    definition: Definition | None = Field(
        default=None,
        description="ordered (in this order, default), strict (nothing between) or open (any order)",
    )


@tool(
    name="funnel",
    label=Text(zh="转化漏斗", en="Conversion funnel"),
    examples=Words(
        zh=("漏斗哪一步掉得最多", "看一下转化漏斗", "转化漏斗分析", "用户在哪一步流失最多"),
        en=(
            "where does the funnel lose the most",
            "show me the conversion funnel",
            "funnel analysis",
            "at which step do we lose people",
        ),
    ),
    inputs=FunnelInputs,
    asks=Asks(
        frames=(
            "funnel",
            "step loss",
            "process loss",
            "step process",
            "loss before_buying",
            "~step goes_on",
        ),
    ),
)
def funnel(inputs: FunnelInputs, context: ToolContext) -> ToolResult:
    """Return people per funnel step with the share that goes on (80 % Wilson interval) and the time it takes.

    The second table has the steps by member of the asked dimension, or of those the funnel declares.

    Raises:
        QueryError: no funnel is declared. NotEnoughDataError: fewer than 30 enter.
    """
    binding = binding_of(context, "funnel", inputs.funnel)
    period = asked_period(context, model_of(binding), inputs.period, DEFAULT_DAYS)
    sequence = str(binding.options.get("sequence", "ordered"))
    declared: Definition = "open" if sequence == "any" else "strict" if sequence == "strict" else "ordered"
    hidden = context.layer.rights(context.user)
    scanned = [
        name
        for name in names_of(binding, "dimensions")
        if name not in hidden.hidden and name not in hidden.masked
    ]
    question = Question(
        binding=binding,
        period=period,
        window=window_of(binding),
        definition=inputs.definition or declared,
        groups=(inputs.dimension,) if inputs.dimension else tuple(scanned),
        where=inputs.where,
        segments=inputs.segments,
    )
    result = context.analyse(counting(question))
    reading = read(question, result.records(), context.layer.catalog)
    _enough(reading)
    table = step_table(reading)
    gaps = gap_findings(reading)
    loss = loss_finding(reading)
    groups = group_table(reading)
    return ToolResult(
        headline=headline(reading, loss, gaps, context),
        tables=(table, *((groups,) if groups is not None else ())),
        chart=ChartSpec(
            "funnel", binding.label, table, x="step", y=("people",), options={"subtitle": SHARES_SAID}
        ),
        findings=(loss, *gaps),
        warnings=notes(reading, context),
        sql=(result.sql,),
    )


def _enough(reading: Reading) -> None:
    entered = reading.people[0]
    if entered < LEAST_ENTRANTS or reading.people[1] == 0:
        first = steps_of(reading.question.binding)[0].label
        raise NotEnoughDataError(
            Text(
                zh=f"这段时间只有 {entered:,} 个进入「{first.zh}」,{reading.people[1]:,} 个走到第二步,"
                "算不出可信的转化。",
                en=f"Only {entered:,} reach “{first.en}” in this period and {reading.people[1]:,} the step after it: "
                "too few for a rate.",
            ),
            Text(
                zh=f"放宽时间或筛选;至少要 {LEAST_ENTRANTS} 个进入第一步,并确认事件带有访客编号。",
                en=f"Take a longer period or fewer filters: at least {LEAST_ENTRANTS} must enter, and "
                "events must carry a visitor's number.",
            ),
        )
