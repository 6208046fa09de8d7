"""The factors of a metric, from its drivers' formula, ratio or expression, with exact Shapley contributions."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import Catalog, DerivedMetric, Metric, MetricInput, RatioMetric
from semantic_layer.errors import AskGrowthError, QueryError
from semantic_layer.expression import parse_expression
from semantic_layer.period import Period
from semantic_layer.query import MetricQuery, PeriodRange
from tools.metric_tree.formula import evaluate, names_in
from tools.metric_tree.series import Asked
from tools.numerics.decomposition import MAX_FACTORS, shapley
from tools.registry import ToolContext
from tools.render import as_float

CLOSE = 0.005  # a formula that misses the metric by more than this share is not its tree


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the tree: its values and what it moved the metric by."""

    metric: str
    before: float
    after: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Tree:
    """The factors, the formula as printed, and what it leaves over (0 for an identity)."""

    factors: tuple[Factor, ...]
    formula: str
    rest: float
    sql: tuple[str, ...]


def tree_of(
    context: ToolContext,
    metric: Metric,
    asked: Asked,
    periods: tuple[Period, Period],
    values: tuple[float, float],
) -> Tree | None:
    """Return the tree of a metric's change from the first period to the second; None where it has no factors.

    `values` are the metric's own in both periods. A formula that does not give them within half a percent, or
    whose factors the conditions do not reach, is left out.
    """
    formula = formula_of(context.layer.catalog, metric)
    names = names_in(formula) if formula else ()
    if formula is None or not 1 < len(names) <= MAX_FACTORS:
        return None
    found: list[dict[str, float]] = []
    sql: list[str] = []
    for period in periods:
        query = MetricQuery(
            metrics=names,
            where=asked.where,
            segments=asked.segments,
            period=PeriodRange(start=period.start, end=period.end),
        )
        try:
            result = context.query(query)
        except AskGrowthError:
            return None
        sql.append(result.sql)
        row = result.table.rows[0] if result.table.rows else ()
        found.append({name: as_float(row[result.table.index(name)]) or 0.0 for name in names} if row else {})
    if not all(found):
        return None

    def worth(point: object) -> float:
        assert isinstance(point, list)
        return evaluate(formula, dict(zip(names, point, strict=True)))

    before, after = ([one[name] for name in names] for one in found)
    for value, point in zip(values, (before, after), strict=True):
        if abs(worth(point) - value) > CLOSE * max(abs(value), 1e-12):
            return None
    moved = shapley(worth, before, after)
    factors = tuple(Factor(*one) for one in zip(names, before, after, moved, strict=True))
    return Tree(factors, formula, values[1] - values[0] - sum(moved), tuple(sql))


def formula_of(catalog: Catalog, metric: Metric) -> str | None:
    """Return the formula of a metric over others, its drivers' own formulas put in as far as ten factors allow."""
    formula = _own(metric)
    if formula is None:
        return None
    for name in names_in(formula):
        inner = catalog.metrics[name].driver_formula if name in catalog.metrics else None
        if inner and metric.name not in names_in(inner):
            longer = _put_in(formula, name, inner)
            formula = longer if len(names_in(longer)) <= MAX_FACTORS else formula
    return formula if all(name in catalog.metrics for name in names_in(formula)) else None


def _own(metric: Metric) -> str | None:
    kind = metric.type
    if metric.driver_formula:
        return metric.driver_formula
    if metric.filters:
        return None
    if isinstance(kind, RatioMetric) and _plain(kind.numerator) and _plain(kind.denominator):
        return f"{kind.numerator.metric} / {kind.denominator.metric}"
    if isinstance(kind, DerivedMetric) and all(_plain(item) for item in kind.inputs):
        formula = kind.expr
        for item in kind.inputs:
            formula = _put_in(formula, item.name, item.metric)
        return formula if _readable(formula) else None
    return None


def _readable(formula: str) -> bool:
    try:
        evaluate(formula, dict.fromkeys(names_in(formula), 1.0))
    except QueryError:
        return False
    return True


def _plain(item: MetricInput) -> bool:
    return not (item.filters or item.offset_window or item.offset_to_grain)


def _put_in(formula: str, name: str, inner: str) -> str:
    """Return the formula with a name replaced by another formula, through the syntax tree."""
    from sqlglot import exp

    def swap(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name == name:
            tree = parse_expression(inner)
            return tree if isinstance(tree, exp.Column) else exp.paren(tree, copy=False)
        return node

    return parse_expression(formula).transform(swap).sql(dialect="duckdb")
