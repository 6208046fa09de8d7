"""Whatever stands in a text of the YAML, of a dbt file or of a query: one SELECT comes of it, or an error in words.

Every value of a sound workspace, of dbt's files and of a query is replaced in turn by hostile ones. What still loads
is compiled and run on a connection that may write, beside a table that must stay as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from pydantic import ValidationError

from semantic_layer.catalog import Catalog
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.compiler.rollups import rollup_sql
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError, SpecProblemsError
from semantic_layer.importing import import_source
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.spec.names import quote_name

TODAY = date(2025, 3, 10)
DBT = Path(__file__).parent / "loader" / "dbt"
HOSTILE: list[Any] = [
    "x'; DROP TABLE canary; --", 'x"; DROP TABLE canary; --', "1); DELETE FROM canary; --", "DROP TABLE canary",
    "SELECT 1; DROP TABLE canary", "WITH x AS (DELETE FROM canary RETURNING *) SELECT * FROM x",
    "SELECT * INTO pwned FROM canary", "COPY canary TO 'pwned.csv'", "nextval('numbers')",
    "(SELECT MAX(x) FROM canary)",
    "1 = 1 OR TRUE", "'", '"', "`", "\\", "-- ", "/* ", ";", "%s{}{0}{{", "{{ Dimension('", "{{ x }}", "select",
    "order", "canary", "a b", "渠道", "😀", "a.b.c.d.e", "__", "metric_time__day", "", " ", "two\nlines", "x" * 30_000,
    "(" * 3_000, "1" + " + 1 - 1" * 3_000, "*", "NULL", "$1", "?", "metric('x')", "read_csv('/etc/passwd')",
    "2025-13-45", "99999999999 days", "__SQLGLOT__LB__", 0, -1, 1.5, 10**30, True, None, [], ["x"], {}, {"a": 1},
]  # fmt: skip
WORKSPACE = """\
version: 1
name: {zh: 小店, en: shop}
locale: en-US
timezone: Asia/Shanghai
week_start: monday
dimensions:
  - {name: channel, label: {zh: 渠道, en: channel}, synonyms: {en: [source]}, values: {a: {label: {zh: 甲, en: A}}}}
models:
  - name: orders
    table: orders
    label: {zh: 订单, en: orders}
    agg_time_dimension: day
    columns:
      - {name: order_id, entity: primary}
      - {name: buyer, entity: {type: foreign, name: buyer, expr: buyer_id}}
      - {name: day, granularity: day, dimension: {type: time, label: {zh: 日期, en: day}}}
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: size, dimension: {type: categorical, expr: "case when amount > 5 then 'big' else 'small' end"}}
    metrics:
      - {name: sales, type: simple, agg: sum, expr: amount, filter: "channel <> 'z'", unit: CNY, format: "0.0"}
      - {name: orders, type: simple, agg: count, label: {zh: 订单数, en: orders}, synonyms: {en: [purchases]}}
      - {name: typical, type: simple, agg: percentile, percentile: 0.5, expr: amount, fill_nulls_with: 0}
      - {name: buyers, type: simple, agg: count_distinct, expr: buyer_id}
  - name: visits
    sql: SELECT buyer_id, day, channel FROM visit_log
    agg_time_dimension: day
    columns:
      - {name: buyer_id, entity: {type: foreign, name: buyer}}
      - {name: day, granularity: day, dimension: time}
      - {name: channel, dimension: {type: categorical, conformed: channel}}
    metrics:
      - {name: visits, type: simple, agg: count}
  - name: people
    columns:
      - {name: buyer_id, entity: {type: primary, name: buyer}}
      - {name: city, dimension: categorical, values: [x, y]}
metrics:
  - {name: per_visit, type: ratio, numerator: {name: sales, filter: "size = 'big'"}, denominator: visits}
  - name: growth
    type: derived
    expr: (sales - before) / before
    input_metrics:
      - sales
      - {name: sales, alias: before, offset_window: 1 month, filter: "{{ Dimension('people__city') }} = 'x'"}
  - {name: so_far, type: cumulative, input_metric: sales, window: 7 days}
  - name: bought
    type: conversion
    base_metric: visits
    conversion_metric: orders
    entity: buyer
    window: 7 days
    constant_properties: [{base_property: channel, conversion_property: channel}]
segments:
  - {name: big_ones, label: {zh: 大单, en: big orders}, where: "size = 'big'"}
concepts:
  - {name: best, words: {zh: [最好], en: [best]}, metric: sales}
rollups:
  - {name: by_day, metrics: [sales, orders], dimensions: [channel], grain: day}
"""  # fmt: skip
QUERY: dict[str, Any] = {
    "metrics": ["sales", "per_visit"],
    "group_by": [{"dimension": "channel"}, {"dimension": "metric_time", "grain": "month"}],
    "where": [
        {"kind": "condition", "dimension": "city", "operator": "in", "values": ["x", "y"]},
        {"kind": "any", "conditions": [{"dimension": "channel", "operator": "contains", "values": ["a"]}]},
        {"kind": "expression", "sql": "channel <> 'q'"},
    ],
    "having": [{"column": "sales", "operator": ">", "values": [0]}],
    "period": {"start": "2025-01-01", "end": "2025-03-10"},
    "compare": [{"kind": "previous_year"}],
    "order_by": [{"column": "sales", "descending": True}],
    "limit": {"n": 3, "per": ["channel"]},
    "transforms": [{"kind": "share", "metric": "sales", "within": ["channel"]}],
}
ASKED: list[dict[str, Any]] = [
    {"metrics": ["sales", "orders", "typical"], "group_by": [{"dimension": "channel"}], "limit": {"n": 1}},
    {"metrics": ["per_visit", "so_far"], "group_by": [{"dimension": "metric_time", "grain": "month"}]},
    {
        "metrics": ["growth"],
        "group_by": [{"dimension": "metric_time", "grain": "month"}, {"dimension": "city"}],
    },
    {"metrics": ["bought", "buyers"], "segments": ["big_ones"]},
    {"metrics": ["bought"], "group_by": [{"dimension": "channel"}], "totals": True},
    {"metrics": [], "group_by": [{"dimension": "size"}]},
]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value below, mappings and lists included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*at, key)
        yield from places(below, (*at, key))


def replaced(value: Any, at: tuple[Any, ...], by: Any) -> Any:
    made = copy.deepcopy(value)
    holder = made
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = by
    return made


def renamed(value: Any, at: tuple[Any, ...], key: str) -> Any:
    made = copy.deepcopy(value)
    holder = made
    for step in at[:-1]:
        holder = holder[step]
    holder[key] = holder.pop(at[-1])
    return made


def shuffled_values(at: int, count: int) -> list[Any]:
    """Some of the hostile values, other ones for each place: together all stand everywhere."""
    return list(islice(cycle(HOSTILE), at * count, at * count + count))


class Database:
    """Tables of two rows on a connection that may write, and one that must never change."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(
            """
            CREATE TABLE canary AS SELECT 42 AS x; CREATE SEQUENCE numbers;
            CREATE TABLE orders AS FROM (VALUES (1, 7, DATE '2025-01-05', 'a', 10), (2, 8, DATE '2025-02-06', 'b', 3))
                AS rows (order_id, buyer_id, day, channel, amount);
            CREATE TABLE visit_log AS SELECT buyer_id, day, channel FROM orders;
            CREATE TABLE people AS FROM (VALUES (7, 'x'), (8, 'y')) AS rows (buyer_id, city);
            """
        )
        self.before = self.state()

    def state(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            "SELECT (SELECT SUM(x) FROM canary), (SELECT COUNT(*) FROM orders), "
            "(SELECT LIST(table_name ORDER BY table_name) FROM duckdb_tables()), "
            "(SELECT ANY_VALUE(last_value) FROM duckdb_sequences())"
        ).fetchall()

    def run(self, sql: str) -> None:
        kinds = [statement.type.name for statement in duckdb.extract_statements(sql)]
        assert kinds == ["SELECT"], sql
        # A table or column that is not there is the database's word; the engine says it in words of ours.
        with suppress(duckdb.BinderException, duckdb.CatalogException, duckdb.ConversionException):
            self.connection.execute(sql).fetchall()
        assert self.state() == self.before


@pytest.fixture(scope="module")
def database() -> Database:
    return Database()


def assert_in_words(error: AskGrowthError) -> None:
    """Each problem says what is wrong and what to do, in both languages, and never in a library's words."""
    for problem in error.problems if isinstance(error, SpecProblemsError) else (error,):
        for text in (problem.message, problem.mend):
            assert text.zh.strip()
            assert text.en.strip()
            assert len(text.en) < 2_000
            assert not any(
                word in text.en for word in ("Input should", "pydantic", "Traceback", "object at 0x")
            )


def run_all(catalog: Catalog, database: Database, asked: list[dict[str, Any]]) -> int:
    """Run what compiles; return how many statements that were."""
    coverage = {model: Coverage(date(2025, 1, 1), TODAY) for model in catalog.models}
    context = CompileContext(today=TODAY, coverage=coverage)
    ran = 0
    for query in asked:
        try:
            made = compile_query(catalog, MetricQuery.model_validate(query), context)
            statements = [made.sql, made.totals_sql, made.tie_sql]
        except AskGrowthError as error:
            assert_in_words(error)
            continue
        for sql in filter(None, statements):
            database.run(sql)
            ran += 1
    for rollup in catalog.rollups:
        try:
            database.run(rollup_sql(catalog, rollup))
        except AskGrowthError as error:
            assert_in_words(error)
    return ran


def try_workspace(content: Any, database: Database, asked: list[dict[str, Any]]) -> None:
    try:
        catalog = load_text(yaml.safe_dump(content, allow_unicode=True)).catalog_or_raise()
    except AskGrowthError as error:
        assert_in_words(error)
    else:
        run_all(catalog, database, asked)


def try_query(catalog: Catalog, content: Any, database: Database) -> None:
    try:
        MetricQuery.model_validate(content)
    except ValidationError:  # its border: what an interface says then is tested with the interface
        return
    run_all(catalog, database, [content])


def try_import(content: Any, name: str, folder: Path) -> None:
    (folder / name).write_text(yaml.safe_dump_all(content, allow_unicode=True), encoding="utf-8")
    try:
        made = import_source(folder)
    except AskGrowthError as error:
        assert_in_words(error)
    else:
        for loss in made.losses:
            assert loss.why.zh.strip()


SOUND = yaml.safe_load(WORKSPACE)
PLACES = list(places(SOUND))
ASKED_PLACES = list(places(QUERY))


def test_the_sound_workspace_and_the_sound_query_run(database: Database) -> None:
    catalog = load_text(WORKSPACE).catalog_or_raise()
    assert run_all(catalog, database, [*ASKED, QUERY]) >= len(ASKED) + 1


@pytest.mark.parametrize("part", range(10))
def test_hostile_values_in_a_workspace_are_refused_in_words_or_stay_values(
    part: int, database: Database
) -> None:
    for at in range(part, len(PLACES), 10):
        for turn, value in enumerate(shuffled_values(at, 2)):
            asked = ASKED[(at + turn) % len(ASKED)]
            try_workspace(replaced(SOUND, PLACES[at], value), database, [asked])


def test_hostile_names_of_keys_are_refused_in_words(database: Database) -> None:
    keys = [at for at in PLACES if isinstance(at[-1], str)]
    for at, place in enumerate(keys):
        try_workspace(
            renamed(SOUND, place, str(HOSTILE[at % len(HOSTILE)])), database, [ASKED[at % len(ASKED)]]
        )


def test_hostile_values_in_a_query_are_refused_in_words_or_stay_values(database: Database) -> None:
    catalog = load_text(WORKSPACE).catalog_or_raise()
    for at, place in enumerate(ASKED_PLACES):
        for value in shuffled_values(at, 6):
            try_query(catalog, replaced(QUERY, place, value), database)


@pytest.mark.parametrize("name", ["latest.yml", "older.yml"])
def test_hostile_values_in_a_dbt_file_import_or_are_said(name: str, tmp_path: Path) -> None:
    sound = list(yaml.safe_load_all((DBT / name).read_text(encoding="utf-8")))
    for at, place in enumerate(places(sound)):
        if at % 4 == 0:
            try_import(replaced(sound, place, HOSTILE[(at // 4) % len(HOSTILE)]), name, tmp_path)


@pytest.mark.parametrize("written", [str.lower, str.upper])
def test_a_column_a_metric_and_a_table_may_have_any_keyword_as_their_name(
    written: Callable[[str], str],
) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        found = connection.execute(
            "SELECT DISTINCT keyword_name FROM duckdb_keywords() ORDER BY 1"
        ).fetchall()
        words = [written(word) for (word,) in found]
        listed, table = ", ".join(f'"{word}" INTEGER DEFAULT 1' for word in words), written("order")
        connection.execute(f'CREATE TABLE "{table}" ({listed}); INSERT INTO "{table}" DEFAULT VALUES')
        columns = [{"name": word, "dimension": "categorical"} for word in words]
        sums = [{"name": f"{word}_sum", "agg": "sum", "expr": quote_name(word)} for word in words]
        model = {"name": table, "columns": columns, "metrics": sums}
        catalog = load_text(yaml.safe_dump({"models": [model]})).catalog_or_raise()
        query = {
            "metrics": [item["name"] for item in sums],
            "group_by": [{"dimension": word} for word in words],
        }
        made = compile_query(catalog, MetricQuery.model_validate(query), CompileContext(today=TODAY))
        assert connection.execute(made.sql).fetchall() == [(1,) * 2 * len(words)]
