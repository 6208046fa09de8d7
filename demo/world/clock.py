"""The days of the world, its events and how much is bought on each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.world.streams import FloatArray, IntArray

FIRST_DAY = date(2023, 5, 20)
LAST_DAY = date(2025, 11, 19)  # a Wednesday: the last week is partial on purpose
DAYS = (LAST_DAY - FIRST_DAY).days + 1
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Event:
    """A shopping event or holiday in one year; `end` is its last day."""

    key: str
    start: date
    end: date
    mass: float  # extra demand in ordinary days, spread over the event
    discount: float  # share off the list price while it lasts


EVENTS: tuple[Event, ...] = (
    Event("e618", date(2023, 5, 31), date(2023, 6, 20), 13.0, 0.24),
    Event("e618", date(2024, 5, 20), date(2024, 6, 20), 14.0, 0.24),
    Event("e618", date(2025, 5, 13), date(2025, 6, 20), 15.0, 0.25),
    Event("double_11", date(2023, 10, 31), date(2023, 11, 11), 20.0, 0.28),
    Event("double_11", date(2024, 10, 21), date(2024, 11, 11), 21.0, 0.28),
    Event("double_11", date(2025, 10, 15), date(2025, 11, 14), 23.0, 0.28),
    Event("double_12", date(2023, 12, 8), date(2023, 12, 12), 2.5, 0.18),
    Event("double_12", date(2024, 12, 8), date(2024, 12, 12), 2.5, 0.18),
    Event("new_year_goods", date(2024, 1, 15), date(2024, 1, 31), 3.5, 0.18),
    Event("new_year_goods", date(2025, 1, 3), date(2025, 1, 19), 3.5, 0.18),
    Event("womens_day", date(2024, 3, 1), date(2024, 3, 8), 5.0, 0.22),
    Event("womens_day", date(2025, 3, 1), date(2025, 3, 8), 5.0, 0.22),
    Event("day520", date(2024, 5, 20), date(2024, 5, 20), 0.6, 0.20),
    Event("day520", date(2025, 5, 20), date(2025, 5, 20), 0.6, 0.20),
    Event("qixi", date(2023, 8, 22), date(2023, 8, 22), 0.5, 0.15),
    Event("qixi", date(2024, 8, 10), date(2024, 8, 10), 0.5, 0.15),
    Event("qixi", date(2025, 8, 29), date(2025, 8, 29), 0.5, 0.15),
    Event("national_day", date(2023, 9, 29), date(2023, 10, 6), -0.8, 0.12),
    Event("national_day", date(2024, 10, 1), date(2024, 10, 7), -0.8, 0.12),
    Event("national_day", date(2025, 10, 1), date(2025, 10, 8), -0.8, 0.12),
    Event("spring_festival", date(2024, 2, 10), date(2024, 2, 17), -4.4, 0.10),
    Event("spring_festival", date(2025, 1, 28), date(2025, 2, 4), -4.4, 0.10),
)
PEAK_EVENTS = frozenset({"e618", "double_11"})
WEEKDAY_DEMAND = (0.95, 0.92, 0.94, 0.97, 1.03, 1.15, 1.18)  # Monday first
BASE_DISCOUNT = 0.10


def day_number(day: date) -> int:
    """Return how many days after the first day `day` lies (0 is the first day)."""
    return (day - FIRST_DAY).days


def day_of(number: int) -> date:
    """Return the date of a day number."""
    return FIRST_DAY + timedelta(days=number)


def weekdays() -> IntArray:
    """Return the weekday of each day, Monday 0."""
    days: IntArray = np.arange(DAYS, dtype=np.int64)
    return (days + FIRST_DAY.weekday()) % 7


def _event_shape(event: Event) -> FloatArray:
    length = (event.end - event.start).days + 1
    shape = np.ones(length)
    if event.key in PEAK_EVENTS:
        # the opening night and the last two days carry most of a big sale
        shape[0] += 0.28 * length
        shape[1] += 0.10 * length
        shape[-2] += 0.10 * length
        shape[-1] += 0.22 * length
        if event.key == "double_11":
            # whatever the sale's dates are, the eleventh itself is a peak
            shape[(date(event.start.year, 11, 11) - event.start).days] += 0.25 * length
    scaled: FloatArray = shape / shape.sum()
    return scaled


def event_demand() -> FloatArray:
    """Return the demand of each day relative to an ordinary day, by events alone."""
    demand = np.ones(DAYS)
    for event in EVENTS:
        start, length = day_number(event.start), (event.end - event.start).days + 1
        inside = slice(max(start, 0), min(start + length, DAYS))
        demand[inside] += event.mass * _event_shape(event)[: inside.stop - inside.start]
        if event.key in PEAK_EVENTS:
            # people who have stocked up buy less for two weeks
            after = slice(inside.stop, min(inside.stop + 14, DAYS))
            demand[after] *= np.linspace(0.72, 0.98, 14)[: after.stop - after.start]
    return demand


def demand() -> FloatArray:
    """Return the demand of each day: events, weekday and growth; its mean is 1."""
    growth = np.exp(0.24 * np.arange(DAYS) / 365.0)
    level = event_demand() * np.asarray(WEEKDAY_DEMAND)[weekdays()] * growth
    scaled: FloatArray = level / level.mean()
    return scaled


def discounts() -> FloatArray:
    """Return the shop's share off the list price on each day."""
    share = np.full(DAYS, BASE_DISCOUNT)
    for event in EVENTS:
        start = max(day_number(event.start), 0)
        stop = min(day_number(event.end) + 1, DAYS)
        share[start:stop] = np.maximum(share[start:stop], event.discount)
    return share
