from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.plan import BilingualMessage, ClarifyPlan, MetricPlan
from evals.compare import answer_rows, same_rows, together, wrong_slots
from semantic_layer.query import Condition, GroupBy, Limit, OrderBy, PeriodRange
from semantic_layer.table import Column, Table
from semantic_layer.text import Text

GOLD = MetricPlan(
    kind="metric",
    metrics=("clicks",),
    group_by=(GroupBy(dimension="medium"),),
    where=(Condition(dimension="city", operator="=", values=("A",)),),
    period=PeriodRange(start=date(2025, 1, 1), end=date(2025, 2, 1)),
    order_by=(OrderBy(column="clicks"),),
    limit=Limit(n=3),
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([[1, "a"], [2, "b"]], [["2", "b"], [1.0, "a"]], True),
        ([[Decimal("1.50")]], [[1.5]], True),
        ([[date(2025, 1, 1)]], [[datetime(2025, 1, 1)]], True),
        ([[1.0]], [[1.0000001]], True),
        ([[1.0]], [[1.001]], False),
        ([[None]], [[0]], False),
        ([[1], [1]], [[1]], False),
    ],
)
def test_result_sets_are_compared_as_sets_with_a_tolerance(one: list, other: list, same: bool) -> None:
    assert same_rows(one, other) is same


def test_the_order_counts_where_it_is_asked() -> None:
    assert same_rows([[1], [2]], [[2], [1]])
    assert not same_rows([[1], [2]], [[2], [1]], ordered=True)


def test_named_columns_are_picked_from_the_answer() -> None:
    columns = tuple(Column(name, Text.same(name), "metric") for name in ("a", "b", "c"))
    table = Table(columns, ((1, 2, 3),), 1)
    assert answer_rows(table, ("c", "a"), None) == [(3, 1)]
    assert answer_rows(table, (), 2) == [(1, 2)]
    assert answer_rows(table, ("x",), None) is None
    assert answer_rows(table, (), 4) is None


def one_column(name: str, *cells: int) -> Table:
    return Table((Column(name, Text.same(name), "metric"),), tuple((cell,) for cell in cells), len(cells))


def test_parts_with_the_same_columns_are_judged_as_one_table() -> None:
    (stacked,) = together([one_column("a", 1), one_column("a", 2)], 1)
    assert stacked.rows == ((1,), (2,))


def test_single_rows_with_different_columns_are_judged_side_by_side() -> None:
    (side_by_side,) = together([one_column("a", 1), one_column("b", 2)], 2)
    assert side_by_side.rows == ((1, 2),)
    assert [column.name for column in side_by_side.columns] == ["a", "b"]


def test_a_second_part_that_was_not_expected_is_not_overlooked() -> None:
    assert together([one_column("a", 1), one_column("b", 2)], 1) == []


@pytest.mark.parametrize(
    ("change", "slot"),
    [
        ({"metrics": ("views",)}, "metric"),
        ({"group_by": (GroupBy(dimension="city"),)}, "dimension"),
        ({"where": (Condition(dimension="city", operator="=", values=("B",)),)}, "filter"),
        ({"period": PeriodRange(start=date(2025, 1, 1), end=date(2025, 2, 2))}, "period"),
        ({"order_by": (OrderBy(column="clicks", descending=False),)}, "order"),
        ({"limit": Limit(n=4)}, "limit"),
    ],
)
def test_a_change_in_one_slot_is_named(change: dict, slot: str) -> None:
    assert wrong_slots(GOLD.model_copy(update=change), GOLD) == (slot,)


def test_the_same_plan_has_no_wrong_slot() -> None:
    assert wrong_slots(MetricPlan.model_validate_json(GOLD.model_dump_json()), GOLD) == ()


def test_another_kind_of_plan_is_named_as_such() -> None:
    asked = ClarifyPlan(kind="clarify", question=BilingualMessage(zh="?", en="?"), options=())
    assert wrong_slots(asked, GOLD) == ("kind",)
    assert wrong_slots(None, GOLD) == ("kind",)
