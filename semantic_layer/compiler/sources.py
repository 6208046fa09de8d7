"""A model's `sql:` source: one SELECT, parsed once."""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from semantic_layer.errors import QueryError
from semantic_layer.text import Text


@lru_cache(maxsize=1024)
def parse_source(sql: str) -> exp.Expr:
    """Return the SELECT as a tree, shared: copy before use.

    Raises:
        QueryError: code `invalid_source`; not exactly one SELECT.
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
    return trees[0]
