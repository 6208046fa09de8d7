"""Pairs counted by hand on an odd schema, silence on independent baskets, and the demo's planted pair."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.basket import basket
from tools.registry import ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: data
models:
  - name: picks
    agg_time_dimension: picked
    columns:
      - {name: trip, entity: foreign}
      - {name: picked, dimension: time, granularity: day}
      - {name: plant, dimension: categorical}
  - name: trips
    agg_time_dimension: went
    columns:
      - {name: trip, entity: primary}
      - {name: walker, entity: foreign}
      - {name: went, dimension: time, granularity: day}
    metrics:
      - {name: trip_count, agg: count}
customers:
  - {name: walkers, model: trips, entity: walker, order: trip}
"""
DAY = date(2025, 5, 1)
Make = Callable[[list[set[str]]], ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(baskets: list[set[str]]) -> ToolContext:
        root = tmp_path / f"wood{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute("CREATE TABLE picks(trip INT, picked DATE, plant VARCHAR)")
        connection.execute("CREATE TABLE trips(trip INT, walker INT, went DATE)")
        rows = [
            (n, DAY + timedelta(days=n % 30), one) for n, held in enumerate(baskets) for one in sorted(held)
        ]
        rows += rows[:5]  # a plant picked twice on a trip is one
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute("INSERT INTO picks SELECT unnest(?), unnest(?), unnest(?)", columns)
        connection.execute("INSERT INTO trips SELECT DISTINCT trip, trip, picked FROM picks")
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return basket.run(inputs, context)


def test_a_pair_has_its_counts_and_lift(make: Make) -> None:
    # 60 with fern and moss, 20 fern and oak, 20 moss and oak, 100 oak and pine; 40 of one plant do not count.
    baskets = [{"fern", "moss"}] * 60 + [{"fern", "oak"}] * 20 + [{"moss", "oak"}] * 20
    baskets += [{"oak", "pine"}] * 100 + [{"fern"}] * 40
    table = run(make(baskets), dimension="plant").tables[0]
    rows = {(row[1], row[2]): row for row in table.rows}
    assert set(rows) == {("fern", "moss"), ("oak", "pine")}
    pair = dict(zip([column.name for column in table.columns], rows["fern", "moss"], strict=True))
    # 200 baskets: 60 / 200, 60 / 80, and 60 * 200 / (80 * 80).
    assert (pair["together"], pair["support_rate"], pair["second_given_first_rate"]) == (60, 0.3, 0.75)
    assert pair["lift"] == pytest.approx(1.875)


def forest(seed: int, together: float) -> list[set[str]]:
    """Walkers pick eight plants, each with 30 %; fern brings moss along with the given chance."""
    rng = random.Random(seed)
    found = []
    for _ in range(800):
        held = {plant for plant in "abcdefgh" if rng.random() < 0.3}
        if "a" in held and rng.random() < together:
            held.add("b")
        found.append(held)
    return found


def test_the_pair_that_belongs_together_comes_first(make: Make) -> None:
    result = run(make(forest(1, 0.5)), dimension="plant")
    assert result.tables[0].rows[0][1:3] == ("a", "b")
    assert "a + b" in result.headline.en
    assert result.chart is not None


def test_independent_baskets_are_silent(make: Make) -> None:
    found = sum(bool(run(make(forest(seed, 0.0)), dimension="plant").tables[0].rows) for seed in range(10))
    assert found <= 2


def test_few_baskets_are_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError):
        run(make([{"fern", "moss"}] * 60), dimension="plant")


def test_without_an_item_the_question_is_what_to_look_at(make: Make) -> None:
    with pytest.raises(QueryError) as caught:
        run(make(forest(1, 0.5)))
    assert caught.value.code == "missing_binding"


@pytest.fixture(scope="session")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def test_the_planted_pair_is_the_first(demo: ToolContext) -> None:
    result = run(demo, dimension="product_code")
    first = dict(zip([c.name for c in result.tables[0].columns], result.tables[0].rows[0], strict=True))
    assert (first["first"], first["second"]) == ("CY101", "CY401")
    assert 1.35 < float(str(first["lift"])) < 1.65
    assert 0.042 < float(str(first["support_rate"])) < 0.062
