"""The digest of a week, a month or an event, for a role: what it was, why, where, what to do."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.change_drivers import change_drivers
from tools.digests.choosing import Kind, Role, frame_of, main_of, metrics_of
from tools.digests.gathering import (
    Gathered,
    explain,
    look_ahead,
    look_at_goals,
    look_back,
    read_metrics,
    read_splits,
    read_trend,
)
from tools.digests.telling import report
from tools.growth import growth
from tools.kpi_status import kpi_status
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult
from tools.scope.periods import settled

MOST_SUGGESTIONS: dict[Role, int] = {"boss": 2, "operations": 4, "analyst": 6}


class DigestInputs(ToolInputs):
    """All optional: the boss's digest of the last whole week."""

    kind: Kind = Field(default="weekly", description="weekly, monthly or event")
    role: Role = Field(
        default="boss", description="boss: one screen; operations: by member; analyst: everything"
    )
    period: PeriodRange | None = Field(default=None, description="the dates, or dates that the event lies in")
    ahead: bool = Field(default=True, description="false: leave out what to do (the growth suggestions)")


@tool(
    name="digest",
    label=Text(zh="周报与月报", en="Digest"),
    examples=Words(
        zh=("来一页周报", "出一份周报", "给我周报"),
        en=("weekly report please", "give me the weekly digest", "weekly report"),
    ),
    inputs=DigestInputs,
    asks=Asks(
        frames=(
            "one_page",
            "summed for_boss",
            "summed one_page for_boss",
            "one_page for_boss",
        ),
        words=(("kind", "monthly", "monthly"),),
    ),
)
def digest(inputs: DigestInputs, context: ToolContext) -> ToolResult:
    """Return the metrics of the period against the one before, why the main one changed, and what to do.

    Tables: the metrics; for operations and analysts one per dimension (its members against the period before).
    Days that still change and periods that are not over are marked. Numbers come from the same queries as questions.

    Raises:
        NotEnoughDataError: there are no data in the period.
    """
    metrics = metrics_of(inputs.role, context)
    main = main_of(metrics)
    span = settled(context, (main.name,))
    assert span.start is not None
    assert span.end is not None
    asked = inputs.period.period() if inputs.period is not None else None
    gathered = Gathered(frame_of(inputs.kind, asked, Period.of(span.start, span.end), context))
    context.step(Text(zh="本期指标", en="The metrics"), 0.0)
    read_metrics(metrics, gathered, context)
    if not any(one.metric is main for one in gathered.reported):
        raise NotEnoughDataError(
            Text(
                zh=f"这段时间没有{main.label.zh}的数据。",
                en=f"There are no data on {main.label.en} in this period.",
            ),
            Text(zh="换一段有数据的时间。", en="Choose a period with data."),
        )
    read_trend(metrics, gathered, context)
    context.step(Text(zh="为什么变", en="Why it changed"), 0.1)
    explain(metrics, change_drivers, gathered, context)
    look_at_goals(kpi_status, gathered, context)
    if inputs.role != "boss":
        context.step(Text(zh="各渠道和人群", en="By channel and audience"), 0.3)
        read_splits(metrics, gathered, context)
    look_back(gathered, context)
    if inputs.ahead:
        context.step(Text(zh="接下来做什么", en="What to do"), 0.4)
        look_ahead(growth, MOST_SUGGESTIONS[inputs.role], gathered, context)
    return report(gathered, inputs.role, context)
