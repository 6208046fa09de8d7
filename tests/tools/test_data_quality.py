"""Data quality on a made-up hire shop where every fault was planted and counted, and on public data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import semantic_layer
from semantic_layer.errors import UnknownNameError
from tools.data_quality import data_quality
from tools.registry import ToolContext
from tools.result import ToolResult

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = """
version: 1
today: 2025-06-30
models:
  - name: hires
    agg_time_dimension: taken_on
    columns:
      - {name: hire, entity: primary}
      - {name: boat, entity: foreign}
      - {name: guest, entity: foreign}
      - {name: dock, dimension: {type: categorical}, values: {north: North, south: South}}
      - {name: voucher_kind, dimension: {type: categorical}}
      - {name: channel, dimension: {type: categorical}, values: {web: Web, desk: Desk}}
      - {name: taken_on, dimension: time, granularity: day}
      - {name: returned_on, dimension: time, granularity: day}
    metrics:
      - {name: fee, agg: sum, expr: fee, unit: EUR, good_direction: up}
  - name: boats
    columns:
      - {name: boat, entity: primary}
      - {name: kind, dimension: {type: categorical}}
  - name: extras
    agg_time_dimension: sold_on
    columns:
      - {name: hire, entity: foreign}
      - {name: what, dimension: {type: categorical}}
      - {name: sold_on, dimension: time, granularity: day}
    metrics:
      - {name: extra_fee, agg: sum, expr: price, unit: EUR}
customers:
  - {name: guests, model: hires, entity: guest, revenue: fee}
reconciliations:
  - {name: extras_match, model: extras, metric: extra_fee, against: fee, rule: at_most}
"""
FIRST = date(2025, 3, 1)
Hire = list[Any]  # hire, boat, guest, dock, voucher, channel, taken, returned, fee


def clean() -> list[Hire]:
    """1,000 hires over 100 days (10 a day), all in order: the voucher kind is set on the web only."""
    return [
        [
            n, n % 40, n % 300, ("north", "south")[n % 2], "spring" if n % 5 else None, "web" if n % 5 else "desk",
            FIRST + timedelta(days=n // 10), FIRST + timedelta(days=n // 10 + 1), 20.0 + n % 7,
        ]
        for n in range(1000)
    ]  # fmt: skip


def extras_of(hires: list[Hire]) -> list[tuple[Any, ...]]:
    """Two lines per hire that add up to its fee, each with a day and a word of its own."""
    return [(one[0], f"item {one[0]} {half}", one[6], one[8] / 2) for one in hires for half in ("a", "b")]


Make = Callable[..., ToolContext]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return lambda hires, extras=None: build(tmp_path, hires, extras)


def build(folder: Path, hires: list[Hire], extras: list[tuple[Any, ...]] | None = None) -> ToolContext:
    root = folder / "boathouse"
    root.mkdir()
    (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE hires(hire INT, boat INT, guest INT, dock VARCHAR, voucher_kind VARCHAR, channel VARCHAR, "
        "taken_on DATE, returned_on DATE, fee DOUBLE)"
    )
    connection.execute("CREATE TABLE boats AS SELECT unnest(range(40)) AS boat, 'canoe' AS kind")
    connection.execute("CREATE TABLE extras(hire INT, what VARCHAR, sold_on DATE, price DOUBLE)")
    for table, rows in (("hires", hires), ("extras", extras or extras_of(clean()))):
        columns = [list(column) for column in zip(*rows, strict=True)]
        places = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {places}", columns)
    layer = semantic_layer.open(root, connection=connection, state_dir=folder / "state")
    return ToolContext(layer, date(2025, 6, 9))


def found(result: ToolResult) -> dict[tuple[str, str, str], tuple[str, int]]:
    """Return (check, model, field in English) -> (severity, affected)."""
    table = result.tables[0]
    if table.columns[0].name != "severity":
        return {}
    fields = dict(table.columns[table.index("field")].value_labels)
    return {
        (str(row[1]), str(row[2]), fields[str(row[3])].en): (str(row[0]), int(str(row[4])))
        for row in table.rows
    }


def run(context: ToolContext, **inputs: str) -> ToolResult:
    return data_quality.run(inputs, context)


def test_clean_data_gives_no_problem_and_no_suspect(make: Make):
    result = run(make(clean()))
    assert [one for one in found(result).values() if one[0] != "note"] == []
    assert "nothing was found" in result.headline.en


def test_what_another_column_leaves_empty_by_design_is_only_a_note(make: Make):
    assert found(run(make(clean())))["completeness", "hires", "voucher kind"] == ("note", 200)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> ToolResult:
    """Every fault in rows of its own, so that each can be counted apart."""
    hires = clean()
    for one in hires[:200]:
        one[2] = None  # no guest
    for one, word in zip(
        hires[210:220], ["", " ", "N/A", "null", "NaN", "None", "undefined", "", "", ""], strict=True
    ):
        one[3] = word
    hires[223][3] = "east"
    hires[225][3], hires[227][3] = "North", "suoth"
    for one in hires[300:306]:
        one[8] = -one[8]
    for one in hires[500:504]:
        one[7] = one[6] - timedelta(days=3)
    for one in hires[600:605]:
        one[1] = 999  # no such boat
    hires[707][8] = 26_000.0
    hires += [list(hires[800]), list(hires[800]), list(hires[801])]
    extras = extras_of(clean())
    return run(build(tmp_path_factory.mktemp("faulty"), hires, [*extras, *extras[:4]]))


@pytest.mark.parametrize(
    ("check", "model", "field", "severity", "affected"),
    [
        ("completeness", "hires", "guest", "problem", 203 - 3),  # the analyses of customers rest on it
        ("completeness", "hires", "dock", "suspect", 10),  # placeholder words
        ("uniqueness", "hires", "hire", "problem", 3),  # once per surplus row
        ("domain", "hires", "dock", "note", 1 + 2 + 10),  # east, the misspelt ones and the placeholders
        ("spelling", "hires", "dock", "suspect", 2),
        ("range", "hires", "fee", "suspect", 6),
        ("order", "hires", "taken on → returned on", "suspect", 4),
        ("reference", "hires", "boat", "problem", 5),
        ("outliers", "hires", "fee", "suspect", 1),
        ("duplicates", "extras", "whole row", "problem", 4),
    ],
)
def test_a_planted_fault_is_found_with_its_rows(
    faulty: ToolResult, check: str, model: str, field: str, severity: str, affected: int
):
    assert found(faulty)[check, model, field] == (severity, affected)


def test_every_finding_names_the_query_that_counted_it(faulty: ToolResult):
    assert all("SELECT" in faulty.sql[int(str(row[9])) - 1] for row in faulty.tables[0].rows)


def test_lines_that_do_not_add_up_to_their_head(make: Make):
    hires = clean()
    hires[7][8] += 1.5
    hires[9][8] += 1.5
    assert found(run(make(hires)))["consistency", "extras", "extra fee"] == ("problem", 2)


def test_a_declared_total_that_exceeds_the_other_names_the_months(make: Make):
    extras = extras_of(clean()) + [(n, f"late {n}", date(2025, 4, 2), 90.0) for n in range(100)]
    assert found(run(make(clean(), extras)))["consistency", "extras", "extras match"] == ("problem", 1)


def test_days_without_rows_and_data_that_stopped(make: Make):
    late = [one for one in clean() if one[6] < date(2025, 5, 20) and one[6] != date(2025, 4, 1)]
    days = [row for row in run(make(late)).tables[0].rows if row[1] == "freshness" and row[2] == "hires"]
    # 20 May to 8 June is 20 days late; 1 April is missing.
    assert sorted((str(row[0]), row[4]) for row in days) == [("problem", 20), ("suspect", 1)]


def test_a_last_day_that_was_loaded_in_part(make: Make):
    hires = [[10_000 + n, *one[1:]] for n, one in enumerate(clean() * 10)]
    last = max(one[6] for one in hires)
    partial = [one for one in hires if one[6] != last] + [one for one in hires if one[6] == last][:20]
    # 100 rows a day are usual, 20 came: 80 are missing.
    days = [row for row in run(make(partial)).tables[0].rows if row[1] == "freshness" and row[2] == "hires"]
    assert [(row[0], row[4]) for row in days] == [("suspect", 80)]


def test_only_the_model_of_a_metric_is_looked_at(make: Make):
    result = run(make(clean()), metric="extra_fee")
    assert [row[0] for row in result.tables[-1].rows] == ["extras"]


def test_an_unknown_model_names_the_nearest(make: Make):
    with pytest.raises(UnknownNameError) as caught:
        run(make(clean()), model="hire")
    assert caught.value.nearest[0] == "hires"


@pytest.mark.needs_data("online_retail")
def test_the_published_faults_of_online_retail_are_found(
    tmp_path: Path, find_data: Callable[[str], Path]
) -> None:
    """541,909 rows; 135,080 without CustomerID, 1,454 without Description, 5,268 duplicates (UCI, Kaggle profiles).

    9,288 cancellations (InvoiceNo starts with C) and 2 bad-debt adjustments have a negative value.
    """
    connection = duckdb.connect()
    source = find_data("online_retail") / "online_retail.parquet"
    connection.execute(f"CREATE TABLE online_retail AS SELECT * FROM '{source}'")
    layer = semantic_layer.open(
        ROOT / "examples" / "online_retail", connection=connection, state_dir=tmp_path / "state"
    )
    result = run(ToolContext(layer, layer.today()))
    said = found(result)
    assert said["completeness", "sales", "customer"] == ("problem", 135_080)
    assert said["completeness", "sales", "product"][1] == 1_454
    assert said["duplicates", "sales", "whole row"] == ("problem", 5_268)
    assert said["range", "sales", "units sold"][1] == 1_336
    negative = [row[4] for row in result.tables[0].rows if row[1] == "range" and row[5] == 541_909]
    assert 9_288 + 2 in negative
