"""The retrospective on a made-up campsite: goal and actual by hand, actions with and without effect, claims cited."""

from __future__ import annotations

import re
from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.retrospective import retrospective

WORKSPACE = """
version: 1
today: data
models:
  - name: nights
    agg_time_dimension: slept_on
    columns:
      - {name: slept_on, dimension: time, granularity: day}
      - {name: field, dimension: {type: categorical}, values: {lake: Lake, wood: Wood, hill: Hill}}
    metrics:
      - name: fees
        agg: sum
        expr: eur
        unit: EUR
        good_direction: up
        tier: strategic
        targets: [{period: 2025-04, value: 60000}, {period: 2025-05, value: 60000}, {period: 2025-06, value: 90000}]
  - name: deeds
    agg_time_dimension: done_on
    forward_dated: true
    columns:
      - {name: deed, entity: primary}
      - {name: done_on, dimension: time, granularity: day}
      - {name: sort, dimension: {type: categorical}}
      - {name: words, dimension: {type: categorical}}
      - {name: hand, dimension: {type: categorical}}
      - {name: place, dimension: {type: categorical}}
    metrics:
      - {name: deed_count, agg: count, expr: deed}
actions:
  - {name: diary, model: deeds, kind: sort, text: words, by: hand, scope: place}
"""
FIRST, LAST = date(2024, 4, 1), date(2025, 6, 30)
DEEDS = [
    (1, date(2025, 6, 2), "sign", "new sign at the lake", "Mia", "lake"),
    (2, date(2025, 6, 20), "song", "campfire songs", "Tom", None),
]


@pytest.fixture(scope="module")
def camp(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    """Make three fields of about 700 euros a day; from 2 June the lake takes half as much again."""
    folder = tmp_path_factory.mktemp("camp")
    (folder / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
    rng = np.random.default_rng(4)
    rows = []
    for at in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=at)
        for field in ("lake", "wood", "hill"):
            lift = 1.5 if field == "lake" and day >= date(2025, 6, 2) else 1.0
            rows.append((day, field, round(float(700 * lift * (1 + 0.05 * rng.normal())), 2)))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE nights(slept_on DATE, field VARCHAR, eur DOUBLE)")
    connection.execute(
        "CREATE TABLE deeds(deed INT, done_on DATE, sort VARCHAR, words VARCHAR, hand VARCHAR, place VARCHAR)"
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute("INSERT INTO nights SELECT unnest(?), unnest(?), unnest(?)", columns)
    connection.executemany("INSERT INTO deeds VALUES (?, ?, ?, ?, ?, ?)", DEEDS)
    layer = semantic_layer.open(folder, connection=connection, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


@pytest.fixture(scope="module")
def june(camp: ToolContext) -> ToolResult:
    return retrospective.run({"period": {"start": "2025-06-01", "end": "2025-07-01"}, "ahead": False}, camp)


def told(result: ToolResult, verdict: str) -> list[str]:
    return [one.statement.en for one in result.findings if one.at == verdict]


def test_goal_actual_and_the_month_before_are_the_sums(camp: ToolContext, june: ToolResult):
    def total(first: str, last: str) -> float:
        return float(camp.layer.query(metrics=["fees"], period=f"{first}/{last}").table.rows[0][0])

    row = june.tables[0].rows[0]
    actual, before = total("2025-06-01", "2025-07-01"), total("2025-05-01", "2025-06-01")
    assert row[:6] == pytest.approx(("fees", actual, 90_000, actual / 90_000, before, actual / before - 1))


def test_a_quarters_goal_is_the_sum_of_its_months(camp: ToolContext):
    inputs = {"period": {"start": "2025-04-01", "end": "2025-07-01"}, "ahead": False}
    assert retrospective.run(inputs, camp).tables[0].rows[0][2] == 210_000


def test_the_action_that_worked_is_kept_with_its_size(june: ToolResult):
    (kept,) = told(june, "keep")
    assert "new sign at the lake" in kept
    actions = june.tables[2]
    relative = float(str(actions.rows[0][actions.index("relative")]))
    assert relative == pytest.approx(0.5, abs=0.08)  # planted: half as much again on the lake


def test_an_action_without_an_effect_that_shows_is_open(june: ToolResult):
    assert any("campfire songs" in one and "keep controls next time" in one for one in told(june, "open"))


def test_a_missed_target_is_open(june: ToolResult):
    assert any("missed its target" in one for one in told(june, "open"))


def test_every_claim_about_data_names_queries_that_exist(june: ToolResult):
    for finding in june.findings:
        if finding.at == "start":
            continue
        cited = re.search(r"\[query ([\d, ]+)\]$", finding.statement.en)
        assert cited is not None, finding.statement.en
        assert all(1 <= int(one) <= len(june.sql) for one in cited[1].split(","))


def test_the_default_is_the_last_whole_month(camp: ToolContext, june: ToolResult):
    assert retrospective.run({"ahead": False}, camp).periods == june.periods
    assert (june.periods[0].start, june.periods[1].start) == (date(2025, 6, 1), date(2025, 5, 1))


def test_a_period_without_data_and_an_unknown_metric_are_refused(camp: ToolContext):
    with pytest.raises(NotEnoughDataError):
        retrospective.run({"period": {"start": "2023-01-01", "end": "2023-02-01"}}, camp)
    with pytest.raises(UnknownNameError):
        retrospective.run({"metric": "feez"}, camp)
