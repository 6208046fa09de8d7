"""Coupons, and the two coupon experiments on known customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import stories
from demo.world.clock import DAYS, EVENTS, PEAK_EVENTS, day_number
from demo.world.customers import Customers
from demo.world.media import NO_MEDIUM
from demo.world.slots import OFFLINE, Slots
from demo.world.streams import BoolArray, IntArray, exactly, stream
from demo.world.tables import MISSING, Table, dates, money, texts


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon; amounts in cents."""

    code: str
    zh: str
    kind: str
    value: int
    threshold: int
    start: date
    end: date


COUPONS: tuple[Coupon, ...] = (
    Coupon("NEW20", "新客立减券", "new_customer", 2_000, 12_900, date(2023, 5, 20), date(2025, 12, 31)),
    Coupon("EVENT50", "大促满减券", "event", 5_000, 29_900, date(2023, 5, 20), date(2025, 12, 31)),
    Coupon("WECOM15", "社群专享券", "community", 1_500, 9_900, date(2023, 5, 20), date(2025, 12, 31)),
    Coupon(
        stories.REGULARS_COUPON,
        "老客回馈券",
        "loyalty",
        3_000,
        9_900,
        stories.REGULARS_FIRST_DAY,
        stories.REGULARS_LAST_DAY,
    ),
    Coupon(
        stories.SLEEPERS_COUPON,
        "沉睡唤醒券",
        "win_back",
        5_000,
        16_900,
        stories.SLEEPERS_FIRST_DAY,
        stories.SLEEPERS_LAST_DAY,
    ),
)
CODES = tuple(coupon.code for coupon in COUPONS)
NEW, EVENT, COMMUNITY, REGULARS, SLEEPERS = range(5)
SLEEPING_DAYS = 180
REGULAR_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Holdout:
    """Customers of one coupon experiment: who was in it and who got the coupon."""

    coupon: int
    start: int
    end: int
    customer: IntArray
    treated: BoolArray


def _orders_before(planned: Slots, people: Customers, day: int) -> tuple[IntArray, IntArray]:
    """Return per customer the number of paid orders before `day` and the day of the last of them."""
    everyone = people.province.size
    rows = np.flatnonzero(planned.will_pay & (planned.day < day))
    last = np.full(everyone, MISSING)
    last[planned.customer[rows]] = planned.day[rows]  # slots are in order of time, so the last one stays
    return np.bincount(planned.customer[rows], minlength=everyone), last


def holdouts(seed: int, planned: Slots, people: Customers) -> tuple[Holdout, Holdout]:
    """Return the experiments: regulars (the coupon changes nothing) and sleepers (it wakes some)."""
    rng = stream(seed, "holdouts")
    start, end = day_number(stories.REGULARS_FIRST_DAY), day_number(stories.REGULARS_LAST_DAY)
    orders, _ = _orders_before(planned, people, start)
    regular = np.flatnonzero(orders >= REGULAR_ORDERS)
    regulars = Holdout(REGULARS, start, end, regular, rng.random(regular.size) >= stories.REGULARS_HOLDOUT)
    start, end = day_number(stories.SLEEPERS_FIRST_DAY), day_number(stories.SLEEPERS_LAST_DAY)
    orders, last = _orders_before(planned, people, start)
    sleeper = np.flatnonzero((orders >= 1) & (last < start - SLEEPING_DAYS))
    inside = planned.will_pay & (planned.day >= start) & (planned.day <= end)
    buys = np.isin(sleeper, planned.customer[inside])
    # the orders exist already: drawing the arm after them plants the effect without changing a single order
    share = stories.SLEEPERS_TREATED_AMONG_BUYERS
    treated = np.zeros(sleeper.size, dtype=np.bool_)
    treated[buys] = exactly(rng, share, int(buys.sum()))
    treated[~buys] = exactly(rng, (0.5 - share * buys.mean()) / (1 - buys.mean()), int((~buys).sum()))
    return regulars, Holdout(SLEEPERS, start, end, sleeper, treated)


def coupons_used(
    seed: int, planned: Slots, people: Customers, gmv: IntArray, arms: tuple[Holdout, Holdout]
) -> IntArray:
    """Return the position of the coupon used on each order, or MISSING."""
    rng = stream(seed, "coupons")
    used = np.full(len(planned), MISSING)
    luck = rng.random(len(planned))
    newcomer = np.zeros(len(planned), dtype=np.bool_)
    newcomer[np.unique(planned.customer, return_index=True)[1]] = True
    in_event = np.zeros(DAYS, dtype=np.bool_)
    for event in EVENTS:
        if event.key in PEAK_EVENTS:
            in_event[max(day_number(event.start), 0) : day_number(event.end) + 1] = True
    member = people.in_community[planned.customer] & (people.joined[planned.customer] <= planned.day)
    online = planned.store != OFFLINE

    def give(coupon: int, rows: BoolArray, share: float) -> None:
        used[rows & online & (gmv >= COUPONS[coupon].threshold) & (luck < share)] = coupon

    give(NEW, newcomer & (planned.medium != NO_MEDIUM), 0.32)
    give(EVENT, in_event[planned.day], 0.60)
    give(COMMUNITY, member & ~in_event[planned.day], 0.30)
    for arm in arms:
        holder = np.zeros(people.province.size, dtype=np.bool_)
        holder[arm.customer[arm.treated]] = True
        inside = (planned.day >= arm.start) & (planned.day <= arm.end)
        give(arm.coupon, holder[planned.customer] & inside, 0.93 if arm.coupon == REGULARS else 0.80)
    return used


def coupon_table() -> Table:
    """Return the coupons, one row each."""
    return Table(
        "coupons",
        (
            texts("coupon_code", list(CODES)),
            texts("coupon_name", [coupon.zh for coupon in COUPONS]),
            texts("coupon_kind", [coupon.kind for coupon in COUPONS]),
            money("face_value", [coupon.value for coupon in COUPONS]),
            money("threshold", [coupon.threshold for coupon in COUPONS]),
            dates("starts_on", [coupon.start for coupon in COUPONS]),
            dates("ends_on", [coupon.end for coupon in COUPONS]),
        ),
    )
