"""Spend response and reallocation: planted curves on two odd schemas, silence when shuffled, the demo, real data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError
from tools.budget import budget
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.spend_response import spend_response

SHARED = """
version: 1
today: data
models:
  - name: bills
    agg_time_dimension: billed
    columns:
      - {name: billed, dimension: time, granularity: day}
      - {name: board, dimension: {type: categorical, conformed: board}}
    metrics:
      - {name: paid_out, agg: sum, expr: amount, unit: EUR}
  - name: takings
    agg_time_dimension: taken
    columns:
      - {name: taken, dimension: time, granularity: day}
BOARD    metrics:
      - {name: taken_in, agg: sum, expr: amount, unit: EUR}
dimensions:
  - {name: board}
budgets:
  - {name: boards, model: bills, channel: board, spend: paid_out, outcome: taken_in}
"""
TOLD_APART = "      - {name: board, dimension: {type: categorical, conformed: board}}\n"
MONDAY = date(2023, 1, 2)
Array = NDArray[np.float64]
Make = Callable[..., ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(spend: Array, taken: Array) -> ToolContext:
        """Weekly arrays (weeks, boards); `taken` with one column is the total of all boards."""
        root = tmp_path / f"town{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        apart = taken.shape[1] > 1
        (root / "askgrowth.yml").write_text(
            SHARED.replace("BOARD", TOLD_APART if apart else ""), encoding="utf-8"
        )
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE bills(billed DATE, board VARCHAR, amount DOUBLE);"
            "CREATE TABLE takings(taken DATE, board VARCHAR, amount DOUBLE)"
        )
        for table, values in (("bills", spend), ("takings", taken)):
            rows = [
                (MONDAY + timedelta(weeks=week, days=day), f"board {at}", float(values[week, at]) / 7)
                for week in range(len(values))
                for at in range(values.shape[1])
                for day in range(7)
            ]
            columns = [list(column) for column in zip(*rows, strict=True)]
            connection.execute(f"INSERT INTO {table} SELECT unnest(?), unnest(?), unnest(?)", columns)
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


SLOPES = (0.2, 0.8, 0.8, 0.8)
LEVELS = (2.0, 3.0, 3.0, 3.0)  # average return at 1,000 a week: marginal 0.4 and 2.4


def boards(seed: int, *, shuffled: bool = False) -> tuple[Array, Array]:
    """Return 120 weeks of four boards: value = level · 1000 · (spend / 1000)^slope, with common and own noise."""
    rng = np.random.default_rng(seed)
    spend = 1000 * np.exp(rng.normal(0, 0.35, (120, 4)))
    common = np.exp(rng.normal(0, 0.2, (120, 1)))
    taken = np.array(LEVELS) * 1000 * (spend / 1000) ** np.array(SLOPES) * common
    taken = taken * np.exp(rng.normal(0, 0.08, (120, 4)))
    if shuffled:
        taken = rng.permuted(taken, axis=0)
    return spend, taken


def rows_of(result: ToolResult) -> dict[str, dict[str, object]]:
    names = [column.name for column in result.tables[0].columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in result.tables[0].rows}


def test_planted_marginal_returns_are_inside_the_intervals(make: Make) -> None:
    result = spend_response.run({}, make(*boards(1)))
    hits = 0
    for at, row in enumerate(rows_of(result).values()):
        slope = SLOPES[int(str(row["channel"])[-1])]
        planted = slope * float(str(row["average"]))
        hits += float(str(row["low"])) < planted < float(str(row["high"]))
        assert at < 4
    assert hits >= 3
    saturated = result.findings[0]
    assert saturated.filters == {"board": "board 0"}
    assert saturated.high is not None
    assert saturated.high < 1
    assert result.chart is not None
    assert result.chart.kind == "response_curve"


def test_money_goes_where_the_next_unit_returns_more(make: Make) -> None:
    result = budget.run({}, make(*boards(2)))
    rows = rows_of(result)
    before = sum(float(str(row["spend"])) for row in rows.values())
    after = sum(float(str(row["proposed"])) for row in rows.values())
    assert after == pytest.approx(before)
    assert float(str(rows["board 0"]["change_share"])) == pytest.approx(-0.2)
    (suggestion,) = result.suggestions
    assert suggestion.evidence == "adjusted"
    assert 0 < suggestion.effect.low < suggestion.effect.high


def test_shuffled_outcomes_are_silent(make: Make) -> None:
    found = moved = 0
    for seed in range(8):
        context = make(*boards(50 + seed, shuffled=True))
        found += len(spend_response.run({}, context).findings)
        moved += len(budget.run({}, context).findings)
    assert found <= 1
    assert moved <= 1


def joint(seed: int, *, shuffled: bool = False) -> tuple[Array, Array]:
    """Return 160 weeks of three boards and one total: only the first acts, twofold, straight."""
    rng = np.random.default_rng(seed)
    spend = rng.gamma(6.0, 150.0, (160, 3))
    season = 1500 * np.sin(2 * np.pi * np.arange(160) / 52.18)
    taken = 20_000 + season + 2.0 * spend[:, 0] + rng.normal(0, 300, 160)
    return spend, (rng.permutation(taken) if shuffled else taken)[:, None]


def test_one_total_is_shared_out_by_regression(make: Make) -> None:
    rows = rows_of(spend_response.run({}, make(*joint(3))))
    acting = rows["board 0"]
    assert acting["visible"] == "yes"
    assert float(str(acting["low"])) < 2.0 < float(str(acting["high"]))
    assert [rows[f"board {at}"]["visible"] for at in (1, 2)] == ["no", "no"]


def test_a_shuffled_total_is_silent(make: Make) -> None:
    found = sum(
        len(spend_response.run({}, make(*joint(30 + seed, shuffled=True))).findings) for seed in range(6)
    )
    assert found <= 1


def test_constant_spend_is_refused_with_a_test(make: Make) -> None:
    spend, taken = boards(4)
    with pytest.raises(NotEnoughDataError) as caught:
        spend_response.run({}, make(np.full_like(spend, 1000.0), taken))
    assert caught.value.mend is not None
    assert "alternate" in caught.value.mend.en


def test_a_channel_with_few_levels_is_left_out_by_name(make: Make) -> None:
    spend, taken = boards(5)
    spend[:, 3] = 800.0
    result = spend_response.run({}, make(spend, taken))
    assert "board 3" not in rows_of(result)
    assert any("board 3" in note.en and "1 level" in note.en for note in result.warnings)


def test_few_weeks_are_refused(make: Make) -> None:
    spend, taken = boards(6)
    with pytest.raises(NotEnoughDataError):
        budget.run({}, make(spend[:20], taken[:20]))


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def test_the_demo_saturated_medium_returns_less_than_it_costs(demo: ToolContext) -> None:
    where = [{"kind": "condition", "dimension": "ad_channel", "operator": "=", "values": ["wanxiangtai"]}]
    result = spend_response.run({"where": where}, demo)
    (finding,) = result.findings
    row = rows_of(result)["wanxiangtai"]
    # truth.yml, saturated_medium: planted elasticity 0.25.
    assert float(str(row["low"])) < 0.25 * float(str(row["average"])) < float(str(row["high"])) < 1
    assert finding.filters == {"ad_channel": "wanxiangtai"}


def test_the_demo_budget_leaves_the_saturated_medium(demo: ToolContext) -> None:
    rows = rows_of(budget.run({}, demo))
    assert float(str(rows["wanxiangtai"]["change_share"])) == pytest.approx(-0.2)
    assert all(float(str(row["proposed"])) <= float(str(row["most"])) for row in rows.values())


@pytest.mark.needs_data("mmm_weekly")
def test_real_weekly_media_give_curves_and_no_bold_claim(
    state_dir: Path, find_data: Callable[[str], Path]
) -> None:
    layer = semantic_layer.open(
        "examples/media_weekly", state_dir=state_dir, data_dir=find_data("mmm_weekly")
    )
    context = ToolContext(layer, layer.today())
    result = spend_response.run({}, context)
    assert len(result.tables[0].rows) == 10
    assert "208 whole weeks" in result.warnings[0].en
    assert result.findings == ()  # what stands out there is too large to believe, and said so
    assert any("too much to believe" in note.en for note in result.warnings)
    assert budget.run({}, context).suggestions == ()
