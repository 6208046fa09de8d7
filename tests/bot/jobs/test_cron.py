"""When jobs are due: cron's own meaning, the workspace's zone, missed times made up for once."""

from datetime import UTC, datetime

import pytest

from bot.jobs.cron import ScheduleError, latest_due, next_due, trigger_of

SHANGHAI = "Asia/Shanghai"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_weekday_number_is_crons_where_sunday_is_0() -> None:
    # 2025-03-03 is a Monday; 09:00 in Shanghai is 01:00 UTC.
    assert next_due("0 9 * * 1", SHANGHAI, at("2025-03-01T00:00")) == at("2025-03-03T01:00")
    assert next_due("0 9 * * 0", SHANGHAI, at("2025-03-01T00:00")) == at("2025-03-02T01:00")
    assert next_due("0 9 * * 7", SHANGHAI, at("2025-03-01T00:00")) == at("2025-03-02T01:00")


def test_a_weekday_may_be_named_and_ranged() -> None:
    assert next_due("0 9 * * mon-fri", SHANGHAI, at("2025-03-01T00:00")) == at("2025-03-03T01:00")
    assert next_due("0 9 * * 1-5", SHANGHAI, at("2025-03-01T00:00")) == at("2025-03-03T01:00")


def test_only_the_last_missed_time_is_due() -> None:
    now = at("2025-03-05T02:00")
    assert latest_due("0 9 * * *", SHANGHAI, at("2025-03-01T00:00"), now) == at("2025-03-05T01:00")


def test_nothing_is_due_again_after_it_was_taken() -> None:
    taken = at("2025-03-05T01:00")
    assert latest_due("0 9 * * *", SHANGHAI, taken, at("2025-03-05T23:59")) is None


def test_a_monthly_job_is_found_weeks_later() -> None:
    now = at("2025-03-29T00:00")
    assert latest_due("0 9 1 * *", SHANGHAI, at("2025-01-15T00:00"), now) == at("2025-03-01T01:00")


@pytest.mark.parametrize("cron", ["", "0 9 * *", "99 9 * * *", "0 9 * * funday", "a b c d e"])
def test_times_that_cannot_be_read_are_named(cron: str) -> None:
    with pytest.raises(ScheduleError) as raised:
        trigger_of(cron, SHANGHAI)
    assert "five fields" in raised.value.at("en-US")
