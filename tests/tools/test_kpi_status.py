"""Targets: their dates by hand, their standing on made days under odd names, and the demo's quarter."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import semantic_layer
from bot.charts import figure
from bot.settings import DEMO
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.period import Period
from tools.kpi_status import kpi_status
from tools.outlook.outlook import Estimate
from tools.registry import ToolContext
from tools.targets.goals import period_of

MODEL = """
version: 1
today: data
models:
  - name: mill
    table: mill
    semantic_model: {enabled: true}
    agg_time_dimension: ground_on
    columns:
      - {name: ground_on, granularity: day, dimension: {type: time}}
    metrics:
      - name: sacks
        type: simple
        agg: sum
        expr: sacks
        unit: sacks
        good_direction: up
        targets: [{period: 2023-Q3, value: 46000}, {period: 2023-Q2, value: 45000}, {period: 2019, value: 1}]
      - {name: stops, type: simple, agg: sum, expr: stops, good_direction: down}
  - name: pledges
    table: pledges
    semantic_model: {enabled: true}
    agg_time_dimension: moon_on
    forward_dated: true
    columns:
      - {name: moon_on, granularity: month, dimension: {type: time}}
    metrics:
      - {name: pledged, type: simple, agg: sum, expr: pledged}
metrics:
  - name: stop_rate
    type: ratio
    numerator: stops
    denominator: sacks
    good_direction: down
    targets: [{period: 2023-Q3, value: 0.15}]
targets:
  - {name: stops_plan, model: pledges, metric: stops, planned: pledged}
"""


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    """200 days from 2 January to 20 July 2023: some 500 sacks a day, a tenth of them with a stop."""
    folder = tmp_path_factory.mktemp("mill")
    rng = np.random.default_rng(6)
    lines = ["ground_on,sacks,stops"]
    for at in range(200):
        sacks = int(rng.poisson(500))
        lines.append(f"{date(2023, 1, 2) + timedelta(at)},{sacks},{rng.binomial(sacks, 0.1)}")
    (folder / "data").mkdir()
    (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    (folder / "data" / "mill.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "data" / "pledges.csv").write_text(
        "moon_on,pledged\n2023-06-01,1600\n2023-07-01,1300\n", encoding="utf-8"
    )
    layer = semantic_layer.open(folder, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2025-2", date(2025, 2, 1), date(2025, 3, 1)),
        ("2025-11", date(2025, 11, 1), date(2025, 12, 1)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2025-11-11", date(2025, 11, 11), date(2025, 11, 12)),
    ],
)
def test_a_targets_period_is_its_dates(text: str, start: date, end: date) -> None:
    assert period_of(text) == Period.of(start, end)


def test_a_fiscal_quarter_starts_with_the_fiscal_year_and_nonsense_is_none() -> None:
    assert period_of("2025-Q1", fiscal_year_start=4) == Period.of(date(2025, 4, 1), date(2025, 7, 1))
    assert period_of("2025-13") is None
    assert period_of("soon") is None


def test_the_chance_is_the_normal_tail_of_the_forecasts_errors() -> None:
    plain = Estimate(100, 87.2, 112.8, spread=10, logged=False)
    assert plain.chance_above(100) == pytest.approx(0.5)
    assert plain.chance_above(112.816) == pytest.approx(0.1, abs=1e-4)  # z = 1.2816
    assert plain.chance_above(150, known=50) == pytest.approx(0.5)
    logged = Estimate(100, 88, 114, spread=0.1, logged=True)
    assert logged.chance_above(100 * np.exp(0.12816)) == pytest.approx(0.1, abs=1e-4)
    assert logged.chance_above(10, known=10) == 1


def test_a_running_quarter_lands_at_what_is_there_plus_the_rest(mill: ToolContext) -> None:
    result = kpi_status.run({"metric": "sacks"}, mill)
    (finding,) = result.findings
    # Q3 has 92 days of 500: 46,000, the target; 20 of them are over. The chance is neither nil nor certain.
    assert finding.low < 46_000 < finding.high
    row = dict(
        zip([column.name for column in result.tables[0].columns], result.tables[0].rows[0], strict=True)
    )
    assert row["actual"] == pytest.approx(10_000, rel=0.05)
    assert row["time_share"] == pytest.approx(20 / 92)
    assert 0.02 < row["chance_rate"] < 0.98
    assert figure(result.chart, "zh-CN")["data"]


def test_a_quarter_that_is_over_is_met_or_missed(mill: ToolContext) -> None:
    period = {"start": "2023-04-01", "end": "2023-07-01"}
    result = kpi_status.run({"metric": "sacks", "period": period}, mill)
    assert result.tables[0].rows[0][-1] == "met"  # 91 days of 500 are 45,500; the target is 45,000


def test_a_period_without_a_target_of_its_own_is_told_from_the_one_around_it(mill: ToolContext) -> None:
    may = {"start": "2023-05-01", "end": "2023-06-01"}
    headline = kpi_status.run({"metric": "sacks", "period": may}, mill).headline
    assert headline.zh.startswith("2023年5月(5/1–5/31)没有单设目标,下面是包含它的目标。上季度(4/1–6/30)")
    assert headline.en.startswith(
        "No target is set for May 2023 (1–31 May) itself; these are the targets around it."
    )
    quarter = {"start": "2023-04-01", "end": "2023-07-01"}
    assert "没有单设目标" not in kpi_status.run({"metric": "sacks", "period": quarter}, mill).headline.zh


def test_less_is_better_where_the_metric_says_so(mill: ToolContext) -> None:
    result = kpi_status.run({"metric": "stop_rate"}, mill)
    assert result.tables[0].rows[0][-1] == "on_track"  # 10 % against at most 15 %
    (finding,) = result.findings
    assert finding.low < 0.1 < finding.high


def test_a_table_of_plans_is_read_for_its_month(mill: ToolContext) -> None:
    result = kpi_status.run({"metric": "stops"}, mill)
    row = result.tables[0].rows[0]
    assert row[1:3] == ("2023-07-01", 1300)
    assert row[-1] == "off_track"  # 31 days of 50 are 1,550, and fewer stops are better


def test_all_targets_at_once_put_the_least_likely_first(mill: ToolContext) -> None:
    result = kpi_status.run({}, mill)
    assert result.tables[0].rows[0][0] == "stops"
    assert len(result.findings) == 3


def test_no_target_is_refused_with_the_key_to_add(mill: ToolContext) -> None:
    with pytest.raises(NotEnoughDataError):
        kpi_status.run({"metric": "sacks", "period": {"start": "2021-01-01", "end": "2021-04-01"}}, mill)
    with pytest.raises(QueryError) as caught:
        kpi_status.run({"metric": "pledged"}, mill)
    assert "targets" in caught.value.mend.en


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> Iterator[ToolContext]:
    layer = semantic_layer.open(DEMO, state_dir=state_dir, data_dir=demo_data(state_dir))
    yield ToolContext(layer, layer.today())
    layer.close()


def test_the_demos_quarter_agrees_with_the_layers_own_sum(demo: ToolContext) -> None:
    row = kpi_status.run({"metric": "paid_amount"}, demo).tables[0].rows[0]
    true = demo.layer.query(metrics=["paid_amount"], period="2025-10-01/2025-11-20").table.rows[0][0]
    assert row[2] == 9_800_000
    assert row[3] == pytest.approx(float(true))
    assert 0 <= row[9] < 0.5
