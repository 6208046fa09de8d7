"""Statements: SELECT with its clauses, CTEs, joins and tables."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler.printing.core import Writer, indented, lines, only, text_of

_SELECT = {
    "with_",
    "expressions",
    "distinct",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
}
_CLAUSES = ("where", "group", "having", "order", "limit", "offset")
_JOINS = {  # side, kind, whether there is a condition
    *((side, kind, True) for side in ("", "LEFT", "FULL") for kind in ("", "INNER", "OUTER")),
    ("", "CROSS", False),
}


def _select(node: exp.Expr) -> str | None:
    args = node.args
    if not (args.keys() <= _SELECT or only(node, *_SELECT)):
        return None
    distinct = args.get("distinct")
    parts = ["SELECT", f" {text_of(distinct)}" if distinct else ""]
    if columns := args.get("expressions"):
        parts.append(f"\n{lines([text_of(column) for column in columns])}")
    if source := args.get("from_"):
        parts.append(text_of(source))
    parts += [text_of(join) for join in args.get("joins") or ()]
    parts += [text_of(clause) for key in _CLAUSES if (clause := args.get(key)) is not None]
    before = args.get("with_")
    return f"{text_of(before)}\n{''.join(parts)}" if before else "".join(parts)


def _with(node: exp.Expr) -> str | None:
    return f"WITH {', '.join(map(text_of, node.expressions))}" if only(node, "expressions") else None


def _cte(node: exp.Expr) -> str | None:
    if not only(node, "this", "alias"):
        return None
    return f"{text_of(node.args['alias'])} AS {_wrapped(node.this)}"


def _wrapped(query: exp.Expr) -> str:
    return f"(\n{indented(text_of(query))}\n)"


def _from(node: exp.Expr) -> str | None:
    return f"\nFROM {text_of(node.this)}" if only(node, "this") else None


def _join(node: exp.Expr) -> str | None:
    side, kind, on = node.args.get("side") or "", node.args.get("kind") or "", node.args.get("on")
    if (side, kind, on is not None) not in _JOINS or not only(node, "this", "side", "kind", "on"):
        return None
    operator = " ".join(word for word in (side, kind, "JOIN") if word)
    condition = "" if on is None else "\n  ON " + text_of(on).replace("\n", "\n  ")
    return f"\n{operator} {text_of(node.this)}{condition}"


def _table(node: exp.Expr) -> str | None:
    args = node.args
    if not (only(node, "this", "db", "catalog", "alias") and isinstance(args["this"], exp.Identifier)):
        return None
    name = ".".join(text_of(part) for key in ("catalog", "db", "this") if (part := args.get(key)) is not None)
    return f"{name} AS {text_of(alias)}" if (alias := args.get("alias")) else name


def _table_alias(node: exp.Expr) -> str | None:
    return text_of(node.this) if node.this and only(node, "this") else None


def _subquery(node: exp.Expr) -> str | None:
    if not only(node, "this", "alias"):
        return None
    alias = node.args.get("alias")
    return f"{_wrapped(node.this)} AS {text_of(alias)}" if alias else _wrapped(node.this)


def _exists(node: exp.Expr) -> str | None:
    return f"EXISTS{_wrapped(node.this)}" if only(node, "this") else None


def _clause(name: str, key: str = "expressions") -> Writer:
    """Return the writer of a clause whose content stands on lines of its own."""

    def write(node: exp.Expr) -> str | None:
        if not only(node, key):
            return None
        if key == "this":
            return f"\n{name}\n{indented(text_of(node.args['this']))}"
        return f"\n{name}\n{lines([text_of(part) for part in node.args['expressions']])}"

    return write


def _number_clause(name: str) -> Writer:
    def write(node: exp.Expr) -> str | None:
        number = node.args.get("expression")
        is_plain = isinstance(number, exp.Literal) and only(node, "expression")
        return f"\n{name} {text_of(number)}" if is_plain and number is not None else None

    return write


def _ordered(node: exp.Expr) -> str | None:
    if not only(node, "this", "desc", "nulls_first"):
        return None
    descending = node.args.get("desc")
    direction = " DESC" if descending else " ASC" if descending is False else ""
    return f"{text_of(node.this)}{direction}{' NULLS FIRST' if node.args.get('nulls_first') else ''}"


STATEMENTS: dict[type[exp.Expr], Writer] = {
    exp.Select: _select,
    exp.With: _with,
    exp.CTE: _cte,
    exp.From: _from,
    exp.Join: _join,
    exp.Table: _table,
    exp.TableAlias: _table_alias,
    exp.Subquery: _subquery,
    exp.Exists: _exists,
    exp.Where: _clause("WHERE", "this"),
    exp.Having: _clause("HAVING", "this"),
    exp.Group: _clause("GROUP BY"),
    exp.Order: _clause("ORDER BY"),
    exp.Limit: _number_clause("LIMIT"),
    exp.Offset: _number_clause("OFFSET"),
    exp.Ordered: _ordered,
}
