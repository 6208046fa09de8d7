"""Times of a job: five cron fields in the workspace's time zone, read the way cron means them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DIGIT = re.compile(r"(?<![/\d])\d")
# Looked back over in turn: a job of every minute must not be stepped through a year.
_WINDOWS = tuple(timedelta(days=days) for days in (1 / 24, 1, 8, 32, 370))


class ScheduleError(AskGrowthError):
    """Times of a job that cannot be read."""

    code = "invalid_schedule"


def trigger_of(cron: str, timezone: str) -> CronTrigger:
    """Return the trigger of five fields: minute hour day month weekday.

    Weekdays are names (mon … sun) or cron's numbers, 0 and 7 for Sunday: APScheduler itself counts from Monday, so that
    a plain `1` would run on Tuesdays.

    Raises:
        ScheduleError: the fields cannot be read.
    """
    try:
        return _trigger(cron, timezone)
    except (ValueError, IndexError) as error:
        raise ScheduleError(
            Text(zh=f"时间 {cron!r} 读不懂。", en=f"The times {cron!r} cannot be read."),
            Text(
                zh="写五段:分 时 日 月 星期,例如 0 9 * * mon(每周一 9:00)。",
                en="Write five fields, minute hour day month weekday: 0 9 * * mon is every Monday at 9:00.",
            ),
        ) from error


@lru_cache(maxsize=256)
def _trigger(cron: str, timezone: str) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = cron.lower().split()
    named = _DIGIT.sub(lambda digit: _WEEKDAYS[int(digit.group())], weekday)
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone=ZoneInfo(timezone)
    )


def latest_due(cron: str, timezone: str, after: datetime, now: datetime) -> datetime | None:
    """Return the last due time in (after, now], None where there is none.

    Only the last counts: what was missed is made up for once, not once per missed time.
    """
    trigger = trigger_of(cron, timezone)
    for window in _WINDOWS:
        start = max(after, now - window)
        found = None
        at = _next(trigger, start)
        while at is not None and at <= now:
            found, at = at, _next(trigger, at)
        if found is not None or start == after:
            return found
    return None


def next_due(cron: str, timezone: str, after: datetime) -> datetime | None:
    """Return the first due time after `after`."""
    return _next(trigger_of(cron, timezone), after)


def _next(trigger: CronTrigger, after: datetime) -> datetime | None:
    found: datetime | None = trigger.get_next_fire_time(None, after + timedelta(seconds=1))
    return found.astimezone(UTC) if found is not None else None
