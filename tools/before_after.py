"""Before and after: what a change at a known time did, against controls or against the series' own history."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.catalog import Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import Condition, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.interventions.asking import change_of
from tools.interventions.measuring import measure
from tools.interventions.telling import chart, findings, headline, method_table, notes, series_table
from tools.metric_tree.shape import shape_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult
from tools.scope.metric import metric_of
from tools.scope.periods import settled


class BeforeAfterInputs(ToolInputs):
    """All optional: the first strategic metric, the latest entry of the action log."""

    metric: str | None = Field(default=None, description="the metric that the change should move")
    action: str | None = Field(default=None, description="words of an entry in the action log")
    period: PeriodRange | None = Field(default=None, description="the days on which the change was on")
    where: tuple[Where, ...] = Field(
        default=(),
        description="whom the change touched (dimension = members); the other members are the controls",
    )
    segments: tuple[str, ...] = Field(
        default=(), description="named segments, for treated and controls alike"
    )


@tool(
    name="before_after",
    label=Text(zh="前后对比(效果评估)", en="Before and after"),
    examples=Words(
        zh=("做一个前后对比", "上一个动作有没有效果", "评估一下最近一次动作的效果", "最近的调整有没有用"),
        en=(
            "before and after analysis",
            "did the last action work",
            "what was the effect of the last change",
            "compare before and after the last change",
        ),
    ),
    inputs=BeforeAfterInputs,
    asks=Asks(
        frames=(
            "action latest helped",
            "~action helped",
            "before_after",
            "before_after action latest",
        ),
    ),
)
def before_after(inputs: BeforeAfterInputs, context: ToolContext) -> ToolResult:
    """Return what a change did per day or week, with an 80 % interval from placebos; the naive change beside it.

    With untouched members of the same dimension: synthetic difference in differences (and plain DiD). Without:
    a structural time-series counterfactual. No finding where the placebo rank is above 0.1.

    Raises:
        QueryError: nothing says when, or the metric cannot be added up. NotEnoughDataError: too little history.
    """
    metric = _metric(inputs, context)
    coverage = settled(context, (metric.name,))
    assert coverage.start is not None
    assert coverage.end is not None
    span = Period.of(coverage.start, coverage.end)
    change = change_of(inputs.action, inputs.period, inputs.where, span.end, context)
    measured = measure(metric, change, inputs.segments, span, context)
    series = series_table(measured)
    return ToolResult(
        headline=headline(measured, context),
        tables=(method_table(measured), series),
        chart=chart(measured, series),
        findings=findings(measured, context),
        warnings=notes(measured),
        sql=measured.sql,
        periods=(change.period, Period.of(measured.starts[0], change.period.start)),
    )


def _metric(inputs: BeforeAfterInputs, context: ToolContext) -> Metric:
    """Return the metric asked for, else the first strategic one that can be read for whom the change touched."""
    catalog = context.layer.catalog
    first = metric_of(catalog, inputs.metric)
    if inputs.metric is not None:
        return first
    named = [one.dimension for one in inputs.where if isinstance(one, Condition)]
    groups = tuple(GroupBy(dimension=name) for name in dict.fromkeys(named))
    shown = [one for one in catalog.metrics.values() if not one.hidden and one.tier == "strategic"]
    fit: list[tuple[bool, bool, Metric]] = []
    for metric in dict.fromkeys((first, *shown)):
        query = MetricQuery(metrics=(metric.name,), group_by=groups)
        try:
            context.layer.compile(query, today=context.today, user=context.user)
            shape = shape_of(catalog, metric.name)
        except AskGrowthError:
            continue
        fit.append((shape.denominator is not None, not metric.certified, metric))
    # An effect is easiest to read on a total.
    return min(fit, key=lambda one: one[:2])[2] if fit else first
