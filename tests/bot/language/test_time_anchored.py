"""Windows against their like, and periods that only the last question explains."""

from datetime import date

import pytest

from bot.language.time import TimeContext, find_time
from semantic_layer.period import Grain, Period


@pytest.mark.parametrize(
    ("words", "kind", "grain"),
    [
        ("last 30 days vs the 30 days before", "previous_period", None),
        ("最近30天跟之前30天比", "previous_period", None),
        ("最近7天和再之前7天比", "previous_period", None),
        ("YTD vs last YTD", "previous_year", None),
        ("ytd compared to ytd last year", "previous_year", None),
        ("MTD vs prior MTD", "previous_period", Grain.MONTH),
        ("this quarter to date vs last quarter to date", "previous_period", Grain.QUARTER),
        ("本月至今和上月至今对比", "previous_period", Grain.MONTH),
        ("上周与去年同一周相比", "previous_year", None),
    ],
)
def test_a_window_against_its_like_just_before_is_a_comparison(words, kind, grain):
    reading = find_time(words, TimeContext(date(2025, 11, 19)))
    assert len(reading.periods) == 1
    assert [(one.kind, one.grain) for one in reading.comparisons] == [(kind, grain)]


@pytest.mark.parametrize(
    ("words", "anchor", "expected"),
    [
        ("那前一周呢", ("2025-10-06", "2025-10-13"), ("2025-09-29", "2025-10-06")),
        ("再前一周呢", ("2025-10-06", "2025-10-13"), ("2025-09-29", "2025-10-06")),
        ("and the week before?", ("2025-10-06", "2025-10-13"), ("2025-09-29", "2025-10-06")),
        ("what about the previous month?", ("2024-03-01", "2024-04-01"), ("2024-02-01", "2024-03-01")),
        ("the following month?", ("2024-01-01", "2024-02-01"), ("2024-02-01", "2024-03-01")),
        ("后一个月呢", ("2024-01-01", "2024-02-01"), ("2024-02-01", "2024-03-01")),
        ("and the year before?", ("2024-02-01", "2024-03-01"), ("2023-02-01", "2023-03-01")),
        ("and before that?", ("2025-10-10", "2025-10-20"), ("2025-09-30", "2025-10-10")),
        ("前一季度呢", ("2024-01-01", "2024-07-01"), ("2023-07-01", "2024-01-01")),
    ],
)
def test_words_that_refer_to_the_last_question_are_counted_from_its_period(words, anchor, expected):
    start, end = (date.fromisoformat(day) for day in anchor)
    context = TimeContext(date(2025, 11, 19), anchor=Period.of(start, end))
    periods = find_time(words, context).periods
    assert [(one.start.isoformat(), one.end.isoformat()) for one in periods] == [expected]
