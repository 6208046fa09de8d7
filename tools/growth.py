"""Growth suggestions: which changes the data support, what each may bring, and how to find out."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from semantic_layer.catalog import Dimension, Metric
from semantic_layer.errors import AskGrowthError, NotEnoughDataError, UnknownNameError
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import CURRENCIES
from tools.result import Suggestion, ToolResult
from tools.suggestions import Candidate, lagging_rate, reallocation

SOURCES = (reallocation, lagging_rate)
MAX_SUGGESTIONS = 5
TIERS = ("strategic", "tactical", "operational", None)
SCANNED_TIERS = ("strategic", "tactical")
EVIDENCE = (
    ("experiment", Text(zh="实验", en="experiment")),
    ("quasi_experiment", Text(zh="准实验", en="quasi-experiment")),
    ("adjusted", Text(zh="调整后相关", en="adjusted correlation")),
    ("correlation", Text(zh="相关", en="correlation")),
)
MAX_PAIRS = 24  # metric and dimension pairs one scan looks at


class GrowthInputs(ToolInputs):
    """Where to look; both empty: every strategic and tactical metric by every declared dimension."""

    metric: str | None = Field(default=None, description="the metric to improve")
    dimension: str | None = Field(default=None, description="the dimension whose members are compared")


@tool(
    name="growth",
    label=Text(zh="增长建议", en="Growth suggestions"),
    examples=Words(
        zh=("给我增长建议", "接下来该做什么", "有什么增长机会", "怎么提升业绩"),
        en=(
            "what should we do next",
            "give me growth suggestions",
            "where are the growth opportunities",
            "how can we grow",
        ),
    ),
    inputs=GrowthInputs,
)
def growth(inputs: GrowthInputs, context: ToolContext) -> ToolResult:
    """Return suggestions ranked by expected value, each sized with an 80 % interval; one row each.

    Raises:
        UnknownNameError: the metric or dimension does not exist.
        NotEnoughDataError: nothing is supported by the data.
    """
    found: list[tuple[Metric, Candidate]] = []
    looked = 0
    for metric, dimension in _pairs(inputs, context):
        for source in SOURCES:
            if source.applies(metric, context):
                looked += 1
                found += [(metric, one) for one in source.suggest(metric, dimension, context)]
    ranked = _ranked(found, context)[:MAX_SUGGESTIONS]
    if not ranked:
        raise NotEnoughDataError(
            Text(
                zh=f"看了 {looked} 组对比,没有一条建议的数据支撑够强,所以不给。",
                en=f"{looked} comparisons were made, and none supports a suggestion, so there is none.",
            ),
            Text(
                zh="需要更长的历史,或更多有差异的渠道和人群;也可以先做一个小实验。",
                en="A longer history or members that differ more are needed; or run a small experiment first.",
            ),
        )
    return ToolResult(
        headline=_headline(ranked), tables=(_table(ranked, context),), suggestions=tuple(ranked)
    )


def _ranked(found: list[tuple[Metric, Candidate]], context: ToolContext) -> list[Suggestion]:
    """Return the candidates without duplicates and contradictions: money first, strategic metrics first, by gain.

    Of two candidates with the same topic, or that contradict each other, the one ranked higher stays.
    """

    def rank(pair: tuple[Metric, Candidate]) -> tuple[bool, int, float]:
        metric, one = pair
        unit = context.layer.catalog.metrics[one.suggestion.effect.metric].unit or ""
        return unit.upper() not in CURRENCIES, TIERS.index(metric.tier), -one.gain

    kept: dict[tuple[str, ...], Suggestion] = {}
    for _, one in sorted(found, key=rank):
        if one.topic not in kept and one.opposite not in kept:
            kept[one.topic] = one.suggestion
    return list(kept.values())


def _pairs(inputs: GrowthInputs, context: ToolContext) -> Iterator[tuple[Metric, Dimension]]:
    catalog = context.layer.catalog
    if inputs.metric is not None and inputs.metric not in catalog.metrics:
        raise UnknownNameError(Text(zh="指标", en="metric"), inputs.metric, catalog.metrics)
    if inputs.dimension is not None and inputs.dimension not in catalog.dimensions:
        raise UnknownNameError(Text(zh="维度", en="dimension"), inputs.dimension, catalog.dimensions)
    metrics = [
        metric
        for metric in catalog.metrics.values()
        if (
            metric.name == inputs.metric
            if inputs.metric
            else metric.tier in SCANNED_TIERS and not metric.hidden
        )
    ]
    dimensions = [
        dimension
        for dimension in catalog.dimensions.values()
        if (
            dimension.name == inputs.dimension
            if inputs.dimension
            else dimension.values and dimension.kind == "categorical" and not dimension.hidden
        )
    ]
    count = 0
    for metric in metrics:
        for dimension in dimensions:
            if not any(source.applies(metric, context) for source in SOURCES):
                continue
            if count >= MAX_PAIRS or not _reachable(metric, dimension, context):
                continue
            count += 1
            yield metric, dimension


def _reachable(metric: Metric, dimension: Dimension, context: ToolContext) -> bool:
    """Return whether the metric can be grouped by the dimension: the compiler decides."""
    from semantic_layer.query import GroupBy, MetricQuery

    query = MetricQuery(metrics=(metric.name,), group_by=(GroupBy(dimension=dimension.name),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True


def _headline(ranked: list[Suggestion]) -> Text:
    first = ranked[0]
    count = len(ranked)
    return Text(
        zh=f"数据支持 {count} 条建议,第一条:{first.strategy.zh}",
        en=f"The data support {count} suggestion{'s' if count > 1 else ''}; the first: {first.strategy.en}",
    )


def _table(ranked: list[Suggestion], context: ToolContext) -> Table:
    metrics = context.layer.catalog.metrics
    labels = tuple((name, metrics[name].label) for name in sorted({one.effect.metric for one in ranked}))
    columns = (
        Column("suggestion", Text(zh="建议", en="suggestion"), "dimension"),
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=labels),
        Column("low", Text(zh="下限(八成把握)", en="low (80 %)"), "derived"),
        Column("high", Text(zh="上限(八成把握)", en="high (80 %)"), "derived"),
        Column("horizon_days", Text(zh="天数", en="days"), "derived"),
        Column("evidence", Text(zh="证据", en="evidence"), "dimension", value_labels=EVIDENCE),
    )
    rows = tuple(
        (
            number,
            one.effect.metric,
            one.effect.low,
            one.effect.high,
            one.effect.horizon_days,
            one.evidence,
        )
        for number, one in enumerate(ranked, start=1)
    )
    return Table(columns, rows, len(rows))
