"""Time is handed in: a clock of the system, and one that is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the time in UTC, with its time zone."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)


class SetClock:
    """A clock that shows what it is set to: simulations and tests."""

    def __init__(self, at: datetime) -> None:
        """Start at `at`, which names its time zone."""
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return what it is set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move it to `at`."""
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move it forward."""
        self._at += by


def stamp(at: datetime) -> str:
    """Return a time as it is stored: ISO 8601 in UTC to the second; texts sort like times."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def read_stamp(text: str) -> datetime:
    """Return the time that `stamp` wrote."""
    return datetime.fromisoformat(text)
