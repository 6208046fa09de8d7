"""What is in each order: lines with products, quantities and amounts in cents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.world import clock, stories
from demo.world.clock import DAYS, PEAK_EVENTS, day_number
from demo.world.customers import CHURN_FIRST, CHURN_LAST
from demo.world.live import LiveSessions
from demo.world.products import POSITION, PRODUCTS, choice_weights
from demo.world.slots import DOUYIN, OFFLINE, Slots
from demo.world.streams import BoolArray, IntArray, pick, stream
from demo.world.tables import MISSING

LINE_SHARES = (0.60, 0.235, 0.095, 0.04, 0.02, 0.01)
LIVE_STORE_LINE_SHARES = (0.76, 0.16, 0.05, 0.02, 0.007, 0.003)
EVENT_LINE_SHARES = (0.46, 0.27, 0.14, 0.07, 0.04, 0.02)
QUANTITIES = (1, 2, 3, 5, 10)
QUANTITY_SHARES = (0.83, 0.125, 0.03, 0.011, 0.004)
PRICES = np.array([product.price for product in PRODUCTS])
COSTS = np.array([product.cost for product in PRODUCTS])


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines in order of their orders; amounts in cents, `paid` is what is paid if the order is paid."""

    order: IntArray  # position of the order
    number: IntArray  # 1 for the first line of an order
    product: IntArray
    quantity: IntArray
    list_amount: IntArray
    gmv: IntArray
    cost: IntArray

    def per_order(self, values: IntArray, orders: int) -> IntArray:
        """Return the sum of `values` over the lines of each order."""
        return np.bincount(self.order, weights=values, minlength=orders).round().astype(np.int64)


def lines(seed: int, planned: Slots, sessions: LiveSessions) -> Lines:
    """Return the lines of every order."""
    rng = stream(seed, "baskets")
    amount = len(planned)
    busy = np.zeros(DAYS, dtype=np.bool_)
    for event in clock.EVENTS:
        if event.key in PEAK_EVENTS:
            busy[max(day_number(event.start), 0) : day_number(event.end) + 1] = True
    crowd = busy[planned.day]
    length = 1 + np.where(crowd, pick(rng, EVENT_LINE_SHARES, amount), pick(rng, LINE_SHARES, amount))
    short = planned.store == DOUYIN  # people who watch buy the one thing they are shown
    length = np.where(short, 1 + pick(rng, LIVE_STORE_LINE_SHARES, amount), length)
    sampled = _sample_buyers(planned)
    length[sampled] = 1
    order = np.repeat(np.arange(amount), length)
    product = _products(rng, planned.day[order])
    starts = np.concatenate([[0], np.cumsum(length)[:-1]])
    product[starts[sampled]] = POSITION["CY952"]
    _plant_pair(rng, product, starts, length)
    star = planned.live == sessions.star
    product[starts[star]] = np.where(rng.random(int(star.sum())) < 0.8, POSITION["CY901"], POSITION["CY902"])
    # a product stands on one line of an order only
    keep = np.sort(np.unique(order * len(PRODUCTS) + product, return_index=True)[1])
    order, product = order[keep], product[keep]
    quantity = np.asarray(QUANTITIES)[pick(rng, QUANTITY_SHARES, order.size)]
    quantity[np.isin(product, [POSITION["CY951"], POSITION["CY952"], POSITION["CY904"]]) | star[order]] = 1
    first = np.concatenate([[True], order[1:] != order[:-1]])
    number = np.arange(order.size) - np.maximum.accumulate(np.where(first, np.arange(order.size), 0)) + 1
    listed = PRICES[product] * quantity
    off = clock.discounts()[planned.day] + np.where(planned.store == OFFLINE, -0.05, 0.0)
    off = off + np.where(planned.live != MISSING, sessions.discount[planned.live], 0.0)
    gmv = np.round(listed * (1 - off[order]) / 10).astype(np.int64) * 10
    return Lines(order, number, product, quantity, listed, gmv, COSTS[product] * quantity)


def _sample_buyers(planned: Slots) -> BoolArray:
    """Return the orders of the 9.9 yuan sample: new customers of one store in one month."""
    newcomer = np.zeros(len(planned), dtype=np.bool_)
    paying = np.flatnonzero(planned.will_pay)
    newcomer[paying[np.unique(planned.customer[paying], return_index=True)[1]]] = True
    sampled: BoolArray = (
        newcomer
        & (planned.store == DOUYIN)
        & (planned.live == MISSING)
        & (planned.day >= CHURN_FIRST)
        & (planned.day <= CHURN_LAST)
    )
    return sampled


def _products(rng: np.random.Generator, day: IntArray) -> IntArray:
    weights = choice_weights()
    chosen = np.zeros(day.size, dtype=np.int64)
    month = day // 30  # popularity moves slowly: one draw table per thirty days is enough
    for number in range(int(month.max()) + 1):
        rows = np.flatnonzero(month == number)
        chosen[rows] = pick(rng, weights[number * 30 : (number + 1) * 30].min(axis=0), rows.size)
    return chosen


def _plant_pair(rng: np.random.Generator, product: IntArray, starts: IntArray, length: IntArray) -> None:
    first, second = (POSITION[code] for code in stories.PAIR)
    fitting = np.flatnonzero((length >= 2) & (product[starts] == first))
    chosen = fitting[rng.random(fitting.size) < stories.PAIR_SHARE]
    product[starts[chosen] + 1] = second
