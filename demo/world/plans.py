"""What was planned and done: targets, the event calendar and the action log."""

from __future__ import annotations

from datetime import date

import numpy as np

from demo.world.action_log import ACTIONS
from demo.world.clock import EVENTS
from demo.world.tables import Table, counts, dates, money, texts

EVENT_NAMES = {
    "e618": ("618大促", "618"),
    "double_11": ("双11", "Double 11"),
    "double_12": ("双12", "Double 12"),
    "new_year_goods": ("年货节", "New Year Shopping Festival"),
    "womens_day": ("38节", "Women's Day sale"),
    "day520": ("520", "520"),
    "qixi": ("七夕", "Qixi"),
    "national_day": ("国庆", "National Day"),
    "spring_festival": ("春节", "Spring Festival"),
}
# paid amount, net of refunds, in yuan; new customers; ad spend ceiling in yuan
QUARTERS = (
    (date(2024, 1, 1), 4_900_000, 4_000_000, 9_000, 1_000_000),
    (date(2024, 4, 1), 5_800_000, 4_800_000, 10_000, 1_150_000),
    (date(2024, 7, 1), 5_400_000, 4_450_000, 8_800, 1_100_000),
    (date(2024, 10, 1), 8_000_000, 6_600_000, 12_000, 1_300_000),
    (date(2025, 1, 1), 6_800_000, 5_600_000, 10_800, 1_250_000),
    (date(2025, 4, 1), 8_300_000, 6_800_000, 12_800, 1_400_000),
    (date(2025, 7, 1), 8_400_000, 6_900_000, 12_600, 1_420_000),
    (date(2025, 10, 1), 9_800_000, 8_000_000, 13_800, 1_420_000),
)
MEASURES = ("paid_amount", "net_paid_amount", "new_customers", "spend")


def target_table() -> Table:
    """Return the targets by quarter and metric; counts are stored as amounts."""
    rows = [
        (quarter[0], name, quarter[1 + place]) for quarter in QUARTERS for place, name in enumerate(MEASURES)
    ]
    return Table(
        "targets",
        (
            dates("quarter", [row[0] for row in rows]),
            texts("target_metric", [row[1] for row in rows]),
            money("target_value", np.array([row[2] for row in rows]) * 100),
        ),
    )


def event_table() -> Table:
    """Return the events and holidays of each year; `ends_on` is the last day."""
    return Table(
        "event_calendar",
        (
            texts("event", [event.key for event in EVENTS]),
            texts("event_name", [EVENT_NAMES[event.key][0] for event in EVENTS]),
            texts("event_name_en", [EVENT_NAMES[event.key][1] for event in EVENTS]),
            counts("year", [event.start.year for event in EVENTS]),
            dates("starts_on", [event.start for event in EVENTS]),
            dates("ends_on", [event.end for event in EVENTS]),
        ),
    )


def action_table() -> Table:
    """Return what marketing changed, when and by whom, in order of time."""
    rows = sorted(ACTIONS)
    return Table(
        "action_log",
        (
            counts("action_id", np.arange(1, len(rows) + 1)),
            dates("acted_on", [row[0] for row in rows]),
            texts("actor", [row[1] for row in rows]),
            texts("action_type", [row[2] for row in rows]),
            texts("scope", [row[3] for row in rows]),
            texts("note", [row[4] for row in rows]),
        ),
    )
