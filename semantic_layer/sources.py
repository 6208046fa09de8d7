"""Where a model's rows come from, as an SQL tree, and which tables that needs."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.catalog import Model
from semantic_layer.compiler.sources import parse_source
from semantic_layer.errors import QueryError


def source_tree(model: Model) -> exp.Expr:
    """Return what follows FROM for a model: its table, or its SELECT as a subquery.

    Raises:
        QueryError: code `invalid_source`; the model's `sql` is not a single SELECT.
    """
    if model.source_kind == "sql":
        query = parse_source(model.source).copy()
        assert isinstance(query, exp.Query)
        return query.subquery(model.name)
    return table_tree(model.source)


def table_tree(name: str) -> exp.Table:
    """Return a table by its name, `schema.table` or `database.schema.table`; every part is quoted as needed."""
    *path, table = name.split(".")
    parts = [exp.to_identifier(part, quoted=True) for part in path]
    return exp.Table(
        this=exp.to_identifier(table, quoted=True),
        db=parts[-1] if parts else None,
        catalog=parts[-2] if len(parts) > 1 else None,
    )


def tables_of(model: Model) -> tuple[str, ...]:
    """Return the names of the tables that a model reads; none where its SQL cannot be read.

    Names that the SQL itself defines (WITH …) are left out.
    """
    if model.source_kind != "sql":
        return (model.source,)
    try:
        query = parse_source(model.source)
    except QueryError:
        return ()
    own = {cte.alias_or_name.casefold() for cte in query.find_all(exp.CTE)}
    names = (".".join(part.name for part in table.parts) for table in query.find_all(exp.Table))
    return tuple(dict.fromkeys(name for name in names if name and name.casefold() not in own))
