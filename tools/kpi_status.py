"""Where the targets stand: done so far, expected landing, and the probability of meeting each."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import AskGrowthError, NotEnoughDataError, QueryError
from semantic_layer.period import ONE_DAY
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult
from tools.scope.metric import metric_of
from tools.scope.periods import settled
from tools.targets.goals import current, goals_of, with_goals
from tools.targets.report import report
from tools.targets.status import Status, status_of


class KpiInputs(ToolInputs):
    """Which target; both optional."""

    metric: str | None = Field(default=None, description="the metric; all that have a target by default")
    period: PeriodRange | None = Field(
        default=None, description="the target's period; the running one by default"
    )


@tool(
    name="kpi_status",
    label=Text(zh="目标进度", en="Target progress"),
    examples=Words(
        zh=("目标完成得怎么样", "能完成目标吗", "目标进度", "离目标还差多少"),
        en=(
            "are we on track",
            "will we hit the target",
            "how are we doing against target",
            "target progress",
        ),
    ),
    inputs=KpiInputs,
    asks=Asks(
        frames=(
            "target progress",
            "target progress progress",
            "~on_target",
            "~progress target",
        ),
    ),
)
def kpi_status(inputs: KpiInputs, context: ToolContext) -> ToolResult:
    """Return each target with what is done, the forecast landing, its 80 % interval and the chance of meeting it.

    Targets are those of the metrics' `targets:` and of tables bound under `targets:`.

    Raises:
        UnknownNameError: the metric does not exist. QueryError: no target is declared for it.
        NotEnoughDataError: no target covers the period.
    """
    catalog = context.layer.catalog
    metrics = [metric_of(catalog, inputs.metric)] if inputs.metric else with_goals(catalog)
    wanted = inputs.period.period() if inputs.period else None
    found: list[Status] = []
    declared = False
    for metric in metrics:
        try:
            goals = goals_of(context, metric)
            span = settled(context, (metric.name,))
            declared = declared or bool(goals)
            assert span.end is not None
            goal = current(goals, wanted, span.end - ONE_DAY)
            if goal is not None:
                found.append(status_of(context, goal))
        except AskGrowthError:
            if inputs.metric:
                raise
    if not declared:
        raise _no_targets(metrics[0].label if inputs.metric else None)
    if not found:
        raise NotEnoughDataError(
            Text(zh="这段时间没有目标。", en="No target covers this period."),
            Text(
                zh="在 YAML 里给指标的 targets 加上这段时间(例如 2025-Q4)。",
                en="Add the period (such as 2025-Q4) to the metric's targets in the YAML.",
            ),
        )
    return report(found, context, wanted)


def _no_targets(label: Text | None) -> QueryError:
    zh, en = (label.zh, label.en) if label else ("任何指标", "any metric")
    return QueryError(
        Text(zh=f"没有给{zh}设目标。", en=f"No target is declared for {en}."),
        Text(
            zh="在 YAML 里写 targets: [{period: 2025-Q4, value: …}],或在 targets: 里绑定一张计划表。",
            en="Write targets: [{period: 2025-Q4, value: …}] on the metric, or bind a table of plans under targets:.",
        ),
        code="no_target",
    )
