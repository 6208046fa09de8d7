"""The periods a reader picks from: named forms with the dates they mean today, and two dates of one's own."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from semantic_layer.errors import QueryError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.shorthand import parse_period
from semantic_layer.text import Text

PeriodForm = Literal[
    "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "last_7_days", "last_30_days", "last_90_days", "last_12_months", "all",
]  # fmt: skip
FORMS: tuple[PeriodForm, ...] = get_args(PeriodForm)
LABELS: dict[PeriodForm, Text] = {
    "yesterday": Text(zh="昨天", en="yesterday"),
    "this_week": Text(zh="本周", en="this week"),
    "last_week": Text(zh="上周", en="last week"),
    "this_month": Text(zh="本月", en="this month"),
    "last_month": Text(zh="上月", en="last month"),
    "this_quarter": Text(zh="本季度", en="this quarter"),
    "last_quarter": Text(zh="上季度", en="last quarter"),
    "this_year": Text(zh="今年", en="this year"),
    "last_year": Text(zh="去年", en="last year"),
    "last_7_days": Text(zh="近7天", en="last 7 days"),
    "last_30_days": Text(zh="近30天", en="last 30 days"),
    "last_90_days": Text(zh="近90天", en="last 90 days"),
    "last_12_months": Text(zh="近12个月", en="last 12 months"),
    "all": Text(zh="全部时间", en="all time"),
}


def form_period(
    form: PeriodForm | None,
    dates: tuple[date | None, date | None],
    today: date,
    data_end: date | None,
    week_start: int = 0,
    fiscal_year_start: int = 1,
) -> Period:
    """Return the period of a form, or of the first and last date (both included) where there is none.

    Raises:
        QueryError: neither a form nor two dates in order.
    """
    if form is not None:
        return parse_period(form, today, data_end, week_start, fiscal_year_start)
    first, last = dates
    if first is None or last is None or last < first:
        raise QueryError(
            Text(
                zh="起止日期不完整,或结束早于开始。", en="The two dates are incomplete or in the wrong order."
            ),
            Text(
                zh="选好开始和结束两个日期,结束那天含在内。",
                en="Pick a first and a last date; both are included.",
            ),
            code="invalid_period",
        )
    return Period.of(first, last + ONE_DAY)
