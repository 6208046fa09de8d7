"""Formulas over metrics: evaluated in plain numbers, and read as linear forms."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from semantic_layer.errors import QueryError
from semantic_layer.expression import parse_expression
from semantic_layer.text import Text

Terms = dict[str, float]  # coefficient by name; "" is the constant


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """Return the formula's value; a division by zero gives 0, as a group without a denominator adds nothing.

    Raises:
        QueryError: it uses a name without a value, or more than + - * /, NULLIF and COALESCE.
    """
    return _value(parse_expression(formula), values)


def names_in(formula: str) -> tuple[str, ...]:
    """Return the names a formula uses, each once, in order."""
    return tuple(dict.fromkeys(column.name for column in parse_expression(formula).find_all(exp.Column)))


def ratio_terms(formula: str) -> tuple[Terms, Terms | None] | None:
    """Return (numerator, denominator) as linear forms, denominator None where the formula is linear; else None."""
    tree = _bare(parse_expression(formula))
    scale = 1.0
    if isinstance(tree, exp.Mul):  # 1000 * cost / impressions
        for number, other in ((tree.this, tree.expression), (tree.expression, tree.this)):
            if isinstance(_bare(number), exp.Literal) and isinstance(_bare(other), exp.Div):
                scale, tree = float(_bare(number).name), _bare(other)
                break
    if isinstance(tree, exp.Div):
        top, bottom = linear(tree.this), linear(tree.expression)
        if top is None or bottom is None or "" in top or "" in bottom:
            return None
        if bottom:
            return {name: scale * factor for name, factor in top.items()}, bottom
    terms = linear(tree)
    return None if terms is None or "" in terms else (terms, None)


def linear(tree: exp.Expr) -> Terms | None:
    """Return the coefficients of a linear expression, None where it is not linear."""
    tree = _bare(tree)
    if isinstance(tree, exp.Column):
        return {tree.name: 1.0}
    if isinstance(tree, exp.Literal) and not tree.is_string:
        return {"": float(tree.name)}
    if isinstance(tree, exp.Neg):
        return _scaled(linear(tree.this), -1.0)
    if isinstance(tree, (exp.Add, exp.Sub)):
        left, right = linear(tree.this), linear(tree.expression)
        if left is None or right is None:
            return None
        sign = 1.0 if isinstance(tree, exp.Add) else -1.0
        return {
            name: left.get(name, 0.0) + sign * right.get(name, 0.0) for name in dict.fromkeys((*left, *right))
        }
    return _times_constant(tree) if isinstance(tree, (exp.Mul, exp.Div)) else None


def _times_constant(tree: exp.Mul | exp.Div) -> Terms | None:
    left, right = linear(tree.this), linear(tree.expression)
    if left is None or right is None:
        return None
    if set(right) == {""} and (isinstance(tree, exp.Mul) or right[""]):
        return _scaled(left, right[""] if isinstance(tree, exp.Mul) else 1 / right[""])
    if set(left) == {""} and isinstance(tree, exp.Mul):
        return _scaled(right, left[""])
    return None


def _scaled(terms: Terms | None, factor: float) -> Terms | None:
    return None if terms is None else {name: factor * value for name, value in terms.items()}


def _bare(tree: exp.Expr) -> exp.Expr:
    """Return the expression inside parentheses, NULLIF(x, 0), COALESCE(x, 0) and casts."""
    while isinstance(tree, (exp.Paren, exp.Nullif, exp.Coalesce, exp.Cast)):
        tree = tree.this
    return tree


def _value(tree: exp.Expr, values: Mapping[str, float]) -> float:
    tree = _bare(tree)
    if isinstance(tree, exp.Column) and tree.name in values:
        return values[tree.name]
    if isinstance(tree, exp.Literal) and not tree.is_string:
        return float(tree.name)
    if isinstance(tree, exp.Neg):
        return -_value(tree.this, values)
    if isinstance(tree, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
        left, right = _value(tree.this, values), _value(tree.expression, values)
        if isinstance(tree, exp.Add):
            return left + right
        if isinstance(tree, exp.Sub):
            return left - right
        if isinstance(tree, exp.Mul):
            return left * right
        return left / right if right else 0.0
    raise QueryError(
        Text(zh=f"公式里的 {tree.sql()} 不能拆解。", en=f"{tree.sql()} in a formula cannot be taken apart."),
        Text(zh="只用 + − × ÷ 和指标名。", en="Use only + - * / and names of metrics."),
        code="not_decomposable",
    )
