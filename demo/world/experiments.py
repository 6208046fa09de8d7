"""Experiments: what was tried, who was in it and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import stories
from demo.world.clock import SECONDS_PER_DAY, day_number
from demo.world.coupons import Holdout
from demo.world.customers import Customers
from demo.world.devices import SYSTEMS
from demo.world.experiment_log import EXPERIMENTS
from demo.world.orders import Orders
from demo.world.streams import IntArray, exactly, stream
from demo.world.tables import MISSING, Table, counts, dates, days, flags, money, texts, words
from demo.world.visits import FIRST_ANONYMOUS, PAY, Visits

PRE_DAYS = 90
HOLDOUT_KEYS = ("vip30_holdout", "back50_holdout")  # of the coupon experiments, in the order of their arms
VARIANTS = ("A", "B", "holdout", "coupon")


@dataclass(frozen=True, slots=True)
class PageTest:
    """An experiment on the visitors of the own mall; `lift` is the true relative effect on conversion."""

    key: str
    start: date
    end: date
    control_share: float
    lift: float


PAGE_TESTS = (
    PageTest("checkout_one_page", date(2025, 6, 2), date(2025, 6, 29), 0.5, 0.26),
    PageTest(stories.SRM_EXPERIMENT, date(2025, 7, 14), date(2025, 8, 10), stories.SRM_CONTROL_SHARE, 0.10),
    PageTest("free_shipping_99", date(2025, 9, 15), date(2025, 10, 12), 0.5, 0.0),
)


def experiment_table() -> Table:
    """Return what was thought of, tried, dropped and shipped, one row per idea."""
    return Table(
        "experiments",
        (
            counts("experiment_id", np.arange(1, len(EXPERIMENTS) + 1)),
            texts("experiment", [idea.key for idea in EXPERIMENTS]),
            texts("experiment_name", [idea.zh for idea in EXPERIMENTS]),
            texts("hypothesis", [idea.hypothesis for idea in EXPERIMENTS]),
            texts("stage", [idea.stage for idea in EXPERIMENTS]),
            texts("result", [idea.result for idea in EXPERIMENTS]),
            texts("owner", [idea.owner for idea in EXPERIMENTS]),
            texts("primary_metric", [idea.metric for idea in EXPERIMENTS]),
            dates("proposed_on", [idea.proposed for idea in EXPERIMENTS]),
        ),
    )


def assignment_table(
    seed: int, made: Orders, people: Customers, seen: Visits, arms: tuple[Holdout, Holdout]
) -> Table:
    """Return one row per experiment and unit, with the unit's outcomes while the experiment ran."""
    parts = [_page_rows(seed, test, seen, made) for test in PAGE_TESTS]
    parts += [_coupon_rows(arm, made, people) for arm in arms]
    keys = [*(test.key for test in PAGE_TESTS), *HOLDOUT_KEYS]
    which = np.concatenate([np.full(part["unit"].size, number) for number, part in enumerate(parts)])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((joined["unit"], joined["day"], which))
    joined = {name: values[order] for name, values in joined.items()}
    return Table(
        "experiment_assignments",
        (
            words("experiment", which[order], keys),
            counts("unit_id", joined["unit"]),
            words("variant", joined["variant"], VARIANTS),
            days("assigned_on", joined["day"]),
            words("device", joined["device"], SYSTEMS),
            flags("converted", joined["orders"] > 0),
            counts("orders", joined["orders"]),
            money("paid_amount", joined["paid"]),
            money("paid_before", joined["before"]),
        ),
    )


def _page_rows(seed: int, test: PageTest, seen: Visits, made: Orders) -> dict[str, IntArray]:
    rng = stream(seed, f"experiment {test.key}")
    start, end = day_number(test.start) * SECONDS_PER_DAY, (day_number(test.end) + 1) * SECONDS_PER_DAY
    inside = np.flatnonzero((seen.start >= start) & (seen.start < end) & (seen.bot == 0))
    unit, first, group = np.unique(seen.visitor[inside], return_index=True, return_inverse=True)
    paying = seen.furthest[inside] == PAY
    orders = np.bincount(group[paying], minlength=unit.size)
    amounts = np.where(paying, made.paid[seen.order[inside]], 0)
    paid = np.bincount(group, weights=amounts, minlength=unit.size)
    # the orders exist already: drawing the arm after them plants the effect without changing a single order
    treated = 1 - test.control_share
    bought = treated * (1 + test.lift) / (test.control_share + treated * (1 + test.lift))
    variant = np.zeros(unit.size, dtype=np.int64)
    buying = orders > 0
    variant[buying] = exactly(rng, bought, int(buying.sum()))
    rate = buying.mean()
    variant[~buying] = rng.random(int((~buying).sum())) < (treated - bought * rate) / (1 - rate)
    before = _paid_between(made, start - PRE_DAYS * SECONDS_PER_DAY, start)
    known = unit < FIRST_ANONYMOUS
    return {
        "unit": unit,
        "variant": variant,
        "day": seen.start[inside][first] // SECONDS_PER_DAY,
        "device": seen.system[inside][first],
        "orders": orders,
        "paid": paid.round().astype(np.int64),
        "before": np.where(known, before[np.where(known, unit - 1, 0)], 0),
    }


def _coupon_rows(arm: Holdout, made: Orders, people: Customers) -> dict[str, IntArray]:
    start, end = arm.start * SECONDS_PER_DAY, (arm.end + 1) * SECONDS_PER_DAY
    rows = np.flatnonzero(made.is_paid & (made.paid_at >= start) & (made.paid_at < end))
    everyone = people.province.size
    orders = np.bincount(made.slots.customer[rows], minlength=everyone)
    return {
        "unit": arm.customer + 1,
        "variant": np.where(arm.treated, VARIANTS.index("coupon"), VARIANTS.index("holdout")),
        "day": np.full(arm.customer.size, arm.start),
        "device": np.full(arm.customer.size, MISSING),
        "orders": orders[arm.customer],
        "paid": _paid_between(made, start, end, everyone)[arm.customer],
        "before": _paid_between(made, start - PRE_DAYS * SECONDS_PER_DAY, start, everyone)[arm.customer],
    }


def _paid_between(made: Orders, start: int, end: int, everyone: int | None = None) -> IntArray:
    rows = np.flatnonzero(made.is_paid & (made.paid_at >= start) & (made.paid_at < end))
    size = everyone or int(made.slots.customer.max()) + 1
    return (
        np.bincount(made.slots.customer[rows], weights=made.paid[rows], minlength=size)
        .round()
        .astype(np.int64)
    )
