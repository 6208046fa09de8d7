"""Suggestions on made weeks with a known truth: found where it is there, silent where it is not."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from tools.growth import growth
from tools.registry import ToolContext
from tools.result import ToolResult

MODEL = """
version: 1
today: data
models:
  - name: delivery
    table: delivery
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: outlet, dimension: {type: categorical}, values: {a: Alpha, b: Beta, c: Gamma, d: Delta}}
    metrics:
      - {name: fee, type: simple, agg: sum, expr: fee, unit: EUR, good_direction: none, tier: tactical}
      - {name: yield, type: simple, agg: sum, expr: yield, unit: EUR, good_direction: up, tier: tactical}
metrics:
  - {name: payback, type: ratio, numerator: yield, denominator: fee, good_direction: up, tier: strategic}
  - {name: margin, type: ratio, numerator: yield, denominator: yield, good_direction: up, tier: strategic}
"""
Make = Callable[[dict[str, float]], ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a workspace whose channels have the given true elasticities, over two years of days."""

    def build(elasticities: dict[str, float], weeks: int = 104, seed: int = 5) -> ToolContext:
        rng = np.random.default_rng(seed)
        rows = []
        season = rng.normal(0, 0.3, weeks)
        for outlet, slope in elasticities.items():
            spend = 700 * np.exp(0.35 * rng.normal(size=weeks) + 0.3 * season)
            value = 2500 * (spend / 700) ** slope * np.exp(season + 0.08 * rng.normal(size=weeks))
            for week in range(weeks):
                for day in range(7):
                    at = date(2023, 1, 2) + timedelta(days=7 * week + day)
                    rows.append((at, outlet, round(spend[week] / 7, 2), round(value[week] / 7, 2)))
        folder = tmp_path / f"ws{seed}{len(elasticities)}{weeks}"
        (folder / "data").mkdir(parents=True)
        (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
        con = duckdb.connect()
        con.execute("CREATE TABLE t(day DATE, outlet VARCHAR, fee DOUBLE, yield DOUBLE)")
        con.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        con.execute(f"COPY t TO '{folder}/data/delivery.parquet' (FORMAT parquet)")
        layer = semantic_layer.open(folder, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def run(context: ToolContext, **inputs: str) -> ToolResult:
    return growth.run(inputs, context)


def test_money_moves_from_the_saturated_channel_and_the_interval_covers_the_truth(make: Make) -> None:
    context = make({"a": 0.1, "b": 0.8, "c": 0.75, "d": 0.7})
    (suggestion,) = run(context, metric="payback", dimension="outlet").suggestions
    assert "Alpha" in suggestion.strategy.en.split(" to ")[0]
    assert suggestion.effect.metric == "yield"
    # The truth over four weeks at spend 700 and value 2,500 a week: moving A = 560 of 2,800 from a (b = .1)
    # to the receiver (b about .75): 10,000*((1+.2)**.75 - 1) + 10,000*((1-.2)**.1 - 1) = 1,465 - 221 = 1,244.
    assert suggestion.effect.low < 1244 < suggestion.effect.high
    assert suggestion.effect.low > 600
    assert suggestion.evidence == "adjusted"


def test_channels_that_are_alike_give_no_advice(make: Make) -> None:
    context = make({"a": 0.6, "b": 0.6, "c": 0.6, "d": 0.6})
    with pytest.raises(NotEnoughDataError):
        run(context, metric="payback", dimension="outlet")


def test_a_short_history_gives_no_advice(make: Make) -> None:
    context = make({"a": 0.1, "b": 0.8, "c": 0.75, "d": 0.7}, weeks=20)
    with pytest.raises(NotEnoughDataError):
        run(context, metric="payback", dimension="outlet")


def test_the_scan_finds_it_too_and_says_it_once(make: Make) -> None:
    context = make({"a": 0.1, "b": 0.8, "c": 0.75, "d": 0.7})
    assert len(run(context).suggestions) == 1


def test_an_unknown_metric_names_the_nearest(make: Make) -> None:
    context = make({"a": 0.6, "b": 0.6, "c": 0.6, "d": 0.6})
    with pytest.raises(UnknownNameError) as caught:
        run(context, metric="paybak")
    assert caught.value.nearest[0] == "payback"
