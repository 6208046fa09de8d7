"""Devices and app versions of the own mall."""

from __future__ import annotations

from datetime import date

import numpy as np

from demo.world import stories
from demo.world.clock import day_number
from demo.world.streams import BoolArray, IntArray

PLATFORMS = ("app", "h5")
SYSTEMS = ("ios", "android")
VERSIONS = ("5.3.2", "5.4.0", "5.5.0", "5.6.0", "5.7.0", "5.8.0")
RELEASED = (
    date(2025, 2, 18),
    date(2025, 4, 15),
    date(2025, 6, 3),
    date(2025, 7, 22),
    date(2025, 9, 9),
    stories.BROKEN_VERSION_DAY,
)
APP_SHARE = 0.80
MEAN_UPDATE_DAYS = 4.0


def app_versions(rng: np.random.Generator, day: IntArray) -> IntArray:
    """Return the version a visitor has on each given day: the newest one released before his last update."""
    updated = day - rng.exponential(MEAN_UPDATE_DAYS, day.size)
    released = np.array([day_number(value) for value in RELEASED])
    return np.clip(np.searchsorted(released, updated, side="right") - 1, 0, None).astype(np.int64)


def is_broken(platform: IntArray, android: BoolArray, version: IntArray) -> BoolArray:
    """Return which visits use the app version that loses payments."""
    broken: BoolArray = (platform == 0) & android & (version >= VERSIONS.index(stories.BROKEN_VERSION))
    return broken
