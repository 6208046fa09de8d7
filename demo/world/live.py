"""Live sessions, the brand's own and creators', and the deals with creators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.world import clock, stories
from demo.world.clock import DAYS, PEAK_EVENTS, SECONDS_PER_DAY, day_number
from demo.world.streams import FloatArray, IntArray, pick, stream
from demo.world.tables import MISSING, Table, counts, ids, moments, money, shares, texts, words

HOSTS = (
    "初屿官方直播间",
    "林晚儿",
    "护肤老周",
    "小鹿的梳妆台",
    "成分党阿岚",
    "大嘴妈妈",
    "北北测评",
    "沈一诺",
    "敏肌研究员Coco",
)
HOUSE = 0
STAR_CREATOR = HOSTS.index("林晚儿")
CREATOR_PULL = (0.0, 0.0, 46.0, 60.0, 38.0, 72.0, 30.0, 55.0, 34.0)  # average orders a session
CREATOR_COMMISSION = (0.0, 0.20, 0.18, 0.20, 0.15, 0.22, 0.15, 0.20, 0.16)
CREATOR_FEE = (0, 800_000, 200_000, 300_000, 100_000, 350_000, 80_000, 250_000, 100_000)  # cents a session
HOUSE_WEEKDAYS = (1, 3, 4, 5, 6)
TYPICAL_REFUND_RATE = 0.42


@dataclass(frozen=True, slots=True)
class LiveSessions:
    """Live sessions in order of time; seconds count from the first midnight, fees are in cents."""

    day: IntArray
    start: IntArray
    seconds: IntArray
    host: IntArray
    new_orders: FloatArray  # expected orders of people who come for the creator
    commission: FloatArray
    fee: IntArray
    refund_rate: FloatArray
    discount: FloatArray  # extra share off

    @property
    def star(self) -> int:
        """Return the position of the creator sale that the story is about."""
        day = day_number(stories.CREATOR_SALE_DAY)
        return int(np.flatnonzero((self.day == day) & (self.host == STAR_CREATOR))[0])


def live_sessions(seed: int) -> LiveSessions:
    """Return every live session."""
    rng = stream(seed, "live")
    house = _house_days()
    creator = _creator_days(rng)
    star_day = day_number(stories.CREATOR_SALE_DAY)
    day = np.concatenate([house, creator, [star_day]])
    host = np.concatenate(
        [np.full(house.size, HOUSE), pick(rng, (0, 0, 2, 2, 2, 1, 3, 2, 2), creator.size), [STAR_CREATOR]]
    )
    order = np.lexsort((host, day))
    day, host = day[order], host[order]
    star = (day == star_day) & (host == STAR_CREATOR)
    pull = (
        np.asarray(CREATOR_PULL)[host] * np.sqrt(clock.event_demand()[day]) * rng.lognormal(0, 0.25, day.size)
    )
    hour = np.where(host == HOUSE, 19 * 3600 + 1800, 20 * 3600)
    return LiveSessions(
        day,
        day * SECONDS_PER_DAY + hour + rng.integers(0, 4, day.size) * 300,
        rng.integers(9, 14, day.size) * 900,
        host,
        np.where(star, stories.CREATOR_SALE_ORDERS, pull),
        np.where(star, stories.CREATOR_SALE_COMMISSION, np.asarray(CREATOR_COMMISSION)[host]),
        np.where(star, stories.CREATOR_SALE_FEE, np.asarray(CREATOR_FEE)[host]),
        np.where(star, stories.CREATOR_SALE_REFUND_RATE, np.where(host == HOUSE, 0.40, TYPICAL_REFUND_RATE)),
        np.where(star, stories.CREATOR_SALE_DISCOUNT, np.where(host == HOUSE, 0.02, 0.06)),
    )


def _house_days() -> IntArray:
    chosen = np.isin(clock.weekdays(), HOUSE_WEEKDAYS)
    for event in clock.EVENTS:
        if event.key in PEAK_EVENTS:
            chosen[max(day_number(event.start), 0) : day_number(event.end) + 1] = True
        if event.key == "spring_festival":
            chosen[day_number(event.start) : day_number(event.end) + 1] = False
    return np.flatnonzero(chosen).astype(np.int64)


def _creator_days(rng: np.random.Generator) -> IntArray:
    weights = clock.event_demand() * np.where(np.isin(clock.weekdays(), (2, 4, 5)), 1.6, 0.7)
    weights[day_number(stories.CREATOR_SALE_DAY)] = 0.0
    return np.sort(rng.choice(DAYS, size=88, replace=False, p=weights / weights.sum()))


def house_session_of(day: IntArray, sessions: LiveSessions) -> IntArray:
    """Return the brand's own session on each given day, or MISSING."""
    by_day = np.full(DAYS, MISSING)
    own = np.flatnonzero(sessions.host == HOUSE)
    by_day[sessions.day[own]] = own
    return by_day[day]


def live_table(seed: int, sessions: LiveSessions, sums: dict[str, IntArray]) -> Table:
    """Return the live sessions with what was sold; `sums` holds orders, gmv, paid, refunds, commission by session."""
    rng = stream(seed, "live viewers")
    viewers = np.round(sums["orders"] / rng.uniform(0.006, 0.012, sessions.day.size)).astype(
        np.int64
    ) + rng.integers(300, 900, sessions.day.size)
    return Table(
        "live_sessions",
        (
            counts("live_session_id", np.arange(1, sessions.day.size + 1)),
            words("host", sessions.host, HOSTS),
            words("host_kind", (sessions.host != HOUSE).astype(np.int64), ("house", "creator")),
            words("store", np.zeros(sessions.day.size), ("douyin",)),
            moments("started_at", sessions.start),
            counts("duration_minutes", sessions.seconds // 60),
            counts("viewers", viewers),
            counts("peak_viewers", np.round(viewers * rng.uniform(0.05, 0.11, viewers.size))),
            counts("new_followers", rng.poisson(viewers * 0.011)),
            counts("orders", sums["orders"]),
            money("gmv_amount", sums["gmv"]),
            money("paid_amount", sums["paid"]),
            money("refund_amount", sums["refund"]),
            money("commission_amount", sums["commission"]),
            money("fixed_fee", sessions.fee),
        ),
    )


def deal_table(sessions: LiveSessions) -> Table:
    """Return one creator deal per creator session."""
    deals = np.flatnonzero(sessions.host != HOUSE)
    kinds = ["坑位费+佣金" if fee >= 200_000 else "佣金为主" for fee in sessions.fee[deals]]
    return Table(
        "creator_deals",
        (
            counts("deal_id", np.arange(1, deals.size + 1)),
            ids("live_session_id", deals + 1),
            words("creator", sessions.host[deals], HOSTS),
            moments("live_at", sessions.start[deals]),
            money("fixed_fee", sessions.fee[deals]),
            shares("commission_rate", sessions.commission[deals]),
            texts("deal_kind", kinds),
        ),
    )
