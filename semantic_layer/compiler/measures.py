"""One aggregation as SQL."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.catalog import SimpleMetric
from semantic_layer.compiler import nodes
from semantic_layer.errors import QueryError
from semantic_layer.text import Text


def aggregate(spec: SimpleMetric, value: exp.Expr, only: exp.Expr | None) -> exp.Expr:
    """Return the aggregation of `value`, over the rows where `only` holds if it is given.

    Sums of integers stay integers and decimals stay decimals; counts of nothing are 0, all else null.
    """
    call = _call(spec, value)
    if only is not None:
        call = exp.Filter(this=call, expression=exp.Where(this=only))
    return nodes.cast(call, "BIGINT") if spec.agg == "sum_boolean" else call


def filled(value: exp.Expr, spec: SimpleMetric) -> exp.Expr:
    """Return the value with nulls filled as the metric says; whole numbers, so that a count filled with 0 stays one."""
    fill = spec.fill_nulls_with
    if fill is None:
        return value
    number = nodes.number(int(fill) if float(fill).is_integer() else fill)
    return exp.Coalesce(this=value, expressions=[number])


def _call(spec: SimpleMetric, value: exp.Expr) -> exp.Expr:
    match spec.agg:
        case "sum":
            return exp.Sum(this=value)
        case "count":
            return exp.Count(this=exp.Star() if isinstance(value, exp.Literal) else value)
        case "count_distinct":
            return exp.Count(this=exp.Distinct(expressions=[value]))
        case "avg":
            return exp.Avg(this=value)
        case "min":
            return exp.Min(this=value)
        case "max":
            return exp.Max(this=value)
        case "sum_boolean":
            truth = exp.If(this=value, true=exp.Literal.number(1))
            return exp.Sum(this=exp.Case(ifs=[truth], default=exp.Literal.number(0)))
        case "median" | "percentile":
            return _percentile(spec, value)


def _percentile(spec: SimpleMetric, value: exp.Expr) -> exp.Expr:
    at = 0.5 if spec.agg == "median" else spec.percentile
    if at is None or not 0 <= at <= 1:
        raise QueryError(
            Text(
                zh="percentile 指标需要 0 到 1 之间的 percentile。",
                en="A percentile metric needs a percentile.",
            ),
            Text(zh="例如 percentile: 0.9。", en="For example percentile: 0.9."),
        )
    kind = exp.PercentileDisc if spec.discrete and spec.agg == "percentile" else exp.PercentileCont
    if kind is exp.PercentileCont:  # between two decimals DuckDB would cut the value to their digits
        value = nodes.cast(value, "DOUBLE")
    order = exp.Order(expressions=[exp.Ordered(this=value, desc=False, nulls_first=False)])
    return exp.WithinGroup(this=kind(this=nodes.number(at)), expression=order)
