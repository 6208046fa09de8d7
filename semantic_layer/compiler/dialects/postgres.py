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


def _as_of(node: exp.Expr) -> exp.Expr:
    """ASOF JOIN is a LATERAL one: of the rows that fit, the last before (or the first after) the moment."""
    if str(node.args.get("method") or "").upper() != "ASOF":
        return node
    tests = node.args["on"].flatten() if isinstance(node.args["on"], exp.And) else [node.args["on"]]
    source = node.this
    moment, descending = _moment_of([test.copy() for test in tests], source.alias_or_name)
    inner = exp.Select(
        expressions=[exp.Column(this=exp.Star(), table=exp.to_identifier(source.alias_or_name))],
        from_=exp.From(this=source.copy()),
        where=exp.Where(this=node.args["on"].copy()),
        order=exp.Order(expressions=[exp.Ordered(this=moment, desc=descending, nulls_first=False)]),
        limit=exp.Limit(expression=exp.Literal.number(1)),
    )
    alias = exp.TableAlias(this=exp.to_identifier(source.alias_or_name))
    lateral = exp.Lateral(this=exp.Subquery(this=inner), alias=alias)
    side = str(node.args.get("side") or "")
    return exp.Join(this=lateral, side=side or None, kind=None if side else "INNER", on=exp.true())


def _moment_of(tests: list[exp.Expr], table: str) -> tuple[exp.Expr, bool]:
    """Return the joined table's side of the inequality, and whether the last fitting row is wanted."""
    for test in tests:
        if isinstance(test, exp.GT | exp.GTE | exp.LT | exp.LTE):
            ours = isinstance(test.this, exp.Column) and test.this.table == table
            later = isinstance(test, exp.GT | exp.GTE)
            return (test.this, not later) if ours else (test.expression, later)
    raise ValueError("an ASOF JOIN has one inequality")


def _contains(node: exp.Expr) -> exp.Expr:
    return exp.GT(this=call("STRPOS", node.this, node.expression), expression=exp.Literal.number(0))


def _join(node: exp.Expr) -> exp.Expr:
    return _as_of(_null_safe_full_join(node))


def _mode(node: exp.Expr) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=node.this, desc=False, nulls_first=False)])
    return exp.WithinGroup(this=call("MODE"), expression=order)


def _length(node: exp.Expr) -> exp.Expr:
    return call("CARDINALITY", node.this) if isinstance(node.this, exp.ArrayFilter) else node


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
        exp.Join: _join,
        exp.Median: exact_percentile,
        exp.Mode: _mode,
        exp.Length: _length,
        exp.Quantile: exact_percentile,
        exp.PercentileCont: _quantile_cont,
        exp.GenerateSeries: _calendar,
        exp.ArgMin: _pick(descending=False),
        exp.ArgMax: _pick(descending=True),
        exp.Contains: _contains,
    },
    identifier_bytes=63,
    analyses=True,
)
