"""The experiment funnel on a made-up brewery's log, counted by hand, and on the demo's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.experiment_funnel import experiment_funnel
from tools.registry import ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: 2025-12-31
models:
  - name: trials
    agg_time_dimension: thought_of
    columns:
      - {name: trial, entity: primary}
      - {name: state, dimension: {type: categorical}}
      - {name: verdict, dimension: {type: categorical}}
      - {name: title, dimension: {type: categorical}}
      - {name: thought_of, dimension: time, granularity: day}
    metrics:
      - {name: trial_count, agg: count, expr: trial}
ideas:
  - {name: log, model: trials, stage: state, result: verdict, text: title, running: [on], tested: [over, live],
     shipped: [live], won: [better], lost: [worse], invalid: [spoilt]}
"""
LOG = [
    *[("live", "better")] * 2, ("over", "better"), *[("over", "same")] * 6, *[("over", "worse")] * 2,
    ("live", "same"), *[("over", "spoilt")] * 3, ("on", "none"), *[("shelf", "none")] * 4,
]  # fmt: skip


def brewery(tmp_path: Path, yaml: str = WORKSPACE) -> ToolContext:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "askgrowth.yml").write_text(yaml, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE trials(trial INT, state VARCHAR, verdict VARCHAR, title VARCHAR, thought_of DATE)"
    )
    rows = [(at, *one, f"hop {at}", date(2025, 1 + at % 12, 1)) for at, one in enumerate(LOG)]
    connection.executemany("INSERT INTO trials VALUES (?, ?, ?, ?, ?)", rows)
    layer = semantic_layer.open(tmp_path / "ws", connection=connection, state_dir=tmp_path / "state")
    return ToolContext(layer, layer.today())


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return experiment_funnel.run(inputs, context)


def test_each_step_is_counted_and_the_win_rate_is_of_valid_tests(tmp_path: Path):
    result = run(brewery(tmp_path))
    # 20 ideas; 15 tested (3 better, 6 + 1 same, 2 worse, 3 spoilt); 12 valid; 3 wins; 2 of them live.
    assert [(row[0], row[1]) for row in result.tables[0].rows] == [
        ("idea", 20), ("tested", 15), ("valid", 12), ("won", 3), ("shipped", 2),
    ]  # fmt: skip
    rate = result.findings[0]
    assert rate.value == pytest.approx(3 / 12)
    # Wilson, 80 %: (3 + z2/2 ± z sqrt(3*9/12 + z2/4)) / (12 + z2), z = 1.28155.
    assert (rate.low, rate.high) == pytest.approx((0.12687, 0.43332), abs=1e-5)


def test_what_won_and_waits_is_named(tmp_path: Path):
    said = [one.statement.en for one in run(brewery(tmp_path)).findings]
    assert any("Won and not shipped: hop 2." in one for one in said)
    assert any(one.startswith("3 of 15 tests were invalid") for one in said)


def test_a_period_takes_the_ideas_of_it(tmp_path: Path):
    steps = run(brewery(tmp_path), period={"start": "2025-01-01", "end": "2025-02-01"}).tables[0]
    # Ideas 0 and 12: a win that is live, and a spoilt one.
    assert steps.column("experiments") == (2, 2, 1, 1, 1)


def test_no_idea_in_the_period_is_said(tmp_path: Path):
    with pytest.raises(NotEnoughDataError):
        run(brewery(tmp_path), period={"start": "2024-01-01", "end": "2024-02-01"})


def test_without_a_log_and_without_experiments_the_missing_key_is_named(tmp_path: Path):
    with pytest.raises(QueryError) as caught:
        run(brewery(tmp_path, WORKSPACE.split("ideas:", maxsplit=1)[0]))
    assert "ideas:" in caught.value.message.en


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def test_the_demos_wins_are_shrunken_towards_zero_and_still_cover_what_was_planted(demo: ToolContext):
    tests = run(demo).tables[1]
    rows = {str(row[0]): dict(zip([c.name for c in tests.columns], row, strict=True)) for row in tests.rows}
    for name, planted in (("checkout_one_page", 0.26), ("back50_holdout", 0.63)):
        row = rows[name]
        assert 0 < row["shrunken_lift"] < row["lift"]
        assert row["low"] < planted < row["high"]
    assert rows["pdp_video"]["lift"] is None  # the split is wrong: no effect is shown
