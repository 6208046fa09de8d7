"""The comparison period follows the time table of the design, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from semantic_layer.comparison import ComparisonKind, comparison_period
from semantic_layer.period import Period


def span(start: str, end: str, requested_end: str | None = None) -> Period:
    return Period(
        date.fromisoformat(start), date.fromisoformat(end), date.fromisoformat(requested_end or end)
    )


@pytest.mark.parametrize(
    ("kind", "main", "expected"),
    [
        # 环比 of calendar periods: the one before
        ("previous_period", span("2025-03-01", "2025-04-01"), span("2025-02-01", "2025-03-01")),
        ("previous_period", span("2025-01-01", "2025-02-01"), span("2024-12-01", "2025-01-01")),
        ("previous_period", span("2025-11-10", "2025-11-17"), span("2025-11-03", "2025-11-10")),
        ("previous_period", span("2025-07-01", "2025-10-01"), span("2025-04-01", "2025-07-01")),
        ("previous_period", span("2025-01-01", "2026-01-01"), span("2024-01-01", "2025-01-01")),
        ("previous_period", span("2025-01-01", "2025-07-01"), span("2024-07-01", "2025-01-01")),
        ("previous_period", span("2025-11-18", "2025-11-19"), span("2025-11-17", "2025-11-18")),
        # not over: as many days as have passed
        (
            "previous_period",
            span("2025-11-01", "2025-11-18", "2025-12-01"),
            span("2025-10-01", "2025-10-18", "2025-11-01"),
        ),
        (
            "previous_period",
            span("2025-11-17", "2025-11-20", "2025-11-24"),
            span("2025-11-10", "2025-11-13", "2025-11-17"),
        ),
        # 30 days of March have passed, February has only 28
        (
            "previous_period",
            span("2025-03-01", "2025-03-31", "2025-04-01"),
            span("2025-02-01", "2025-03-01", "2025-03-01"),
        ),
        # other ranges: the same length just before
        ("previous_period", span("2025-11-11", "2025-11-18"), span("2025-11-04", "2025-11-11")),
        ("previous_period", span("2025-11-01", "2025-11-12"), span("2025-10-21", "2025-11-01")),
        ("previous_period", span("2025-02-05", "2025-03-07"), span("2025-01-06", "2025-02-05")),
        # 同比: the same dates
        ("previous_year", span("2025-03-01", "2025-04-01"), span("2024-03-01", "2024-04-01")),
        ("previous_year", span("2024-02-29", "2024-03-01"), span("2023-02-28", "2023-03-01")),
        ("previous_year", span("2024-02-01", "2024-03-01"), span("2023-02-01", "2023-03-01")),
        # a whole February stays whole, a range of dates keeps its dates
        ("previous_year", span("2025-02-01", "2025-03-01"), span("2024-02-01", "2024-03-01")),
        ("previous_year", span("2025-02-20", "2025-03-01"), span("2024-02-20", "2024-02-29")),
        ("previous_year", span("2025-02-28", "2025-03-01"), span("2024-02-28", "2024-02-29")),
        ("previous_year", span("2025-11-01", "2025-11-12"), span("2024-11-01", "2024-11-12")),
        (
            "previous_year",
            span("2025-11-01", "2025-11-18", "2025-12-01"),
            span("2024-11-01", "2024-11-18", "2024-12-01"),
        ),
        # 2025-W47 -> 2024-W47, which starts on 18 November
        ("previous_year", span("2025-11-17", "2025-11-24"), span("2024-11-18", "2024-11-25")),
        (
            "previous_year",
            span("2025-11-17", "2025-11-20", "2025-11-24"),
            span("2024-11-18", "2024-11-21", "2024-11-25"),
        ),
        # 2020-W53 -> the last week of 2019, W52
        ("previous_year", span("2020-12-28", "2021-01-04"), span("2019-12-23", "2019-12-30")),
        # 较上周同日
        ("same_weekday_last_week", span("2025-11-18", "2025-11-19"), span("2025-11-11", "2025-11-12")),
        (
            "same_weekday_last_week",
            span("2025-11-17", "2025-11-20", "2025-11-24"),
            span("2025-11-10", "2025-11-13", "2025-11-17"),
        ),
    ],
)
def test_comparison_period_follows_the_law(kind: ComparisonKind, main: Period, expected: Period) -> None:
    assert comparison_period(main, kind) == expected


def test_several_years_back_keep_the_dates() -> None:
    main = span("2024-02-29", "2024-03-01")
    assert comparison_period(main, "previous_year", years=4) == span("2020-02-29", "2020-03-01")


def test_thirty_rolling_days_that_are_a_whole_month_move_by_their_length() -> None:
    april = span("2025-04-01", "2025-05-01")
    assert comparison_period(april, "previous_period", rolling=True) == span("2025-03-02", "2025-04-01")
    assert comparison_period(april, "previous_period") == span("2025-03-01", "2025-04-01")


def test_a_fiscal_year_goes_back_to_the_fiscal_year_before() -> None:
    main = span("2025-04-01", "2025-11-18", "2026-04-01")
    expected = span("2024-04-01", "2024-11-18", "2025-04-01")
    assert comparison_period(main, "previous_period", fiscal_year_start=4) == expected


def test_a_sunday_week_keeps_its_weekdays_a_year_earlier() -> None:
    main = span("2025-11-16", "2025-11-23")
    assert comparison_period(main, "previous_year", week_start=6) == span("2024-11-17", "2024-11-24")


def test_an_empty_period_has_an_empty_comparison() -> None:
    main = span("2025-11-01", "2025-11-01", "2025-12-01")
    assert comparison_period(main, "previous_period").days == 0
    assert comparison_period(main, "previous_year").days == 0
