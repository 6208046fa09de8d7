"""The practice expressions of other date parsers, as far as the time table of the design agrees with them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.language.time import TimeContext, find_time

# Rows whose reading contradicts the time table; the table wins.
OVERRULED = {
    "rt-en-0014": "this week on a Monday morning is the last complete week",
    "rt-en-0029": "this week on a Monday morning is the last complete week",
    "rt-en-0031": "this week on a Monday morning is the last complete week",
    "rt-en-0803": "this week on a Monday morning is the last complete week",
    "rt-zh-0067": "a lunar date follows the lunar calendar",
    "rt-zh-0093": "3-7-07 has several readings and is asked back",
    "rt-zh-0106": "12-11-10 has several readings and is asked back",
    "rt-zh-0019": "上N个月 are whole calendar months",
}


def _is_right(row: dict[str, object]) -> tuple[bool, bool]:
    """Return (right, one day too many or too few) for a row."""
    context = TimeContext(date.fromisoformat(str(row["reference_date"])))
    periods = find_time(str(row["expression"]), context).periods
    accepted = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in row["accept"]]  # type: ignore[attr-defined]
    if len(periods) != 1:
        return False, False
    period = periods[0]
    if {(period.start, period.end), (period.start, period.requested_end)} & set(accepted):
        return True, False
    lengths = {end - start for start, end in accepted}
    off_by_one = {period.days + 1, period.days - 1} & {length.days for length in lengths}
    counted = str(row["class"]) in ("rolling", "to_date") and timedelta(days=period.days) not in lengths
    return False, bool(off_by_one) and counted


@pytest.mark.needs_data("time_expressions.jsonl")
def test_practice_expressions_reach_the_agreed_rates(data_set: Path) -> None:
    counts = {True: [0, 0], False: [0, 0]}
    off_by_one = []
    for line in data_set.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["id"] in OVERRULED:
            continue
        right, off = _is_right(row)
        counts[row["hard"]][0] += right
        counts[row["hard"]][1] += 1
        if off:
            off_by_one.append(row["id"])
    assert off_by_one == []
    assert counts[True][0] / counts[True][1] >= 0.97
    assert counts[False][0] / counts[False][1] >= 0.88
