"""A made-up bakery whose data are thin, in every way a workspace is thin on its first day: each analysis says what is
missing and what to do about it, in both languages, and none of them fails.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from semantic_layer.errors import AskGrowthError
from tools.registry import Registry, ToolContext

MODELS = """
version: 1
today: 2025-06-30
models:
  - name: sales
    agg_time_dimension: sold_on
    columns:
      - {name: bill, entity: primary}
      - {name: eater, entity: foreign}
      - {name: sold_on, dimension: time, granularity: day}
      - {name: counter, dimension: categorical}
      - {name: stamp, dimension: categorical}
    metrics:
      - {name: income, agg: sum, expr: eur, unit: EUR, good_direction: up, tier: strategic}
      - {name: rebate, agg: sum, expr: off_eur, unit: EUR, good_direction: down}
      - {name: bills, agg: count, expr: bill, good_direction: up}
  - name: signs
    agg_time_dimension: seen_at
    columns:
      - {name: eater, entity: foreign}
      - {name: seen_at, dimension: time, granularity: second}
      - {name: sign, dimension: categorical}
    metrics:
      - {name: sign_count, agg: count, expr: eater}
  - name: posters
    agg_time_dimension: hung_on
    columns:
      - {name: hung_on, dimension: time, granularity: day}
      - {name: street, dimension: categorical}
    metrics:
      - {name: paint, agg: sum, expr: cost, unit: EUR}
      - {name: brought, agg: sum, expr: won, unit: EUR}
  - name: letters
    agg_time_dimension: sent_on
    columns:
      - {name: sent_on, dimension: time, granularity: day}
      - {name: words, dimension: categorical, index_values: false}
      - {name: stars, dimension: categorical}
    metrics:
      - {name: letter_count, agg: count, expr: words}
  - name: lots
    agg_time_dimension: drawn_on
    columns:
      - {name: bag, entity: foreign}
      - {name: drawn_on, dimension: time, granularity: day}
      - {name: trial, dimension: categorical}
      - {name: arm, dimension: categorical}
    metrics:
      - {name: returned, agg: sum, expr: back, good_direction: up}
"""
BINDINGS = """
funnels:
  - {name: way_in, model: signs, entity: eater, window: 1d, steps: [
      {name: look, where: "sign = 'look'"}, {name: enter, where: "sign = 'enter'"}]}
journeys:
  - {name: way, model: signs, entity: eater, touchpoint: sign, conversion: bills, revenue: income, lookback: 30d}
customers:
  - {name: eaters, model: sales, entity: eater, order: bill, orders: bills, revenue: income}
budgets:
  - {name: paintwork, model: posters, channel: street, spend: paint, outcome: brought}
promotions:
  - {name: stamps, model: sales, entity: eater, promotion: stamp, revenue: income, discount: rebate}
reviews:
  - {name: post, model: letters, text: words, stars: stars}
experiments:
  - {name: new_bag, model: lots, unit: bag, variant: arm, control: A, allocation: {A: 0.5, B: 0.5}, experiment: trial,
     outcomes: [returned], start: 2025-05-01, end: 2025-05-29}
"""
DAYS = "DATE '2024-01-01' + CAST(i % 500 AS INTEGER)"
FULL = (
    f"CREATE TABLE sales AS SELECT i AS bill, CAST(hash(i) % 300 AS INTEGER) AS eater, {DAYS} AS sold_on, "
    "(['east', 'west'])[1 + i % 2] AS counter, CASE WHEN i % 9 = 0 THEN 'ten' END AS stamp, "
    "CAST(10 + hash(i) % 7 AS DOUBLE) AS eur, CAST(i % 2 AS DOUBLE) AS off_eur FROM range(3000) t(i)",
    "CREATE TABLE signs AS SELECT CAST(hash(i) % 300 AS INTEGER) AS eater, TIMESTAMP '2025-05-25' + "
    "to_minutes(CAST(i % 40000 AS INTEGER)) AS seen_at, (['look', 'enter', 'door'])[1 + i % 3] AS sign "
    "FROM range(1500) t(i)",
    f"CREATE TABLE posters AS SELECT {DAYS} AS hung_on, (['main', 'side'])[1 + i // 500] AS street, "
    "CAST(50 + hash(i) % 90 AS DOUBLE) AS cost, CAST(100 + hash(i + 1) % 90 AS DOUBLE) AS won FROM range(1000) t(i)",
    f"CREATE TABLE letters AS SELECT {DAYS} AS sent_on, 'good bread, bad day ' || i AS words, 1 + i % 5 AS stars "
    "FROM range(400) t(i)",
    "CREATE TABLE lots AS SELECT i AS bag, DATE '2025-05-01' + CAST(i % 28 AS INTEGER) AS drawn_on, "
    "'new_bag' AS trial, (['A', 'B'])[1 + i % 2] AS arm, CAST(i % 7 = 0 AS INTEGER) AS back FROM range(2000) t(i)",
)
PEOPLE = {"sales": "eater", "signs": "eater", "posters": None, "letters": None, "lots": "bag"}
INPUTS: dict[str, dict[str, object]] = {
    "basket": {"dimension": "counter"},
    "before_after": {"metric": "income", "period": {"start": "2024-05-01", "end": "2024-06-01"}},
}
TOOLS = tuple(Registry.load().tools)
INWARD = re.compile(r"metric_time|None|nan|Traceback|\bNULL\b")


def bakery(folder: Path, *, bound: bool = True, change: str = "") -> ToolContext:
    """Return an open workspace over the full data after `change`, run for every table whose names it can fill."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "askgrowth.yml").write_text(MODELS + (BINDINGS if bound else ""), encoding="utf-8")
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for statement in FULL:
        connection.execute(statement)
    for table, person in PEOPLE.items():
        if change and (person or "{person}" not in change):
            connection.execute(change.format(table=table, person=person))
    layer = semantic_layer.open(folder, connection=connection, state_dir=folder / "state")
    return ToolContext(layer, date(2025, 6, 30))


def asked(name: str, context: ToolContext) -> AskGrowthError | None:
    """Return the refusal of an analysis, None where it answers. Anything else that is raised fails the test."""
    try:
        Registry.load().get(name).run(INPUTS.get(name, {}), context)
    except AskGrowthError as error:
        return error
    return None


@pytest.fixture(scope="module")
def unbound(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return bakery(tmp_path_factory.mktemp("unbound"), bound=False)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return bakery(tmp_path_factory.mktemp("empty"), change="DELETE FROM {table}")


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    keep = "CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} LIMIT 5"
    return bakery(tmp_path_factory.mktemp("five"), change=keep)


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return bakery(tmp_path_factory.mktemp("nameless"), change="UPDATE {table} SET {person} = NULL")


# What is missing without bindings, in each language.
MISSING = {
    "ab_test": ("实验的分组记录", "log of assignments"),
    "attribution": ("触点记录", "log of touches"),
    "basket": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "budget": ("各渠道逐期的花费", "spend and sales by channel"),
    "churn": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "deals": ("直播或达人合作的记录", "live sessions or creator deals"),
    "experiment_funnel": ("实验台账", "log of ideas"),
    "funnel": ("按步骤记录的行为", "log of events"),
    "growth": ("没有可以比较", "supports a suggestion"),
    "kpi_status": ("没有给任何指标设目标", "No target is declared"),
    "ltv": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "paths": ("触点记录", "log of touches"),
    "promotion": ("券的发放和使用记录", "log of coupons"),
    "retention": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "rfm": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "segmentation": ("带客户编号和时间的购买记录", "purchases with a customer number"),
    "sentiment": ("评价或客服记录的文字", "table of reviews"),
    "spend_response": ("各渠道逐期的花费", "spend and sales by channel"),
}


@pytest.mark.parametrize("name", MISSING)
def test_without_its_table_an_analysis_says_which_one_is_missing(name: str, unbound: ToolContext) -> None:
    error = asked(name, unbound)
    assert error is not None
    assert MISSING[name][0] in error.message.zh
    assert MISSING[name][1] in error.message.en


# Five rows of everything: what is told of the number there is, or of the number it takes.
FEW = {
    "ab_test": ("100", "100"),
    "anomalies": ("56 天", "56 days"),
    "attribution": ("100 单", "100"),
    "budget": ("26 周", "26"),
    "churn": ("天", "days"),
    "funnel": ("30 个", "30"),
    "ltv": ("天", "days"),
    "paths": ("100 条", "100"),
    "retention": ("30 人", "30 customers"),
    "rfm": ("100 个", "100"),
    "segmentation": ("天", "days"),
    "sentiment": ("30 条", "30"),
    "spend_response": ("26 周", "26"),
}


@pytest.mark.parametrize("name", FEW)
def test_on_five_rows_an_analysis_says_how_many_it_takes(name: str, five: ToolContext) -> None:
    error = asked(name, five)
    assert error is not None
    assert error.code == "not_enough_data"
    assert FEW[name][0] in error.message.zh + error.mend.zh
    assert FEW[name][1] in error.message.en + error.mend.en


@pytest.mark.parametrize(
    "name", ["attribution", "churn", "funnel", "ltv", "paths", "retention", "rfm", "segmentation"]
)
def test_where_nobody_has_a_number_an_analysis_of_people_says_so(name: str, nameless: ToolContext) -> None:
    error = asked(name, nameless)
    assert error is not None
    assert "编号" in error.message.zh + error.mend.zh
    assert "number" in error.message.en + error.mend.en


@pytest.mark.parametrize("make", ["unbound", "empty", "five", "nameless"])
def test_no_analysis_fails_and_every_refusal_is_fit_for_a_reader(
    make: str, request: pytest.FixtureRequest
) -> None:
    context: ToolContext = request.getfixturevalue(make)
    for name in TOOLS:
        error = asked(name, context)
        if error is None:
            continue
        for said in (error.message, error.mend):
            assert said.zh.strip(), name
            assert said.en.strip(), name
            assert not INWARD.search(said.zh + said.en), (name, said)
