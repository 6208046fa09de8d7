"""A metric's expression over the aggregates of its facts: ratios of sums, derived arithmetic, offsets."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from semantic_layer.catalog import (
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Filter,
    Metric,
    MetricInput,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.compiler import nodes
from semantic_layer.compiler.facts import Converted, Latest, Plan, Running, Use, Variant
from semantic_layer.compiler.measures import filled
from semantic_layer.compiler.scope import not_yet
from semantic_layer.compiler.shifts import Move, Moves
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.expression import guard_divisions, parse_expression
from semantic_layer.text import Text

METRIC = Text(zh="指标", en="metric")
_MAX_DEPTH = 40
PLAIN = Use()


def metric_of(plan: Plan, name: str) -> Metric:
    """Return a metric by name; UnknownNameError with the nearest names where there is none."""
    metric = plan.index.catalog.metrics.get(name)
    if metric is None:
        known = (known.name for known in plan.index.catalog.metrics.values() if not known.hidden)
        raise UnknownNameError(METRIC, name, known)
    return metric


def metric_sql(plan: Plan, name: str, use: Use = PLAIN, depth: int = 0) -> exp.Expr:
    """Return the metric as SQL over fact columns, which are added to the plan.

    `use` carries what the metrics it is an input of ask for: their filters narrow every aggregate below.

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
    narrowed = replace(use, filters=_with(use.filters, metric.filters))
    spec = metric.type

    def input_sql(part: MetricInput) -> exp.Expr:
        filters = _with(narrowed.filters, part.filters)
        inner = replace(narrowed, moves=(*use.moves, *_moves(part)), filters=filters)
        return metric_sql(plan, part.metric, inner, depth + 1)

    if isinstance(spec, SimpleMetric):
        return _simple(plan, metric, spec, narrowed)
    if isinstance(spec, RatioMetric):
        return nodes.divided(input_sql(spec.numerator), input_sql(spec.denominator))
    if isinstance(spec, DerivedMetric):
        by_name = {part.name: part for part in spec.inputs}
        return _derived(spec.expr, {name: input_sql(part) for name, part in by_name.items()})
    if isinstance(spec, CumulativeMetric):
        if use.running is not None:
            raise not_yet(Text(zh="累计指标的累计", en="a cumulative metric of a cumulative one"))
        narrowed = replace(narrowed, running=Running(spec.window, spec.grain_to_date, spec.period_agg))
        return input_sql(spec.input)
    return _conversion(plan, metric, spec, narrowed)


def metric_cycle(name: str) -> QueryError:
    """Return the error of a metric that needs itself."""
    return QueryError(
        Text(zh=f"指标 {name} 的定义首尾相接。", en=f"The definition of the metric {name} runs in a circle."),
        Text(zh="改正 YAML 中的输入和筛选。", en="Correct its inputs and filters in the YAML."),
        code="metric_cycle",
    )


def _with(filters: tuple[str, ...], more: tuple[Filter, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*filters, *(part.sql for part in more))))


def _conversion(plan: Plan, metric: Metric, spec: ConversionMetric, use: Use) -> exp.Expr:
    """Return converted events, over all base events where the rate is asked; both sit on the base's rows."""
    base = metric_of(plan, spec.base.metric)
    if use.running is not None or not isinstance(base.type, SimpleMetric):
        raise not_yet(
            Text(zh=f"转化指标 {metric.name} 的这种用法", en=f"this use of the metric {metric.name}")
        )
    use = replace(use, filters=_with(_with(use.filters, base.filters), spec.base.filters))
    variant = Converted(spec, metric.name, use.filters)
    target = metric_of(plan, spec.conversion.metric).type
    conversions: exp.Expr = plan.measure(metric, base.type, use, variant)
    if isinstance(target, SimpleMetric):
        conversions = filled(conversions, target)
    if spec.calculation == "conversions":
        if plan.keys:  # groups with base events and no conversion are there: null, or filled
            plan.measure(base, base.type, use)
        return conversions
    return nodes.divided(conversions, filled(plan.measure(base, base.type, use), base.type))


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


def _simple(plan: Plan, metric: Metric, spec: SimpleMetric, use: Use) -> exp.Expr:
    variant: Variant = use.running
    if spec.non_additive is not None:
        if use.running is not None:
            raise not_yet(
                Text(zh=f"半可加指标 {metric.name} 的累计", en=f"the running value of {metric.name}")
            )
        variant = Latest(spec.non_additive, metric.name, use.filters)
    return filled(plan.measure(metric, spec, use, variant), spec)


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
