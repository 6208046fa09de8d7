"""The SQL that lists the distinct values of a dimension."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.catalog import Catalog
from semantic_layer.compiler.dialects import written
from semantic_layer.expression import parse_expression
from semantic_layer.sources import source_tree


def values_query(catalog: Catalog, dimension: str, dialect: str = "duckdb") -> str:
    """Return a SELECT of (value, rows): most frequent first, then by value; nulls left out.

    A dimension that lives in several models is the union of their values, without a count (rows is NULL):
    rows of different facts add up to nothing.
    """
    bindings = catalog.dimensions[dimension].bindings
    parts: list[exp.Select] = []
    for binding in bindings:
        column = parse_expression(binding.expr)
        part = exp.select(exp.alias_(column, "value")).from_(source_tree(catalog.models[binding.model]))
        parts.append(part.where(exp.Is(this=column.copy(), expression=exp.Null()).not_()))
    if len(parts) == 1:
        counted = (
            parts[0].select(exp.alias_(exp.Count(this=exp.Star()), "rows")).group_by(exp.Literal.number(1))
        )
        return written(counted.order_by("2 DESC", "1"), dialect, pretty=False)
    union: exp.Query = parts[0]
    for part in parts[1:]:
        union = exp.union(union, part, distinct=True)
    outer = exp.select(exp.column("value"), exp.alias_(exp.Null(), "rows"))
    return written(outer.from_(union.subquery("every")).order_by("1"), dialect, pretty=False)
