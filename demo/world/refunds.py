"""Refunds, one per refunded order line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.world import stories
from demo.world.baskets import Lines
from demo.world.clock import SECONDS_PER_DAY, day_number
from demo.world.live import LiveSessions
from demo.world.orders import END, Orders
from demo.world.products import POSITION
from demo.world.slots import SOURCES, Slots
from demo.world.streams import BoolArray, FloatArray, IntArray, pick, stream
from demo.world.tables import MISSING, Table, counts, ids, moments, money, words

REASONS = (
    "changed_mind",
    "skin_reaction",
    "leak_or_damage",
    "slow_delivery",
    "not_as_described",
    "ordered_by_mistake",
)
REASON_SHARE = (0.46, 0.11, 0.07, 0.12, 0.12, 0.12)
SURGE_REASON_SHARE = (0.05, 0.37, 0.52, 0.0, 0.06, 0.0)
KINDS = ("return_and_refund", "refund_only")
ORDER_RATE = (0.195, 0.225, 0.170, 0.140, 0.060)
WHOLE_ORDER_SHARE = 0.74
MEAN_DAYS = 5.5


@dataclass(frozen=True, slots=True)
class Refunds:
    """Refunded lines known at the end of the last day, in order of their refund; amounts in cents."""

    order: IntArray
    line: IntArray  # position of the line
    refunded: IntArray  # second
    amount: IntArray
    cost_back: IntArray
    reason: IntArray
    kind: IntArray

    def per_order(self, values: IntArray, orders: int) -> IntArray:
        """Return the sum of `values` over the refunds of each order."""
        return np.bincount(self.order, weights=values, minlength=orders).round().astype(np.int64)

    def first_second(self, orders: int) -> IntArray:
        """Return when each order's first refund was made, or MISSING."""
        first = np.full(orders, MISSING)
        first[self.order[::-1]] = self.refunded[::-1]
        return first


def line_paid(made: Orders, lines: Lines) -> IntArray:
    """Return what was paid for each line: its share of the order's paid amount, to the cent."""
    gmv, paid = made.gmv[lines.order], made.paid[lines.order]
    share: IntArray = np.floor_divide(lines.gmv * paid, np.maximum(gmv, 1))
    rest = made.paid - lines.per_order(share, made.paid.size)
    share[lines.number == 1] += rest  # the cents that rounding leaves go to the first line
    return share


def refunds(seed: int, made: Orders, lines: Lines, sessions: LiveSessions, paid: IntArray) -> Refunds:
    """Return the refunds; `paid` is what was paid for each line."""
    rng = stream(seed, "refunds")
    planned = made.slots
    amount = len(planned)
    hit = made.is_paid & (rng.random(amount) < _order_rate(planned, sessions))
    whole = rng.random(amount) < WHOLE_ORDER_SHARE
    length = np.bincount(lines.order, minlength=amount)
    chosen = 1 + np.floor(rng.random(amount) * length).astype(np.int64)
    surge = _surge(rng, made, lines)
    back = (hit[lines.order] & (whole[lines.order] | (chosen[lines.order] == lines.number))) | surge
    rows = np.flatnonzero(back & (paid > 0))
    order = lines.order[rows]
    delay = rng.exponential(MEAN_DAYS, amount) + rng.uniform(0.05, 1.5, amount)
    when = made.paid_at[order] + np.round(delay[order] * SECONDS_PER_DAY).astype(np.int64)
    reason = np.where(
        surge[rows], pick(rng, SURGE_REASON_SHARE, rows.size), pick(rng, REASON_SHARE, amount)[order]
    )
    unshipped = (made.shipped[order] == MISSING) | (when < made.shipped[order])
    only = unshipped | (rng.random(amount) < 0.18)[order]
    cost_back = np.where(
        unshipped, lines.cost[rows], np.where(only, 0, np.round(lines.cost[rows] * 0.85))
    ).astype(np.int64)
    known = np.flatnonzero(when < END)
    known = known[np.lexsort((rows[known], when[known]))]
    return Refunds(
        order[known],
        rows[known],
        when[known],
        paid[rows][known],
        cost_back[known],
        reason[known],
        only[known].astype(np.int64),
    )


def _order_rate(planned: Slots, sessions: LiveSessions) -> FloatArray:
    rate = np.asarray(ORDER_RATE)[planned.store]
    rate = np.where(planned.source == SOURCES.index("live"), 0.38, rate)
    return np.where(planned.live != MISSING, sessions.refund_rate[planned.live], rate)


def _surge(rng: np.random.Generator, made: Orders, lines: Lines) -> BoolArray:
    ill = (lines.product == POSITION[stories.SURGE_PRODUCT]) & (
        made.paid_at[lines.order] >= day_number(stories.SURGE_FIRST_DAY) * SECONDS_PER_DAY
    )
    surge: BoolArray = ill & (rng.random(lines.order.size) < stories.SURGE_LINE_REFUND)
    return surge


def refund_table(made: Orders, lines: Lines, given: Refunds) -> Table:
    """Return the refunds in order of time."""
    return Table(
        "refunds",
        (
            counts("refund_id", np.arange(1, given.order.size + 1)),
            counts("order_id", given.order + 1),
            counts("line_number", lines.number[given.line]),
            counts("product_id", lines.product[given.line] + 1),
            ids("customer_id", made.slots.customer[given.order] + 1),
            moments("refunded_at", given.refunded),
            words("reason", given.reason, REASONS),
            words("refund_kind", given.kind, KINDS),
            money("refund_amount", given.amount),
        ),
    )
