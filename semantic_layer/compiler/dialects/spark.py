"""Spark 4, and Spark 3.5 with ANSI mode (which the engine sets)."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler.dialects.profile import Profile, call, double_average, double_division
from semantic_layer.compiler.nodes import DAYS

_DATES = (exp.CurrentDate, exp.Cast, exp.TsOrDsToDate, exp.Date)


def _calendar_table(node: exp.Expr) -> exp.Expr:
    """A table function GENERATE_SERIES is EXPLODE(SEQUENCE(…)) in a SELECT."""
    series = node.this
    if not isinstance(series, exp.GenerateSeries):
        return node
    alias = node.args.get("alias")
    column = alias.columns[0].copy() if alias is not None and alias.columns else exp.to_identifier("day")
    sequence = call("EXPLODE", call("SEQUENCE", *(series.args[part] for part in ("start", "end", "step"))))
    rows = exp.Select(expressions=[exp.Alias(this=sequence, alias=column)])
    name = exp.TableAlias(this=alias.this.copy()) if alias is not None else None
    return exp.Subquery(this=rows, alias=name)


def _part(node: exp.Expr) -> exp.Expr:
    """ISODOW is called DOW_ISO."""
    if str(node.this.name).upper() == "ISODOW":
        node.set("this", exp.Var(this="DOW_ISO"))
    return node


def _days_between(node: exp.Expr) -> exp.Expr:
    """A date less a date is an interval here, and a number of days in DuckDB."""
    left, right = node.this.unnest(), node.expression.unnest()
    if isinstance(right, exp.Interval) or not (node.meta.get(DAYS) or _is_date(left) or _is_date(right)):
        return node
    return call("DATEDIFF", left, right)


def _is_date(node: exp.Expr) -> bool:
    return isinstance(node, exp.CurrentDate) or (
        isinstance(node, exp.Cast) and node.to.this is exp.DType.DATE
    )


def _not_null(node: exp.Expr) -> exp.Expr:
    """MIN_BY may give a null value; ARG_MIN gives the first that is none."""
    value = node.this
    present = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    node.set("expression", exp.Case(ifs=[exp.If(this=present, true=node.expression)]))
    return node


def _percentile(node: exp.Expr) -> exp.Expr:
    """Exact percentiles: what sqlglot writes is PERCENTILE_APPROX."""
    kind, order = node.this, node.expression
    if isinstance(kind, exp.PercentileCont):
        return call("PERCENTILE", order.expressions[0].this, kind.this)
    if isinstance(kind, exp.PercentileDisc):
        node.set("this", call("PERCENTILE_DISC", kind.this))
    return node


def _numbered(node: exp.Expr) -> exp.Expr:
    """ROW_NUMBER wants an order even where none matters."""
    if isinstance(node.this, exp.RowNumber | exp.Anonymous) and node.args.get("order") is None:
        node.set("order", exp.Order(expressions=[exp.Ordered(this=exp.Null(), nulls_first=True)]))
    return node


SPARK = Profile(
    "spark",
    {
        exp.Div: double_division,
        exp.Avg: double_average,
        exp.Table: _calendar_table,
        exp.Extract: _part,
        exp.Sub: _days_between,
        exp.ArgMin: _not_null,
        exp.ArgMax: _not_null,
        exp.WithinGroup: _percentile,
        exp.Window: _numbered,
    },
)
