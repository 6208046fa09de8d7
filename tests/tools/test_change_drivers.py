"""Why a metric changed: on a made schema with odd names and a known truth, and the demo's planted stories."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import semantic_layer
from bot.settings import DEMO
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError, UnknownNameError
from tools.change_drivers import change_drivers
from tools.registry import ToolContext
from tools.result import Finding, ToolResult

MODEL = """
version: 1
today: data
models:
  - name: brews
    table: brews
    semantic_model: {enabled: true}
    agg_time_dimension: poured_on
    columns:
      - {name: poured_on, granularity: day, dimension: {type: time}}
      - {name: kettle, dimension: {type: categorical}, values: {k1: Copper, k2: Iron, k3: Clay}}
      - {name: moon, dimension: {type: categorical}}
    metrics:
      - {name: cups, type: simple, agg: sum, expr: cups, unit: cups, tier: strategic}
      - {name: spilt, type: simple, agg: sum, expr: spilt, unit: cups}
      - {name: size, type: simple, agg: avg, expr: cups}
metrics:
  - {name: spill_rate, type: ratio, numerator: spilt, denominator: cups, good_direction: down}
  - {name: kept, type: derived, expr: cups - spilt, input_metrics: [cups, spilt]}
"""
START = date(2024, 1, 1)  # a Monday
WEEKS = 40


def workspace(folder: Path, fall: float = 0.0, share: float = 1.0, seed: int = 3) -> ToolContext:
    """Make 40 weeks of noise; in the last, kettle k2 loses `fall` of its cups and k3 grows by `share`."""
    rng = np.random.default_rng(seed)
    rows = []
    for week in range(WEEKS):
        for day in range(7):
            for kettle, rate in (("k1", 0.02), ("k2", 0.05), ("k3", 0.2)):
                for moon in ("full", "new"):
                    last = week == WEEKS - 1
                    mean = 1000 * (1 + 0.1 * (day > 4)) * (1 - fall * (last and kettle == "k2"))
                    mean *= share if last and kettle == "k3" else 1
                    cups = int(rng.poisson(mean))
                    rows.append(
                        (START + timedelta(7 * week + day), kettle, moon, cups, int(rng.binomial(cups, rate)))
                    )
    (folder / "data").mkdir(parents=True)
    (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    lines = ["poured_on,kettle,moon,cups,spilt", *(",".join(map(str, row)) for row in rows)]
    (folder / "data" / "brews.csv").write_text("\n".join(lines), encoding="utf-8")
    layer = semantic_layer.open(folder, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return workspace(tmp_path_factory.mktemp("fallen"), fall=0.4)


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return workspace(tmp_path_factory.mktemp("shifted"), share=2.0)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return workspace(tmp_path_factory.mktemp("quiet"))


def by(result: ToolResult, dimension: str) -> Finding:
    return next(one for one in result.findings if one.drivers and one.drivers[0].dimension == dimension)


def test_the_group_that_fell_is_named_and_the_parts_add_up(fallen: ToolContext) -> None:
    result = change_drivers.run({}, fallen)
    finding = by(result, "kettle")
    moved = {driver.value: driver.contribution for driver in finding.drivers}
    # 14 rows a week of 1,000 (1,100 at weekends): 14,400 cups; 40 % of them are 5,760.
    assert moved["k2"] == pytest.approx(-5760, abs=300)
    assert sum(moved.values()) == pytest.approx(finding.value)
    assert "Iron" in result.headline.en
    assert result.tables[0].columns[0].name == "kettle"
    change = result.findings[0]
    assert change.low < change.value < change.high < 0


def test_growth_of_a_bad_group_is_told_as_mix(shifted: ToolContext) -> None:
    result = change_drivers.run({"metric": "spill_rate"}, shifted)
    parts = {driver.value: driver.contribution for driver in by(result, "effect").drivers}
    # Shares 1/3 each at 2 %, 5 %, 20 % -> 1/4, 1/4, 1/2: 9 % -> 11.75 %, all of it mix.
    assert parts["mix"] == pytest.approx(0.0275, abs=0.003)
    assert abs(parts["rate"]) < 0.003
    assert "mostly the mix" in result.headline.en


def test_factors_of_a_ratio_and_of_a_difference_add_up(shifted: ToolContext) -> None:
    for metric in ("spill_rate", "kept"):
        finding = by(change_drivers.run({"metric": metric}, shifted), "factor")
        assert len(finding.drivers) == 2
        assert sum(driver.contribution for driver in finding.drivers) == pytest.approx(finding.value)


def test_noise_gets_no_name_in_nine_weeks_of_ten(quiet: ToolContext) -> None:
    named = 0
    weeks = range(16, WEEKS, 2)
    for week in weeks:
        start = START + timedelta(7 * week)
        for metric in ("cups", "spill_rate"):
            period = {"start": start.isoformat(), "end": (start + timedelta(7)).isoformat()}
            result = change_drivers.run({"metric": metric, "period": period}, quiet)
            named += "No group moved" not in result.headline.en
    assert named <= 0.1 * 2 * len(weeks)


def test_conditions_and_one_dimension_narrow_the_question(fallen: ToolContext) -> None:
    where = [{"kind": "condition", "dimension": "moon", "operator": "=", "values": ["new"]}]
    result = change_drivers.run({"dimension": "kettle", "where": where}, fallen)
    moved = {driver.value: driver.contribution for driver in by(result, "kettle").drivers}
    assert moved["k2"] == pytest.approx(-2880, abs=300)
    assert len(result.tables) == 1


def test_an_average_cannot_be_taken_apart_and_says_how_to_write_it(quiet: ToolContext) -> None:
    with pytest.raises(QueryError) as caught:
        change_drivers.run({"metric": "size"}, quiet)
    assert "ratio" in caught.value.mend.en


def test_a_period_without_one_before_is_refused(quiet: ToolContext) -> None:
    with pytest.raises(NotEnoughDataError):
        change_drivers.run({"period": {"start": "2024-01-01", "end": "2024-01-08"}}, quiet)
    with pytest.raises(NotEnoughDataError):
        change_drivers.run({"period": {"start": "2031-01-01", "end": "2031-01-08"}}, quiet)


def test_an_unknown_dimension_names_the_nearest(quiet: ToolContext) -> None:
    with pytest.raises(UnknownNameError):
        change_drivers.run({"dimension": "ketle"}, quiet)


# ---- the demo's planted stories (demo/truth.yml)


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> Iterator[ToolContext]:
    layer = semantic_layer.open(DEMO, state_dir=state_dir, data_dir=demo_data(state_dir))
    yield ToolContext(layer, layer.today())
    layer.close()


def test_mix_shift_augusts_fall_is_mix_not_rate(demo: ToolContext) -> None:
    result = change_drivers.run(
        {"metric": "visit_conversion_rate", "period": {"start": "2025-08-01", "end": "2025-09-01"}}, demo
    )
    parts = {driver.value: driver.contribution for driver in by(result, "effect").drivers}
    assert -0.0048 < parts["mix"] < -0.0022
    assert -0.0005 < parts["rate"] < 0.0008
    assert "Simpson" in result.headline.en
    assert result.chart.kind == "waterfall"


def test_android_checkout_the_app_on_android_lost_conversion(demo: ToolContext) -> None:
    result = change_drivers.run(
        {"metric": "session_conversion_rate", "period": {"start": "2025-10-29", "end": "2025-11-20"},
         "compare": {"kind": "previous_period"}}, demo
    )  # fmt: skip
    moved = {driver.value: driver.contribution for driver in by(result, "device").drivers}
    assert moved["android"] < -0.004
    assert abs(moved["ios"]) < 0.001
    assert "Android" in result.headline.en


def test_bad_batch_one_product_drives_the_refund_rate(demo: ToolContext) -> None:
    result = change_drivers.run(
        {"metric": "refund_rate", "period": {"start": "2025-09-08", "end": "2025-11-03"}, "dimension": "product_name",
         "compare": {"kind": "previous_period"}}, demo
    )  # fmt: skip
    first = by(result, "product_name").drivers[0]
    assert first.value == "屏障修护精华"
    assert first.contribution > 0.6 * result.findings[0].value


def test_the_tree_of_the_paid_amount_is_exact(demo: ToolContext) -> None:
    result = change_drivers.run(
        {
            "metric": "paid_amount",
            "period": {"start": "2025-08-01", "end": "2025-09-01"},
            "dimension": "store",
        },
        demo,
    )
    tree = by(result, "factor")
    names = {driver.value for driver in tree.drivers if driver.value}
    assert names == {"buyers", "aov", "orders_per_buyer"}
    assert sum(driver.contribution for driver in tree.drivers) == pytest.approx(tree.value)
