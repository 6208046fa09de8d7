"""RFM on made customers whose scores are worked out apart, and on public data against hand-written SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.rfm import rfm
from tools.rfm_segments import SEGMENTS, segment_of

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = """
version: 1
today: data
models:
  - name: bills
    agg_time_dimension: settled
    columns:
      - {name: bill, entity: primary}
      - {name: diner, entity: foreign}
      - {name: settled, dimension: time, granularity: day}
    metrics:
      - {name: bill_count, agg: count, expr: bill, filter: "metric_time is not null"}
      - {name: takings, agg: sum, expr: sum_eur, unit: EUR}
customers:
  - {name: diners, model: bills, entity: diner, order: bill, orders: bill_count, revenue: takings}
"""
LAST = date(2025, 6, 30)
Bill = tuple[int, int | None, date, float]
Make = Callable[[list[Bill]], ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(bills: list[Bill]) -> ToolContext:
        root = tmp_path / "bistro"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute("CREATE TABLE bills(bill INT, diner INT, settled DATE, sum_eur DOUBLE)")
        columns = [list(column) for column in zip(*bills, strict=True)]
        connection.execute("INSERT INTO bills SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def diners() -> list[Bill]:
    """Diner n of 125: last there n days ago; n // 5 % 5 + 1 bills (all on that day) of n + 1 euros."""
    bills: list[Bill] = []
    for n in range(125):
        bills += [(len(bills) + k, n, LAST - timedelta(days=n), n + 1.0) for k in range(n // 5 % 5 + 1)]
    bills += [(10_000 + k, None, LAST, 1e6) for k in range(50)]  # nobody's
    return bills


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return rfm.run(inputs, context)


def test_every_pair_of_scores_has_exactly_one_segment() -> None:
    fitting = Counter(
        sum(s.recency[0] <= r <= s.recency[1] and s.frequency[0] <= f <= s.frequency[1] for s in SEGMENTS)
        for r in range(1, 6)
        for f in range(1, 6)
    )
    assert fitting == {1: 25}
    assert (segment_of(5, 5).code, segment_of(1, 5).code, segment_of(1, 1).code) == (
        "champions",
        "cannot_lose",
        "hibernating",
    )


def test_scores_are_quantiles_with_equal_values_alike(make: Make) -> None:
    result = run(make(diners()))
    days = np.arange(125)
    orders = days // 5 % 5 + 1
    money = orders * (days + 1.0)
    expected = {}
    for n in range(125):
        score = {
            name: 1 + int(np.searchsorted(np.quantile(column, [0.2, 0.4, 0.6, 0.8]), column[n], side="left"))
            for name, column in (("r", days), ("f", orders), ("m", money))
        }
        expected[n] = (6 - score["r"], score["f"], score["m"])
    listed = {row[0]: row[4:7] for row in result.tables[2].rows}
    assert listed == expected
    # By hand: diner 0 came today with one bill: the best recency, the lowest frequency.
    assert listed[0][:2] == (5, 1)


def test_the_cut_offs_are_shown(make: Make) -> None:
    # Days are 0 … 124: type-7 quantiles at 0.2 * 124 and so on. Frequencies are 1 … 5, 25 diners each.
    cuts = {row[0]: row[1:] for row in run(make(diners())).tables[1].rows}
    assert cuts["days"] == pytest.approx((24.8, 49.6, 74.4, 99.2))
    assert cuts["orders"] == pytest.approx((1.8, 2.6, 3.4, 4.2))


def test_segments_add_up_to_all_customers_and_all_their_revenue(make: Make) -> None:
    table = run(make(diners())).tables[0]
    assert sum(int(str(n)) for n in table.column("customers")) == 125
    bills = sum(amount for _, diner, _, amount in diners() if diner is not None)
    assert sum(float(str(n)) for n in table.column("revenue")) == pytest.approx(bills)
    assert sum(float(str(n)) for n in table.column("revenue_share")) == pytest.approx(1)


def test_one_segment_can_be_listed(make: Make) -> None:
    result = run(make(diners()), segment="champions")
    listed = result.tables[2]
    assert {row[7] for row in listed.rows} == {"champions"}
    by_segment = {row[0]: row[1] for row in result.tables[0].rows}
    assert (listed.row_count, listed.truncated) == (by_segment["champions"], False)


def test_an_unknown_segment_names_the_nearest(make: Make) -> None:
    with pytest.raises(UnknownNameError) as caught:
        run(make(diners()), segment="at_rsk")
    assert caught.value.nearest[0] == "at_risk"


def test_few_customers_are_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="99 customers"):
        run(make([bill for bill in diners() if bill[1] is None or bill[1] < 99]))


@pytest.mark.needs_data("online_retail")
def test_public_data_give_what_hand_written_sql_gives(
    state_dir: Path, find_data: Callable[[str], Path]
) -> None:
    data = find_data("online_retail")
    layer = semantic_layer.open(ROOT / "examples" / "online_retail", state_dir=state_dir, data_dir=data)
    result = run(ToolContext(layer, layer.today()))
    rows = duckdb.execute(
        f"""WITH s AS (SELECT CustomerID c, max(InvoiceDate)::DATE AS day, count(DISTINCT InvoiceNo) f,
                              sum(Quantity * UnitPrice) m
                       FROM '{data}/online_retail.parquet'
                       WHERE CustomerID IS NOT NULL AND InvoiceNo NOT LIKE 'C%' GROUP BY 1)
            SELECT c, DATE '2011-12-09' - day, f, m FROM s"""
    ).fetchall()
    assert len(rows) == 4339  # customers with a sale, as published
    scores = {}
    columns = [np.array([float(row[at]) for row in rows]) for at in (1, 2, 3)]
    cuts = [np.quantile(column, [0.2, 0.4, 0.6, 0.8]) for column in columns]
    for row in rows:
        r, f, _ = (1 + int(np.searchsorted(cuts[at], float(row[at + 1]), side="left")) for at in range(3))
        scores[row[0]] = segment_of(6 - r, f).code
    assert {row[0]: row[1] for row in result.tables[0].rows} == dict(Counter(scores.values()))
