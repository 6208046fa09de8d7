"""A plan with one part changed: the part is new, the rest stays, and nothing dangles."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from bot.editing.apply import Calendar, Edit, edited
from bot.plan import MetadataPlan, MetricPlan, ToolPlan
from semantic_layer.errors import QueryError

CALENDAR = Calendar(today=date(2025, 11, 20), data_end=date(2025, 11, 20))  # a Thursday
EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
PLAN = {
    "kind": "metric",
    "metrics": ["gmv", "orders"],
    "group_by": [{"dimension": "channel"}, {"dimension": "metric_time", "grain": "week"}],
    "where": [
        {"kind": "condition", "dimension": "store", "operator": "=", "values": ["a"]},
        {"kind": "condition", "dimension": "channel", "operator": "!=", "values": ["x"]},
    ],
    "period": {"start": "2025-11-01", "end": "2025-11-20"},
    "compare": [{"kind": "previous_period"}],
    "having": [{"column": "gmv__growth", "operator": ">", "values": [0.1]}],
    "transforms": [{"kind": "running_total", "metric": "gmv"}, {"kind": "rank", "metric": "orders"}],
    "order_by": [{"column": "gmv__growth", "descending": True}],
    "limit": {"n": 3, "per": ["metric_time"]},
}


def changed(**edit: object) -> MetricPlan:
    plan = edited(MetricPlan.model_validate(PLAN), EDIT.validate_python(edit), CALENDAR)
    assert isinstance(plan, MetricPlan)
    return plan


def test_another_metric_leaves_no_reference_to_the_old_one() -> None:
    plan = changed(part="metric", metrics=["orders"])

    assert plan.metrics == ("orders",)
    assert (plan.having, plan.order_by) == ((), ())
    assert [one.kind for one in plan.transforms] == ["rank"]
    assert len(plan.where) == 2


def test_without_weeks_there_is_no_running_total_and_no_limit_per_week() -> None:
    plan = changed(part="dimension", group_by=[{"dimension": "channel"}])

    assert [one.kind for one in plan.transforms] == ["rank"]
    assert plan.limit is None


def test_one_total_is_neither_sorted_nor_cut() -> None:
    plan = changed(part="dimension", group_by=[])

    assert (plan.group_by, plan.order_by, plan.limit, plan.transforms) == ((), (), None, ())


def test_picked_values_replace_the_condition_in_its_place() -> None:
    plan = changed(part="filter", dimension="store", values=["b", "c"])

    assert [(one.dimension, one.operator, one.values) for one in plan.where] == [  # type: ignore[union-attr]
        ("store", "in", ("b", "c")),
        ("channel", "!=", ("x",)),
    ]


def test_no_values_lift_the_condition_and_one_excluded_value_is_unequal() -> None:
    assert len(changed(part="filter", dimension="store", values=[]).where) == 1
    assert changed(part="filter", dimension="store", values=["b"], exclude=True).where[0].operator == "!="  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("form", "start", "end"),
    [
        ("yesterday", "2025-11-19", "2025-11-20"),
        ("this_week", "2025-11-17", "2025-11-20"),
        ("last_week", "2025-11-10", "2025-11-17"),
        ("last_month", "2025-10-01", "2025-11-01"),
        ("last_30_days", "2025-10-21", "2025-11-20"),
        ("last_year", "2024-01-01", "2025-01-01"),
    ],
)
def test_a_form_means_the_dates_of_the_convention(form: str, start: str, end: str) -> None:
    period = changed(part="period", form=form).period

    assert period is not None
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_two_dates_are_both_included() -> None:
    period = changed(part="period", first="2025-09-01", last="2025-09-01").period

    assert period is not None
    assert (period.start, period.end) == (date(2025, 9, 1), date(2025, 9, 2))


def test_all_time_has_nothing_to_compare_with() -> None:
    plan = changed(part="period", form="all")

    assert (plan.period, plan.compare, plan.having, plan.order_by) == (None, (), (), ())


def test_dates_named_beside_another_period_become_the_period_before() -> None:
    dated = PLAN | {
        "compare": [{"kind": "period", "period": {"start": "2024-11-01", "end": "2024-11-12"}}],
        "having": [],
        "order_by": [],
    }
    plan = edited(
        MetricPlan.model_validate(dated),
        EDIT.validate_python({"part": "period", "form": "last_week"}),
        CALENDAR,
    )

    assert [one.kind for one in plan.compare] == ["previous_period"]  # type: ignore[union-attr]


def test_without_a_comparison_nothing_is_sorted_by_growth() -> None:
    plan = changed(part="comparison", kind="none")

    assert (plan.compare, plan.having, plan.order_by) == ((), (), ())


@pytest.mark.parametrize(
    "dates", [{}, {"first": "2025-11-01"}, {"first": "2025-11-02", "last": "2025-11-01"}]
)
def test_dates_that_are_no_period_are_refused(dates: dict[str, str]) -> None:
    with pytest.raises(QueryError):
        changed(part="period", **dates)


def test_an_analysis_keeps_its_other_inputs() -> None:
    plan = ToolPlan(
        kind="tool",
        name="t",
        inputs={"metric": "gmv", "period": {"start": "2025-11-01", "end": "2025-11-20"}},
    )

    new = edited(plan, EDIT.validate_python({"part": "period", "form": "last_month"}), CALENDAR)

    assert isinstance(new, ToolPlan)
    assert new.inputs["metric"] == "gmv"
    assert new.inputs["period"]["start"] == "2025-10-01"  # type: ignore[index, call-overload]


def test_what_the_plan_does_not_have_cannot_be_changed() -> None:
    edit = EDIT.validate_python({"part": "period", "form": "last_month"})

    for plan in (ToolPlan(kind="tool", name="t"), MetadataPlan(kind="metadata", topic="help")):
        with pytest.raises(QueryError):
            edited(plan, edit, CALENDAR)
