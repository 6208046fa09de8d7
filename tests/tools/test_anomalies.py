"""Anomalous days on a made schema with odd names, silence on noise, and the demo's night of bots."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import semantic_layer
from bot.charts import figure
from bot.settings import DEMO
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from tools.anomalies import anomalies
from tools.registry import ToolContext

MODEL = """
version: 1
today: data
models:
  - name: gate
    table: gate
    semantic_model: {enabled: true}
    agg_time_dimension: entered_on
    columns:
      - {name: entered_on, granularity: day, dimension: {type: time}}
      - {name: tower, dimension: {type: categorical}, values: {n: North, s: South}}
      - {name: road, dimension: {type: categorical}}
    metrics:
      - {name: callers, type: simple, agg: sum, expr: callers, unit: visits}
      - {name: gifts, type: simple, agg: sum, expr: gifts}
metrics:
  - {name: gift_rate, type: ratio, numerator: gifts, denominator: callers, good_direction: up, tier: strategic}
calendars:
  - {name: fair, label: {zh: 庙会, en: Fair}, years: {2024: {first: 2024-03-15, last: 2024-03-16}}}
"""
START = date(2024, 1, 1)
DAYS = 140
ODD = date(2024, 4, 10)


def workspace(folder: Path, *, odd: bool, days: int = DAYS, seed: int = 1) -> ToolContext:
    """Make days of visits by two towers and two roads; a fair triples two days, the odd day has 900 idle callers."""
    rng = np.random.default_rng(seed)
    lines = ["entered_on,tower,road,callers,gifts"]
    for at in range(days):
        day = START + timedelta(at)
        for tower in "ns":
            for road in ("old", "new"):
                fair = odd and day in (date(2024, 3, 15), date(2024, 3, 16))
                callers = int(rng.poisson(200 * (1.3 if at % 7 > 4 else 1) * (3 if fair else 1)))
                gifts = int(rng.binomial(callers, 0.1))
                if odd and day == ODD and (tower, road) == ("n", "new"):
                    callers += 900
                lines.append(f"{day},{tower},{road},{callers},{gifts}")
    (folder / "data").mkdir(parents=True)
    (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    (folder / "data" / "gate.csv").write_text("\n".join(lines), encoding="utf-8")
    layer = semantic_layer.open(folder, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return workspace(tmp_path_factory.mktemp("odd"), odd=True)


def test_the_odd_day_is_found_with_what_was_to_be_expected(odd: ToolContext) -> None:
    result = anomalies.run({"metric": "callers"}, odd)
    (finding,) = result.findings
    assert finding.at == "2024-04-10"
    assert finding.filters in ({"tower": "n"}, {"road": "new"})
    assert finding.low < 400 < finding.high < finding.value  # two rows of 200 on a Wednesday
    assert figure(result.chart, "en-US")["data"]


def test_callers_who_give_nothing_and_come_by_one_road_look_fake(odd: ToolContext) -> None:
    (finding,) = anomalies.run({"metric": "callers"}, odd).findings
    assert "fake traffic" in finding.statement.en
    assert "gift rate" in finding.statement.en


def test_the_fair_is_explained_by_the_calendar(odd: ToolContext) -> None:
    result = anomalies.run({"metric": "callers", "period": {"start": "2024-03-01", "end": "2024-04-01"}}, odd)
    assert result.findings == ()
    assert result.headline.en.startswith("No anomaly")
    assert any("2 more days" in note.en for note in result.warnings)


def test_a_ratio_that_collapses_is_found_by_default(odd: ToolContext) -> None:
    found = {(one.metric, one.at) for one in anomalies.run({}, odd).findings}
    assert found == {("callers", "2024-04-10"), ("gift_rate", "2024-04-10")}


def test_noise_is_left_alone_in_nine_workspaces_of_ten(tmp_path: Path) -> None:
    loud = 0
    for seed in range(12):
        context = workspace(tmp_path / str(seed), odd=False, seed=100 + seed)
        loud += bool(anomalies.run({"metric": "callers"}, context).findings)
    assert loud <= 1


def test_a_short_history_or_an_unknown_dimension_is_refused(tmp_path: Path, odd: ToolContext) -> None:
    with pytest.raises(NotEnoughDataError):
        anomalies.run({"metric": "callers", "where": [
            {"kind": "condition", "dimension": "road", "operator": "=", "values": ["none"]}]}, odd)  # fmt: skip
    with pytest.raises(UnknownNameError):
        anomalies.run({"metric": "callers", "dimension": "towr"}, odd)


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> Iterator[ToolContext]:
    layer = semantic_layer.open(DEMO, state_dir=state_dir, data_dir=demo_data(state_dir))
    yield ToolContext(layer, layer.today())
    layer.close()


def test_bot_night_the_twelfth_of_september_is_fake_traffic_from_one_network(demo: ToolContext) -> None:
    period = {"start": "2025-09-01", "end": "2025-10-01"}
    first = anomalies.run({"metric": "session_count", "period": period}, demo).findings[0]
    assert first.at == "2025-09-12"
    # demo/truth.yml: 2,900 to 2,960 sessions that night, all of one network.
    assert 2600 < first.value - (first.low + first.high) / 2 < 3100
    assert "198.51.100" in first.statement.en
    visitors = anomalies.run({"metric": "visitors", "period": period}, demo).findings[0]
    assert visitors.at == "2025-09-12"
    assert "fake traffic" in visitors.statement.en


def test_bot_night_is_the_first_thing_said_where_no_metric_was_asked(demo: ToolContext) -> None:
    result = anomalies.run({}, demo)
    assert result.findings[0].at == "2025-09-12"
    assert "fake traffic" in result.headline.en
