"""The table of time expressions: what each must read as, derived by hand from the design."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.language.time import TimeContext, find_time
from semantic_layer.period import Period

CASES = Path(__file__).parent / "time_cases.txt"


def _periods(text: str) -> list[Period]:
    periods = []
    for part in text.replace("?", "").split(";"):
        dates = [date.fromisoformat(word) for word in part.split()]
        if dates:
            periods.append(Period(dates[0], dates[1], dates[-1]))
    return periods


def _cases() -> list[pytest.param]:
    cases = []
    context = TimeContext(date(2025, 11, 19))
    for number, raw in enumerate(CASES.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            days = [date.fromisoformat(word) for word in line[1:].split()]
            context = TimeContext(days[0], days[1], data_start=days[2] if len(days) > 2 else None)
            continue
        words, expected = (part.strip() for part in line.split("|"))
        cases.append(pytest.param(words, expected, context, id=f"{number}:{context.today}:{words}"))
    return cases


@pytest.mark.parametrize(("words", "expected", "context"), _cases())
def test_expression_reads_as_the_design_says(words: str, expected: str, context: TimeContext) -> None:
    reading = find_time(words, context)
    if expected == "-":
        assert (reading.periods, reading.unresolved, reading.comparisons) == ((), (), ())
        return
    assert list(reading.periods) == _periods(expected)
    assert bool(reading.unresolved) == ("?" in expected)
    assert reading.several == (";" in expected)


def test_the_table_holds_at_least_three_hundred_cases() -> None:
    assert len(_cases()) >= 300
