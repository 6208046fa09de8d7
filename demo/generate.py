"""The demo data: `python -m demo.generate DIR` writes one Parquet file per table."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from demo.world import (
    baskets,
    coupons,
    customers,
    delivery,
    experiments,
    ledger,
    live,
    media_plan,
    orders,
    plans,
    products,
    refunds,
    reviews,
    slots,
    storefronts,
    touches,
    visits,
    writer,
)
from demo.world.streams import IntArray
from demo.world.tables import Table

SEED = 20_251_119


def generate(target: Path, seed: int = SEED) -> None:
    """Write the demo's tables into `target`, the same bytes for the same seed."""
    writer.write_tables(target, tables(seed))


def tables(seed: int = SEED) -> list[Table]:
    """Return every table of the demo, in memory."""
    bought = media_plan.plan(seed)
    shows = live.live_sessions(seed)
    people = customers.customers(seed, customers.arrivals(seed, bought, shows.day, shows.new_orders))
    planned = slots.slots(seed, bought, people, customers.returns(seed, people), shows)
    arms = coupons.holdouts(seed, planned, people)
    lines = baskets.lines(seed, planned, shows)
    made = orders.orders(seed, planned, lines, people, arms)
    paid = refunds.line_paid(made, lines)
    given = refunds.refunds(seed, made, lines, shows, paid)
    seen = visits.visits(seed, made, people)
    return [
        products.product_table(),
        storefronts.store_table(),
        storefronts.store_daily_table(seed, made, seen),
        delivery.campaign_table(bought),
        delivery.creative_table(bought),
        delivery.delivery_table(seed, bought, made),
        ledger.customer_table(seed, made, given, people),
        ledger.order_table(made, given, people, shows),
        ledger.line_table(made, lines, given, paid),
        refunds.refund_table(made, lines, given),
        coupons.coupon_table(),
        live.live_table(seed, shows, _live_sums(made, given, shows)),
        live.deal_table(shows),
        touches.touch_table(seed, made, people, bought),
        visits.session_table(seed, seen),
        visits.event_table(seed, seen, made),
        reviews.review_table(seed, made, lines, given),
        experiments.experiment_table(),
        experiments.assignment_table(seed, made, people, seen, arms),
        plans.target_table(),
        plans.event_table(),
        plans.action_table(),
    ]


def _live_sums(made: orders.Orders, given: refunds.Refunds, shows: live.LiveSessions) -> dict[str, IntArray]:
    """Return orders, GMV, paid, refunded and commission of each live session, from the orders themselves."""
    planned = made.slots
    refunded = given.per_order(given.amount, len(planned))
    commission = orders.commissions(planned, shows, made.paid - refunded)
    sums = {"gmv": made.gmv, "paid": made.paid, "refund": refunded, "commission": commission}
    rows = np.flatnonzero(planned.live >= 0)
    paid = rows[made.is_paid[rows]]
    size = shows.day.size
    totals = {
        name: np.bincount(planned.live[rows], weights=values[rows], minlength=size).round().astype(np.int64)
        for name, values in sums.items()
    }
    totals["orders"] = np.bincount(planned.live[paid], minlength=size)
    return totals


def main() -> None:
    """Generate into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Generate the demo data.")
    parser.add_argument("target", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    generate(arguments.target, arguments.seed)


if __name__ == "__main__":
    main()
