"""Orders with their amounts, payments, deposits and costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import clock, coupons, devices, stories
from demo.world.baskets import Lines
from demo.world.clock import DAYS, SECONDS_PER_DAY, day_number
from demo.world.customers import Customers
from demo.world.live import HOUSE, LiveSessions
from demo.world.media import STORES
from demo.world.slots import MINI, OFFLINE, Slots
from demo.world.streams import BoolArray, FloatArray, IntArray, stream
from demo.world.tables import MISSING

STATUSES = ("paid", "cancelled", "awaiting_payment", "balance_lapsed")
PAID, CANCELLED, AWAITING, LAPSED = range(4)
END = DAYS * SECONDS_PER_DAY  # nothing after this second is known
FEE_RATE = (0.050, 0.055, 0.080, 0.006, 0.0)
SHIPPING_COST = 620  # cents a parcel
DEPOSIT_SHARE = 0.10
PRESALE_STORES = (STORES.index("tmall"), STORES.index("jd"))
NO_PRESALE = date(2024, 5, 20)  # the platforms dropped the pre-sale of this 618


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders in order of time; amounts in cents, seconds from the first midnight, MISSING where there is none."""

    slots: Slots
    ordered: IntArray
    paid_at: IntArray
    status: IntArray
    presale: BoolArray
    deposit: IntArray
    deposit_at: IntArray
    shipped: IntArray
    list_amount: IntArray
    gmv: IntArray
    coupon: IntArray
    coupon_amount: IntArray
    paid: IntArray
    cost: IntArray
    shipping_cost: IntArray
    number: IntArray  # how many paid orders the customer has with this one, MISSING if not paid
    new_in_year: BoolArray

    @property
    def is_paid(self) -> BoolArray:
        """Return which orders are paid."""
        paid: BoolArray = self.status == PAID
        return paid


def orders(
    seed: int,
    planned: Slots,
    lines: Lines,
    people: Customers,
    arms: tuple[coupons.Holdout, coupons.Holdout],
) -> Orders:
    """Return the orders as the shop's books show them at the end of the last day."""
    rng = stream(seed, "orders")
    amount = len(planned)
    gmv, cost = lines.per_order(lines.gmv, amount), lines.per_order(lines.cost, amount)
    coupon = coupons.coupons_used(seed, planned, people, gmv, arms)
    off = np.where(coupon != MISSING, np.asarray([c.value for c in coupons.COUPONS])[coupon], 0)
    presale, deposit_at = _presale(rng, planned)
    pays = planned.will_pay & ~_lost_payment(rng, planned, people)
    wait = np.where(
        planned.store == OFFLINE, 0, np.round(rng.lognormal(4.2, 1.1, amount)).astype(np.int64) + 8
    )
    paid_at = planned.second + np.minimum(wait, 86_000)
    paid = pays & (paid_at < END)
    open_yet = (planned.second > END - SECONDS_PER_DAY) & ~paid
    status = np.select([paid, presale, open_yet], [PAID, LAPSED, AWAITING], CANCELLED)
    number, new_in_year = _numbers(planned.customer, paid_at, paid)
    ship_days = rng.uniform(0.2, 1.6, amount) * np.where(clock.event_demand()[planned.day] > 2.0, 1.9, 1.0)
    shipped = np.where(
        paid & (planned.store != OFFLINE),
        paid_at + np.round(ship_days * SECONDS_PER_DAY).astype(np.int64),
        MISSING,
    )
    return Orders(
        planned,
        np.where(presale, deposit_at - 40, planned.second),
        np.where(paid, paid_at, MISSING),
        status,
        presale,
        np.where(presale, np.round(gmv * DEPOSIT_SHARE / 100).astype(np.int64) * 100, 0),
        np.where(presale, deposit_at, MISSING),
        np.where(shipped >= END, MISSING, shipped),
        lines.per_order(lines.list_amount, amount),
        gmv,
        coupon,
        off,
        np.where(paid, gmv - off, 0),
        np.where(paid, cost, 0),
        np.where(paid & (planned.store != OFFLINE), SHIPPING_COST, 0),
        number,
        new_in_year,
    )


def _lost_payment(rng: np.random.Generator, planned: Slots, people: Customers) -> BoolArray:
    broken = (planned.store == MINI) & devices.is_broken(
        planned.platform, people.android[planned.customer], planned.version
    )
    lost: BoolArray = broken & (rng.random(len(planned)) < stories.BROKEN_LOSS)
    return lost


def _presale(rng: np.random.Generator, planned: Slots) -> tuple[BoolArray, IntArray]:
    """Return which orders are pre-sales, and when their deposit was paid.

    The balance is paid as the sale opens, so a pre-sale is an order of the opening days that began earlier.
    """
    amount = len(planned)
    opening = np.zeros(DAYS, dtype=np.bool_)
    for event in clock.EVENTS:
        if event.key in clock.PEAK_EVENTS and event.start != NO_PRESALE:
            opening[day_number(event.start) : day_number(event.start) + 2] = True
    presale = opening[planned.day] & np.isin(planned.store, PRESALE_STORES) & (rng.random(amount) < 0.55)
    earlier = np.round(rng.uniform(1.2, 7.0, amount) * SECONDS_PER_DAY).astype(np.int64)
    return presale, np.maximum(planned.second - earlier, 60)


def _numbers(customer: IntArray, paid_at: IntArray, paid: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return each paid order's place among the customer's paid orders, and whether a year passed without one."""
    number = np.full(customer.size, MISSING)
    new = np.zeros(customer.size, dtype=np.bool_)
    rows = np.flatnonzero(paid)
    rows = rows[np.lexsort((rows, paid_at[rows], customer[rows]))]
    same = np.concatenate([[False], customer[rows][1:] == customer[rows][:-1]])
    position = np.arange(rows.size)
    number[rows] = position - np.maximum.accumulate(np.where(same, 0, position)) + 1
    gap = np.concatenate([[0], np.diff(paid_at[rows] // SECONDS_PER_DAY)])
    new[rows] = ~same | (gap > 365)
    return number, new


def platform_fees(store: IntArray, kept: IntArray) -> IntArray:
    """Return the stores' fees in cents on the amounts that customers kept paying."""
    fees: FloatArray = np.round(kept * np.asarray(FEE_RATE)[store])
    return fees.astype(np.int64)


def commissions(planned: Slots, sessions: LiveSessions, kept: IntArray) -> IntArray:
    """Return the creators' commissions in cents on the amounts that customers kept paying."""
    rate: FloatArray = np.where(
        (planned.live != MISSING) & (sessions.host[planned.live] != HOUSE),
        sessions.commission[planned.live],
        0.0,
    )
    return np.round(kept * rate).astype(np.int64)
