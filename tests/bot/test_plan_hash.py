"""What is one plan: everything that changes no number has no part in the hash, everything else has."""

from datetime import date

import pytest

from bot.plan import MetricPlan, plan_hash
from semantic_layer.query import (
    AnyOf,
    Compare,
    Condition,
    GroupBy,
    Having,
    Limit,
    OrderBy,
    PeriodRange,
    Share,
)

CITY = GroupBy(dimension="city")
STORE = GroupBy(dimension="store")
MONTH = GroupBy(dimension="metric_time", grain="month")
NORTH = Condition(dimension="region", operator="=", values=("north",))
OPEN = Condition(dimension="is_open", operator="=", values=(True,))
SO_FAR = PeriodRange(start=date(2025, 3, 1), end=date(2025, 3, 12), requested_end=date(2025, 4, 1))
THE_DAYS = PeriodRange(start=date(2025, 3, 1), end=date(2025, 3, 12))
WEEK_SO_FAR = PeriodRange(start=date(2025, 3, 10), end=date(2025, 3, 12), requested_end=date(2025, 3, 17))
TWO_DAYS = PeriodRange(start=date(2025, 3, 10), end=date(2025, 3, 12))


def _text(operator, *values):
    return {"metrics": ("a",), "where": (Condition(dimension="name", operator=operator, values=values),)}


SAME = [
    ("the order of metrics", {"metrics": ("a", "b")}, {"metrics": ("b", "a")}),
    (
        "the order of groups",
        {"metrics": ("a",), "group_by": (CITY, STORE)},
        {"metrics": ("a",), "group_by": (STORE, CITY)},
    ),
    ("the order of conditions", {"where": (NORTH, OPEN)}, {"where": (OPEN, NORTH)}),
    (
        "the order of alternatives",
        {"where": (AnyOf(conditions=(NORTH, OPEN)),)},
        {"where": (AnyOf(conditions=(OPEN, NORTH)),)},
    ),
    (
        "the order of comparisons",
        {"compare": (Compare(kind="previous_period"), Compare(kind="previous_year"))},
        {"compare": (Compare(kind="previous_year"), Compare(kind="previous_period"))},
    ),
    ("a list of one", _text("in", "x"), _text("=", "x")),
    ("a list of one that is left out", _text("not in", "x"), _text("!=", "x")),
    ("a value named twice", _text("in", "x", "y", "x"), _text("in", "y", "x")),
    ("the case of a text searched for", _text("contains", "CAKE"), _text("contains", "cake")),
    ("the case of a text searched against", _text("not starts with", "A1"), _text("not starts with", "a1")),
    (
        "the order that rows have anyway",
        {"metrics": ("a",), "group_by": (CITY,), "order_by": (OrderBy(column="a"),)},
        {"metrics": ("a",), "group_by": (CITY,)},
    ),
    (
        "the order by which rows are cut anyway",
        {"metrics": ("a",), "group_by": (CITY,), "order_by": (OrderBy(column="a"),), "limit": Limit(n=3)},
        {"metrics": ("a",), "group_by": (CITY,), "limit": Limit(n=3)},
    ),
    (
        "where the ranking metric is named",
        {"metrics": ("a", "b"), "group_by": (CITY,), "order_by": (OrderBy(column="a"),)},
        {"metrics": ("b", "a"), "group_by": (CITY,), "order_by": (OrderBy(column="a"),)},
    ),
    (
        "the asked end that nothing is compared with",
        {"metrics": ("a",), "period": SO_FAR},
        {"metrics": ("a",), "period": THE_DAYS},
    ),
    (
        "the asked end where a year earlier has the same days",
        {"metrics": ("a",), "period": SO_FAR, "compare": (Compare(kind="previous_year"),)},
        {"metrics": ("a",), "period": THE_DAYS, "compare": (Compare(kind="previous_year"),)},
    ),
    ("the chart", {"metrics": ("a",), "presentation": "line"}, {"metrics": ("a",)}),
]

DIFFERENT = [
    ("the metric", {"metrics": ("a",)}, {"metrics": ("b",)}),
    ("the case of a name", _text("=", "CAKE"), _text("=", "cake")),
    ("a list of two", _text("in", "x", "y"), _text("=", "x")),
    (
        "worst first",
        {"metrics": ("a",), "group_by": (CITY,), "order_by": (OrderBy(column="a", descending=False),)},
        {"metrics": ("a",), "group_by": (CITY,)},
    ),
    (
        "which metric ranks",
        {"metrics": ("a", "b"), "group_by": (CITY,), "order_by": (OrderBy(column="a"),)},
        {"metrics": ("a", "b"), "group_by": (CITY,), "order_by": (OrderBy(column="b"),)},
    ),
    (
        "which metric cuts",
        {"metrics": ("a", "b"), "group_by": (CITY,), "limit": Limit(n=3)},
        {"metrics": ("b", "a"), "group_by": (CITY,), "limit": Limit(n=3)},
    ),
    (
        "a month cut by its best days",
        {"metrics": ("a",), "group_by": (MONTH,), "order_by": (OrderBy(column="a"),)},
        {"metrics": ("a",), "group_by": (MONTH,)},
    ),
    (
        "the asked end where as many days of the month before are compared",
        {"metrics": ("a",), "period": SO_FAR, "compare": (Compare(kind="previous_period"),)},
        {"metrics": ("a",), "period": THE_DAYS, "compare": (Compare(kind="previous_period"),)},
    ),
    (
        "the asked end where the same week of the year before is compared",
        {"metrics": ("a",), "period": WEEK_SO_FAR, "compare": (Compare(kind="previous_year"),)},
        {"metrics": ("a",), "period": TWO_DAYS, "compare": (Compare(kind="previous_year"),)},
    ),
    (
        "at least and more than",
        {"metrics": ("a",), "having": (Having(column="a", operator=">=", values=(1,)),)},
        {"metrics": ("a",), "having": (Having(column="a", operator=">", values=(1,)),)},
    ),
    ("a share", {"metrics": ("a",), "transforms": (Share(metric="a"),)}, {"metrics": ("a",)}),
]


def _hash(parts):
    return plan_hash(MetricPlan(kind="metric", **{"metrics": ("a",), **parts}))


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_what_changes_no_number_has_no_part_in_the_hash(one, other):
    assert _hash(one) == _hash(other)


@pytest.mark.parametrize(
    ("one", "other"), [case[1:] for case in DIFFERENT], ids=[case[0] for case in DIFFERENT]
)
def test_what_changes_a_number_changes_the_hash(one, other):
    assert _hash(one) != _hash(other)
