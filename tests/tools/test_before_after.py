"""Before and after on an odd schema with planted effects, silence without one, and the demo's planted poster story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.before_after import before_after
from tools.registry import ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: data
models:
  - name: tickets
    agg_time_dimension: sold_on
    columns:
      - {name: sold_on, dimension: time, granularity: day}
      - name: pier
        dimension: {type: categorical}
        values: {a: {zh: 甲, en: Pier A}, b: {zh: 乙, en: Pier B}, c: {zh: 丙, en: Pier C}, d: {zh: 丁, en: Pier D}}
    metrics:
      - {name: rides, agg: sum, expr: n, unit: rides, tier: strategic}
      - {name: riders_pleased, agg: sum, expr: pleased}
  - name: diary
    agg_time_dimension: noted_on
    columns:
      - {name: noted_on, dimension: time, granularity: day}
      - {name: words, dimension: categorical}
      - {name: touched, dimension: categorical}
metrics:
  - {name: pleased_share, type: ratio, numerator: riders_pleased, denominator: rides}
actions:
  - {name: log, model: diary, text: words, scope: touched}
"""
FIRST = date(2024, 1, 1)
DAYS = 420
BEGAN = 378  # six weeks before the end
Make = Callable[..., ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(
        *, lift: float = 1.0, seed: int = 1, days: int = DAYS, touched: str | None = "Pier A"
    ) -> ToolContext:
        root = tmp_path / f"lake{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        rng = np.random.default_rng(seed)
        rows = []
        for at in range(days):
            season = 1 + 0.4 * np.sin(at / 40) + 0.3 * (at % 7 >= 5)
            for pier, level in (("a", 80), ("b", 60), ("c", 100), ("d", 40)):
                up = lift if pier == "a" and at >= BEGAN else 1.0
                n = int(rng.poisson(level * season * up))
                rows.append((FIRST + timedelta(days=at), pier, n, int(rng.binomial(n, 0.4))))
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE tickets(sold_on DATE, pier VARCHAR, n INT, pleased INT);"
            "CREATE TABLE diary(noted_on DATE, words VARCHAR, touched VARCHAR)"
        )
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute("INSERT INTO tickets SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        day = FIRST + timedelta(days=BEGAN)
        connection.execute("INSERT INTO diary VALUES (?, 'new jetty', ?)", [day, touched])
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


PERIOD = {"start": str(FIRST + timedelta(days=BEGAN)), "end": str(FIRST + timedelta(days=DAYS))}
PIER_A = [{"kind": "condition", "dimension": "pier", "operator": "=", "values": ["a"]}]


def main_row(result: ToolResult) -> dict[str, object]:
    table = result.tables[0]
    return dict(zip([column.name for column in table.columns], table.rows[0], strict=True))


def test_a_planted_lift_is_inside_the_interval_with_controls(make: Make) -> None:
    result = before_after.run({"metric": "rides", "period": PERIOD, "where": PIER_A}, make(lift=1.3))
    (finding,) = result.findings
    expected = (
        sum(80 * (1 + 0.4 * np.sin(at / 40) + 0.3 * (at % 7 >= 5)) * 0.3 for at in range(BEGAN, DAYS)) / 6
    )
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low < expected < finding.high
    assert main_row(result)["method"] == "synthetic_did"
    assert [row[0] for row in result.tables[0].rows] == ["synthetic_did", "did", "naive"]
    assert result.chart is not None
    assert result.chart.kind == "line"


def test_a_planted_lift_is_found_without_controls(make: Make) -> None:
    context = make(lift=1.5, touched=None)
    result = before_after.run({"metric": "rides"}, context)
    assert main_row(result)["method"] == "structural"
    assert "new jetty" in result.headline.en  # the latest entry of the log, on all piers


def test_the_log_says_when_and_whom(make: Make) -> None:
    result = before_after.run({"metric": "rides", "action": "jetty"}, make(lift=1.4))
    assert "Pier A" in result.headline.en
    assert "甲" in result.headline.zh
    assert result.findings[0].filters == {"pier": "a"}
    assert result.periods[0].start == FIRST + timedelta(days=BEGAN)


def test_a_ratio_is_measured_as_a_ratio(make: Make) -> None:
    result = before_after.run({"metric": "pleased_share", "period": PERIOD, "where": PIER_A}, make(lift=1.5))
    assert abs(float(str(main_row(result)["pleased_share__delta"]))) < 0.03
    assert "pp" in result.headline.en


def test_nothing_happened_is_silent(make: Make) -> None:
    found = 0
    for seed in range(12):
        inputs = {"metric": "rides", "period": PERIOD, "where": PIER_A}
        found += len(before_after.run(inputs, make(seed=20 + seed)).findings)
    assert found <= 3


def test_too_little_history_is_refused_with_what_is_missing(make: Make) -> None:
    period = {"start": str(FIRST + timedelta(days=60)), "end": str(FIRST + timedelta(days=102))}
    with pytest.raises(NotEnoughDataError) as caught:
        before_after.run({"metric": "rides", "period": period, "where": PIER_A}, make())
    assert "placebo" in caught.value.message.en


def test_an_unknown_action_lists_the_log(make: Make) -> None:
    with pytest.raises(QueryError) as caught:
        before_after.run({"action": "fireworks"}, make())
    assert caught.value.code == "missing_period"
    assert "new jetty" in caught.value.mend.en


def test_the_demo_posters_bring_new_customers(state_dir: Path) -> None:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    context = ToolContext(layer, layer.today())
    inputs = {"metric": "new_customers", "action": "江浙电梯广告", "period": None}
    result = before_after.run(inputs, context)
    assert set(result.findings[0].filters["province"].split(",")) == {"江苏", "浙江"}
    whole = before_after.run(
        {
            "metric": "new_customers",
            "period": {"start": "2025-06-23", "end": "2025-08-04"},
            "where": [
                {"kind": "condition", "dimension": "province", "operator": "in", "values": ["浙江", "江苏"]}
            ],
        },
        context,
    )
    # truth.yml, geo_lift: planted 0.55; six weeks against the six before give 0.576.
    share = float(str(main_row(whole)["relative"]))
    finding = whole.findings[0]
    assert finding.value is not None
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low / finding.value * share < 0.576 < finding.high / finding.value * share
