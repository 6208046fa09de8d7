"""What may be sent to a server: one SELECT, with at most so many rows."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from semantic_layer.engines.problems import not_a_select

# What writes, locks or leaves the database although the statement begins like a query.
_WRITES: tuple[type[exp.Expr], ...] = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set)


def limited_select(sql: str, dialect: str, rows: int) -> str:
    """Return the statement, with `LIMIT rows` where it has no limit of its own.

    The limit stands on the statement itself: around it, no database promises to keep its order.

    Raises:
        EngineError: code `not_a_select`; not exactly one SELECT, or one that writes.
    """
    try:
        trees = sqlglot.parse(sql, dialect=dialect)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise not_a_select() from error
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.DML):
        raise not_a_select()
    for node in tree.walk():
        if node is not tree and isinstance(node, _WRITES) and not isinstance(node, exp.Query):
            raise not_a_select()
    if tree.find(exp.Into, exp.Lock):
        raise not_a_select()
    if any(tree.args.get(key) for key in ("limit", "limit_by", "settings", "format")):
        return sql
    bare = sql.rstrip().rstrip(";")
    return f"{bare}\nLIMIT {rows}"
