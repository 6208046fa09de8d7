"""The customers: how they were won, who they are and when they come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import clock, stories
from demo.world.clock import DAYS, day_number
from demo.world.media import MEDIA, NO_MEDIUM, STORES
from demo.world.media_plan import MediaPlan
from demo.world.streams import BoolArray, FloatArray, IntArray, pick, pick_rows, stream
from demo.world.tables import MISSING

PROVINCES = (
    "广东",
    "江苏",
    "浙江",
    "山东",
    "河南",
    "四川",
    "湖北",
    "上海",
    "北京",
    "福建",
    "湖南",
    "安徽",
    "河北",
    "陕西",
    "辽宁",
    "江西",
    "重庆",
    "云南",
    "广西",
    "贵州",
    "山西",
    "天津",
    "黑龙江",
    "吉林",
    "内蒙古",
    "新疆",
    "甘肃",
    "海南",
    "宁夏",
    "青海",
)
PROVINCE_WEIGHTS = (
    12.5,
    9.6,
    9.2,
    6.8,
    5.6,
    5.8,
    4.6,
    5.9,
    5.4,
    4.2,
    4.1,
    3.9,
    3.3,
    2.9,
    2.5,
    2.3,
    2.3,
    1.9,
    1.8,
    1.4,
    1.4,
    1.5,
    1.3,
    1.1,
    1.0,
    0.9,
    0.8,
    0.7,
    0.3,
    0.2,
)
AGE_BANDS = ("18-23", "24-30", "31-40", "41-50", "50+")
GENDERS = ("female", "male")
ORGANIC_NEW_PER_DAY = 36.0
ORGANIC_STORE_SHARE = (0.36, 0.22, 0.13, 0.15, 0.14)
LIVE_STORE = STORES.index("douyin")
MOST_RETURNS = 24
LEADS = 9_000
CHURN_FIRST = day_number(date(*stories.CHURN_MONTH, 1))
CHURN_LAST = CHURN_FIRST + 30


@dataclass(frozen=True, slots=True)
class Arrivals:
    """First orders, one entry per new customer."""

    day: IntArray
    medium: IntArray
    campaign: IntArray
    store: IntArray
    live: IntArray  # position of the live session that won them, or MISSING
    province: IntArray


@dataclass(frozen=True, slots=True)
class Customers:
    """Everybody, buyers first and then the leads; leads have no arrival."""

    arrivals: Arrivals
    province: IntArray
    age_band: IntArray
    gender: IntArray
    in_community: BoolArray
    joined: IntArray  # day of joining the community, or MISSING
    registered: IntArray
    home_store: IntArray
    android: BoolArray
    lead_day: IntArray

    @property
    def buyers(self) -> int:
        """Return how many of them bought at least once by plan."""
        return int(self.arrivals.day.size)


@dataclass(frozen=True, slots=True)
class Returns:
    """Later orders of known customers."""

    day: IntArray
    customer: IntArray


def organic_lift() -> FloatArray:
    """Return how much more than usual arrives without media, shape (days, stores)."""
    lift = np.ones((DAYS, len(STORES)))
    start, end = day_number(stories.MIX_SHIFT_FIRST_DAY), day_number(stories.MIX_SHIFT_LAST_DAY)
    lift[start : end + 1, LIVE_STORE] = stories.MIX_SHIFT_LIFT
    return lift


def arrivals(seed: int, media: MediaPlan, live_day: IntArray, live_orders: FloatArray) -> Arrivals:
    """Return the first orders that media, the shops themselves and live sessions bring, in day order."""
    rng = stream(seed, "arrivals")
    won = rng.poisson(media.new_orders)
    day, campaign = (np.repeat(part, won.ravel()) for part in _grid(won.shape))
    medium = media.medium[campaign]
    store = pick_rows(rng, np.array([m.store_share for m in MEDIA], dtype=np.float64), medium)
    means = ORGANIC_NEW_PER_DAY * clock.demand()[:, None] * np.asarray(ORGANIC_STORE_SHARE) * organic_lift()
    walked_in = rng.poisson(means)
    organic_day, organic_store = (np.repeat(part, walked_in.ravel()) for part in _grid(walked_in.shape))
    watched = rng.poisson(live_orders)
    live = np.repeat(np.arange(live_day.size), watched)
    organic, seen = organic_day.size, live.size
    columns = {
        "day": np.concatenate([day, organic_day, live_day[live]]),
        "medium": np.concatenate([medium, np.full(organic + seen, NO_MEDIUM)]),
        "campaign": np.concatenate([campaign, np.full(organic + seen, MISSING)]),
        "store": np.concatenate([store, organic_store, np.full(seen, LIVE_STORE)]),
        "live": np.concatenate([np.full(day.size + organic, MISSING), live]),
    }
    columns["province"] = pick(rng, PROVINCE_WEIGHTS, columns["day"].size)
    extra = _geo_extra(rng, columns)
    columns = {name: np.concatenate([values, values[extra]]) for name, values in columns.items()}
    order = np.argsort(columns["day"], kind="stable")
    return Arrivals(**{name: values[order] for name, values in columns.items()})


def _grid(shape: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    rows, columns = np.indices(shape)
    return rows.ravel(), columns.ravel()


def _geo_extra(rng: np.random.Generator, columns: dict[str, IntArray]) -> IntArray:
    places = [PROVINCES.index(name) for name in stories.GEO_PROVINCES]
    inside = (columns["day"] >= day_number(stories.GEO_FIRST_DAY)) & (
        columns["day"] <= day_number(stories.GEO_LAST_DAY)
    )
    candidates = np.flatnonzero(
        inside & np.isin(columns["province"], places) & (columns["medium"] == NO_MEDIUM)
    )
    # the lifts bring people who come by themselves, so they show among orders without a medium
    everyone = int((inside & np.isin(columns["province"], places)).sum())
    return rng.choice(candidates, size=round(everyone * stories.GEO_EXTRA_NEW), replace=True)


def customers(seed: int, arrived: Arrivals) -> Customers:
    """Return who the customers are; those who registered and never bought come last."""
    rng = stream(seed, "customers")
    buyers = arrived.day.size
    everyone = buyers + LEADS
    lead_day = np.sort(pick(rng, clock.demand(), LEADS))
    home = np.concatenate([arrived.store, pick(rng, (0.4, 0.2, 0.1, 0.3, 0.0), LEADS)])
    start = np.concatenate([arrived.day, lead_day])
    chance = np.asarray([0.30, 0.12, 0.16, 0.46, 0.34])[home]
    in_community = rng.random(everyone) < chance
    joined = np.where(in_community, np.minimum(start + rng.integers(0, 21, everyone), DAYS - 1), MISSING)
    young = np.isin(home, [LIVE_STORE, STORES.index("mini_program")])
    ages = pick_rows(
        rng, np.array([[16, 36, 31, 12, 5], [26, 39, 24, 8, 3]], dtype=np.float64), young.astype(np.int64)
    )
    return Customers(
        arrived,
        np.concatenate([arrived.province, pick(rng, PROVINCE_WEIGHTS, LEADS)]),
        ages,
        pick(rng, (0.87, 0.13), everyone),
        in_community,
        joined,
        np.maximum(start - np.where(rng.random(everyone) < 0.25, rng.integers(1, 40, everyone), 0), 0),
        home,
        rng.random(everyone) < 0.56,
        lead_day,
    )


def returns(seed: int, people: Customers) -> Returns:
    """Return when buyers come back.

    Gaps are exponential at each customer's own pace in a time that runs fast on days of high demand, and after
    each order a customer may be lost for good: the world that BG/NBD describes, on a seasonal clock.
    """
    rng = stream(seed, "returns")
    first = people.arrivals.day
    amount = first.size
    member = people.in_community[:amount]
    season = clock.event_demand() * np.asarray(clock.WEEKDAY_DEMAND)[clock.weekdays()]
    passed = np.concatenate([[0.0], np.cumsum(season / season.mean())])
    pace = rng.gamma(1.25, 1 / 105.0, amount) * np.where(member, 1.35, 1.0)
    lost_first = np.clip(
        np.asarray([0.45, 0.62, 0.47, 0.44, 0.48])[people.arrivals.store] - 0.14 * member, 0, 1
    )
    sampled = (first >= CHURN_FIRST) & (first <= CHURN_LAST)
    lost_first = np.where(sampled & (people.arrivals.store == LIVE_STORE), stories.CHURN_DROPOUT, lost_first)
    lost_later = np.where(member, 0.18, 0.24)
    now = passed[first] + rng.random(amount) * season[first] / season.mean()
    active = np.arange(amount)
    days, who = [], []
    for number in range(MOST_RETURNS):
        lost = (lost_first if number == 0 else lost_later)[active]
        active = active[rng.random(active.size) >= lost]
        now[active] += rng.exponential(1.0, active.size) / pace[active]
        active = active[now[active] < passed[-1]]
        day = np.searchsorted(passed, now[active], side="right") - 1
        days.append(day)
        who.append(active)
    return Returns(np.concatenate(days).astype(np.int64), np.concatenate(who).astype(np.int64))
