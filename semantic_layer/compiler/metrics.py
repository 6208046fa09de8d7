"""A metric's expression over the aggregates of its facts: ratios of sums, derived arithmetic, offsets."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.catalog import (
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    MetricInput,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.compiler import nodes
from semantic_layer.compiler.facts import Plan
from semantic_layer.compiler.scope import not_yet
from semantic_layer.compiler.shifts import Move, Moves
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.expression import guard_divisions, parse_expression
from semantic_layer.text import Text

METRIC = Text(zh="指标", en="metric")
_MAX_DEPTH = 40


def metric_of(plan: Plan, name: str) -> Metric:
    """Return a metric by name; UnknownNameError with the nearest names where there is none."""
    metric = plan.index.catalog.metrics.get(name)
    if metric is None:
        known = (known.name for known in plan.index.catalog.metrics.values() if not known.hidden)
        raise UnknownNameError(METRIC, name, known)
    return metric


def metric_sql(
    plan: Plan, name: str, moves: Moves = (), filters: tuple[str, ...] = (), depth: int = 0
) -> exp.Expr:
    """Return the metric as SQL over fact columns, which are added to the plan.

    `filters` are those of the metrics it is an input of; they narrow every aggregate below.

    Raises:
        UnknownNameError: an input that does not exist.
        QueryError: a cycle, or a kind of metric that cannot be computed in this query.
    """
    if depth > _MAX_DEPTH:
        raise QueryError(
            Text(
                zh=f"指标 {name} 的定义首尾相接。",
                en=f"The definition of the metric {name} runs in a circle.",
            ),
            Text(zh="改正 YAML 中的输入。", en="Correct its inputs in the YAML."),
            code="metric_cycle",
        )
    metric = metric_of(plan, name)
    narrowed = tuple(dict.fromkeys((*filters, *(part.sql for part in metric.filters))))
    spec = metric.type

    def input_sql(part: MetricInput) -> exp.Expr:
        own = tuple(dict.fromkeys((*narrowed, *(part_filter.sql for part_filter in part.filters))))
        return metric_sql(plan, part.metric, (*moves, *_moves(part)), own, depth + 1)

    if isinstance(spec, SimpleMetric):
        return _simple(plan, metric, spec, narrowed, moves)
    if isinstance(spec, RatioMetric):
        return nodes.divided(input_sql(spec.numerator), input_sql(spec.denominator))
    if isinstance(spec, DerivedMetric):
        by_name = {part.name: part for part in spec.inputs}
        return _derived(spec.expr, {name: input_sql(part) for name, part in by_name.items()})
    kind = "cumulative" if isinstance(spec, CumulativeMetric) else "conversion"
    raise not_yet(Text(zh=f"{kind} 类型的指标 {name}", en=f"the {kind} metric {name}"))


def inputs_of(metric: Metric) -> tuple[MetricInput, ...]:
    """Return the metrics that a metric is computed from, with their filters and offsets."""
    spec = metric.type
    if isinstance(spec, RatioMetric):
        return spec.numerator, spec.denominator
    if isinstance(spec, DerivedMetric):
        return spec.inputs
    if isinstance(spec, CumulativeMetric):
        return (spec.input,)
    if isinstance(spec, ConversionMetric):
        return spec.base, spec.conversion
    return ()


def _moves(part: MetricInput) -> Moves:
    moves = []
    if part.offset_window is not None:
        moves.append(Move(window=part.offset_window))
    if part.offset_to_grain is not None:
        moves.append(Move(start_of=part.offset_to_grain))
    return tuple(moves)


def _simple(
    plan: Plan, metric: Metric, spec: SimpleMetric, filters: tuple[str, ...], moves: Moves
) -> exp.Expr:
    if spec.non_additive is not None:
        raise not_yet(Text(zh=f"半可加指标 {metric.name}", en=f"the semi-additive metric {metric.name}"))
    if spec.join_to_timespine and any(key.is_bucket for key in plan.keys):
        raise not_yet(
            Text(zh=f"{metric.name} 的 join_to_timespine", en=f"join_to_timespine of {metric.name}")
        )
    value: exp.Expr = plan.measure(metric, spec, filters, moves)
    if spec.fill_nulls_with is not None:
        return exp.Coalesce(this=value, expressions=[nodes.number(_plain(spec.fill_nulls_with))])
    return value


def _plain(value: float) -> float:
    """Return whole numbers as integers, so that a count filled with 0 stays a count."""
    return int(value) if float(value).is_integer() else value


def _derived(expr: str, inputs: dict[str, exp.Expr]) -> exp.Expr:
    """Return an expression over metric names with each name replaced by its SQL, divisions guarded."""
    holder = exp.Paren(this=parse_expression(expr))
    folded = {name.casefold(): name for name in inputs}
    for node in list(holder.find_all(exp.Column)):
        name = folded.get(node.name.casefold())
        if name is None:
            raise UnknownNameError(METRIC, node.name, inputs)
        node.replace(nodes.bracketed(inputs[name].copy()))
    guard_divisions(holder)
    result: exp.Expr = holder.this
    return result.pop()
