"""Cohorts by hand, against the published table of a public data set, and the demo's planted cohort."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.retention import retention

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = """
version: 1
today: data
models:
  - name: tickets
    agg_time_dimension: torn
    columns:
      - {name: guest, entity: foreign}
      - {name: torn, dimension: time, granularity: day}
      - {name: kind, dimension: categorical}
      - {name: gate, dimension: categorical}
    metrics:
      - {name: visits, agg: count, filter: "kind <> 'refund'"}
customers:
  - {name: guests, model: tickets, entity: guest, orders: visits, dimensions: [gate]}
"""
Row = tuple[int | None, date, str, str]
Make = Callable[[list[Row]], ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(rows: list[Row]) -> ToolContext:
        root = tmp_path / f"gate{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute("CREATE TABLE tickets(guest INT, torn DATE, kind VARCHAR, gate VARCHAR)")
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute("INSERT INTO tickets SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return retention.run(inputs, context)


def small(last: date = date(2025, 4, 20)) -> list[Row]:
    """January: 40 guests, 10 come in February, 4 in March (2 of them in both). February: 30 guests, 6 in March.

    A refund in February is no visit, a ticket without a guest is nobody's, and April is not over.
    """
    rows: list[Row] = [(n, date(2025, 1, 10), "entry", "e") for n in range(40)]
    rows += [(n, date(2025, 2, 10), "entry", "w") for n in range(10)]
    rows += [(n, date(2025, 3, 20), "entry", "e") for n in (0, 1, 20, 21)]
    rows += [(n, date(2025, 2, 12), "refund", "e") for n in range(30, 40)]
    rows += [(100 + n, date(2025, 2, 5), "entry", "w") for n in range(30)]
    rows += [(100 + n, date(2025, 3, 5), "entry", "w") for n in range(6)]
    rows += [(None, date(2025, 3, 1), "entry", "e")] * 50
    rows += [(0, last, "entry", "e")]
    return rows


def test_the_triangle_counts_sales_only_and_leaves_out_what_is_not_over(make: Make) -> None:
    table = run(make(small()), grain="month").tables[0]
    assert [row[:4] for row in table.rows] == [
        (date(2025, 1, 1), 0, 40, 40),
        (date(2025, 1, 1), 1, 40, 10),
        (date(2025, 1, 1), 2, 40, 4),
        (date(2025, 2, 1), 0, 30, 30),
        (date(2025, 2, 1), 1, 30, 6),
    ]


def test_a_finished_period_without_anybody_is_zero_not_missing(make: Make) -> None:
    rows = [row for row in small() if row[1].month != 3 or row[0] is None]
    table = run(make(rows), grain="month").tables[0]
    assert [row[1:4] for row in table.rows][2] == (2, 40, 0)


def test_repeats_count_only_customers_with_the_whole_window_behind_them(make: Make) -> None:
    # Data end on 20 April: 10 January + 75 days is 26 March, 5 February + 75 days is 21 April, a day too late.
    result = run(make(small()), grain="month", days=75)
    assert [row[:3] for row in result.tables[1].rows] == [(date(2025, 1, 1), 40, 12)]


def test_conditions_choose_by_the_first_purchase(make: Make) -> None:
    where = [{"kind": "condition", "dimension": "gate", "operator": "=", "values": ["e"]}]
    context = make(small() + [(n, date(2025, 1, 11), "entry", "e") for n in range(200, 230)]
                   + [(200, date(2025, 2, 27), "entry", "w")])  # fmt: skip
    # February's 30 came in by gate w and are out; January's visits by gate w count as coming back.
    rows = run(context, grain="month", where=where, days=30).tables[1].rows
    assert [row[:3] for row in rows] == [(date(2025, 1, 1), 70, 0)]
    members = run(context, grain="month", dimension="gate", days=60).tables[2]
    assert [row[:3] for row in members.rows] == [("e", 70, 11), ("w", 30, 6)]


def cohorts(rates: list[float], size: int = 500, seed: int = 4) -> list[Row]:
    rng = random.Random(seed)
    rows: list[Row] = []
    for month, rate in enumerate(rates):
        for n in range(size):
            guest, first = month * size + n, date(2024, 1, 1) + timedelta(days=30 * month + n % 28)
            rows.append((guest, first, "entry", "e"))
            if rng.random() < rate:
                rows.append((guest, first + timedelta(days=rng.randint(5, 60)), "entry", "e"))
    rows.append((-1, date(2025, 6, 30), "entry", "e"))
    return rows


def test_a_cohort_that_churns_is_found_with_its_rate(make: Make) -> None:
    result = run(make(cohorts([0.3, 0.31, 0.29, 0.3, 0.12, 0.3, 0.28, 0.3])), grain="month")
    (odd,) = (one for one in result.findings if one.at)
    assert odd.at == "2024-05-01"
    assert odd.low < 0.13 < odd.high
    assert "May 2024" in result.headline.en


def test_cohorts_that_are_alike_give_no_finding(make: Make) -> None:
    found = sum(
        any(one.at for one in run(make(cohorts([0.3] * 8, 200, seed)), grain="month").findings)
        for seed in range(10)
    )
    assert found <= 1


def test_one_month_is_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="cohort"):
        run(make([(n, date(2025, 1, 10), "entry", "e") for n in range(500)]), grain="month")


# The sales-only cohort of December 2010 as printed in many tutorials of the UCI Online Retail data; the last,
# 235 in December 2011, is a month of nine days and must not be shown.
DECEMBER = [885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445]


@pytest.mark.needs_data("online_retail")
def test_the_published_cohort_of_a_public_data_set(state_dir: Path, find_data: Callable[[str], Path]) -> None:
    data = find_data("online_retail")
    layer = semantic_layer.open(ROOT / "examples" / "online_retail", state_dir=state_dir, data_dir=data)
    table = run(ToolContext(layer, layer.today())).tables[0]
    assert [row[3] for row in table.rows if row[0] == date(2010, 12, 1)] == DECEMBER
    raw = duckdb.execute(
        f"""WITH s AS (SELECT CustomerID c, date_trunc('month', InvoiceDate)::DATE m
                       FROM '{data}/online_retail.parquet'
                       WHERE CustomerID IS NOT NULL AND InvoiceNo NOT LIKE 'C%'),
                 f AS (SELECT c, min(m) first FROM s GROUP BY c)
            SELECT first, datediff('month', first, m), count(DISTINCT c) FROM s JOIN f USING (c)
            WHERE m < DATE '2011-12-01' AND first < DATE '2011-12-01' GROUP BY 1, 2 ORDER BY 1, 2"""
    ).fetchall()
    assert [(row[0], row[1], row[3]) for row in table.rows] == raw


@pytest.fixture(scope="session")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def test_the_planted_cohort_is_the_one_that_stands_out(demo: ToolContext) -> None:
    result = run(demo)
    odd = [one for one in result.findings if one.at]
    assert [one.at for one in odd] == ["2025-03-01"]
    assert odd[0].low <= 0.190 <= odd[0].high
    assert result.chart is not None
    assert result.chart.kind == "heatmap"
    assert "2025年3月" in result.headline.zh


def test_a_hundred_and_thirty_weeks_agree_with_a_count_by_hand(make: Make) -> None:
    # More periods than one whole number holds bits for; a third of the visits fall on a guest's first day.
    rng = random.Random(5)
    first = date(2023, 1, 2)
    begin = {guest: rng.randrange(0, 900) for guest in range(6_000)}
    rows: list[Row] = [(guest, first + timedelta(days=day), "entry", "e") for guest, day in begin.items()]
    for guest, day in begin.items():
        later = [day if rng.random() < 0.3 else min(day + rng.randrange(1, 400), 909) for _ in range(3)]
        rows += [(guest, first + timedelta(days=at), "entry", "e") for at in later]
    rows.append((0, first + timedelta(days=909), "entry", "e"))
    result = run(make(rows), grain="week", days=28)

    def week(day: date) -> int:
        return (day - first).days // 7

    days: dict[int, list[date]] = {guest: [] for guest in begin}
    for guest, day, _, _ in sorted(rows, key=lambda row: row[1]):
        days[guest or 0].append(day)
    shown = {row[0] for row in result.tables[0].rows}
    for start, age, customers, active, *_ in result.tables[0].rows:
        cohort = [guest for guest in begin if week(days[guest][0]) == week(start)]
        assert customers == len(cohort)
        assert active == sum(any(week(day) == week(start) + age for day in days[guest]) for guest in cohort)
    assert max(week(start) for start in shown) > 120
    end = first + timedelta(days=910)
    repeats = {row[0]: row[1:3] for row in result.tables[1].rows}
    for start in shown & repeats.keys():
        mature = [
            guest for guest in begin
            if week(days[guest][0]) == week(start) and days[guest][0] < end - timedelta(days=28)
        ]  # fmt: skip
        back = [g for g in mature if any(0 < (day - days[g][0]).days <= 28 for day in days[g])]
        assert repeats[start] == (len(mature), len(back))
