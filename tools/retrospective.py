"""复盘: goal against actual of a period, why, what was tried and what it did, what to keep, stop and start."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, Period, shift, truncate
from semantic_layer.query import Compare, PeriodRange
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.before_after import before_after
from tools.change_drivers import change_drivers
from tools.growth import growth
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import CURRENCIES
from tools.result import ToolResult
from tools.retro.gathering import (
    Material,
    Queries,
    Scored,
    chosen_metrics,
    explain,
    look_ahead,
    look_at_actions,
    look_at_promises,
    look_at_trials,
    score,
)
from tools.retro.telling import report
from tools.scope.metric import metric_of
from tools.scope.periods import compared, settled


class RetrospectiveInputs(ToolInputs):
    """All optional: the last whole month, every metric with a target."""

    metric: str | None = Field(default=None, description="look at this metric only")
    period: PeriodRange | None = Field(default=None, description="the period or event looked back on")
    compare: Compare | None = Field(default=None, description="what it is held against")
    ahead: bool = Field(default=True, description="false: leave out what to start (the growth suggestions)")


@tool(
    name="retrospective",
    label=Text(zh="复盘", en="Retrospective"),
    examples=Words(  # without dates: an example is routed word for word, and its dates would not be read
        zh=("做一个复盘", "复盘一下", "业务复盘", "复盘一下做得怎么样"),
        en=("do a retrospective", "retrospective", "business retrospective", "what did we learn"),
    ),
    inputs=RetrospectiveInputs,
    asks=Asks(
        frames=(
            "review_back lessons",
            "review_back",
            "~lessons",
            "~lessons +time",
            "~why +time -metric",
        ),
    ),
)
def retrospective(inputs: RetrospectiveInputs, context: ToolContext) -> ToolResult:
    """Return goal and actual, drivers, actions with their effect, and what to keep, stop, start and finish.

    Tables: metrics, conclusions, actions, drivers. Every conclusion names the queries it rests on by number.

    Raises:
        UnknownNameError: the metric does not exist. NotEnoughDataError: no data in the period.
    """
    if inputs.metric is not None:
        metric_of(context.layer.catalog, inputs.metric)
    metrics = chosen_metrics(inputs.metric, context)
    main = metrics[0]
    span = settled(context, (main.name,))
    assert span.start is not None
    assert span.end is not None
    if inputs.period is not None:
        asked = inputs.period.period()
        period = asked.cut(span.end) if asked.start < span.end else asked
    else:
        end = truncate(span.end, Grain.MONTH)
        period = Period.of(shift(end, -1, Grain.MONTH), end)
    if period.start >= span.end or period.end <= span.start or not period.days:
        raise NotEnoughDataError(
            Text(zh="这段时间没有数据,没法复盘。", en="There are no data in the period to look back on."),
            Text(zh="换一段有数据的时间。", en="Choose a period with data."),
        )
    material, queries = Material(period, compared(context, period, inputs.compare)), Queries()
    context.step(Text(zh="目标和实际", en="Goal and actual"), 0.0)
    score(metrics, material, queries, context)
    main = _main(material, main)
    context.step(Text(zh="为什么变", en="Why it changed"), 0.1)
    explain(main, material, change_drivers, queries, context)
    look_at_actions(main, material, before_after, queries, context)
    context.step(Text(zh="期间结束的实验", en="Experiments that ended"), 0.65)
    look_at_trials(material, queries, context)
    look_at_promises(material, queries, context)
    if inputs.ahead:
        context.step(Text(zh="接下来做什么", en="What to start"), 0.75)
        look_ahead(material, growth, context)
    return report(main, material, queries, context)


def _main(material: Material, first: Metric) -> Metric:
    """Return the metric to explain: one with a goal for the period, else money that adds up, else the first."""

    def rank(one: Scored) -> tuple[bool, bool]:
        adds = isinstance(one.metric.type, SimpleMetric) and (one.metric.unit or "").upper() in CURRENCIES
        return one.goal is None, not adds

    return min(material.scored, key=rank).metric if material.scored else first
