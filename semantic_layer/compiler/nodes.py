"""Small builders of sqlglot nodes, so that names and values reach SQL only through the tree."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from sqlglot import exp

from semantic_layer.errors import QueryError
from semantic_layer.expression import guard_divisions, parse_expression
from semantic_layer.query import Scalar
from semantic_layer.text import Text

MOMENT = "moment"
DAYS = "days"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def ident(name: str) -> exp.Identifier:
    """Return the identifier, quoted unless it is plain lower case (the generator quotes reserved words itself)."""
    return exp.Identifier(this=name, quoted=_needs_quotes(name))


@lru_cache(maxsize=16_384)
def _needs_quotes(name: str) -> bool:
    return _PLAIN.fullmatch(name) is None


def column(name: str, table: str | None = None) -> exp.Column:
    """Return `table.name`."""
    return exp.Column(this=ident(name), table=ident(table) if table else None)


def aliased(node: exp.Expr, name: str) -> exp.Expr:
    """Return `node AS name`."""
    return exp.Alias(this=node, alias=ident(name))


def table(source: str, alias: str | None = None) -> exp.Table:
    """Return a table by its (possibly dotted) name; a part in double quotes may hold dots."""
    parts = [ident(part) for part in _table_parts(source)]
    node = exp.Table(this=parts[-1])
    for key, part in zip(("db", "catalog"), reversed(parts[:-1]), strict=False):
        node.set(key, part)
    if alias is not None:
        node.set("alias", exp.TableAlias(this=ident(alias)))
    return node


@lru_cache(maxsize=4096)
def _table_parts(source: str) -> tuple[str, ...]:
    parts = re.findall(r'"((?:[^"]|"")+)"|([^."]+)', source)
    return tuple(quoted.replace('""', '"') or plain.strip() for quoted, plain in parts) or (source,)


def number(value: float) -> exp.Expr:
    """Return a number; a negative one keeps its sign outside the literal."""
    literal = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=literal) if value < 0 else literal


def text(value: str) -> exp.Literal:
    """Return a string literal. A NUL cannot be stored in SQL text and never matches: refused."""
    if "\x00" in value:
        raise QueryError(
            Text(zh="筛选值里有空字符(NUL)。", en="A filter value holds a NUL character."),
            Text(zh="去掉这个字符。", en="Remove that character."),
        )
    return exp.Literal.string(value)


def literal(value: Scalar) -> exp.Expr:
    """Return the literal of a plain value."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    return text(value) if isinstance(value, str) else number(value)


def day(value: date) -> exp.Cast:
    """Return `CAST('2025-01-01' AS DATE)`, or a TIMESTAMP for a date with a time."""
    kind = "TIMESTAMP" if isinstance(value, datetime) else "DATE"
    shown = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return cast(exp.Literal.string(shown), kind)


def cast(node: exp.Expr, kind: str) -> exp.Cast:
    """Return `CAST(node AS kind)`."""
    return exp.Cast(this=node, to=exp.DataType(this=exp.DType[kind]))


def moment(node: exp.Expr) -> exp.Expr:
    """Return the node, marked as a time as the data hold it: some dialects must say in which zone to read it."""
    node.meta[MOMENT] = True
    return node


def days_between(later: exp.Expr, earlier: exp.Expr) -> exp.Expr:
    """Return the number of days from one date to another, in brackets."""
    difference = exp.Sub(this=later, expression=earlier)
    difference.meta[DAYS] = True  # some dialects have no difference of dates, and cannot know that these are
    return exp.Paren(this=difference)


def conjunction(parts: list[exp.Expr]) -> exp.Expr | None:
    """Return the parts joined by AND, or None for no part; alternatives are put in brackets."""
    result: exp.Expr | None = None
    for part in parts:
        wrapped = exp.Paren(this=part) if isinstance(part, exp.Or) else part
        result = wrapped if result is None else exp.And(this=result, expression=wrapped)
    return result


def only_where(select: exp.Select, conditions: list[exp.Expr]) -> None:
    """Give the SELECT the conditions as its WHERE."""
    where = conjunction(conditions)
    if where is not None:
        select.set("where", exp.Where(this=where))


def disjunction(parts: list[exp.Expr]) -> exp.Expr:
    """Return the parts joined by OR; `parts` is not empty."""
    result = parts[0]
    for part in parts[1:]:
        result = exp.Or(this=result, expression=part)
    return result


def bracketed(node: exp.Expr) -> exp.Expr:
    """Return the node in brackets unless it binds tighter than any operator."""
    atomic = (exp.Column, exp.Literal, exp.Paren, exp.Func, exp.Boolean, exp.Null, exp.Cast)
    return node if isinstance(node, atomic) and not isinstance(node, exp.Connector) else exp.Paren(this=node)


def divided(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """Return numerator / NULLIF(denominator, 0)."""
    guarded = exp.Nullif(this=denominator, expression=exp.Literal.number(0))
    return exp.Div(this=bracketed(numerator), expression=guarded, typed=False, safe=False)


def function(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function that sqlglot has no node for."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def coalesce(parts: list[exp.Expr]) -> exp.Expr:
    """Return COALESCE of the parts, or the only one."""
    return parts[0] if len(parts) == 1 else exp.Coalesce(this=parts[0], expressions=parts[1:])


def model_expression(sql: str, alias: str, today: date) -> exp.Expr:
    """Return an author's expression over one model's columns: qualified, divisions guarded, `today` fixed.

    CURRENT_DATE in an expression means the day the question is asked for, not the server's clock.
    """
    bare = _bare_column(sql)
    if bare is not None:  # most expressions are one column: no tree to copy and walk
        return column(bare, alias)
    tree = _guarded(sql).copy()
    for node in list(tree.walk()):
        if isinstance(node, exp.Column):
            if not node.args.get("table") or len(node.parts) == 2:
                node.set("table", ident(alias))
        elif isinstance(node, exp.CurrentDate | exp.CurrentTimestamp):
            kind = "DATE" if isinstance(node, exp.CurrentDate) else "TIMESTAMP"
            fixed = cast(exp.Literal.string(today.isoformat()), kind)
            tree = fixed if node is tree else tree
            node.replace(fixed)
    return tree


@lru_cache(maxsize=16_384)
def _guarded(sql: str) -> exp.Expr:
    """Return the parsed expression with every division guarded, shared: copy before use."""
    return guard_divisions(parse_expression(sql))


@lru_cache(maxsize=16_384)
def _bare_column(sql: str) -> str | None:
    """Return the column that the expression is, where it is a plain lower-case one without a table."""
    tree = _guarded(sql)
    if isinstance(tree, exp.Column) and len(tree.parts) == 1 and tree.name == sql and not _needs_quotes(sql):
        return sql
    return None
