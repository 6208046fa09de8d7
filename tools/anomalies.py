"""Days that do not look right: outliers of the seasonal pattern, with events explained and fake traffic named."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from semantic_layer.catalog import Catalog, Dimension, Metric, RatioMetric
from semantic_layer.errors import AskGrowthError, NotEnoughDataError, QueryError
from semantic_layer.period import Period
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.anomaly.report import report
from tools.anomaly.scan import LEAST_DAYS, Scan, scan
from tools.asks import Asks
from tools.metric_tree.series import Asked
from tools.metric_tree.shape import shape_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import CURRENCIES
from tools.result import ToolResult
from tools.scope.metric import dimension_of, metric_of
from tools.scope.periods import settled, within

DEFAULT_DAYS = 90
HISTORY_DAYS = 400
AFTER = 28  # days after the period that help to see what was usual
MOST_METRICS = 8
MOST_TRAFFIC = 4
MOST_MATURITY = 15  # days: a metric that settles later says nothing about now
MOST_DIMENSIONS = 3


class AnomalyInputs(ToolInputs):
    """What to look at; all optional."""

    metric: str | None = Field(default=None, description="the metric; traffic and strategic ones by default")
    dimension: str | None = Field(default=None, description="the only dimension to look into")
    where: tuple[Where, ...] = Field(default=(), description="conditions on rows")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="the days to judge; the last 90 by default")


@tool(
    name="anomalies",
    label=Text(zh="异常检测", en="Anomaly detection"),
    examples=Words(
        zh=("有没有异常", "最近数据有异常吗", "有没有刷量或机器流量", "哪天不正常"),
        en=(
            "are there any anomalies",
            "is anything unusual",
            "do we have fake traffic",
            "is there bot traffic",
        ),
    ),
    inputs=AnomalyInputs,
    asks=Asks(
        frames=(
            "~strange",
            "strange data",
            "strange +metric",
            "~fake",
            "fake +metric",
        ),
    ),
)
def anomalies(inputs: AnomalyInputs, context: ToolContext) -> ToolResult:
    """Return the days that lie off their seasonal baseline, the farthest first, one row each.

    Baseline: rolling median and weekday medians, event days left out. A day counts at 4 robust standard deviations
    and by the robust generalised ESD test (Rosner 1983), its level shared among all series looked at. A jump in
    traffic is checked for fake: nobody buys, everybody bounces, one source stands out.

    Raises:
        UnknownNameError: the metric or dimension does not exist. QueryError: the metric cannot be taken apart by day.
        NotEnoughDataError: under eight weeks of days.
    """
    catalog = context.layer.catalog
    metrics = [metric_of(catalog, inputs.metric)] if inputs.metric else _default_metrics(catalog)
    found: list[tuple[Scan, Asked]] = []
    period: Period | None = None
    for metric in metrics:
        try:
            asked = Asked(shape_of(catalog, metric.name), inputs.where, inputs.segments)
            looked = _periods(inputs, context, metric)
            judged = looked[0]
            period = judged if period is None else _cover(period, judged)
            found.append((scan(context, metric, asked, _dimensions(inputs, context, metric), *looked), asked))
        except AskGrowthError:
            if inputs.metric or len(metrics) == 1:
                raise
    if not found or period is None or not any(one.series for one, _ in found):
        raise _too_thin()
    return report(found, period, context, defaulted=inputs.period is None)


def _too_thin() -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"没有一个序列够大:至少要 {LEAST_DAYS} 天,每天约 30 个以上(比率的分母 100 以上)。",
            en=f"No series is large enough: {LEAST_DAYS} days are needed, with some 30 a day (100 under a ratio).",
        ),
        Text(zh="换一个量更大的指标,或去掉筛选条件。", en="Take a larger metric, or drop the conditions."),
    )


def _periods(inputs: AnomalyInputs, context: ToolContext, metric: Metric) -> tuple[Period, Period]:
    """Return the days to judge, and the days to judge them by."""
    span = settled(context, (metric.name,))
    assert span.start is not None
    assert span.end is not None
    if inputs.period is not None:
        period = within(inputs.period, span, context)
    else:
        # Days that are not settled yet look low without being so.
        end = max(span.end - timedelta(metric.maturity_days), span.start + timedelta(1))
        period = Period.of(max(span.start, end - timedelta(DEFAULT_DAYS)), end)
    period = Period.of(max(period.start, span.start), period.end)
    first = max(span.start, period.start - timedelta(HISTORY_DAYS))
    return period, Period.of(first, min(span.end, period.end + timedelta(AFTER)))


def _cover(one: Period, other: Period) -> Period:
    return Period.of(min(one.start, other.start), max(one.end, other.end))


def _default_metrics(catalog: Catalog) -> list[Metric]:
    """Return what traffic is counted by, then the strategic metrics."""
    over = [
        metric.type.denominator.metric
        for metric in catalog.metrics.values()
        if isinstance(metric.type, RatioMetric) and metric.good_direction in ("up", "down")
    ]
    counted = [name for name in over if (catalog.metrics[name].unit or "").upper() not in CURRENCIES]
    traffic = sorted(dict.fromkeys(counted), key=counted.count, reverse=True)
    strategic = [metric.name for metric in catalog.metrics.values() if metric.tier == "strategic"]
    names = dict.fromkeys((*traffic[:MOST_TRAFFIC], *strategic, *over))
    shown = [catalog.metrics[name] for name in names if _is_fit(catalog.metrics[name])]
    return shown[:MOST_METRICS] or [metric_of(catalog, None)]


def _is_fit(metric: Metric) -> bool:
    return not metric.hidden and metric.maturity_days <= MOST_MATURITY


def _dimensions(inputs: AnomalyInputs, context: ToolContext, metric: Metric) -> list[str]:
    catalog = context.layer.catalog
    if inputs.dimension is not None:
        name = dimension_of(catalog, inputs.dimension)
        if not _reaches(context, metric.name, name):
            raise QueryError(
                Text(
                    zh=f"{metric.label.zh}不能按{catalog.dimensions[name].label.zh}拆。",
                    en=f"{metric.label.en} cannot be split by {catalog.dimensions[name].label.en}.",
                ),
                Text(zh="换一个维度。", en="Take another dimension."),
            )
        return [name]
    candidates = [one for one in catalog.dimensions.values() if _is_candidate(one)]
    return [one.name for one in candidates if _reaches(context, metric.name, one.name)][:MOST_DIMENSIONS]


def _is_candidate(dimension: Dimension) -> bool:
    return dimension.kind == "categorical" and dimension.index_values and not dimension.hidden


def _reaches(context: ToolContext, metric: str, dimension: str) -> bool:
    query = MetricQuery(metrics=(metric,), group_by=(GroupBy(dimension=dimension),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True
