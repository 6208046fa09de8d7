import json
import sys
from datetime import date

import duckdb
import pytest

from semantic_layer.catalog import Model
from semantic_layer.compiler import CompileContext, compile_query, is_additive, reachable
from semantic_layer.compiler.index import index_of
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError
from semantic_layer.loader import load_text
from semantic_layer.query import GroupBy, MetricQuery

ATTACK = "x'); DROP TABLE orders; --\" /* \\ ` $$ 抖音 \n"


def test_the_canonical_query_has_names_grains_and_the_executed_period(compiled):
    context = CompileContext(
        today=date(2025, 6, 15), coverage={"orders": Coverage(date(2025, 1, 1), date(2025, 6, 11))}
    )
    query = compiled(metrics=["revenue"], group_by=[{"dimension": "metric_time"}], context=context).query
    assert query.group_by[0].column == "metric_time__second"
    assert (query.period.start, query.period.end) == (date(2025, 1, 1), date(2025, 6, 11))


def test_columns_carry_labels_units_and_kinds(compiled):
    query = compiled(
        metrics=["revenue"],
        group_by=[{"dimension": "channel"}],
        period={"start": "2025-05-01", "end": "2025-06-01"},
        compare=[{"kind": "previous_year"}],
    )
    assert [(column.name, column.kind, column.unit, column.label.zh) for column in query.columns] == [
        ("channel", "dimension", None, "渠道"),
        ("revenue", "metric", "CNY", "收入"),
        ("revenue__previous_year", "derived", "CNY", "收入(去年同期)"),
        ("revenue__delta", "derived", "CNY", "收入(比去年同期增减)"),
        ("revenue__growth", "derived", None, "收入(比去年同期增长率)"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"metrics": [ATTACK]},
        {"metrics": ["revenue"], "group_by": [{"dimension": ATTACK}]},
        {"metrics": ["revenue"], "group_by": [{"dimension": "metric_time", "custom_grain": ATTACK}]},
        {"metrics": ["revenue"], "group_by": [{"dimension": f"metric_time__{ATTACK}"}]},
        {"metrics": ["revenue"], "transforms": [{"kind": "rank", "metric": "revenue", "within": [ATTACK]}]},
        {"metrics": ["revenue"], "transforms": [{"kind": "running_total", "metric": ATTACK}]},
        {"metrics": ["revenue"], "transforms": [{"kind": "rolling", "metric": ATTACK, "window": 2}]},
        {"metrics": ["revenue"], "transforms": [{"kind": "average_per", "metric": ATTACK, "grain": "day"}]},
        {"group_by": [{"dimension": ATTACK}]},
        {
            "metrics": ["revenue"],
            "where": [{"kind": "any", "conditions": [{"dimension": ATTACK, "operator": "is null"}]}],
        },
        {"metrics": ["revenue"], "segments": [ATTACK]},
        {"metrics": ["revenue"], "order_by": [{"column": ATTACK}]},
        {"metrics": ["revenue"], "having": [{"column": ATTACK, "operator": ">", "values": [1]}]},
        {"metrics": ["revenue"], "limit": {"n": 1, "per": [ATTACK]}},
        {"metrics": ["revenue"], "transforms": [{"kind": "share", "metric": ATTACK}]},
        {"metrics": ["revenue"], "transforms": [{"kind": "share", "metric": "revenue", "within": [ATTACK]}]},
        {
            "metrics": ["revenue"],
            "where": [{"kind": "condition", "dimension": ATTACK, "operator": "is null"}],
        },
        {"metrics": ["revenue"], "where": [{"kind": "expression", "sql": ATTACK}]},
        {
            "metrics": ["revenue"],
            "where": [{"kind": "expression", "sql": "channel = 'a'; DROP TABLE orders"}],
        },
        {"metrics": ["revenue"], "where": [{"kind": "expression", "sql": "metric('revenue', 'x; DROP')> 1"}]},
    ],
)
def test_an_injection_in_any_name_is_refused(compiled, query):
    with pytest.raises(AskGrowthError):
        compiled(**query)


@pytest.mark.parametrize(
    "operator",
    [
        "=",
        "!=",
        "in",
        "not in",
        "<",
        ">=",
        "contains",
        "not contains",
        "starts with",
        "not starts with",
        "ends with",
        "not ends with",
    ],
)
def test_an_injection_in_a_value_stays_a_value(compiled, operator):
    where = [{"kind": "condition", "dimension": "channel", "operator": operator, "values": [ATTACK]}]
    sql = compiled(metrics=["orders"], group_by=[{"dimension": "channel"}], where=where).sql
    with duckdb.connect() as database:
        database.execute("CREATE TABLE orders (channel VARCHAR, ordered_at TIMESTAMP)")
        database.execute("INSERT INTO orders VALUES (?, '2025-01-01'), ('other', '2025-01-01')", [ATTACK])
        assert len(database.extract_statements(sql)) == 1
        found = {row[0] for row in database.execute(sql).fetchall()}
    same = operator in ("=", "in", "contains", "starts with", "ends with", ">=")
    assert (ATTACK in found) is same


@pytest.mark.parametrize(
    "change",
    [
        ("expr: amount", f"expr: {json.dumps('amount); DROP TABLE orders; --')}"),
        ("filter: big", f"filter: {json.dumps('big; DROP TABLE orders')}"),
        ("filter: big", f"filter: {json.dumps('big OR EXISTS (SELECT 1 FROM secrets)')}"),
        ("name: revenue", f"name: {json.dumps(ATTACK)}"),
    ],
)
def test_an_injection_in_the_yaml_is_refused(change):
    yaml = """
models:
  - name: orders
    table: orders
    columns:
      - {name: big, dimension: boolean}
    metrics:
      - {name: revenue, agg: sum, expr: amount, filter: big}
"""
    assert load_text(yaml).problems.sorted_errors() == ()
    assert change[0] in yaml
    assert load_text(yaml.replace(*change)).problems.sorted_errors()


def test_an_injection_in_the_name_of_a_table_stays_a_name():
    attack = "orders; DROP TABLE orders"
    yaml = f"models: [{{name: orders, table: '{attack}', columns: [{{name: a, dimension: categorical}}], " + (
        "metrics: [{name: n, agg: count}]}]"
    )
    sql = compile_query(
        load_text(yaml).catalog_or_raise(), MetricQuery(metrics=("n",)), CompileContext(date(2025, 1, 1))
    ).sql
    with duckdb.connect() as database:
        assert len(database.extract_statements(sql)) == 1
        database.execute(f'CREATE TABLE "{attack}" (a INT)')
        assert database.execute(sql).fetchall() == [(0,)]


def test_a_metric_of_two_thousand_compiles_without_looking_at_the_others():
    metrics = "\n".join(f"      - {{name: m{n}, agg: sum, expr: c{n}}}" for n in range(2000))
    columns = "    columns: [{name: a, dimension: categorical}]"
    yaml = f"models:\n  - name: wide\n{columns}\n    metrics:\n{metrics}\n"
    catalog = load_text(yaml).catalog_or_raise()
    query = MetricQuery(metrics=("m7", "m1999"), group_by=(GroupBy(dimension="a"),))
    sql = compile_query(catalog, query, CompileContext(date(2025, 1, 1))).sql
    assert "c7" in sql
    assert "c8" not in sql
    assert set(index_of(catalog).memo) >= {("models", "m7"), ("models", "m1999")}
    assert ("models", "m8") not in index_of(catalog).memo


def test_a_value_with_a_nul_is_refused(compiled):
    where = [{"kind": "condition", "dimension": "channel", "operator": "=", "values": ["a\x00b"]}]
    with pytest.raises(AskGrowthError):
        compiled(metrics=["orders"], where=where)


def test_an_unknown_name_comes_with_the_nearest(compiled):
    with pytest.raises(AskGrowthError) as caught:
        compiled(metrics=["revnue"])
    assert "revenue" in caught.value.mend.en


def test_a_cte_never_hides_a_table(catalog):
    from dataclasses import replace

    other = replace(catalog.models["orders"], name="orders_total", source="orders_total")
    assert isinstance(other, Model)
    models = {**catalog.models, "orders_total": other}
    changed = replace(catalog, models=models)
    sql = compile_query(
        changed, MetricQuery(metrics=("revenue",)), CompileContext(today=date(2025, 1, 1))
    ).sql
    assert "WITH orders_total_2 AS" in sql


def test_the_dimensions_within_reach_can_be_listed(catalog):
    assert set(reachable(index_of(catalog), "ad_daily")) == {"channel", "day"}


def test_sums_and_counts_add_up_and_ratios_do_not(catalog):
    assert [is_additive(catalog, catalog.metrics[name]) for name in ("revenue", "orders", "roas")] == [
        True,
        True,
        False,
    ]


def calls_to_compile(metrics: int) -> int:
    """How many Python functions one compilation calls in a catalog of that many metrics: work, free of any clock."""
    listed = "\n".join(
        f"      - {{name: m{n}, type: simple, agg: sum, expr: c{n}, label: {{zh: 指标{n}, en: m{n}}}}}"
        for n in range(metrics)
    )
    text = f"""
version: 1
name: big
models:
  - name: wide
    label: {{zh: 宽表, en: wide}}
    agg_time_dimension: day
    columns:
      - {{name: shop, dimension: {{type: categorical}}, label: {{zh: 店, en: shop}}}}
      - {{name: day, granularity: day, dimension: {{type: time}}, label: {{zh: 日, en: day}}}}
    metrics:
{listed}
"""
    catalog = load_text(text).catalog_or_raise()
    query = MetricQuery.model_validate({"metrics": ["m9"], "group_by": [{"dimension": "shop"}]})
    context = CompileContext(today=date(2025, 1, 1))
    compile_query(catalog, query, context)
    count = 0

    def seen(_frame: object, event: str, _value: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        compile_query(catalog, query, context)
    finally:
        sys.setprofile(None)
    return count


def test_a_catalog_of_two_thousand_metrics_costs_the_compiler_no_more_work():
    assert calls_to_compile(2000) < 1.1 * calls_to_compile(10)
