"""Stores, and their visitors, favourites, carts and buyers by day and traffic source."""

from __future__ import annotations

from datetime import date

import numpy as np

from demo.world import clock
from demo.world.clock import DAYS, SECONDS_PER_DAY
from demo.world.media import STORES
from demo.world.orders import Orders
from demo.world.slots import MINI, SOURCES
from demo.world.streams import IntArray, stream
from demo.world.tables import Table, counts, dates, days, texts, words
from demo.world.visits import FIRST_KEPT, Visits

CONVERSION = (0.047, 0.0165, 0.052, 0.041, 0.21)
FAVOURITE_RATE = (0.072, 0.021, 0.050, 0.034, 0.0)
CART_RATE = (0.118, 0.034, 0.132, 0.104, 0.0)


def store_table() -> Table:
    """Return the stores, one row each."""
    return Table(
        "stores",
        (
            texts("store", list(STORES)),
            texts(
                "store_name",
                ["初屿天猫旗舰店", "初屿抖音小店", "初屿京东旗舰店", "初屿会员小程序", "初屿线下门店"],
            ),
            texts("store_kind", ["marketplace", "marketplace", "marketplace", "own", "own"]),
            dates(
                "opened_on",
                [date(2021, 3, 8), date(2022, 4, 18), date(2021, 9, 1), date(2022, 10, 10), date(2022, 5, 1)],
            ),
            texts("manager", ["林悦", "周宁", "赵可", "苏梅", "郑凯"]),
        ),
    )


def _buyers(made: Orders) -> IntArray:
    """Return distinct paying customers by day, store and source."""
    rows = np.flatnonzero(made.is_paid)
    planned = made.slots
    cell = ((made.paid_at[rows] // SECONDS_PER_DAY) * len(STORES) + planned.store[rows]) * len(
        SOURCES
    ) + planned.source[rows]
    everyone = int(planned.customer.max()) + 1
    distinct = np.unique(cell * everyone + planned.customer[rows]) // everyone
    return np.bincount(distinct, minlength=DAYS * len(STORES) * len(SOURCES)).reshape(
        DAYS, len(STORES), len(SOURCES)
    )


def _counted(seen: Visits) -> IntArray:
    """Return distinct visitors of the own mall by day and source, from its sessions."""
    cell = (seen.start // SECONDS_PER_DAY) * len(SOURCES) + seen.source
    distinct = np.unique(cell * 100_000_000 + seen.visitor) // 100_000_000
    return np.bincount(distinct, minlength=DAYS * len(SOURCES)).reshape(DAYS, len(SOURCES))


def store_daily_table(seed: int, made: Orders, seen: Visits) -> Table:
    """Return visitors and what they did, by day, store and traffic source."""
    rng = stream(seed, "storefronts")
    buyers = _buyers(made)
    week = np.ones(7) / 7
    smooth = np.apply_along_axis(
        lambda one: np.convolve(np.pad(one, 3, mode="edge"), week, mode="valid"), 0, buyers
    )
    usual = 0.65 * buyers + 0.35 * smooth
    eager = clock.event_demand()[:, None, None] ** 0.22
    rate = np.asarray(CONVERSION)[None, :, None] * eager
    visitors = np.round(usual / rate * rng.lognormal(0, 0.05, usual.shape)).astype(np.int64)
    visitors[FIRST_KEPT:, MINI, :] = _counted(seen)[FIRST_KEPT:]
    visitors = np.maximum(visitors, buyers)
    day, store, source = (part.astype(np.int64) for part in np.nonzero(visitors))
    came, bought = visitors[day, store, source], buyers[day, store, source]
    favourites = rng.binomial(came, np.asarray(FAVOURITE_RATE)[store])
    carts = np.maximum(
        rng.binomial(came, np.asarray(CART_RATE)[store]),
        np.where(store == STORES.index("offline"), 0, bought),
    )
    views = np.round(came * rng.uniform(2.2, 3.6, came.size)).astype(np.int64)
    return Table(
        "store_daily",
        (
            days("day", day),
            words("store", store, STORES),
            words("traffic_source", source, SOURCES),
            counts("visitors", came),
            counts("page_views", views),
            counts("favourite_users", favourites),
            counts("cart_users", carts),
            counts("paying_buyers", bought),
        ),
    )
