"""A made-up ferry line in which nothing tells anything apart: every label, person and day is drawn by lot.

One world with every binding, so that each analysis is asked the same: do you tell a story here? SILENCE says per
analysis what silence means. All of them control false discoveries at 10 % or below, and anomalies at one scan in
twenty: of five worlds, at most one may sound.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError
from tools.registry import Registry, ToolContext
from tools.result import ToolResult

SEEDS = range(1, 6)
MOST_LOUD = 1
WORKSPACE = """
version: 1
today: 2025-06-30
models:
  - name: fares
    agg_time_dimension: sailed_on
    columns:
      - {name: ticket, entity: primary}
      - {name: rider, entity: foreign}
      - {name: sailed_on, dimension: time, granularity: day}
      - {name: deck, dimension: {type: categorical}, values: {bow: Bow, mid: Mid, stern: Stern, top: Top}}
      - {name: pier, dimension: {type: categorical}, values: {east: East, west: West, south: South}}
      - {name: voucher, dimension: {type: categorical}}
    metrics:
      - {name: takings, agg: sum, expr: eur, unit: EUR, good_direction: up, tier: strategic}
      - {name: given_back, agg: sum, expr: back_eur, unit: EUR, good_direction: down}
      - {name: rebate, agg: sum, expr: off_eur, unit: EUR, good_direction: down}
      - {name: tickets, agg: count, expr: ticket, good_direction: up}
  - name: snacks
    agg_time_dimension: eaten_on
    columns:
      - {name: ticket, entity: foreign}
      - {name: rider, entity: foreign}
      - {name: eaten_on, dimension: time, granularity: day}
      - {name: snack, dimension: {type: categorical}}
    metrics:
      - {name: snack_count, agg: count, expr: ticket}
  - name: steps
    agg_time_dimension: seen_at
    columns:
      - {name: rider, entity: foreign}
      - {name: seen_at, dimension: time, granularity: second}
      - {name: kind, dimension: {type: categorical}}
      - {name: gate, dimension: {type: categorical}, values: {north: North, main: Main, side: Side}}
    metrics:
      - {name: looks, agg: count, expr: rider, filter: "kind = 'look'", good_direction: up}
      - {name: buys, agg: count, expr: rider, filter: "kind = 'buy'", good_direction: up}
  - name: hails
    agg_time_dimension: hailed_at
    columns:
      - {name: rider, entity: foreign}
      - {name: hailed_at, dimension: time, granularity: second}
      - {name: flag, dimension: {type: categorical}, values: {red: Red, blue: Blue, green: Green, white: White}}
    metrics:
      - {name: hail_count, agg: count, expr: rider}
  - name: boards
    agg_time_dimension: hung_on
    columns:
      - {name: hung_on, dimension: time, granularity: day}
      - {name: sort, dimension: {type: categorical}, values: {red: Red, blue: Blue, green: Green}}
    metrics:
      - {name: paint, agg: sum, expr: cost, unit: EUR}
      - {name: brought, agg: sum, expr: won, unit: EUR}
  - name: draws
    agg_time_dimension: drawn_on
    columns:
      - {name: hull, entity: foreign}
      - {name: drawn_on, dimension: time, granularity: day}
      - {name: trial, dimension: {type: categorical}}
      - {name: arm, dimension: {type: categorical}}
    metrics:
      - {name: boarded, agg: sum, expr: "CASE WHEN went THEN 1 ELSE 0 END", good_direction: up}
      - {name: paid_there, agg: sum, expr: eur, unit: EUR, good_direction: up}
  - name: opinions
    agg_time_dimension: said_on
    columns:
      - {name: rider, entity: foreign}
      - {name: said_on, dimension: time, granularity: day}
      - {name: words, dimension: {type: categorical}, index_values: false}
      - {name: moons, dimension: {type: categorical}}
      - {name: cabin, dimension: {type: categorical}, values: {bow: Bow, mid: Mid, stern: Stern}}
    metrics:
      - {name: opinion_count, agg: count, expr: rider}
metrics:
  - {name: buy_rate, type: ratio, numerator: buys, denominator: looks, good_direction: up, tier: strategic}
  - {name: back_share, type: ratio, numerator: given_back, denominator: takings, good_direction: down, tier: strategic}
funnels:
  - name: boarding
    model: steps
    entity: rider
    window: 1d
    dimensions: [gate]
    steps:
      - {name: look, where: "kind = 'look'"}
      - {name: pick, where: "kind = 'pick'"}
      - {name: buy, where: "kind = 'buy'"}
journeys:
  - {name: way, model: hails, entity: rider, touchpoint: flag, conversion: tickets, revenue: takings, lookback: 30d}
customers:
  - {name: riders, model: fares, entity: rider, order: ticket, orders: tickets, revenue: takings, dimensions: [deck]}
budgets:
  - {name: painting, model: boards, channel: sort, spend: paint, outcome: brought}
promotions:
  - {name: vouchers, model: fares, entity: rider, promotion: voucher, revenue: takings, discount: rebate}
reviews:
  - {name: logbook, model: opinions, text: words, stars: moons, entity: rider, dimensions: [cabin]}
experiments:
  - name: new_gangway
    model: draws
    unit: hull
    variant: arm
    control: A
    allocation: {A: 0.5, B: 0.5}
    experiment: trial
    outcomes: [boarded, paid_there]
    start: 2025-05-01
    end: 2025-05-29
"""
TABLES = (
    # Tickets over 540 days: who rode, on which deck, for how much and what was given back are independent draws.
    "CREATE TABLE fares AS SELECT i AS ticket, U('rider', 900) AS rider, "
    "DATE '2024-01-07' + CAST(U('day', 540) AS INTEGER) AS sailed_on, "
    "(['bow', 'mid', 'stern', 'top'])[1 + U('deck', 4)] AS deck, "
    "(['east', 'west', 'south'])[1 + U('pier', 3)] AS pier, "
    "CASE WHEN U('voucher', 10) = 0 THEN 'ten' END AS voucher, CAST(20 + U('eur', 60) AS DOUBLE) AS eur, "
    "CASE WHEN U('back', 8) = 0 THEN 20.0 ELSE 0.0 END AS back_eur, "
    "CASE WHEN U('voucher', 10) = 0 THEN 5.0 ELSE 0.0 END AS off_eur FROM range(9000) AS t(i)",
    "CREATE TABLE snacks AS SELECT U('basket', 4000) AS ticket, U('basket', 4000) % 900 AS rider, "
    "DATE '2025-01-01' + CAST(U('basket', 4000) % 170 AS INTEGER) AS eaten_on, "
    "'snack ' || U('snack', 12) AS snack FROM range(12000) AS t(i)",
    "CREATE TABLE steps AS SELECT i % 12000 AS rider, TIMESTAMP '2025-04-21' + to_seconds(CAST("
    "hash('at SEED ' || i % 12000) % 6048000 AS INTEGER) + CAST(60 * (i // 12000) AS INTEGER)) AS seen_at, "
    "(['look', 'pick', 'buy'])[1 + i // 12000] AS kind, "
    "(['north', 'main', 'side'])[1 + CAST(hash('gate SEED ' || i % 12000) % 3 AS BIGINT)] AS gate "
    "FROM range(36000) AS t(i) WHERE i < 12000 OR hash('pick SEED ' || i % 12000) % 10 < "
    "CASE WHEN i < 24000 THEN 5 ELSE 3 END",
    "CREATE TABLE hails AS SELECT U('who', 900) AS rider, TIMESTAMP '2025-01-01' + to_seconds(CAST(U('at', 15552000) "
    "AS INTEGER)) AS hailed_at, (['red', 'blue', 'green', 'white'])[1 + U('flag', 4)] AS flag FROM range(8000) AS t(i)",
    "CREATE TABLE boards AS SELECT DATE '2024-01-01' + CAST(i % 539 AS INTEGER) AS hung_on, "
    "(['red', 'blue', 'green'])[1 + i // 539] AS sort, CAST(50 + U('cost', 100) AS DOUBLE) AS cost, "
    "CAST(100 + U('won', 400) AS DOUBLE) AS won FROM range(1617) AS t(i)",
    "CREATE TABLE draws AS SELECT i AS hull, DATE '2025-05-01' + CAST(U('drawn', 28) AS INTEGER) AS drawn_on, "
    "'new_gangway' AS trial, (['A', 'B'])[1 + i % 2] AS arm, U('went', 10) = 0 AS went, "
    "CASE WHEN U('went', 10) = 0 THEN CAST(20 + U('paid', 60) AS DOUBLE) ELSE 0.0 END AS eur FROM range(8000) AS t(i)",
    "CREATE TABLE opinions AS SELECT U('rider', 900) AS rider, "
    "DATE '2025-01-01' + CAST(U('day', 180) AS INTEGER) AS said_on, "
    "(['the deck was clean', 'cold soup and slow service', 'good view', 'late again', 'friendly crew', "
    "'too loud'])[1 + U('words', 6)] || ' ' || U('n', 50) AS words, 1 + U('moons', 5) AS moons, "
    "(['bow', 'mid', 'stern'])[1 + U('cabin', 3)] AS cabin FROM range(900) AS t(i)",
)


def ferry(folder: Path, seed: int) -> ToolContext:
    """Return an open workspace over one draw of the world, in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for statement in TABLES:
        drawn = re.sub(r"U\('(\w+)', (\w+)\)", r"CAST(hash('\1 SEED ' || i) % \2 AS BIGINT)", statement)
        connection.execute(drawn.replace("SEED", str(seed)))
    layer = semantic_layer.open(folder, connection=connection, state_dir=folder / "state")
    return ToolContext(layer, date(2025, 6, 30))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[ToolContext]:
    folder = tmp_path_factory.mktemp("ferry")
    return [ferry(folder / str(seed), seed) for seed in SEEDS]


def no_findings(result: ToolResult) -> bool:
    return not result.findings and not result.suggestions


def no_advice(result: ToolResult) -> bool:
    return not result.suggestions


def only_the_whole(result: ToolResult) -> bool:
    """One finding about everybody, none about a group."""
    return len(result.findings) == 1 and no_advice(result)


def nothing_drives(result: ToolResult) -> bool:
    """The change is told as it is; every dimension's groups are within their own usual swings."""
    return not any("mainly" in one.statement.en for one in result.findings) and no_advice(result)


def no_win(result: ToolResult) -> bool:
    return "shows no difference" in result.headline.en and no_advice(result)


def no_gap(result: ToolResult) -> bool:
    """The largest loss of the funnel is told; no member is called worse than the others."""
    return not any(one.kind == "segment" for one in result.findings) and no_advice(result)


def never(result: ToolResult) -> bool:
    """Only a refusal is silence here."""
    del result
    return False


# What silence means: a refusal where it is said so, else what the result may not hold. Not in the table: RFM, LTV, a
# forecast, data quality and deals describe what is there and call nothing significant; targets have none to miss here.
SILENCE: dict[str, tuple[dict[str, object], Callable[[ToolResult], bool]]] = {
    "funnel": ({}, no_gap),
    "retention": ({}, only_the_whole),
    "segmentation": ({}, never),
    "spend_response": ({}, no_findings),
    "budget": ({}, no_findings),
    "ab_test": ({}, no_win),
    "change_drivers": ({}, nothing_drives),
    "anomalies": ({}, no_findings),
    "basket": ({"dimension": "snack"}, no_findings),
    "paths": ({}, no_findings),
    "sentiment": ({}, no_findings),
    "promotion": ({}, no_findings),
    "growth": ({}, never),
}
SLOW: dict[str, tuple[dict[str, object], Callable[[ToolResult], bool]]] = {
    "attribution": ({}, no_findings),
    "churn": ({}, never),
    "before_after": (
        {"metric": "takings", "period": {"start": "2025-05-01", "end": "2025-06-01"}},
        no_findings,
    ),
    "retrospective": ({}, no_advice),
    "experiment_funnel": ({}, no_advice),
}


def is_silent(
    name: str, inputs: dict[str, object], meant: Callable[[ToolResult], bool], world: ToolContext
) -> bool:
    try:
        return meant(Registry.load().get(name).run(inputs, world))
    except NotEnoughDataError:
        return True


@pytest.mark.parametrize("name", SILENCE)
def test_where_nothing_tells_anything_apart_an_analysis_is_silent(name: str, worlds: list[ToolContext]):
    inputs, meant = SILENCE[name]
    loud = [
        seed for seed, world in zip(SEEDS, worlds, strict=True) if not is_silent(name, inputs, meant, world)
    ]
    assert len(loud) <= MOST_LOUD, loud


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_analysis_is_silent_too(name: str, worlds: list[ToolContext]):
    inputs, meant = SLOW[name]
    assert is_silent(name, inputs, meant, worlds[0])


def test_riders_who_are_all_alike_are_worth_what_they_bring(worlds: list[ToolContext]):
    # 9,000 tickets of 49.50 on average by 900 riders in 540 days: a year brings 9,000 / 540 / 900 * 365 * 49.50.
    table = Registry.load().get("ltv").run({"days": 365, "discount_rate": 0.0}, worlds[1]).tables[0]
    low, value, high = (float(str(table.column(name)[-1])) for name in ("low", "value", "high"))
    assert value == pytest.approx(9_000 / 540 / 900 * 365 * 49.5, rel=0.03)
    assert 0.9 * value < low < value < high < 1.1 * value
