"""Findings: winner, change, drivers that add up, quality."""

from datetime import date

import pytest

from bot.compose.findings import findings
from bot.compose.side import Side
from semantic_layer.period import Period

LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEK_BEFORE = Period.of(date(2025, 11, 3), date(2025, 11, 10))


def test_the_winner_carries_its_value_and_its_stored_code(view, scene):
    shown = view(["channel"], ["paid"], [("xhs", 9), ("qc", 5)])
    winner = findings(shown, Side(shown), scene)[0]
    assert (winner.kind, winner.metric, winner.value, dict(winner.filters)) == (
        "winner",
        "paid",
        9,
        {"channel": "xhs"},
    )


def test_the_contributions_add_up_to_the_change_also_where_a_group_appeared(view, scene):
    detail = view(
        ["channel"], ["paid"], [("xhs", 150, 100), ("qc", 40, 60), ("bd", 10, None), (None, None, 5)],
        main=LAST_WEEK, before=WEEK_BEFORE,
    )  # fmt: skip
    shown = view(["channel"], ["paid"], [("xhs", 150), ("qc", 40), ("bd", 10)], main=LAST_WEEK)
    whole = next(one for one in findings(shown, Side(detail), scene) if one.drivers)
    assert whole.value == 35  # 200 - 165
    assert sum(driver.contribution for driver in whole.drivers) == pytest.approx(35)
    assert [(driver.value, driver.contribution) for driver in whole.drivers] == [
        ("xhs", 50), ("qc", -20), ("bd", 10), (None, -5),
    ]  # fmt: skip


def test_a_rate_has_no_contributions(view, scene):
    detail = view(
        ["channel"], ["cvr"], [("xhs", 0.05, 0.03), ("qc", 0.02, 0.04)], main=LAST_WEEK, before=WEEK_BEFORE
    )
    assert not any(one.drivers for one in findings(detail, Side(detail), scene))


def test_a_thin_group_gets_a_quality_finding_with_its_count(view, scene):
    rows = [("xhs", 0.5, 6, 12), ("qc", 0.04, 400, 10_000)]
    shown = view(["channel"], ["cvr"], [row[:2] for row in rows])
    detail = view(["channel"], ["cvr", "orders", "visits"], rows)
    thin = [one for one in findings(shown, Side(detail), scene) if one.kind == "quality"]
    assert [(dict(one.filters), one.value) for one in thin] == [({"channel": "xhs"}, 6)]


def test_a_number_has_its_change_as_a_finding(view, scene):
    detail = view([], ["paid"], [(90, 100)], main=LAST_WEEK, before=WEEK_BEFORE)
    (change,) = findings(view([], ["paid"], [(90,)], main=LAST_WEEK), Side(detail), scene)
    assert (change.kind, change.value, change.at) == ("change", -10, "2025-11-10")


def test_an_empty_result_has_no_findings(view, scene):
    shown = view([], ["paid"], [(None,)])
    assert findings(shown, Side(), scene) == ()
