"""A person's own SQL sees what that person may see, whatever it is written like."""

from pathlib import Path

import pytest

import semantic_layer
from semantic_layer.custom_sql import checked_sql
from semantic_layer.errors import AskGrowthError
from semantic_layer.workspace import SemanticLayer

FILES = {
    "askgrowth.yml": """version: 1
name: T
users_file: users.yml
access:
  rows:
    - {model: sales, where: "region = '{user.region}'"}
  hidden: [cost]
  masked: [phone]
""",
    "users.yml": "north: {region: n}\nsouth: {region: s}\n",
    "models/sales.yml": """models:
  - name: sales
    semantic_model: {enabled: true}
    agg_time_dimension: sold_on
    columns:
      - {name: region, dimension: {type: categorical}}
      - {name: phone, dimension: {type: categorical}}
      - {name: sold_on, granularity: day, dimension: {type: time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount}
      - {name: cost, type: simple, agg: sum, expr: cost}
""",
    "data/sales.csv": "region,phone,sold_on,amount,cost\nn,139,2025-01-01,10,4\nn,138,2025-01-02,20,5\n"
    "s,137,2025-01-01,40,6\n",
}


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("users_file: users.yml\n", ""), encoding="utf-8")
    opened = semantic_layer.open(folder, state_dir=folder / "state")
    yield opened
    opened.close()


def run(layer: SemanticLayer, sql: str, user: str = "north") -> list[tuple[object, ...]]:
    return [tuple(row) for row in layer.engine.execute(checked_sql(layer, sql, user=user)).rows]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(amount) FROM sales",
        "SELECT SUM(s.amount) FROM sales AS s",
        "SELECT SUM(sales.amount) FROM sales;",
        'SELECT SUM(amount) FROM "SALES"',
        "SELECT (SELECT SUM(amount) FROM sales)",
        "WITH sales AS (SELECT * FROM sales) SELECT SUM(amount) FROM sales",
        "WITH a AS (SELECT amount FROM sales) SELECT SUM(amount) FROM a",
        "SELECT SUM(amount) FROM (SELECT amount FROM sales UNION ALL SELECT 0 FROM sales)",
        "SELECT SUM(b.amount) FROM (VALUES (1)) AS one(x), LATERAL (SELECT * FROM sales) AS b",
        "SELECT SUM(amount) FROM sales WHERE region IN (SELECT region FROM sales) OR TRUE",
        "FROM sales SELECT SUM(amount)",
    ],
)
def test_only_the_user_s_rows_are_read_however_it_is_written(layer: SemanticLayer, sql: str) -> None:
    assert run(layer, sql, "north") == [(30,)]
    assert run(layer, sql, "south") == [(40,)]


def test_a_masked_column_is_empty_and_cannot_be_searched(layer: SemanticLayer) -> None:
    assert run(layer, "SELECT DISTINCT phone FROM sales") == [(None,)]
    assert run(layer, "SELECT COUNT(*) FROM sales WHERE phone = 139") == [(0,)]
    assert run(layer, "SELECT MAX(CAST(phone AS VARCHAR)) FROM sales") == [(None,)]


@pytest.mark.parametrize("sql", ["SELECT cost FROM sales", "SELECT SUM(s.cost) FROM sales AS s"])
def test_a_hidden_column_does_not_exist(layer: SemanticLayer, sql: str) -> None:
    with pytest.raises(AskGrowthError):
        run(layer, sql)
    assert "cost" not in layer.engine.execute(checked_sql(layer, "SELECT * FROM sales", user="north")).columns


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DELETE FROM sales",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE sales",
        "INSERT INTO sales VALUES (1)",
        "CREATE TABLE t AS SELECT * FROM sales",
        "SELECT * INTO t FROM sales",
        "COPY sales TO 'x.csv'",
        "PRAGMA database_list",
        "SET memory_limit = '1GB'",
        "ATTACH 'x.db'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM query('SELECT * FROM sales')",
        "SELECT * FROM query_table('sales')",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM other_table",
        "SELECT * FROM memory.main.sales",
        "SELECT getenv('HOME')",
        "SELECT current_setting('memory_limit') FROM sales",
        "WITH secrets AS (SELECT 1) SELECT * FROM (SELECT * FROM secrets) UNION SELECT * FROM askgrowth_coverage",
        "EXPLAIN SELECT * FROM sales",
        "SELECT FROM WHERE",
        "PIVOT sales ON region USING SUM(amount)",
    ],
)
def test_what_is_no_select_over_known_tables_is_refused(layer: SemanticLayer, sql: str) -> None:
    with pytest.raises(AskGrowthError):
        run(layer, sql)


def test_the_compiled_sql_of_a_restricted_user_runs_again_and_gives_the_same(layer: SemanticLayer) -> None:
    result = layer.query(metrics=["revenue"], by="sold_on:day", user="north")

    assert run(layer, result.sql, "north") == list(result.table.rows)


def test_an_unknown_user_is_refused(layer: SemanticLayer) -> None:
    with pytest.raises(AskGrowthError):
        checked_sql(layer, "SELECT 1 FROM sales", user="nobody")


def test_without_rules_the_statement_stays_as_it_was_written(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.partition("users_file")[0], encoding="utf-8") if name.startswith(
            "ask"
        ) else (tmp_path / name).write_text(text, encoding="utf-8")
    open_layer = semantic_layer.open(tmp_path, state_dir=tmp_path / "state")

    assert checked_sql(open_layer, "SELECT  SUM(cost)\nFROM sales;") == "SELECT  SUM(cost)\nFROM sales"


def test_a_mistake_in_the_syntax_is_shown_with_its_line_and_word_in_both_languages(
    layer: SemanticLayer,
) -> None:
    with pytest.raises(AskGrowthError) as caught:
        checked_sql(layer, "SELECT region\nFROM sales WHERE WHERE 1 = 1", user="north")

    assert caught.value.message.zh == "第 2 行的“WHERE”附近有语法错误。"
    assert caught.value.message.en == "Syntax error near “WHERE” in line 2."
