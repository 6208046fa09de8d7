"""What comes next: a forecast with its interval, chosen by how well each method would have done before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pydantic import Field

from semantic_layer.period import Grain, Period, shift
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.metric_tree.series import Asked
from tools.metric_tree.shape import shape_of
from tools.outlook.history import history_of
from tools.outlook.outlook import outlook_of
from tools.outlook.report import report
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult
from tools.scope.metric import metric_of, taken_for_granted
from tools.scope.periods import settled

DEFAULT_AHEAD = {Grain.DAY: 30, Grain.WEEK: 13, Grain.MONTH: 12}


class ForecastInputs(ToolInputs):
    """What to forecast, until when, for whom; all optional."""

    metric: str | None = Field(default=None, description="the metric; by default the leading one, said so")
    where: tuple[Where, ...] = Field(default=(), description="conditions on rows")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(
        default=None, description="the days to forecast; the next 30 by default"
    )


@tool(
    name="forecast",
    label=Text(zh="预测", en="Forecast"),
    examples=Words(
        zh=("预测下个月", "接下来30天会是多少", "预测一下未来走势", "下周预计是多少"),
        en=(
            "forecast the next month",
            "what will the next 30 days bring",
            "predict next week",
            "forecast it",
        ),
    ),
    inputs=ForecastInputs,
    asks=Asks(
        frames=(
            "predicted +metric",
            "predicted future",
            "as_it_goes +metric",
            "as_it_goes will_reach",
            "will_reach future +metric",
            "ahead trend +metric",
            "will_reach ahead +metric",
        ),
    ),
)
def forecast(inputs: ForecastInputs, context: ToolContext) -> ToolResult:
    """Return the expected value of a period and of each bucket in it, with 80 % intervals.

    Seasonal naive, Theta, ETS and SARIMA compete in a rolling-origin back-test; the one with the smallest MASE
    is used, the naive one is always shown. Intervals are conformal: what the method was off by in the back-test.

    Raises:
        UnknownNameError: the metric does not exist. QueryError: it cannot be added up over time.
        NotEnoughDataError: the history is too short for the horizon.
    """
    metric = metric_of(context.layer.catalog, inputs.metric)
    span = settled(context, (metric.name,))
    assert span.end is not None
    asked = Asked(shape_of(context.layer.catalog, metric.name), inputs.where, inputs.segments)
    wanted = inputs.period.period() if inputs.period else None
    ahead = wanted is not None and wanted.requested_end > span.end
    history = history_of(context, asked, span, wanted.requested_end if wanted is not None and ahead else None)
    end = history.end if history.starts else span.end
    until = _default_end(end, history.grain)
    if wanted is not None and ahead:
        until = max(wanted.requested_end, shift(end, 1, history.grain))
    outlook = outlook_of(context.layer.catalog, history, until)
    first = max(wanted.start, end) if wanted is not None and ahead else end
    target = Period.of(min(first, outlook.starts[-1]), shift(outlook.starts[-1], 1, history.grain))
    so_far = Period.of(wanted.start, end) if wanted is not None and ahead and wanted.start < end else None
    result = report(metric, asked, outlook, target, so_far, defaulted=not ahead, context=context)
    if inputs.metric is not None:
        return result
    return replace(result, warnings=(taken_for_granted(metric), *result.warnings))


def _default_end(end: date, grain: Grain) -> date:
    if grain is Grain.DAY:
        return end + timedelta(days=DEFAULT_AHEAD[grain])
    return shift(end, DEFAULT_AHEAD[grain], grain)
