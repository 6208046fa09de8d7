"""Why a metric changed: its factors, the groups that moved it, and whether that is more than usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pydantic import Field

from semantic_layer.catalog import Catalog, Dimension
from semantic_layer.errors import AskGrowthError, NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.query import Compare, Condition, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.metric_tree.cuts import HISTORY, Cut, Part, Span, cut
from tools.metric_tree.report import report
from tools.metric_tree.series import Asked
from tools.metric_tree.shape import shape_of
from tools.metric_tree.story import Story
from tools.metric_tree.tree import tree_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult
from tools.scope.metric import dimension_of, metric_of, taken_for_granted
from tools.scope.periods import compared, last_whole_week, settled, within

MOST_DIMENSIONS = 14
MOST_SHOWN = 4
MOST_HISTORY = timedelta(400)


class ChangeInputs(ToolInputs):
    """What changed, when, against what, for whom; all optional."""

    metric: str | None = Field(default=None, description="the metric; by default the leading one, said so")
    dimension: str | None = Field(default=None, description="the only dimension to look at; all by default")
    where: tuple[Where, ...] = Field(default=(), description="conditions on rows")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="the days; the last whole week by default")
    compare: Compare | None = Field(default=None, description="with what; the period before by default")


@tool(
    name="change_drivers",
    label=Text(zh="波动归因", en="Change attribution"),
    examples=Words(
        zh=("上周为什么下降了", "为什么跌了", "分析一下变化的原因", "这个指标下降的原因是什么"),
        en=(
            "why did it drop last week",
            "what drove the change",
            "explain the change",
            "what caused the fall",
        ),
    ),
    inputs=ChangeInputs,
    asks=Asks(
        frames=(
            "why +metric",
            "why moved",
            "taken_apart moved",
            "who_did moved",
            "who_did +metric",
        ),
        against="previous_period",
    ),
)
def change_drivers(inputs: ChangeInputs, context: ToolContext) -> ToolResult:
    """Return what a metric's change consists of: factors, and groups of each dimension, adding up to it exactly.

    Factors by exact Shapley over the metric's tree; ratios by centred mix and rate per group; dimensions ranked
    by Adtributor's surprise. A group is named only where its 80 % interval excludes 0 and the contribution lies
    3.5 robust standard deviations beyond its own earlier changes.

    Raises:
        UnknownNameError: the metric or dimension does not exist. QueryError: the metric cannot be taken apart.
        NotEnoughDataError: one of the two periods has no data.
    """
    catalog = context.layer.catalog
    metric = metric_of(catalog, inputs.metric)
    span = settled(context, (metric.name,))
    assert span.start is not None
    main = within(inputs.period, span, context) if inputs.period else last_whole_week(context, span)
    other = compared(context, main, inputs.compare)
    if other.start < span.start or not main.days or not other.days:
        raise _no_before(other)
    lag = main.start - other.start
    back = min(HISTORY * max(lag, main.end - main.start), MOST_HISTORY)
    first = max(span.start, main.start - lag - back)
    asked = Asked(shape_of(catalog, metric.name), inputs.where, inputs.segments)
    days = Span(main, other, first)
    whole = cut(context, asked, None, days)
    if whole is None or not whole.parts:
        raise _no_before(other)
    cuts = _ranked(
        [
            one
            for name in _dimensions(inputs, context, metric.name)
            if (one := cut(context, asked, name, days))
        ]
    )
    part = whole.parts[0]
    tree = tree_of(context, metric, asked, (other, main), (part.before or 0.0, part.after or 0.0))
    story = Story(metric, days, whole, tuple(cuts[:MOST_SHOWN]), len(cuts), tree, inputs.period is None)
    result = report(replace(story, deeper=_deeper(story, inputs, asked, context)), context)
    if inputs.metric is not None:
        return result
    return replace(result, warnings=(taken_for_granted(metric), *result.warnings))


def _no_before(other: Period) -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"对比期 {other.start:%Y-%m-%d} 起没有数据,无法说明变化的原因。",
            en=f"There are no data for the comparison period from {other.start:%Y-%m-%d}, so no change to explain.",
        ),
        Text(
            zh="换一个有数据的时间段,或换一种对比。", en="Ask about a period with data, or compare otherwise."
        ),
    )


def _dimensions(inputs: ChangeInputs, context: ToolContext, metric: str) -> list[str]:
    """Return the dimensions to try: the asked one, else those the metric reaches, shared and labelled ones first."""
    catalog = context.layer.catalog
    if inputs.dimension is not None:
        return [dimension_of(catalog, inputs.dimension)]
    fixed = {
        one.dimension
        for one in inputs.where
        if isinstance(one, Condition) and one.operator == "=" and len(one.values) == 1
    }
    candidates = sorted(
        (one for one in catalog.dimensions.values() if _is_candidate(one) and one.name not in fixed),
        key=lambda one: (not one.conformed, not one.values),
    )
    return [one.name for one in candidates if _reaches(context, metric, one.name)][:MOST_DIMENSIONS]


def _is_candidate(dimension: Dimension) -> bool:
    if dimension.hidden:
        return False
    return dimension.kind == "boolean" or (dimension.kind == "categorical" and dimension.index_values)


def _reaches(context: ToolContext, metric: str, dimension: str) -> bool:
    query = MetricQuery(metrics=(metric,), group_by=(GroupBy(dimension=dimension),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True


def _ranked(cuts: list[Cut]) -> list[Cut]:
    """Return the dimensions best first: those whose newsworthy groups explain the change, by surprise."""

    def rank(one: Cut) -> tuple[bool, bool, bool, float, float]:
        mostly = one.news_power >= 0.67
        return (
            abs(one.rest) > 0.3 * abs(one.change),
            _turnover(one) > 0.3,  # a new campaign explains by being new: nobody learns from that
            not mostly,
            0.0 if mostly else -round(one.news_power, 1),
            -one.explanation.surprise,
        )

    return sorted(cuts, key=rank)


def _turnover(one: Cut) -> float:
    """Return the share of the movement that belongs to groups which exist in one of the periods only."""
    total = sum(abs(part.contribution) for part in one.parts)
    gone = sum(abs(part.contribution) for part in one.parts if not part.before or not part.after)
    return gone / total if total else 0.0


def _deeper(
    story: Story, inputs: ChangeInputs, asked: Asked, context: ToolContext
) -> tuple[Part, Cut] | None:
    """Return the group that moved the metric most and its best further dimension: one level of drilling down."""
    best = story.cuts[0] if story.cuts else None
    if best is None or best.dimension is None or inputs.dimension is not None:
        return None
    group = next((part for part in best.parts if part.is_news and part.contribution * best.change > 0), None)
    if group is None or group.code is None or abs(group.contribution) < 0.4 * abs(best.change):
        return None
    if group.rate is not None and abs(group.rate) < 0.5 * abs(group.contribution):
        return None  # it grew or shrank; nothing changed inside
    condition = Condition(
        dimension=best.dimension,
        operator="=",
        values=(_typed(context.layer.catalog, best.dimension, group.code),),
    )
    narrowed = replace(asked, where=(*asked.where, condition))
    names = [one.dimension for one in story.cuts[1:] if one.dimension]
    found = [one for name in names if (one := cut(context, narrowed, name, story.span))]
    ranked = [one for one in _ranked(found) if one.news_power >= 0.5 and one.change * group.contribution > 0]
    return (group, ranked[0]) if ranked else None


def _typed(catalog: Catalog, dimension: str, code: str) -> str | bool:
    if catalog.dimensions[dimension].kind == "boolean":
        return code.lower() == "true"
    return code
