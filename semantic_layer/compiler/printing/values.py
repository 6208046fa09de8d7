"""Values: names, literals, operators, functions, types."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from semantic_layer.compiler.printing.core import (
    BREAK,
    WIDE,
    Writer,
    arguments,
    by_sqlglot,
    identifier,
    indented,
    lines,
    only,
    text_of,
)

_CONNECTORS: dict[type[exp.Expr], str] = {exp.And: "AND", exp.Or: "OR"}
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.Is: "IS",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/",
}  # fmt: skip
_FUNCTIONS: tuple[type[exp.Expr], ...] = (exp.Coalesce, exp.Nullif, exp.Sum, exp.Count, exp.Avg, exp.Abs)


def _alias(node: exp.Expr) -> str | None:
    return f"{text_of(node.args['this'])} AS {text_of(node.args['alias'])}"


def _column(node: exp.Expr) -> str | None:
    args = node.args
    name, table = args["this"], args.get("table")
    if name.__class__ is not exp.Identifier or (len(args) > 2 and not only(node, "this", "table")):
        return None
    if table is None:
        return identifier(name)
    if table.__class__ is not exp.Identifier:
        return None
    return f"{identifier(table)}.{identifier(name)}"


def _literal(node: exp.Expr) -> str | None:
    text = node.args["this"]
    if not node.args.get("is_string"):
        return str(text or "")
    escaped = text.replace("'", "''").replace("\n", BREAK)
    return f"'{escaped}'"


def _data_type(node: exp.Expr) -> str | None:
    kind = node.args["this"]
    return _type(kind) if kind.__class__ is exp.DType and only(node, "this") else None


@lru_cache
def _type(kind: exp.DType) -> str:
    return by_sqlglot(exp.DataType(this=kind))


def _cast(node: exp.Expr) -> str | None:
    if not only(node, "this", "to"):
        return None
    return f"CAST({text_of(node.args['this'])} AS {text_of(node.args['to'])})"


def _paren(node: exp.Expr) -> str | None:
    return f"(\n{indented(text_of(node.this))}\n)"


def _not(node: exp.Expr) -> str | None:
    return f"NOT {text_of(node.this)}"


def _connector(node: exp.Expr) -> str | None:
    """Return the parts of ANDs and ORs in their order, each on a line where they are long."""
    stack: list[exp.Expr | str] = [node]
    parts: list[str] = []
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            parts.append(top)
        elif (word := _CONNECTORS.get(top.__class__)) is not None:
            stack += [top.args["expression"], word, top.args["this"]]
        else:
            text = text_of(top)
            if parts and parts[-1] in ("AND", "OR"):
                parts[-1] += f" {text}"
            else:
                parts.append(text)
    return ("\n" if sum(map(len, parts)) > WIDE else " ").join(parts)


def _binary(operator: str) -> Writer:
    """Return the writer of a plain operator; a chain of the same one is walked and not climbed."""

    def write(node: exp.Expr) -> str | None:
        kind, at, rights = node.__class__, node, []
        while at.__class__ is kind:
            if len(at.args) > 2 and not only(at, "this", "expression"):
                return None
            rights.append(at.args["expression"])
            at = at.args["this"]
        text = text_of(at)
        for right in reversed(rights):
            text += f" {operator} {text_of(right)}"
        return text

    return write


def _between(node: exp.Expr) -> str | None:
    if not only(node, "this", "low", "high"):
        return None
    this, low, high = (text_of(node.args[key]) for key in ("this", "low", "high"))
    return f"{this} BETWEEN {low} AND {high}"


def _in(node: exp.Expr) -> str | None:
    if not only(node, "this", "expressions"):
        return (
            f"{text_of(node.this)} IN {text_of(node.args['query'])}" if only(node, "this", "query") else None
        )
    texts = [text_of(value) for value in node.expressions]
    width = sum(map(len, texts)) + 2 * (len(texts) - 1)
    if width <= WIDE and any("\n" in text for text in texts):
        return None
    listed = f"\n{lines(texts)}\n" if width > WIDE else ", ".join(texts)
    return f"{text_of(node.this)} IN ({listed})"


def _function(node: exp.Expr) -> str | None:
    given: list[exp.Expr] = []
    for key in node.arg_types:
        value = node.args.get(key)
        given += value if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []
    assert isinstance(node, exp.Func)
    return f"{node.sql_name()}({arguments([text_of(each) for each in given])})"


def _extreme(node: exp.Expr) -> str | None:
    return _function(node) if only(node, "this") else None


def _filter(node: exp.Expr) -> str | None:
    if isinstance(node.this, exp.Corr):
        return None
    return f"{text_of(node.this)} FILTER({text_of(node.args['expression']).strip()})"


def _distinct(node: exp.Expr) -> str | None:
    values = node.expressions
    if len(values) > 1 or not only(node, "expressions"):
        return None
    return f"DISTINCT {text_of(values[0])}" if values else "DISTINCT"


def _case(node: exp.Expr) -> str | None:
    if not only(node, "ifs", "default"):
        return None
    parts = ["CASE"]
    for when in node.args["ifs"]:
        parts += [f"WHEN {text_of(when.this)}", f"THEN {text_of(when.args['true'])}"]
    if default := node.args.get("default"):
        parts.append(f"ELSE {text_of(default)}")
    parts.append("END")
    wide = sum(map(len, parts)) > WIDE
    return None if wide else " ".join(parts)


def _bucket(node: exp.Expr) -> str | None:
    unit = node.args.get("unit")
    if not (isinstance(unit, exp.Var) and only(node, "this", "unit")):
        return None
    name = _truncation(str(unit.this))
    return f"DATE_TRUNC({arguments([name, text_of(node.this)])})" if name else None


@lru_cache
def _truncation(unit: str) -> str | None:
    """Return the first argument of DATE_TRUNC for a unit; None where sqlglot writes the bucket in another way."""
    example = exp.TimestampTrunc(this=exp.column("x"), unit=exp.Var(this=unit))
    name, comma, rest = by_sqlglot(example).removeprefix("DATE_TRUNC(").partition(",")
    return name if comma and rest == " x)" else None


def _interval(node: exp.Expr) -> str | None:
    count, unit = node.args.get("this"), node.args.get("unit")
    if not (isinstance(count, exp.Literal) and isinstance(unit, exp.Var) and only(node, "this", "unit")):
        return None
    return _plain_interval(str(count.this), bool(count.is_string), str(unit.this))


@lru_cache
def _plain_interval(count: str, is_string: bool, unit: str) -> str:
    number = exp.Literal.string(count) if is_string else exp.Literal.number(count)
    return by_sqlglot(exp.Interval(this=number, unit=exp.Var(this=unit)))


def _negative(node: exp.Expr) -> str:
    text = text_of(node.this)
    return f"- {text}" if text.startswith("-") else f"-{text}"


def _word(word: str) -> Writer:
    return lambda node: None if any(node.args.values()) else word


VALUES: dict[type[exp.Expr], Writer] = {
    exp.Alias: _alias,
    exp.Column: _column,
    exp.Literal: _literal,
    exp.DataType: _data_type,
    exp.Cast: _cast,
    exp.Paren: _paren,
    exp.Not: _not,
    exp.Neg: _negative,
    exp.And: _connector,
    exp.Or: _connector,
    exp.Between: _between,
    exp.In: _in,
    exp.Filter: _filter,
    exp.Distinct: _distinct,
    exp.Case: _case,
    exp.Min: _extreme,
    exp.Max: _extreme,
    exp.TimestampTrunc: _bucket,
    exp.Interval: _interval,
    exp.Identifier: identifier,
    exp.Star: _word("*"),
    exp.Null: _word("NULL"),
    exp.Boolean: lambda node: "TRUE" if node.this else "FALSE",
    **{kind: _binary(operator) for kind, operator in _OPERATORS.items()},
    **dict.fromkeys(_FUNCTIONS, _function),
}
