"""Order slots: who orders on which day, in which store, credited to which medium, before any basket."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from demo.world import live
from demo.world.clock import DAYS, SECONDS_PER_DAY
from demo.world.customers import Customers, Returns
from demo.world.devices import APP_SHARE, app_versions
from demo.world.live import LiveSessions
from demo.world.media import MEDIA, NO_MEDIUM, STORES
from demo.world.media_plan import MediaPlan
from demo.world.streams import BoolArray, IntArray, pick, pick_rows, stream
from demo.world.tables import MISSING

SOURCES = ("search", "recommend", "short_video", "live", "direct", "paid", "community", "walk_in")
SOURCE_SHARE = np.array(
    [
        [0.45, 0.29, 0.06, 0.00, 0.20, 0, 0.00, 0],  # tmall
        [0.16, 0.27, 0.34, 0.23, 0.00, 0, 0.00, 0],  # douyin
        [0.56, 0.25, 0.00, 0.00, 0.19, 0, 0.00, 0],  # jd
        [0.14, 0.10, 0.00, 0.00, 0.43, 0, 0.33, 0],  # mini_program
        [0.00, 0.00, 0.00, 0.00, 0.00, 0, 0.00, 1],  # offline
    ]
)
RETURN_HOME, RETURN_ELSEWHERE = 0.80, (0.34, 0.10, 0.15, 0.30, 0.11)
HOURS = np.array(
    [
        1.2,
        0.6,
        0.3,
        0.2,
        0.2,
        0.3,
        0.8,
        1.6,
        2.6,
        3.8,
        4.8,
        4.6,
        4.6,
        4.4,
        4.2,
        4.2,
        4.2,
        4.2,
        4.4,
        5.4,
        7.6,
        8.6,
        7.0,
        3.2,
    ]
)
SHOP_HOURS = np.array([0.0] * 10 + [2, 4, 5, 5, 6, 7, 7, 7, 8, 8, 7, 4] + [0.0] * 2)
UNPAID_SHARE = 0.14
MINI, OFFLINE, DOUYIN = STORES.index("mini_program"), STORES.index("offline"), STORES.index("douyin")


@dataclass(frozen=True, slots=True)
class Slots:
    """One entry per order to be; `second` counts from the first midnight and is the moment of ordering."""

    day: IntArray
    second: IntArray
    customer: IntArray
    store: IntArray
    medium: IntArray
    campaign: IntArray
    source: IntArray
    live: IntArray
    will_pay: BoolArray
    platform: IntArray  # own mall only, else MISSING
    version: IntArray  # own mall's app only, else MISSING

    def __len__(self) -> int:
        """Return the number of orders."""
        return int(self.day.size)

    def take(self, rows: IntArray) -> Slots:
        """Return the slots at `rows`, in that order."""
        return Slots(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def slots(seed: int, media: MediaPlan, people: Customers, later: Returns, sessions: LiveSessions) -> Slots:
    """Return all order slots in order of time."""
    rng = stream(seed, "slots")
    first = people.arrivals
    store = np.where(
        rng.random(later.day.size) < RETURN_HOME,
        people.home_store[later.customer],
        pick(rng, RETURN_ELSEWHERE, later.day.size),
    )
    campaign = _credit(rng, media, later.day, store)
    medium = np.where(campaign == MISSING, NO_MEDIUM, media.medium[campaign])
    day = np.concatenate([first.day, later.day])
    joined = {
        "day": day,
        "customer": np.concatenate([np.arange(first.day.size), later.customer]),
        "store": np.concatenate([first.store, store]),
        "medium": np.concatenate([first.medium, medium]),
        "campaign": np.concatenate([first.campaign, campaign]),
        "live": np.concatenate([first.live, np.full(later.day.size, MISSING)]),
    }
    joined["source"] = _sources(rng, joined["store"], joined["medium"], joined["live"])
    joined["live"] = _in_house_sessions(rng, joined, sessions)
    joined["second"] = _seconds(rng, joined, sessions)
    joined["will_pay"] = np.ones(day.size, dtype=np.int64)
    joined = _with_unpaid(rng, joined, people)
    joined["platform"], joined["version"] = _devices(rng, joined)
    order = np.lexsort((joined["customer"], joined["second"]))
    will_pay: BoolArray = joined.pop("will_pay") == 1
    return Slots(will_pay=will_pay, **joined).take(order)


def _credit(rng: np.random.Generator, media: MediaPlan, day: IntArray, store: IntArray) -> IntArray:
    """Return the campaign that brought each returning customer, MISSING for those who came by themselves."""
    credited = np.full(day.size, MISSING)
    share = np.array([m.store_share for m in MEDIA], dtype=np.float64)[media.medium]
    for place in range(len(STORES)):
        here = np.flatnonzero(store == place)
        came = np.bincount(day[here], minlength=DAYS)
        expected = np.cumsum(media.repeat_orders * share[:, place], axis=1)
        # media cannot bring back more people than come
        scale = np.maximum(came, expected[:, -1] * 1.02)
        chance = np.divide(expected, scale[:, None], out=np.zeros_like(expected), where=scale[:, None] > 0)
        drawn = (rng.random(here.size)[:, None] >= chance[day[here]]).sum(axis=1)
        credited[here] = np.where(drawn < share.shape[0], drawn, MISSING)
    return credited


def _sources(rng: np.random.Generator, store: IntArray, medium: IntArray, seen: IntArray) -> IntArray:
    source = pick_rows(rng, SOURCE_SHARE, store)
    source = np.where(medium != NO_MEDIUM, SOURCES.index("paid"), source)
    return np.where(seen != MISSING, SOURCES.index("live"), source)


def _in_house_sessions(
    rng: np.random.Generator, joined: dict[str, IntArray], sessions: LiveSessions
) -> IntArray:
    own = live.house_session_of(joined["day"], sessions)
    watched = (joined["source"] == SOURCES.index("live")) | (
        (joined["medium"] == 0) & (rng.random(own.size) < 0.40)
    )
    return np.where((joined["live"] == MISSING) & watched & (joined["store"] == DOUYIN), own, joined["live"])


def _seconds(rng: np.random.Generator, joined: dict[str, IntArray], sessions: LiveSessions) -> IntArray:
    day, seen = joined["day"], joined["live"]
    hour = pick_rows(rng, np.vstack([HOURS, SHOP_HOURS]), (joined["store"] == OFFLINE).astype(np.int64))
    second = day * SECONDS_PER_DAY + hour * 3600 + rng.integers(0, 3600, day.size)
    during = sessions.start[seen] + np.floor(rng.random(day.size) * sessions.seconds[seen]).astype(np.int64)
    return np.where(seen != MISSING, during, second)


def _with_unpaid(
    rng: np.random.Generator, joined: dict[str, IntArray], people: Customers
) -> dict[str, IntArray]:
    """Return the slots with those added that will never be paid: given-up attempts and people who only registered."""
    paid = joined["day"].size
    leads = people.lead_day.size
    wanted = round(paid * UNPAID_SHARE / (1 - UNPAID_SHARE)) - leads
    tried = np.sort(rng.choice(np.flatnonzero(joined["store"] != OFFLINE), size=wanted, replace=False))
    added = {name: values[tried] for name, values in joined.items()}
    earlier = np.round(rng.exponential(5_400, wanted)).astype(np.int64) + 60
    added["second"] = np.maximum(added["second"] - earlier, added["day"] * SECONDS_PER_DAY)
    home = people.home_store[people.buyers :]
    seconds = (
        people.lead_day * SECONDS_PER_DAY + pick(rng, HOURS, leads) * 3600 + rng.integers(0, 3600, leads)
    )
    lead = {
        "day": people.lead_day,
        "second": seconds,
        "customer": people.buyers + np.arange(leads),
        "store": home,
        "medium": np.full(leads, NO_MEDIUM),
        "campaign": np.full(leads, MISSING),
        "live": np.full(leads, MISSING),
        "source": pick_rows(rng, SOURCE_SHARE, home),
    }
    lead["source"] = np.where(
        lead["source"] == SOURCES.index("live"), SOURCES.index("recommend"), lead["source"]
    )
    for extra in (added, lead):
        extra["will_pay"] = np.zeros(extra["day"].size, dtype=np.int64)
    return {name: np.concatenate([values, added[name], lead[name]]) for name, values in joined.items()}


def _devices(rng: np.random.Generator, joined: dict[str, IntArray]) -> tuple[IntArray, IntArray]:
    amount = joined["day"].size
    own = joined["store"] == MINI
    platform = np.where(own, (rng.random(amount) >= APP_SHARE).astype(np.int64), MISSING)
    return platform, np.where(platform == 0, app_versions(rng, joined["day"]), MISSING)
