"""The writers of our own give sqlglot's text to the letter; what they do not know, sqlglot writes."""

from datetime import date

import duckdb
import pytest
import sqlglot

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.compiler.printing import duckdb_text
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery

LONG = "a_column_with_a_rather_long_name"
STATEMENTS = [
    "SELECT a, b AS c, t.* FROM t WHERE NOT a = 1 AND (b > 2 OR c IS NULL) GROUP BY 1, 2 HAVING SUM(x) > 0",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT DISTINCT x FROM a) SELECT * FROM b ORDER BY x DESC NULLS FIRST LIMIT 5",
    "SELECT * FROM a LEFT JOIN b ON a.x = b.x AND a.y IS NOT DISTINCT FROM b.y CROSS JOIN c FULL OUTER JOIN d ON TRUE",
    "SELECT * FROM a, b JOIN c USING (x) LIMIT 3 OFFSET 4",
    "SELECT * FROM (SELECT 1 AS x UNION ALL SELECT 2 AS x) AS u INNER JOIN db.t AS t ON u.x <> t.x",
    f"SELECT COALESCE({LONG}, other.{LONG}, another.{LONG}) AS x, COUNT(*), COUNT(DISTINCT y) FROM t AS other",
    f"SELECT * FROM t WHERE {LONG} = 1 AND {LONG} >= 2 AND {LONG} <= 3 OR {LONG} < 4",
    "SELECT a FROM t WHERE a IN ('x', 'it''s', 'q\"') AND b NOT IN (SELECT b FROM u) AND c BETWEEN 1 AND -2",
    f"SELECT a FROM t WHERE a IN ('{'x' * 30}', '{'y' * 30}', '{'z' * 30}')",
    "SELECT SUM(x) FILTER(WHERE y AND z), CASE WHEN a THEN 1 ELSE 0 END, a - (b - c) - d, a / NULLIF(b, 0), - -1",
    f"SELECT CASE WHEN {LONG} > 1 THEN {LONG} WHEN {LONG} > 2 THEN 'x' END FROM t",
    "SELECT DATE_TRUNC('week', ts), CAST(ts AS DATE), ts + INTERVAL '3' DAY, EXTRACT(doy FROM ts), x::DECIMAL(10, 2)",
    "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC), SUM(x) OVER (ORDER BY d ROWS 6 PRECEDING) FROM t",
    "SELECT MAX(x), MIN(x, 3), MEDIAN(y), QUANTILE_CONT(x, 0.5), LOWER(s), my_function(a, 'b'), [1, 2], {'k': 1}",
    'SELECT "select", "With Space", "quo""te", "1st", "渠道", t."order" FROM "Group" AS t WHERE "渠道" = \'抖音\'',
    "SELECT a FROM t WHERE name ILIKE '%50\\%%' ESCAPE '\\' AND NOT EXISTS(SELECT 1 FROM u WHERE u.x = t.x)",
    "SELECT 'two\nlines', ('in\nbrackets') FROM t WHERE x = 'a\nb' OR y IN ('c\nd')",
    "SELECT * EXCLUDE (a) FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1",
    "SELECT d FROM GENERATE_SERIES(CAST('2025-01-01' AS DATE), CAST('2025-02-01' AS DATE), INTERVAL '1' DAY) AS c(d)",
]  # fmt: skip


@pytest.mark.parametrize("sql", STATEMENTS)
def test_the_text_is_what_sqlglot_writes(sql):
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    assert duckdb_text(tree, pretty=True) == tree.sql("duckdb", pretty=True)


@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize(
    "sql", [STATEMENTS[0], "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) FROM t LIMIT 5"]
)
def test_writing_leaves_the_tree_as_it_is(pretty, sql):
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    before = tree.copy()
    duckdb_text(tree, pretty=pretty)
    assert tree == before


@pytest.mark.parametrize("column", ["a", "x__SQLGLOT__LB__y"])
def test_a_value_and_a_name_may_look_like_sqlglots_mark_of_a_line_break(column):
    tree = sqlglot.parse_one(
        f"SELECT SUM({column}) OVER (ORDER BY b) FROM t WHERE a = 'x__SQLGLOT__LB__y'", "duckdb"
    )
    assert duckdb_text(tree, pretty=True).count("__SQLGLOT__LB__") == tree.sql("duckdb").count(
        "__SQLGLOT__LB__"
    )


def test_a_long_chain_of_one_operator_is_no_deep_recursion():
    tree = sqlglot.parse_one(" + ".join(["1"] * 5_000), dialect="duckdb")
    assert duckdb_text(tree, pretty=True).count("+") == 4_999


def test_the_row_behind_the_limit_of_a_median_is_asked_in_sound_sql():
    catalog = load_text(
        "models: [{name: t, columns: [{name: c, dimension: categorical}], metrics: [{name: m, agg: median, expr: x}]}]"
    ).catalog_or_raise()
    query = MetricQuery.model_validate(
        {"metrics": ["m"], "group_by": [{"dimension": "c"}], "limit": {"n": 1}}
    )
    made = compile_query(catalog, query, CompileContext(today=date(2025, 1, 1)))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS FROM (VALUES ('a', 1), ('a', 3), ('b', 5)) AS rows (c, x)")
        assert connection.execute(made.sql).fetchall() == [("b", 5.0)]
        assert connection.execute(made.tie_sql).fetchall() == [("a", 2.0)]
