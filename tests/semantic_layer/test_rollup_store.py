"""Rollups on disk: built, found again, used, and forgotten when the data change."""

import pytest

import semantic_layer
from semantic_layer.errors import QueryError, SpecProblemsError, UnknownNameError
from semantic_layer.loader import load_text
from semantic_layer.rollup_store import build_rollups, list_rollups

YAML = """
version: 1
name: shop
timezone: Asia/Shanghai
models:
  - name: orders
    label: orders
    agg_time_dimension: day
    columns:
      - {name: shop, dimension: {type: categorical}}
      - {name: day, granularity: day, dimension: {type: time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount, label: revenue}
      - {name: buyers, type: simple, agg: count_distinct, expr: buyer, label: buyers}
rollups:
  - {name: by_shop, metrics: [revenue], dimensions: [shop], grain: day}
"""
ROWS = "shop,day,amount,buyer\na,2025-01-01,10,1\na,2025-01-01,20,2\nb,2025-01-02,5,1\n"


@pytest.fixture
def opened(tmp_path):
    (tmp_path / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ROWS, encoding="utf-8")
    return lambda: semantic_layer.open(tmp_path, state_dir=tmp_path / "state")


def test_a_built_rollup_is_read_and_named_and_gives_the_same_rows(opened):
    layer = opened()
    before = layer.query(metrics=["revenue"], by="shop")
    assert before.compiled.rollups == ()
    (built,) = build_rollups(layer)
    assert (built.name, built.rows) == ("by_shop", 2)
    layer = opened()
    after = layer.query(metrics=["revenue"], by="shop")
    assert after.compiled.rollups == ("by_shop",)
    assert after.table.rows == before.table.rows
    assert [(one.name, one.rows) for one in list_rollups(layer)] == [("by_shop", 2)]


def test_changed_data_forget_the_rollup(opened, tmp_path):
    build_rollups(opened())
    (tmp_path / "orders.csv").write_text(ROWS + "b,2025-01-03,7,3\n", encoding="utf-8")
    layer = opened()
    result = layer.query(metrics=["revenue"])
    assert result.compiled.rollups == ()
    assert result.table.rows == ((42,),)
    assert [one.rows for one in list_rollups(layer)] == [None]


def test_a_changed_definition_forgets_the_rollup(opened, tmp_path):
    build_rollups(opened())
    (tmp_path / "askgrowth.yml").write_text(
        YAML.replace("expr: amount", "expr: amount * 2"), encoding="utf-8"
    )
    result = opened().query(metrics=["revenue"])
    assert result.compiled.rollups == ()
    assert result.table.rows == ((70,),)


def test_a_metric_that_does_not_add_up_is_refused_when_it_is_built(opened, tmp_path):
    text = YAML.replace("metrics: [revenue]", "metrics: [buyers]")
    (tmp_path / "askgrowth.yml").write_text(text, encoding="utf-8")
    with pytest.raises(QueryError) as caught:
        build_rollups(opened())
    assert caught.value.code == "rollup_not_possible"
    assert "buyers" in caught.value.at("zh-CN")


def test_an_unknown_rollup_is_refused_with_the_nearest_name(opened):
    with pytest.raises(UnknownNameError) as caught:
        build_rollups(opened(), ["by_shp"])
    assert "by_shop" in caught.value.at("en-US")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [("metrics: [revenu]", "revenue"), ("dimensions: [shpo]", "shop"), ("grain: hour", "day")],
)
def test_a_wrong_rollup_is_a_problem_with_its_mend(wrong, word):
    key = wrong.split(":")[0]
    right = {"metrics": "metrics: [revenue]", "dimensions": "dimensions: [shop]", "grain": "grain: day"}[key]
    with pytest.raises(SpecProblemsError) as caught:
        load_text(YAML.replace(f"{right}", wrong)).catalog_or_raise()
    (problem,) = caught.value.problems
    assert word in problem.at("en-US")
