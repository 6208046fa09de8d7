"""Experiments end to end: outcomes by hand on an odd schema, a wrong split, and the demo's planted ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from tools.ab_test import ab_test
from tools.numerics.experiments import Arm, relative_lift
from tools.numerics.proportions import newcombe, two_shares_p_value
from tools.registry import ToolContext
from tools.result import ToolResult

# Outcomes of another model within seven days of the assignment; three variants; a guardrail that is a ratio.
WORKSPACE = """
version: 1
today: data
models:
  - name: draws
    agg_time_dimension: drawn
    columns:
      - {name: pupil, entity: foreign}
      - {name: drawn, dimension: time, granularity: day}
      - {name: colour, dimension: categorical}
      - {name: town, dimension: categorical}
    metrics:
      - {name: draws_count, agg: count}
      - {name: passed, agg: sum_boolean, expr: has_passed, unit: people, good_direction: up}
  - name: tests
    agg_time_dimension: sat
    columns:
      - {name: pupil, entity: foreign}
      - {name: sat, dimension: time, granularity: day}
    metrics:
      - {name: points, agg: sum, expr: score, good_direction: up}
      - {name: mistakes, agg: sum, expr: wrong, good_direction: down}
      - {name: sittings, agg: count}
metrics:
  - {name: mistakes_per_sitting, type: ratio, numerator: mistakes, denominator: sittings, good_direction: down}
experiments:
  - name: ink
    model: draws
    unit: pupil
    variant: colour
    control: blue
    window: 7d
    start: 2025-01-01
    end: 2025-02-01
    outcomes: [points, passed]
    guardrails: [mistakes_per_sitting]
"""
START = date(2025, 1, 6)
Draw = tuple[int, date, str, bool, str]
Sitting = tuple[int, date, float, int]
Make = Callable[[list[Draw], list[Sitting]], ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(draws: list[Draw], sittings: list[Sitting]) -> ToolContext:
        root = tmp_path / f"school{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE draws(pupil INT, drawn DATE, colour VARCHAR, has_passed BOOLEAN, town VARCHAR);"
            "CREATE TABLE tests(pupil INT, sat DATE, score DOUBLE, wrong INT)"
        )
        for table, rows in (("draws", draws), ("tests", sittings)):
            columns = [list(column) for column in zip(*rows, strict=True)]
            places = ", ".join("unnest(?)" for _ in columns)
            connection.execute(f"INSERT INTO {table} SELECT {places}", columns)
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today(date(2025, 6, 1)))

    return build


def school(
    counts: dict[str, int], passing: dict[str, float], gain: dict[str, float], seed: int = 1
) -> tuple[list[Draw], list[Sitting]]:
    """Pupils per colour: the given share passes exactly, and all sit once, 3 days after the draw."""
    rng = np.random.default_rng(seed)
    draws: list[Draw] = []
    sittings: list[Sitting] = []
    for colour, count in counts.items():
        for n in range(count):
            pupil = len(draws)
            draws.append((pupil, START, colour, n < round(count * passing[colour]), "xy"[n % 2]))
            score = float(rng.normal(50 + gain[colour], 10))
            sittings.append((pupil, START + timedelta(days=3), score, int(rng.poisson(2))))
    sittings.append((0, date(2025, 5, 31), 0.0, 0))  # the data go on after the experiment
    return draws, sittings


EVEN = {"blue": 400, "red": 400, "green": 400}
FLAT = dict.fromkeys(EVEN, 0.3)
NO_GAIN = dict.fromkeys(EVEN, 0.0)


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return ab_test.run(inputs, context)


def row(result: ToolResult, name: str) -> dict[str, object]:
    table = result.tables[0]
    names = [column.name for column in table.columns]
    return next(dict(zip(names, one, strict=True)) for one in table.rows if one[0] == name)


def test_means_and_lifts_are_those_of_the_units(make: Make) -> None:
    draws, sittings = school(EVEN, FLAT, {"blue": 0, "red": 4, "green": 0})
    result = run(make(draws, sittings))
    scores = {
        c: np.array([sittings[n][2] for n, draw in enumerate(draws) if draw[2] == c]) for c in ("blue", "red")
    }
    arms = [Arm(400, float(one.mean()), float(one.var(ddof=1))) for one in scores.values()]
    lift, found = relative_lift(*arms), row(result, "points:red")
    assert found["control_mean"] == pytest.approx(arms[0].mean)
    assert found["lift"] == pytest.approx(lift.value)
    assert (found["low"], found["high"]) == pytest.approx(lift.interval())
    assert "won" in result.headline.en
    assert result.chart is not None
    assert result.chart.kind == "forest"


def test_a_winner_is_advised_and_can_be_accepted(make: Make) -> None:
    (advice,) = run(make(*school(EVEN, FLAT, {"blue": 0, "red": 4, "green": 0}))).suggestions
    assert advice.evidence == "experiment"
    assert 0 < advice.effect.low < advice.effect.high
    assert advice.topic == ("ship", "ink")  # what has a topic is kept in the ledger


def test_a_share_of_units_is_tested_as_one(make: Make) -> None:
    shares = {"blue": 0.25, "red": 0.35, "green": 0.25}
    found = row(run(make(*school(EVEN, shares, NO_GAIN))), "passed:red")
    assert found["p_value"] == pytest.approx(two_shares_p_value((100, 400), (140, 400)))
    assert (found["difference_low"], found["difference_high"]) == pytest.approx(
        newcombe((100, 400), (140, 400), 0.95)
    )


def test_q_values_cover_all_metrics_and_variants(make: Make) -> None:
    table = run(make(*school(EVEN, FLAT, NO_GAIN))).tables[0]
    assert len(table.rows) == 6  # three outcomes, two variants
    assert all(q >= p for p, q in zip(table.column("p_value"), table.column("q_value"), strict=True))


def test_only_what_follows_within_the_window_counts(make: Make) -> None:
    draws, sittings = school(EVEN, FLAT, NO_GAIN)
    plain = row(run(make(draws, sittings)), "points:red")
    late = [(n, START + timedelta(days=7), 9_999.0, 0) for n in range(1200)]
    early = [(n, START - timedelta(days=1), 9_999.0, 0) for n in range(1200)]
    assert row(run(make(draws, sittings + late + early)), "points:red") == plain


def test_a_wrong_split_gives_no_effect_at_all(make: Make) -> None:
    counts = {"blue": 500, "red": 400, "green": 400}
    result = run(make(*school(counts, {"blue": 0.1, "red": 0.9, "green": 0.1}, NO_GAIN)))
    assert "not trustworthy" in result.headline.en
    assert [one.kind for one in result.findings] == ["quality"]
    assert [column.name for column in result.tables[0].columns] == [
        "variant", "units", "planned_share", "actual_share",
    ]  # fmt: skip
    assert result.suggestions == ()


def test_a_unit_of_two_variants_is_left_out_and_said(make: Make) -> None:
    draws, sittings = school(EVEN, FLAT, NO_GAIN)
    twice = [(n, START, "red", True, "x") for n in range(5)]
    result = run(make(draws + twice, sittings))
    assert dict(row[:2] for row in result.tables[1].rows)["blue"] == 395
    assert any("5 units were in more than one variant" in note.en for note in result.warnings)


def test_a_guardrail_that_got_worse_comes_first(make: Make) -> None:
    draws, sittings = school(EVEN, FLAT, NO_GAIN)
    worse = [
        (pupil, sat, score, wrong + (3 if 400 <= pupil < 800 else 0)) for pupil, sat, score, wrong in sittings
    ]
    first = run(make(draws, worse)).findings[0]
    assert (first.kind, first.metric) == ("quality", "mistakes_per_sitting")


def test_no_difference_is_silent_and_says_what_could_be_seen(make: Make) -> None:
    wins = 0
    for seed in range(12):
        result = run(make(*school(EVEN, FLAT, NO_GAIN, seed)))
        wins += "no difference" not in result.headline.en
    assert wins <= 2  # 5 % each: more than two of twelve has a chance of 2 %
    assert "could be seen" in result.headline.en


def test_while_it_runs_the_interval_is_wider(make: Make) -> None:
    context = make(*school(EVEN, FLAT, {"blue": 0, "red": 4, "green": 0}))
    once, ever = row(run(context), "points:red"), row(run(context, peeking=True), "points:red")
    assert float(str(ever["difference_low"])) < float(str(once["difference_low"]))
    assert float(str(ever["p_value"])) > float(str(once["p_value"]))


def test_few_units_are_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="99 units"):
        run(make(*school({"blue": 400, "red": 99}, FLAT, NO_GAIN)))


def test_an_unknown_experiment_names_the_nearest(make: Make) -> None:
    with pytest.raises(UnknownNameError) as caught:
        run(make(*school(EVEN, FLAT, NO_GAIN)), experiment="inc")
    assert caught.value.nearest == ("ink",)


@pytest.fixture(scope="session")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def test_the_planted_experiments_get_their_verdicts(demo: ToolContext) -> None:
    table = run(demo).tables[0]
    assert {str(one[0]): one[1] for one in table.rows} == {
        "checkout_one_page": "win",
        "pdp_video": "invalid",
        "free_shipping_99": "flat",
        "vip30_holdout": "flat",
        "back50_holdout": "win",
    }


def test_the_real_win_has_its_planted_size_inside_the_interval(demo: ToolContext) -> None:
    result = run(demo, experiment="checkout_one_page")
    found = row(result, "experiment_converted")
    assert float(str(found["low"])) < 0.26 < float(str(found["high"]))


def test_what_the_log_of_ideas_calls_shipped_is_not_advised_again(demo: ToolContext) -> None:
    assert run(demo, experiment="checkout_one_page").suggestions == ()
    assert run(demo).suggestions == ()


def test_the_overview_names_each_experiment_and_speaks_no_statistics(demo: ToolContext) -> None:
    result = run(demo)
    for finding, name in zip(
        result.findings, ("一页结算", "沉睡唤醒券", "满99包邮", "老客回馈券", "商品页首屏视频"), strict=True
    ):
        assert name in finding.statement.zh
    said = [result.headline, *(finding.statement for finding in result.findings)]
    assert not [one for one in said if "p=" in one.en or "per unit" in one.en or "chi-square" in one.en]
    assert result.chart is not None
    assert result.chart.kind == "forest"
    assert len(result.chart.table.rows) == 4  # the invalid one has no lift


def test_a_condition_on_the_experiments_id_chooses_it(demo: ToolContext) -> None:
    where = [{"kind": "condition", "dimension": "experiment_key", "operator": "=", "values": ["pdp_video"]}]
    result = run(demo, where=where)
    assert "不可信" in result.headline.zh
    assert "52.2%" in result.headline.zh
