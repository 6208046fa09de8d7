from datetime import date

import pytest

from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.fiscal import RuleGrain, WeekYears
from semantic_layer.period import Grain, Period
from semantic_layer.query import GroupBy
from semantic_layer.shorthand import parse_group_by, parse_having, parse_order_by, parse_period, parse_query

THURSDAY = date(2025, 11, 20)


def days(start: str, end: str) -> Period:
    return Period.of(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("last_30_days", days("2025-10-21", "2025-11-20")),
        ("last_1_day", days("2025-11-19", "2025-11-20")),
        ("last_2_weeks", days("2025-11-03", "2025-11-17")),
        ("last_3_months", days("2025-08-01", "2025-11-01")),
        ("last_quarter", days("2025-07-01", "2025-10-01")),
        ("last_year", days("2024-01-01", "2025-01-01")),
        ("yesterday", days("2025-11-19", "2025-11-20")),
        ("2024", days("2024-01-01", "2025-01-01")),
        ("2024-02", days("2024-02-01", "2024-03-01")),
        ("2025-Q1", days("2025-01-01", "2025-04-01")),
        ("2020-W53", days("2020-12-28", "2021-01-04")),
        ("2025-03-01/2025-03-15", days("2025-03-01", "2025-03-15")),
    ],
)
def test_a_period_form_is_read_as_half_open_dates(form: str, expected: Period) -> None:
    assert parse_period(form, THURSDAY) == expected


def test_this_week_ends_with_the_last_day_that_has_data() -> None:
    read = parse_period("this_week", THURSDAY, data_end=date(2025, 11, 19))
    assert read == Period(date(2025, 11, 17), date(2025, 11, 19), date(2025, 11, 24))


def test_this_week_on_monday_morning_is_the_last_complete_week() -> None:
    assert parse_period("this_week", date(2025, 11, 17)) == days("2025-11-10", "2025-11-17")


@pytest.mark.parametrize(
    "form", ["lastish", "2025-13", "2025-02-30", "2021-W53", "2025-03-02/2025-03-01", "0000"]
)
def test_an_unreadable_period_is_refused_with_the_known_forms(form: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_period(form, THURSDAY)
    assert caught.value.mend.zh
    assert caught.value.mend.en


def test_a_group_takes_a_grain_after_a_colon_or_a_double_underscore() -> None:
    assert parse_group_by("ordered_at:week") == GroupBy(dimension="ordered_at", grain=Grain.WEEK)
    assert parse_group_by("ordered_at__week") == GroupBy(dimension="ordered_at", grain=Grain.WEEK)
    assert parse_group_by("customer__country") == GroupBy(dimension="customer__country")
    assert parse_group_by("ordered_at:day_of_week").column == "ordered_at__day_of_week"


def test_an_unknown_grain_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        parse_group_by("ordered_at:weak")
    assert caught.value.nearest[0] == "week"


def test_having_reads_every_joined_condition() -> None:
    read = parse_having("gmv >= 1000.5 AND orders<3")
    assert [(part.column, part.operator, part.values) for part in read] == [
        ("gmv", ">=", (1000.5,)),
        ("orders", "<", (3.0,)),
    ]


def test_having_that_is_no_comparison_is_refused() -> None:
    with pytest.raises(QueryError):
        parse_having("gmv > (select 1)")


@pytest.mark.parametrize(
    ("text", "column", "descending"),
    [("gmv", "gmv", True), ("gmv asc", "gmv", False), ("-gmv", "gmv", True), ("+gmv", "gmv", False)],
)
def test_order_is_descending_unless_said(text: str, column: str, descending: bool) -> None:
    read = parse_order_by(text)
    assert (read.column, read.descending) == (column, descending)


def test_a_whole_query_is_read_from_its_parts() -> None:
    query = parse_query(
        today=THURSDAY, metrics="gmv, roas", by="channel,ordered_at:week", where="channel = 'x'",
        period="last_7_days", compare="previous_year", order_by="gmv asc", limit=5,
    )  # fmt: skip
    assert query.metrics == ("gmv", "roas")
    assert [group.column for group in query.group_by] == ["channel", "ordered_at__week"]
    assert query.period is not None
    assert query.period.period() == days("2025-11-13", "2025-11-20")
    assert query.compare[0].kind == "previous_year"
    assert query.limit is not None
    assert query.limit.n == 5


def test_a_misspelt_comparison_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        parse_query(today=THURSDAY, metrics="gmv", compare="previous_yaer")
    assert "previous_year" in caught.value.nearest


RETAIL = {"retail_month": RuleGrain(WeekYears((4, 5, 4), 1, 5, "nearest"), "month"), "fiscal_month": None}


def test_a_grain_of_the_workspaces_own_calendars_is_one_to_group_by():
    own = GroupBy(dimension="day", custom_grain="retail_month")
    assert parse_group_by("day:retail_month", RETAIL) == parse_group_by("day__retail_month", RETAIL) == own


@pytest.mark.parametrize(
    ("form", "first", "end"),
    [
        ("last_retail_month", "2024-02-04", "2024-03-03"),
        (
            "last_2_retail_months",
            "2023-12-31",
            "2024-03-03",
        ),  # the year before has 53 weeks: January had five
        ("this_retail_month", "2024-03-03", "2024-03-10"),
    ],
)
def test_periods_of_a_calendar_by_rule_are_known_without_the_data(form, first, end):
    period = parse_period(form, date(2024, 3, 10), calendars=RETAIL)
    assert (str(period.start), str(period.end)) == (first, end)


def test_a_period_of_a_calendar_that_is_a_table_is_refused_with_a_way_out():
    with pytest.raises(QueryError, match="is a table"):
        parse_period("last_fiscal_month", date(2024, 3, 10), calendars=RETAIL)


def test_a_part_of_the_date_with_the_name_of_a_grain_is_extracted():
    assert parse_group_by("ordered_at:extract_month") == GroupBy(dimension="ordered_at", part="month")
    assert parse_group_by("ordered_at:month") == GroupBy(dimension="ordered_at", grain=Grain.MONTH)
