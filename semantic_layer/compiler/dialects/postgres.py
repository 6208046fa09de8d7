"""PostgreSQL 12 and later."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler.dialects.profile import (
    Profile,
    Rule,
    as_double,
    as_type,
    call,
    double_average,
    double_division,
    exact_percentile,
)


def _null_safe_full_join(node: exp.Expr) -> exp.Expr:
    """FULL JOIN takes only conditions it can hash or merge, and IS NOT DISTINCT FROM is none; two arrays are equal
    where both hold a null.
    """
    on = node.args.get("on")
    if node.args.get("side") == "FULL" and on is not None:
        for same in list(on.find_all(exp.NullSafeEQ)):
            equal = exp.EQ(
                this=exp.Array(expressions=[same.this.copy()]),
                expression=exp.Array(expressions=[same.expression.copy()]),
            )
            if same is on:
                node.set("on", equal)
            else:
                same.replace(equal)
    return node


def _calendar(node: exp.Expr) -> exp.Expr:
    """A series of dates is one of time stamps with a zone, which days without a midnight break."""
    for end in ("start", "end"):
        node.set(end, as_type(node.args[end], exp.DType.TIMESTAMP))
    return node


def _pick(descending: bool) -> Rule:
    def pick(node: exp.Expr) -> exp.Expr:
        """There is no ARG_MIN: the first of the values in order, nulls left out as DuckDB does."""
        value = node.this
        order = exp.Order(expressions=[exp.Ordered(this=node.expression, desc=descending, nulls_first=False)])
        values: exp.Expr = exp.ArrayAgg(this=exp.Order(this=value, expressions=order.expressions))
        present = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
        kept = exp.Filter(this=values, expression=exp.Where(this=present))
        return exp.Bracket(this=exp.Paren(this=kept), expressions=[exp.Literal.number(1)], offset=1)

    return pick


def _contains(node: exp.Expr) -> exp.Expr:
    return exp.GT(this=call("STRPOS", node.this, node.expression), expression=exp.Literal.number(0))


def _quantile_cont(node: exp.Expr) -> exp.Expr:
    """QUANTILE_CONT(x, 0.9) is read as PERCENTILE_CONT with two arguments."""
    if node.args.get("expression") is None:
        return node
    order = exp.Order(expressions=[exp.Ordered(this=as_double(node.this), desc=False, nulls_first=False)])
    return exp.WithinGroup(this=exp.PercentileCont(this=node.expression), expression=order)


POSTGRES = Profile(
    "postgres",
    {
        exp.Div: double_division,
        exp.Avg: double_average,
        exp.Join: _null_safe_full_join,
        exp.Median: exact_percentile,
        exp.Quantile: exact_percentile,
        exp.PercentileCont: _quantile_cont,
        exp.GenerateSeries: _calendar,
        exp.ArgMin: _pick(descending=False),
        exp.ArgMax: _pick(descending=True),
        exp.Contains: _contains,
    },
    identifier_bytes=63,
)
