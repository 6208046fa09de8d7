"""DuckDB's text of a tree, as sqlglot writes it, from writers of our own for the nodes that queries are full of.

Each writer gives the very text that sqlglot's generator gives, or None for what it does not know (a further argument,
a rare form): then sqlglot writes that node with all below it. A text takes a third of the time, and nothing here
inherits from sqlglot's generator: its compiled form (`sqlglotc`) may be installed or not.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from semantic_layer.compiler.printing.core import BREAK, WRITERS, text_of
from semantic_layer.compiler.printing.statements import STATEMENTS
from semantic_layer.compiler.printing.values import VALUES

__all__ = ["duckdb_text"]

WRITERS.update(STATEMENTS)
WRITERS.update(VALUES)


def duckdb_text(tree: exp.Expr, *, pretty: bool) -> str:
    """Return the tree as DuckDB's SQL; the tree stays as it is."""
    if not pretty:
        return str(DuckDB().generator(comments=False).generate(tree))
    return text_of(tree).strip().replace(BREAK, "\n")
