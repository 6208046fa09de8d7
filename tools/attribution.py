"""Attribution: which touchpoints get the credit for conversions, under seven models side by side."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from semantic_layer.catalog import Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import ONE_DAY, Period, shift
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import binding_of, data_period, model_of, name_of
from tools.journeys.reading import LEAST_CONVERSIONS, Asked, Journeys, lookback_of, read_journeys, too_few
from tools.journeys.telling import (
    Credit,
    claim_finding,
    credit_table,
    headline,
    interval_table,
    label_of,
    money_table,
    notes,
    role_findings,
)
from tools.numerics.attribution import MODELS, bootstrap, credit_of, roles
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import as_float
from tools.render_dates import dates_label
from tools.result import ChartSpec, ToolResult

MANY_PATHS = 50_000


class AttributionInputs(ToolInputs):
    """All optional: the first declared journey, all the time for which there are touches."""

    journey: str | None = Field(default=None, description="the journey's name in the YAML")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the conversions")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="when the conversions happened")


@tool(
    name="attribution",
    label=Text(zh="渠道归因", en="Channel attribution"),
    examples=Words(
        zh=("做一下渠道归因", "用不同归因模型看各渠道贡献", "哪些渠道在助攻", "首次触点和末次触点归因对比"),
        en=(
            "channel attribution",
            "compare attribution models",
            "which channels assist conversions",
            "first touch against last touch attribution",
        ),
    ),
    inputs=AttributionInputs,
    asks=Asks(
        frames=(
            "attributed channel",
            "attributed model",
            "attributed channel model",
        ),
    ),
)
def attribution(inputs: AttributionInputs, context: ToolContext) -> ToolResult:
    """Return the credit of each touchpoint under seven models, with 80 % intervals; columns add up to all conversions.

    First, last, linear, position (40/20/40), time decay, Markov removal and simplified Shapley; spend and what the
    platforms claim beside it where the journey names such metrics.

    Raises:
        QueryError: no journey is declared. NotEnoughDataError: fewer than 100 conversions with touches, or one channel.
    """
    binding = binding_of(context, "journey", inputs.journey)
    metrics = context.layer.catalog.metrics

    def metric(key: str) -> Metric | None:
        name = name_of(binding, key)
        return metrics[name] if name is not None else None

    conversion = metrics[str(name_of(binding, "conversion"))]
    touched = data_period(context, model_of(binding))
    lookback = lookback_of(binding)
    # Conversions in the first days of the touches have only part of their lookback.
    start = min(shift(touched.start, lookback.count, lookback.grain), touched.end - ONE_DAY)
    asked = inputs.period.period() if inputs.period is not None else Period.of(start, touched.end)
    period = Period.of(asked.start, max(asked.start, min(asked.end, touched.end)))
    question = Asked(binding, conversion, metric("revenue"), period, lookback, inputs.where, inputs.segments)
    journeys = read_journeys(question, context)
    _enough(journeys)
    found = _credits(journeys, question, context)
    whole = not inputs.where and not inputs.segments
    money = {
        key: _by_channel(metric(key), str(name_of(binding, "touchpoint")), period, context)
        for key in ("cost", "claimed")
    }
    if whole:
        for one in found:
            one.spend, one.claimed = money["cost"].get(one.code), money["claimed"].get(one.code)
    table = credit_table(found, journeys, conversion)
    intervals = interval_table(found, conversion)
    beside = money_table(found, question.revenue, metric("claimed"), metric("cost")) if whole else None
    findings = role_findings(found, conversion)
    claims, revenue = metric("claimed"), question.revenue
    if whole and claims is not None and revenue is not None:
        over = claim_finding(
            sum(money["claimed"].values()), _total(revenue, period, context) or 0.0, claims, revenue
        )
        findings += (over,) if over is not None else ()
    queried = _total(conversion, period, context, inputs.where, inputs.segments)
    words = Text(
        zh=f"{lookback.count} {_UNITS[lookback.grain.value][0]}",
        en=f"{lookback.count} {_UNITS[lookback.grain.value][1]}",
    )
    return ToolResult(
        headline=headline(found, journeys, conversion, dates_label(period, context.today), findings),
        tables=(table, intervals, *((beside,) if beside is not None else ())),
        chart=ChartSpec(
            "grouped_bar", Text(zh="各归因模型下的功劳", en="Credit under each model"), _chart_table(intervals),
            x="channel", y=("credit",), series="model",
        ),
        findings=findings,
        warnings=notes(journeys, conversion, words, queried),
        sql=(journeys.sql,),
        periods=(period,),
    )  # fmt: skip


_UNITS = {
    "second": ("秒", "seconds"), "minute": ("分钟", "minutes"), "hour": ("小时", "hours"), "day": ("天", "days"),
    "week": ("周", "weeks"), "month": ("个月", "months"), "quarter": ("个季度", "quarters"), "year": ("年", "years"),
}  # fmt: skip
_SHOWN = ("first", "last", "linear", "markov")  # more bars than four a channel cannot be told apart


def _chart_table(intervals: Table) -> Table:
    rows = tuple(row for row in intervals.rows if row[1] in _SHOWN)
    return Table(intervals.columns, rows, len(rows))


def _credits(journeys: Journeys, asked: Asked, context: ToolContext) -> list[Credit]:
    """Return every channel with its credits, the largest by Markov removal first."""
    import numpy as np

    paths = journeys.paths
    draws = 200 if len(paths.converted) <= MANY_PATHS else 40
    values = {}
    for at, model in enumerate(MODELS):
        context.step(Text(zh="自助法估计区间", en="Estimating intervals"), at / len(MODELS))
        drawn = bootstrap(paths, model, paths.converted, draws=draws)
        low, high = np.quantile(drawn, [0.1, 0.9], axis=0)
        values[model] = np.column_stack([credit_of(paths, model, paths.converted), low, high])
    worth = credit_of(paths, "markov", paths.value) if asked.revenue is not None else None
    dimension = context.layer.catalog.dimensions[str(name_of(asked.binding, "touchpoint"))]
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    column = Column("channel", dimension.label, "dimension", value_labels=labels)
    found = [
        Credit(
            code=code,
            label=label_of(code, column),
            by_model={model: _bounded(values[model][at]) for model in MODELS},
            role=role,
            revenue=float(worth[at]) if worth is not None else None,
        )
        for at, (code, role) in enumerate(zip(journeys.codes, roles(paths), strict=True))
    ]
    return sorted(found, key=lambda one: (-one.by_model["markov"][0], one.code))


def _bounded(row: Sequence[float]) -> tuple[float, float, float]:
    value, low, high = row
    return float(value), float(low), float(high)


def _by_channel(
    metric: Metric | None, dimension: str, period: Period, context: ToolContext
) -> dict[str, float]:
    """Return a metric by touchpoint; nothing where it cannot be grouped so."""
    if metric is None:
        return {}
    query = MetricQuery(
        metrics=(metric.name,),
        group_by=(GroupBy(dimension=dimension),),
        period=PeriodRange(start=period.start, end=period.end),
    )
    try:
        table = context.query(query).table
    except AskGrowthError as error:
        if error.code == "cancelled":
            raise
        return {}
    at, value = table.index(dimension), table.index(metric.name)
    return {str(row[at]): as_float(row[value]) or 0.0 for row in table.rows if row[at] is not None}


def _total(
    metric: Metric,
    period: Period,
    context: ToolContext,
    where: tuple[Where, ...] = (),
    segments: tuple[str, ...] = (),
) -> float | None:
    query = MetricQuery(
        metrics=(metric.name,),
        where=where,
        segments=segments,
        period=PeriodRange(start=period.start, end=period.end),
    )
    table = context.query(query).table
    return as_float(table.rows[0][table.index(metric.name)]) if table.rows else None


def _enough(journeys: Journeys) -> None:
    touched = journeys.conversions - journeys.unattributed
    if touched >= LEAST_CONVERSIONS and len(journeys.codes) >= 2:
        return
    raise too_few(touched, len(journeys.codes))
