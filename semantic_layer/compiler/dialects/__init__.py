"""SQL in the engine's own dialect: our tree is DuckDB's; a profile says where another database means something else.

sqlglot knows how dialects spell the same thing. A profile holds what it does not: functions that exist under no other
name, and spellings that run and answer differently. Every rule has a case in tests/golden/engines that fails without
it.
"""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler.dialects.clickhouse import CLICKHOUSE
from semantic_layer.compiler.dialects.postgres import POSTGRES
from semantic_layer.compiler.dialects.profile import Profile
from semantic_layer.compiler.dialects.spark import SPARK
from semantic_layer.compiler.printing import duckdb_text
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.text import Text

DUCKDB = Profile("duckdb", {})
EXECUTED: dict[str, Profile] = {profile.name: profile for profile in (DUCKDB, POSTGRES, CLICKHOUSE, SPARK)}
# sqlglot writes these, after the rules of the nearest relative; nobody has run what it writes.
PRINTED: dict[str, Profile] = {
    "trino": SPARK.related("trino"),
    "snowflake": SPARK.related("snowflake"),
    "bigquery": SPARK.related("bigquery"),
    "doris": DUCKDB.related("doris"),
    "starrocks": DUCKDB.related("starrocks"),
}


def profile_of(dialect: str) -> Profile:
    """Return the profile of a dialect; UnknownNameError where there is none."""
    found = EXECUTED.get(dialect) or PRINTED.get(dialect)
    if found is None:
        raise UnknownNameError(Text(zh="SQL 方言", en="SQL dialect"), dialect, [*EXECUTED, *PRINTED])
    return found


def written(tree: exp.Expr, dialect: str, *, pretty: bool = True) -> str:
    """Return the tree as text in a dialect. The tree stays DuckDB's: it can be changed and written again."""
    try:
        return _text(tree, dialect, pretty)
    except RecursionError as error:
        raise QueryError(
            Text(
                zh="指标的定义嵌套过深,无法写成 SQL。",
                en="The metric's definition nests too deep to be written as SQL.",
            ),
            Text(
                zh="把它拆成几个指标,或减少条件。",
                en="Split it into several metrics, or use fewer conditions.",
            ),
            code="too_deep",
        ) from error


def _text(tree: exp.Expr, dialect: str, pretty: bool) -> str:
    if dialect == DUCKDB.name:
        return duckdb_text(tree, pretty=pretty)
    profile = EXECUTED.get(dialect) or profile_of(dialect)
    if not profile.rules:
        return tree.sql(dialect=dialect, pretty=pretty)
    return profile.rewritten(tree.copy()).sql(dialect=dialect, pretty=pretty, copy=False)
