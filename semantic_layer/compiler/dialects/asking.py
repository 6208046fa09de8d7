"""What a database is asked about itself: its tables, and the type of a column."""

from __future__ import annotations

from sqlglot import exp

_TABLES = {
    "postgres": (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    ),
    "clickhouse": "SELECT name FROM system.tables WHERE database = currentDatabase()",
    "duckdb": "SELECT table_name FROM information_schema.tables",
}
_TYPE_OF = {"postgres": "pg_typeof", "clickhouse": "toTypeName"}


def tables_query(dialect: str) -> str:
    """Return a SELECT of the names of the tables that can be read; on Spark, of none (SHOW TABLES is no SELECT)."""
    return _TABLES.get(dialect, "SELECT 'x' AS table_name WHERE FALSE")


def type_of(column: exp.Expr, dialect: str) -> exp.Expr:
    """Return the database's word for the type of an expression, as a text."""
    call: exp.Expr = exp.Anonymous(this=_TYPE_OF.get(dialect, "typeof"), expressions=[column])
    return exp.Cast(this=call, to=exp.DataType(this=exp.DType.TEXT)) if dialect == "postgres" else call
