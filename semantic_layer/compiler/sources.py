"""A model's `sql:` source: one SELECT, parsed once."""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from semantic_layer.errors import QueryError
from semantic_layer.expression import DENIED_FUNCTIONS
from semantic_layer.text import Text

_NEVER: tuple[type[exp.Expr], ...] = (
    exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Pragma, exp.Use, exp.Attach, exp.Detach,
    exp.Copy, exp.Drop, exp.Alter, exp.Transaction, exp.Describe, exp.Placeholder, exp.Parameter,
    exp.SessionParameter,
)  # fmt: skip


@lru_cache(maxsize=1024)
def parse_source(sql: str) -> exp.Expr:
    """Return the SELECT as a tree, shared: copy before use.

    Raises:
        QueryError: code `invalid_source`; not exactly one SELECT that only reads tables.
    """
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree is not None]
    except (SqlglotError, RecursionError, ValueError):
        trees = []
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise QueryError(
            Text(zh="模型的 sql 不是单条 SELECT。", en="The sql of a model is not a single SELECT."),
            Text(zh="只写一条 SELECT 语句。", en="Write one SELECT statement."),
            code="invalid_source",
        )
    for node in trees[0].walk():
        node.comments = None
        is_call = isinstance(node, exp.Anonymous) and str(node.this).casefold().startswith(DENIED_FUNCTIONS)
        if is_call or (isinstance(node, _NEVER) and not isinstance(node, exp.Query)):
            name = str(node.this) if is_call else type(node).__name__.upper()
            raise QueryError(
                Text(
                    zh=f"模型的 sql 用了不允许的 {name}。",
                    en=f"The sql of a model uses {name}, which is not allowed.",
                ),
                Text(zh="只写读取表的 SELECT 语句。", en="Write a SELECT that only reads tables."),
                code="invalid_source",
            )
    return trees[0]
