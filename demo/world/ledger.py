"""The tables of orders, lines and customers."""

from __future__ import annotations

import numpy as np

from demo.world.baskets import Lines
from demo.world.clock import SECONDS_PER_DAY
from demo.world.coupons import CODES
from demo.world.customers import AGE_BANDS, GENDERS, PROVINCES, Customers
from demo.world.live import LiveSessions
from demo.world.media import AD_CHANNELS, NO_MEDIUM, STORES
from demo.world.orders import STATUSES, Orders, commissions, platform_fees
from demo.world.refunds import Refunds
from demo.world.slots import SOURCES
from demo.world.streams import BoolArray, IntArray, stream
from demo.world.tables import MISSING, Table, counts, days, flags, ids, moments, money, words

TIERS = ("regular", "silver", "gold", "black")
TIER_SHARES = (0.62, 0.875, 0.975)  # cumulative: regular, silver, gold; the rest is black


def _day_of(second: IntArray) -> IntArray:
    return np.where(second == MISSING, MISSING, second // SECONDS_PER_DAY)


def order_table(made: Orders, given: Refunds, people: Customers, sessions: LiveSessions) -> Table:
    """Return the orders, one row each."""
    planned = made.slots
    amount = len(planned)
    refunded = given.per_order(given.amount, amount)
    kept = made.paid - refunded
    balance = np.where(made.presale & made.is_paid, made.paid - made.deposit, 0)
    return Table(
        "orders",
        (
            counts("order_id", np.arange(1, amount + 1)),
            counts("customer_id", planned.customer + 1),
            words("store", planned.store, STORES),
            words("ad_channel", planned.medium, AD_CHANNELS),
            ids("campaign_id", np.where(planned.campaign == MISSING, MISSING, planned.campaign + 1)),
            words("traffic_source", planned.source, SOURCES),
            ids("live_session_id", np.where(planned.live == MISSING, MISSING, planned.live + 1)),
            words("province", people.province[planned.customer], PROVINCES),
            words("status", made.status, STATUSES),
            moments("ordered_at", made.ordered),
            moments("paid_at", made.paid_at),
            moments("shipped_at", made.shipped),
            moments("first_refunded_at", given.first_second(amount)),
            flags("is_presale", made.presale),
            moments("deposit_paid_at", made.deposit_at),
            money("deposit_amount", made.deposit),
            money("balance_amount", balance),
            moments("balance_paid_at", np.where(made.presale & made.is_paid, made.paid_at, MISSING)),
            money("list_amount", made.list_amount),
            money("gmv_amount", made.gmv),
            words("coupon_code", made.coupon, CODES),
            money("coupon_amount", made.coupon_amount),
            money("paid_amount", made.paid),
            money("refund_amount", refunded),
            money("product_cost", made.cost),
            money("cost_recovered", given.per_order(given.cost_back, amount)),
            money("shipping_cost", made.shipping_cost),
            money("platform_fee", platform_fees(planned.store, kept)),
            money("commission_amount", commissions(planned, sessions, kept)),
            ids("customer_order_number", made.number),
            flags("is_first_order", made.number == 1),
            flags("is_new_in_365_days", made.new_in_year),
        ),
    )


def line_table(made: Orders, lines: Lines, given: Refunds, paid: IntArray) -> Table:
    """Return the order lines; `paid` is what was paid for each, 0 for orders that are not paid."""
    refunded = np.zeros(lines.order.size, dtype=np.int64)
    refunded[given.line] = given.amount
    return Table(
        "order_lines",
        (
            counts("order_id", lines.order + 1),
            counts("line_number", lines.number),
            counts("product_id", lines.product + 1),
            counts("quantity", lines.quantity),
            words("store", made.slots.store[lines.order], STORES),
            days("paid_on", _day_of(made.paid_at[lines.order])),
            money("line_gmv", lines.gmv),
            money("line_paid", paid),
            money("line_refund", refunded),
            money("line_cost", lines.cost),
        ),
    )


def _tiers(seed: int, total: IntArray, bought: BoolArray) -> IntArray:
    """Return the tiers by growth points: what was kept paying, and much else (check-ins, shares, birthdays)."""
    rng = stream(seed, "tiers")
    points = np.log(total + 4_000.0) + rng.normal(0.0, 2.7, total.size)
    points = np.where(bought, points, points.min())
    limits = np.quantile(points[bought], TIER_SHARES)
    tiers: IntArray = np.searchsorted(limits, points, side="right")
    return tiers.astype(np.int64)


def customer_table(seed: int, made: Orders, given: Refunds, people: Customers) -> Table:
    """Return the customers, one row each, leads included; what they did is as of the last day."""
    planned = made.slots
    everyone = people.province.size
    rows = np.flatnonzero(made.is_paid)
    rows = rows[np.lexsort((rows, made.paid_at[rows]))]
    who = planned.customer[rows]
    first = np.full(everyone, MISSING)
    first[who[::-1]] = rows[::-1]
    second = np.full(everyone, MISSING)
    again = made.number[rows] == 2
    second[who[again]] = made.paid_at[rows[again]] // SECONDS_PER_DAY
    last = np.full(everyone, MISSING)
    last[who] = made.paid_at[rows] // SECONDS_PER_DAY
    bought = first != MISSING
    first_day = np.where(bought, made.paid_at[first] // SECONDS_PER_DAY, MISSING)
    kept = made.paid - given.per_order(given.amount, len(planned))
    total = np.bincount(who, weights=kept[rows], minlength=everyone).round().astype(np.int64)
    count = np.bincount(who, minlength=everyone)
    return Table(
        "customers",
        (
            counts("customer_id", np.arange(1, everyone + 1)),
            days(
                "registered_on", np.where(bought, np.minimum(people.registered, first_day), people.registered)
            ),
            days("first_order_on", first_day),
            days("second_order_on", second),
            days("last_order_on", last),
            words("tier", _tiers(seed, total, bought), TIERS),
            words("customer_province", people.province, PROVINCES),
            words("age_band", people.age_band, AGE_BANDS),
            words("gender", people.gender, GENDERS),
            flags("is_community_member", people.in_community),
            days("community_joined_on", people.joined),
            words("acquisition_channel", np.where(bought, planned.medium[first], NO_MEDIUM), AD_CHANNELS),
            words("first_store", np.where(bought, planned.store[first], MISSING), STORES),
            counts("paid_orders", count),
            money("net_paid_to_date", total),
            flags("is_repeat_buyer", count >= 2),
            flags("returned_in_90_days", (second != MISSING) & (second - first_day <= 90)),
        ),
    )
