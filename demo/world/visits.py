"""Sessions on the own mall (app and H5) of the last 180 days, and the events in them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from demo.world import clock, devices, stories
from demo.world.clock import DAYS, SECONDS_PER_DAY, day_number
from demo.world.customers import PROVINCE_WEIGHTS, PROVINCES, Customers
from demo.world.orders import Orders
from demo.world.slots import HOURS, MINI, SOURCE_SHARE, SOURCES
from demo.world.streams import IntArray, pick, stream
from demo.world.tables import MISSING, Table, counts, flags, ids, moments, words

KEPT_DAYS = 180  # the behaviour log is kept for 180 days
FIRST_KEPT = DAYS - KEPT_DAYS
EVENTS = ("visit", "view_product", "add_to_cart", "submit_order", "pay")
VISIT, VIEW, CART, SUBMIT, PAY = range(5)
SESSIONS_PER_ORDER = 23.0  # so that about 4 % of sessions end in a payment
# how far sessions without an order get; the rest leave at once
VIEW_SHARE, CART_SHARE = 0.52, 0.105
BOT_REGION = PROVINCES.index("贵州")
BOT_NETWORK = "198.51.100"
FIRST_ANONYMOUS = 10_000_000


@dataclass(frozen=True, slots=True)
class Visits:
    """Sessions in order of time; `furthest` is the position in EVENTS that the session reached."""

    start: IntArray
    visitor: IntArray
    customer: IntArray
    platform: IntArray
    system: IntArray
    version: IntArray
    source: IntArray
    province: IntArray
    furthest: IntArray
    order: IntArray
    bot: IntArray

    def take(self, rows: IntArray) -> Visits:
        """Return the sessions at `rows`, in that order."""
        return Visits(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def visits(seed: int, made: Orders, people: Customers) -> Visits:
    """Return every session of the kept days: those with orders, those without, and the robots."""
    rng = stream(seed, "visits")
    parts = [_ordering(rng, made, people), _browsing(rng, made, people), _robots(rng)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Visits(**joined).take(np.lexsort((joined["visitor"], joined["start"])))


def _ordering(rng: np.random.Generator, made: Orders, people: Customers) -> dict[str, IntArray]:
    planned = made.slots
    rows = np.flatnonzero((planned.store == MINI) & (planned.day >= FIRST_KEPT))
    customer = planned.customer[rows]
    return {
        "start": np.maximum(
            made.ordered[rows] - rng.integers(90, 900, rows.size), FIRST_KEPT * SECONDS_PER_DAY
        ),
        "visitor": customer + 1,
        "customer": customer,
        "platform": planned.platform[rows],
        "system": people.android[customer].astype(np.int64),
        "version": planned.version[rows],
        "source": planned.source[rows],
        "province": people.province[customer],
        "furthest": np.where(made.is_paid[rows], PAY, SUBMIT),
        "order": rows,
        "bot": np.zeros(rows.size, dtype=np.int64),
    }


def _browsing(rng: np.random.Generator, made: Orders, people: Customers) -> dict[str, IntArray]:
    planned = made.slots
    mine = np.bincount(planned.day[(planned.store == MINI) & made.slots.will_pay], minlength=DAYS)[
        FIRST_KEPT:
    ]
    steady = np.convolve(np.pad(mine, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    calm = clock.event_demand()[FIRST_KEPT:] ** -0.25  # people convert better in a sale
    day = np.repeat(np.arange(FIRST_KEPT, DAYS), rng.poisson(steady * SESSIONS_PER_ORDER * calm))
    amount = day.size
    known = rng.random(amount) < 0.30
    owners = np.flatnonzero((people.home_store == MINI) & (people.registered < FIRST_KEPT))
    customer = np.where(known, owners[rng.integers(0, owners.size, amount)], MISSING)
    # an anonymous visitor comes 1.4 times on average, within a few days
    anonymous = FIRST_ANONYMOUS + np.floor(np.arange(amount) * 0.7 + rng.random(amount) * 900).astype(
        np.int64
    )
    visitor = np.where(known, customer + 1, anonymous)
    platform = (rng.random(amount) >= devices.APP_SHARE).astype(np.int64)
    chance = rng.random(amount)
    furthest = np.where(chance < CART_SHARE, CART, np.where(chance < VIEW_SHARE, VIEW, VISIT))
    share = SOURCE_SHARE[MINI].copy()
    share[SOURCES.index("paid")] = 0.42
    android = np.where(known, people.android[customer], visitor * 2_654_435_761 % 1_000 < 560).astype(
        np.int64
    )
    return {
        "start": day * SECONDS_PER_DAY + pick(rng, HOURS, amount) * 3600 + rng.integers(0, 3600, amount),
        "visitor": visitor,
        "customer": customer,
        "platform": platform,
        "system": android,
        "version": np.where(platform == 0, devices.app_versions(rng, day), MISSING),
        "source": pick(rng, share, amount),
        "province": np.where(known, people.province[customer], pick(rng, PROVINCE_WEIGHTS, amount)),
        "furthest": furthest,
        "order": np.full(amount, MISSING),
        "bot": np.zeros(amount, dtype=np.int64),
    }


def _robots(rng: np.random.Generator) -> dict[str, IntArray]:
    amount = stories.BOT_SESSIONS
    start = day_number(stories.BOT_NIGHT) * SECONDS_PER_DAY + 3600 + rng.integers(0, 4 * 3600, amount)
    constant = {
        "customer": MISSING,
        "platform": 1,
        "system": 1,
        "version": MISSING,
        "source": SOURCES.index("paid"),
        "province": BOT_REGION,
        "furthest": VISIT,
        "order": MISSING,
        "bot": 1,
    }
    return {
        "start": start,
        "visitor": 90_000_000 + np.arange(amount),
        **{name: np.full(amount, value) for name, value in constant.items()},
    }


def session_table(seed: int, seen: Visits) -> Table:
    """Return the sessions, one row each."""
    rng = stream(seed, "sessions")
    amount = seen.start.size
    pages = np.where(seen.bot == 1, 1, 1 + seen.furthest + rng.poisson(0.6 + seen.furthest))
    left = (seen.furthest == VISIT) & (rng.random(amount) < 0.75)
    pages = np.where(left, 1, pages)
    dwell = np.where(
        seen.bot == 1, rng.integers(0, 2, amount), np.round(rng.gamma(1.6, 14.0, amount) * pages) + 2
    )
    networks = (*(f"10.{number}.0" for number in range(40)), BOT_NETWORK)
    network = np.where(seen.bot == 1, len(networks) - 1, rng.integers(0, 40, amount))
    return Table(
        "sessions",
        (
            counts("session_id", np.arange(1, amount + 1)),
            counts("visitor_id", seen.visitor),
            ids("customer_id", np.where(seen.customer == MISSING, MISSING, seen.customer + 1)),
            moments("started_at", seen.start),
            words("platform", seen.platform, devices.PLATFORMS),
            words("device", seen.system, devices.SYSTEMS),
            words("app_version", seen.version, devices.VERSIONS),
            words("traffic_source", seen.source, SOURCES),
            words("session_province", seen.province, PROVINCES),
            words("network", network, networks),
            counts("pages", pages),
            counts("dwell_seconds", dwell),
            flags("is_bounce", pages == 1),
            flags("is_paid_session", seen.furthest == PAY),
        ),
    )


def event_table(seed: int, seen: Visits, made: Orders) -> Table:
    """Return the funnel events of the sessions, one row per step reached, in order of session."""
    rng = stream(seed, "events")
    session = np.repeat(np.arange(seen.start.size), seen.furthest + 1)
    starts = np.concatenate([[0], np.cumsum(seen.furthest + 1)[:-1]])
    step = np.arange(session.size) - starts[session]
    order = seen.order[session]
    gap = rng.integers(4, 75, session.size)
    gap[step == 0] = 0
    when = seen.start[session] + np.cumsum(gap) - np.cumsum(gap)[starts[session]]
    # orders carry their own moments: the browsing steps lie before the order and the payment after it
    when = np.where((step == SUBMIT) & (order != MISSING), np.maximum(made.ordered[order], when), when)
    when = np.where((step == PAY) & (order != MISSING), np.maximum(made.paid_at[order], when + 1), when)
    return Table(
        "session_events",
        (
            counts("session_id", session + 1),
            counts("visitor_id", seen.visitor[session]),
            words("event", step, EVENTS),
            moments("occurred_at", when),
            words("platform", seen.platform[session], devices.PLATFORMS),
            words("device", seen.system[session], devices.SYSTEMS),
            words("app_version", seen.version[session], devices.VERSIONS),
            words("traffic_source", seen.source[session], SOURCES),
            ids("order_id", np.where((order == MISSING) | (step < SUBMIT), MISSING, order + 1)),
        ),
    )
