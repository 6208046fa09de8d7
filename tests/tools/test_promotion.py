"""Promotion incrementality on an odd schema, silence for regulars who come anyway, and the demo's coupons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import QueryError
from tools.promotion import promotion
from tools.registry import ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: data
models:
  - name: rentals
    agg_time_dimension: rented
    columns:
      - {name: skipper, entity: foreign}
      - {name: rented, dimension: time, granularity: day}
      - {name: voucher, dimension: categorical}
    metrics:
      - {name: fees, agg: sum, expr: fee, unit: EUR}
      - {name: rebates, agg: sum, expr: rebate, unit: EUR}
promotions:
  - {name: vouchers, model: rentals, entity: skipper, promotion: voucher, revenue: fees, discount: rebates}
"""
FIRST = date(2023, 1, 1)
WEEKS = 80
SKIPPERS = 900
VOUCHER_WEEK = 72  # of four weeks
Make = Callable[..., ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*, lift: float = 1.0, seed: int = 1, used: float = 0.6, always: bool = False) -> ToolContext:
        """Everybody rents with 10 % a week, times `lift` while the voucher is on; a share of rentals uses it."""
        root = tmp_path / f"marina{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        rng = np.random.default_rng(seed)
        rows: list[tuple[int, date, str | None, float, float]] = []
        for week in range(WEEKS):
            on = always or VOUCHER_WEEK <= week < VOUCHER_WEEK + 4
            rate = 0.1 * (lift if on else 1.0)
            for skipper in np.flatnonzero(rng.random(SKIPPERS) < rate):
                voucher = "SAIL" if on and rng.random() < used else None
                day = FIRST + timedelta(weeks=week, days=int(rng.integers(0, 7)))
                rows.append((int(skipper), day, voucher, 50.0, 5.0 if voucher else 0.0))
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE rentals(skipper INT, rented DATE, voucher VARCHAR, fee DOUBLE, rebate DOUBLE)"
        )
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(
            "INSERT INTO rentals SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", columns
        )
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def row(result: ToolResult, code: str) -> dict[str, object]:
    table = result.tables[0]
    found = next(one for one in table.rows if one[0] == code)
    return dict(zip([column.name for column in table.columns], found, strict=True))


def test_a_voucher_that_makes_people_come_is_found(make: Make) -> None:
    # 900 skippers, four weeks, 5 more rentals in a hundred weeks, 50 each.
    planted, hits = SKIPPERS * 4 * 0.05 * 50, 0
    for seed in range(6):
        result = promotion.run({}, make(lift=1.5, seed=seed))
        sail = row(result, "SAIL")
        hits += float(str(sail["low"])) < planted < float(str(sail["high"]))
        assert sail["evidence"] == "adjusted"
        (finding,) = result.findings
        assert "SAIL" in finding.statement.zh
        assert result.chart is not None
        assert result.chart.kind == "forest"
    assert hits >= 4  # an 80 % interval


def test_regulars_who_come_anyway_are_no_extra(make: Make) -> None:
    found = 0
    for seed in range(10):
        result = promotion.run({}, make(seed=40 + seed))
        sail = row(result, "SAIL")
        assert float(str(sail["naive_return"])) == pytest.approx(10)  # looks good, says nothing
        found += len(result.findings)
    assert found <= 2


def test_the_table_counts_what_was_used(make: Make) -> None:
    context = make(seed=3)
    sail = row(promotion.run({}, context), "SAIL")
    assert float(str(sail["discount"])) == 5 * float(str(sail["orders"]))
    assert float(str(sail["revenue"])) == 50 * float(str(sail["orders"]))


def test_a_voucher_that_is_always_on_is_not_judged(make: Make) -> None:
    result = promotion.run({}, make(always=True))
    assert row(result, "SAIL")["evidence"] == "none"
    assert result.findings == ()
    assert any("no time without it" in note.en for note in result.warnings)


def test_without_a_binding_the_key_to_add_is_named(tmp_path: Path) -> None:
    (tmp_path / "askgrowth.yml").write_text(WORKSPACE.partition("promotions:")[0], encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE rentals AS SELECT 1 AS skipper, DATE '2025-01-01' AS rented, 'x' AS voucher, 1.0 AS fee, "
        "0.0 AS rebate"
    )
    layer = semantic_layer.open(tmp_path, connection=connection, state_dir=tmp_path / "state")
    with pytest.raises(QueryError) as caught:
        promotion.run({}, ToolContext(layer, layer.today()))
    assert caught.value.mend is not None
    assert "promotions:" in caught.value.mend.en


def test_the_demo_coupons_are_judged_by_their_holdouts(state_dir: Path) -> None:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    result = promotion.run({}, ToolContext(layer, layer.today()))
    regulars, sleepers = row(result, "老客回馈券"), row(result, "沉睡唤醒券")
    # truth.yml: the regulars' coupon changes nothing, the win-back coupon wakes some.
    assert float(str(regulars["low"])) < 0 < float(str(regulars["high"]))
    assert float(str(regulars["discount"])) == pytest.approx(38_430, rel=0.01)
    assert float(str(regulars["naive_return"])) == pytest.approx(10.4, abs=0.1)
    assert float(str(sleepers["low"])) > 0
    # Relative lift 0.627: of the buyers 1 / 1.627 would have bought anyway.
    assert float(str(sleepers["anyway_rate"])) == pytest.approx(1 / 1.627, abs=0.01)
    assert row(result, "新客立减券")["evidence"] == "none"


def test_one_voucher_alone_has_the_same_past_as_among_others(make: Make) -> None:
    context = make(seed=4)
    alone = promotion.run(
        {"where": [{"kind": "condition", "dimension": "voucher", "operator": "=", "values": ["SAIL"]}]},
        context,
    )
    assert row(alone, "SAIL")["returning_rate"] == row(promotion.run({}, context), "SAIL")["returning_rate"]
    assert float(str(row(alone, "SAIL")["returning_rate"])) > 0.9  # 72 weeks at 10 % lie before it
