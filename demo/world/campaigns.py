"""The campaigns of the media."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from demo.world.clock import DAYS, EVENTS, day_number
from demo.world.media import MEDIA, Medium

PERIODS = (
    ("23下", date(2023, 5, 20), date(2023, 12, 31)),
    ("24上", date(2024, 1, 1), date(2024, 6, 30)),
    ("24下", date(2024, 7, 1), date(2024, 12, 31)),
    ("25上", date(2025, 1, 1), date(2025, 6, 30)),
    ("25下", date(2025, 7, 1), date(2025, 12, 31)),
)
FLIGHT_NAMES = {"e618": "618", "double_11": "双11", "womens_day": "38节", "new_year_goods": "年货节"}
AUDIENCE_NAMES = ("拉新", "老客召回", "社群")
THEMES = ("敏肌修护", "早C晚A", "补水面膜", "轻透防晒", "修护套装")


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; `share` is its part of the medium's spend on the days it runs."""

    name: str
    medium: int
    audience: int
    objective: str
    start: int
    end: int  # last day number
    share: float


def campaigns() -> tuple[Campaign, ...]:
    """Return every campaign, medium by medium, oldest first."""
    made: list[Campaign] = []
    for index, medium in enumerate(MEDIA):
        for number, (label, start, end) in enumerate(PERIODS):
            for audience, share in enumerate(medium.spend_share):
                if share == 0:
                    continue
                shown = 2 if medium.name == "wecom" else audience
                theme = THEMES[(number + index + 2 * audience) % len(THEMES)]
                made.append(
                    Campaign(
                        f"{medium.zh}-{AUDIENCE_NAMES[shown]}-{theme}-{label}",
                        index,
                        shown,
                        "always_on",
                        max(day_number(start), 0),
                        min(day_number(end), DAYS - 1),
                        share,
                    )
                )
        if medium.has_flights:
            made.extend(_flights(index, medium))
    return tuple(made)


def _flights(index: int, medium: Medium) -> list[Campaign]:
    flights = []
    for event in EVENTS:
        if event.key in FLIGHT_NAMES:
            label = f"{FLIGHT_NAMES[event.key]}大促" if event.mass > 10 else FLIGHT_NAMES[event.key]
            flights.append(
                Campaign(
                    f"{medium.zh}-拉新-{label}-{event.start.year}",
                    index,
                    0,
                    "event_flight",
                    day_number(event.start),
                    min(day_number(event.end), DAYS - 1),
                    0.35,
                )
            )
    return flights
