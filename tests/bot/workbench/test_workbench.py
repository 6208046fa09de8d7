"""Rows told apart, taken apart and written to a workbook."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

import semantic_layer
from bot.answer import Answer, Part
from bot.plan import MetricPlan
from bot.workbench.compare import run_beside
from bot.workbench.rows import rows_behind
from bot.workbench.workbook import workbook
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column, Table
from semantic_layer.text import Text

FILES = {
    "askgrowth.yml": "version: 1\nname: T\ntoday: 2025-02-01\naccess:\n"
    "  rows:\n    - {model: sales, where: \"region = '{user.region}'\"}\n  masked: [phone]\n",
    "users.yml": "north: {region: n}\n",
    "models/sales.yml": """models:
  - name: sales
    semantic_model: {enabled: true}
    agg_time_dimension: sold_on
    columns:
      - {name: region, dimension: {type: categorical}}
      - {name: shop, dimension: {type: categorical}}
      - {name: phone, dimension: {type: categorical}}
      - {name: sold_on, granularity: day, dimension: {type: time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount}
      - {name: orders, type: simple, agg: count, expr: amount, filter: "sold_on < '2025-01-07'"}
metrics:
  - {name: aov, type: ratio, numerator: revenue, denominator: orders}
""",
    "data/sales.csv": "region,shop,phone,sold_on,amount\nn,a,139,2025-01-06,10\nn,a,138,2025-01-07,4\n"
    "n,b,137,2025-01-14,20\ns,a,136,2025-01-06,40\nn,,135,2025-01-08,7\n",
}
BY_SHOP = MetricQuery(metrics=("revenue",), group_by=(GroupBy(dimension="shop"),))


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    opened = semantic_layer.open(folder, state_dir=folder / "state")
    yield opened
    opened.close()


def behind(layer, metric: str, group: dict, query: MetricQuery = BY_SHOP):
    return rows_behind(layer, query, metric, group, user="north")


def test_the_rows_of_a_group_add_up_to_its_number(layer) -> None:
    [part] = behind(layer, "revenue", {"shop": "a"})

    assert (part.count, part.value) == (2, 14)
    assert [row[-1] for row in part.table.rows] == [10, 4]


def test_a_group_without_a_name_has_its_own_rows(layer) -> None:
    [part] = behind(layer, "revenue", {"shop": None})

    assert (part.count, part.value) == (1, 7)


def test_a_ratio_is_taken_apart_into_both_sides_with_their_filters(layer) -> None:
    parts = {part.metric: (part.count, part.value) for part in behind(layer, "aov", {"shop": "a"})}

    assert parts == {"revenue": (2, 14), "orders": (1, 1)}


def test_a_week_s_rows_lie_in_the_week_and_in_the_period(layer) -> None:
    weekly = MetricQuery(
        metrics=("revenue",),
        group_by=(GroupBy(dimension="metric_time", grain="week"),),
        period=PeriodRange(start=date(2025, 1, 7), end=date(2025, 2, 1)),
    )

    [part] = behind(layer, "revenue", {"metric_time__week": "2025-01-06"}, weekly)

    assert (part.count, part.value) == (2, 11)  # 4 on the 7th and 7 on the 8th; the 6th is outside the period


def test_masked_columns_stay_empty_and_are_named(layer) -> None:
    [part] = behind(layer, "revenue", {"shop": "a"})
    at = part.table.index("phone")

    assert part.masked == ("phone",)
    assert [row[at] for row in part.table.rows] == [None, None]


def test_an_unknown_metric_and_a_bucket_that_is_no_date_are_refused(layer) -> None:
    weekly = BY_SHOP.model_copy(update={"group_by": (GroupBy(dimension="metric_time", grain="week"),)})
    for metric, group, query in (("nothing", {}, BY_SHOP), ("revenue", {"metric_time__week": "x"}, weekly)):
        with pytest.raises(AskGrowthError):
            behind(layer, metric, group, query)


@pytest.mark.parametrize(
    ("sql", "marks", "matched"),
    [
        ("SELECT shop, SUM(amount) AS revenue FROM sales GROUP BY 1", ["same"] * 3, "groups"),
        (
            "SELECT shop, SUM(amount) AS revenue FROM sales WHERE shop <> 'b' GROUP BY 1",
            ["gone", "gone", "same"],
            "groups",
        ),
        (
            "SELECT shop, SUM(amount) + 1 AS revenue FROM sales WHERE shop = 'a' GROUP BY 1"
            " UNION ALL SELECT 'z', 1",
            ["changed", "gone", "gone", "new"],
            "groups",
        ),
        ("SELECT SUM(amount) AS revenue FROM sales", ["changed", "gone", "gone"], "position"),
    ],
)
def test_rows_are_paired_by_their_groups_and_told_apart(layer, sql, marks, matched) -> None:
    original = layer.query(BY_SHOP, user="north").table

    found = run_beside(layer, sql, original, user="north")

    assert (sorted(one.mark for one in found.rows), found.matched) == (sorted(marks), matched)


def test_a_changed_cell_keeps_what_it_was(layer) -> None:
    original = layer.query(BY_SHOP, user="north").table

    found = run_beside(
        layer, "SELECT shop, MAX(amount) AS revenue FROM sales GROUP BY 1", original, user="north"
    )

    changed = {one.row[0]: (one.row[1], one.before) for one in found.rows if one.mark == "changed"}
    assert changed == {"a": (10, ((1, 14),))}


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    columns = (Column("shop", Text.same("shop"), "dimension"), Column("x_rate", Text.same("rate"), "metric"))
    table = Table(columns, (("=1+1", 0.1234), (None, None)), 2)
    plan = MetricPlan(kind="metric", metrics=("x_rate",))
    answer = Answer("1", "=q", "en-US", "answer", "rules", parts=(Part(plan, table, ("SELECT 1",)),))

    content = workbook(answer, "en-US")

    with zipfile.ZipFile(io.BytesIO(content)) as file:  # a formula would be an element <f>
        sheets = b"".join(file.read(name) for name in file.namelist() if "worksheets/" in name)
    assert b"=1+1" in sheets
    assert b"<f>" not in sheets
    sheet = load_workbook(io.BytesIO(content))["Data"]
    assert (sheet["B2"].value, sheet["B2"].number_format) == (0.1234, "0.0%")
    assert sheet["B3"].value is None
