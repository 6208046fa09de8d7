"""When an alert fires, stays silent and recovers: tables written by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.alerts.judging import growth, is_bad, replay
from bot.alerts.picture import line_svg, spark
from bot.alerts.readings import Reading
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule

LOW = AlertRule("low", Text.same("low"), "threshold", "m", operator="<", value=50.0)
DAY = date(2025, 3, 1)


def seen(*values: float | None, volume: float | None = None) -> list[Reading]:
    days = [DAY + timedelta(at) for at in range(len(values))]
    return [
        Reading(day + timedelta(1), day, day + timedelta(1), value, volume=volume)
        for day, value in zip(days, values, strict=True)
    ]


def told(rule: AlertRule, readings: list[Reading]) -> list[tuple[str, int]]:
    return [(event, (one.start - DAY).days) for event, one in replay(rule, readings)]


def test_it_fires_once_when_it_turns_bad_and_tells_the_end() -> None:
    assert told(LOW, seen(60, 40, 30, 60, 60)) == [("fired", 1), ("recovered", 3)]


def test_the_end_is_not_told_where_that_is_not_wanted() -> None:
    assert told(replace(LOW, recovery=False), seen(40, 60, 40)) == [("fired", 0), ("fired", 2)]


def test_a_relapse_within_the_cool_down_is_silent_with_its_recovery() -> None:
    assert told(replace(LOW, cooldown_days=5), seen(40, 60, 40, 60, 60, 60)) == [
        ("fired", 0),
        ("recovered", 1),
    ]


def test_what_still_holds_after_the_cool_down_is_told() -> None:
    rule = replace(LOW, cooldown_days=3)
    assert told(rule, seen(40, 60, 40, 40, 60)) == [
        ("fired", 0),
        ("recovered", 1),
        ("fired", 3),
        ("recovered", 4),
    ]


def test_a_day_without_rows_changes_nothing() -> None:
    assert told(LOW, seen(40, None, 40, 60)) == [("fired", 0), ("recovered", 3)]


def test_too_little_volume_says_nothing() -> None:
    rule = replace(LOW, minimum=("n", 100.0))
    assert told(rule, seen(40, 40, volume=99.0)) == []
    assert told(rule, seen(40, 40, volume=100.0)) == [("fired", 0)]
    assert told(rule, seen(40, 40, volume=None)) == []


def test_the_same_day_of_data_is_judged_once_however_often_one_looks() -> None:
    one = seen(40)[0]
    late = replace(one, today=one.today + timedelta(3))
    rule = replace(LOW, recovery=False, cooldown_days=1)
    assert [event for event, _ in replay(rule, [one, late])] == ["fired"]


@pytest.mark.parametrize(
    ("operator", "value", "bad"),
    [("<", 50, False), ("<=", 50, True), (">", 50, False), (">=", 50, True), ("<", 49.9, True), (">", 50.1, True)],
)  # fmt: skip
def test_the_bound_itself_counts_as_the_operator_says(operator, value, bad) -> None:
    assert is_bad(replace(LOW, operator=operator), seen(value)[0]) is bad


@pytest.mark.parametrize(
    ("before", "value", "change"),
    [(100, 79, -0.21), (-100, -50, 0.5), (0, 5, None), (None, 5, None), (5, None, None)],
)
def test_a_change_is_relative_and_has_none_without_a_base(before, value, change) -> None:
    found = growth(replace(seen(value)[0], before=before))
    assert found == (pytest.approx(change) if change is not None else None)


def test_a_fall_fires_only_beyond_its_size() -> None:
    rule = replace(LOW, kind="change", value=-0.2)
    assert is_bad(rule, replace(seen(79)[0], before=100.0)) is True
    assert is_bad(rule, replace(seen(80)[0], before=100.0)) is False


def test_an_anomaly_counts_to_the_side_that_is_watched() -> None:
    high = replace(seen(9)[0], deviations=6.0)
    assert is_bad(replace(LOW, kind="anomaly", operator=">"), high) is True
    assert is_bad(replace(LOW, kind="anomaly", operator="<"), high) is False
    assert is_bad(replace(LOW, kind="anomaly", operator=""), high) is True
    assert is_bad(replace(LOW, kind="anomaly", operator=""), seen(9)[0]) is False


def test_recent_values_are_a_line_of_blocks_with_dots_for_gaps() -> None:
    assert spark([0, 7, None, 3.5]) == "▁█·▅"
    assert spark([None, None]) == "··"
    assert 'points="8.0,82.0 312.0,8.0"' in line_svg([0, 1])
    assert line_svg([None, 1]) == ""
