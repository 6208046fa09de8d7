"""Touchpoints of customers in the last 365 days: what they met on the way to an order, or to none."""

from __future__ import annotations

import numpy as np

from demo.world.clock import DAYS, SECONDS_PER_DAY
from demo.world.customers import Customers
from demo.world.media import AD_CHANNELS, MEDIA, NO_MEDIUM
from demo.world.media_plan import MediaPlan
from demo.world.orders import END, Orders
from demo.world.slots import SOURCES
from demo.world.streams import BoolArray, IntArray, pick, pick_rows, stream
from demo.world.tables import MISSING, Table, counts, ids, moments, words

KEPT_DAYS = 365
WECOM = 6
KINDS = ("view", "click", "message_open", "visit")
VIEW, CLICK, MESSAGE, VISIT = range(4)
# who is met before the last touch: media that open journeys weigh more here than among last touches
EARLIER = np.array([1.3, 0.9, 2.6, 1.0, 0.9, 0.25, 0.0, 1.3])
EARLIER_ORGANIC = np.array([0, 0, 0, 0, 0, 0, 0, 1.0])
COMMUNITY_SHARE = 0.48  # of a member's journeys contain a community message
MEAN_GAP_DAYS = 4.5
LONGEST_DAYS = 28
OPEN_JOURNEYS = 26_000


def touch_table(seed: int, made: Orders, people: Customers, media: MediaPlan) -> Table:
    """Return the touchpoints in order of time.

    The last touch of an order is always the medium the order is credited with ("none" is a visit by the
    customer's own will), and community messages are never last.
    """
    rng = stream(seed, "touches")
    rows = np.flatnonzero(made.is_paid & (made.paid_at >= (DAYS - KEPT_DAYS) * SECONDS_PER_DAY))
    closing = _closing(rng, made, rows)
    before = _earlier(rng, made, people, rows, closing["second"])
    without = _open(rng, made, people)
    joined = {name: np.concatenate([part[name] for part in (closing, before, without)]) for name in closing}
    order = np.lexsort((joined["medium"], joined["customer"], joined["second"]))
    joined = {name: values[order] for name, values in joined.items()}
    campaign = _running_campaigns(media, joined)
    return Table(
        "touchpoints",
        (
            counts("touch_id", np.arange(1, order.size + 1)),
            counts("customer_id", joined["customer"] + 1),
            moments("touched_at", joined["second"]),
            words("ad_channel", joined["medium"], AD_CHANNELS),
            ids("campaign_id", np.where(campaign == MISSING, MISSING, campaign + 1)),
            words("traffic_source", joined["source"], SOURCES),
            words("touch_kind", joined["kind"], KINDS),
        ),
    )


def _closing(rng: np.random.Generator, made: Orders, rows: IntArray) -> dict[str, IntArray]:
    medium = made.slots.medium[rows]
    ordered = np.minimum(made.ordered[rows], made.slots.second[rows])
    # never before the customer's previous order, whose own last touch it would become
    earliest = np.minimum(_previous_order(made, rows) + 1, ordered - 1)
    return {
        "second": np.maximum(ordered - rng.integers(30, 600, rows.size), earliest),
        "customer": made.slots.customer[rows],
        "medium": medium,
        "campaign": made.slots.campaign[rows],
        "source": made.slots.source[rows],
        "kind": np.where(medium == NO_MEDIUM, VISIT, CLICK),
    }


def _earlier(
    rng: np.random.Generator, made: Orders, people: Customers, rows: IntArray, closed: IntArray
) -> dict[str, IntArray]:
    customer, medium = made.slots.customer[rows], made.slots.medium[rows]
    amount = rng.poisson(np.where(medium == NO_MEDIUM, 0.45, 1.05))
    journey = np.repeat(np.arange(rows.size), amount)
    own = (medium[journey] == NO_MEDIUM).astype(np.int64)
    met = pick_rows(rng, np.vstack([EARLIER, EARLIER_ORGANIC]), own)
    member = people.in_community[customer] & (people.joined[customer] < made.slots.day[rows] - 3)
    told = np.flatnonzero(member & (rng.random(rows.size) < COMMUNITY_SHARE))
    journey, met = np.concatenate([journey, told]), np.concatenate([met, np.full(told.size, WECOM)])
    back = np.minimum(rng.exponential(MEAN_GAP_DAYS, journey.size), LONGEST_DAYS) * SECONDS_PER_DAY
    second = closed[journey] - 120 - np.round(back).astype(np.int64)
    previous = _previous_order(made, rows)[journey]
    # a touch belongs to the journey after the previous order
    keep = (second > previous + 60) & (second >= 0)
    journey, met, second = journey[keep], met[keep], second[keep]
    return {
        "second": second,
        "customer": customer[journey],
        "medium": met,
        "campaign": np.full(met.size, MISSING),
        "source": _source_of(rng, met),
        "kind": _kind_of(rng, met),
    }


def _previous_order(made: Orders, rows: IntArray) -> IntArray:
    """Return when the same customer placed the order before each of `rows`, or MISSING.

    Before in the order of placing: a pre-sale is placed long before it is paid.
    """
    paid = np.flatnonzero(made.is_paid)
    paid = paid[np.lexsort((made.ordered[paid], made.slots.customer[paid]))]
    same = made.slots.customer[paid][1:] == made.slots.customer[paid][:-1]
    previous = np.full(len(made.slots), MISSING)
    previous[paid[1:][same]] = made.ordered[paid[:-1][same]]
    return previous[rows]


def _open(rng: np.random.Generator, made: Orders, people: Customers) -> dict[str, IntArray]:
    """Return the touches of journeys that end in no order: of leads and of customers after their last order."""
    last = np.full(people.province.size, MISSING)
    paid = np.flatnonzero(made.is_paid)
    last[made.slots.customer[paid]] = made.paid_at[paid]
    start = np.maximum(
        np.maximum(last, people.registered * SECONDS_PER_DAY), (DAYS - KEPT_DAYS) * SECONDS_PER_DAY
    )
    free = np.flatnonzero(start < END - 5 * SECONDS_PER_DAY)
    chosen = np.sort(rng.choice(free, size=min(OPEN_JOURNEYS, free.size), replace=False))
    amount = 1 + rng.poisson(0.9, chosen.size)
    journey = np.repeat(np.arange(chosen.size), amount)
    customer = chosen[journey]
    met = pick(rng, (1.6, 1.0, 2.0, 1.3, 1.3, 0.6, 0.0, 1.2), journey.size)
    member = people.in_community[customer] & (people.joined[customer] * SECONDS_PER_DAY < start[customer])
    met = np.where(member & (rng.random(journey.size) < 0.30), WECOM, met)
    begin = start[chosen] + 3_600 + rng.random(chosen.size) * (END - start[chosen] - 2 * SECONDS_PER_DAY)
    second = np.round(begin[journey] + rng.exponential(2.5, journey.size) * SECONDS_PER_DAY).astype(np.int64)
    keep = second < END
    met = met[keep]
    return {
        "second": second[keep],
        "customer": customer[keep],
        "medium": met,
        "campaign": np.full(met.size, MISSING),
        "source": _source_of(rng, met),
        "kind": _kind_of(rng, met),
    }


def _source_of(rng: np.random.Generator, met: IntArray) -> IntArray:
    own = pick(rng, (0.4, 0.15, 0.1, 0, 0.35), met.size)
    paid = np.where(met == WECOM, SOURCES.index("community"), SOURCES.index("paid"))
    return np.where(met == NO_MEDIUM, own, paid)


def _kind_of(rng: np.random.Generator, met: IntArray) -> IntArray:
    message: BoolArray = np.isin(met, [5, WECOM])
    seen = np.where(rng.random(met.size) < 0.35, VIEW, CLICK)
    return np.where(met == NO_MEDIUM, VISIT, np.where(message, MESSAGE, seen))


def _running_campaigns(media: MediaPlan, joined: dict[str, IntArray]) -> IntArray:
    """Return the campaign of each touch: the order's own, else the medium's always-on one of that day."""
    running = np.full((DAYS, len(MEDIA)), MISSING)
    for position, campaign in reversed(list(enumerate(media.campaigns))):
        if campaign.objective == "always_on":
            running[campaign.start : campaign.end + 1, campaign.medium] = position
    medium = np.minimum(joined["medium"], len(MEDIA) - 1)
    usual = running[joined["second"] // SECONDS_PER_DAY, medium]
    usual = np.where(joined["medium"] == NO_MEDIUM, MISSING, usual)
    return np.where(joined["campaign"] == MISSING, usual, joined["campaign"])
