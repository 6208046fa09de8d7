"""A small made-up bike shop for the growth suggestions: with stories planted, or with none but chance.

Planted: the old browser loses payments in the last three weeks; one saddle comes back; one referrer converts badly;
regulars who go quiet do not return. Shuffled: labels and people are dealt out anew, so that nothing tells apart.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

import semantic_layer
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np

WORKSPACE = """
version: 1
today: data
models:
  - name: hits
    agg_time_dimension: seen_at
    columns:
      - {name: rider, entity: foreign}
      - {name: seen_at, dimension: time, granularity: second}
      - {name: kind, dimension: {type: categorical}}
      - {name: browser, dimension: {type: categorical}, values: {old: Old, new: New, mobile: Mobile}}
      - {name: referrer, dimension: {type: categorical}, values: {mail: Mail, search: Search, club: Club, ads: Ads}}
    metrics:
      - {name: looks, agg: count, expr: rider, filter: "kind = 'look'", good_direction: up}
      - {name: buys, agg: count, expr: rider, filter: "kind = 'buy'", good_direction: up}
  - name: sales
    agg_time_dimension: sold_on
    columns:
      - {name: sale, entity: primary}
      - {name: rider, entity: foreign}
      - {name: sold_on, dimension: time, granularity: day}
      - name: part
        dimension: {type: categorical}
        values: {saddle: Saddle, bell: Bell, tyre: Tyre, lock: Lock, pump: Pump}
      - {name: shop, dimension: {type: categorical}, values: {east: East, west: West, south: South}}
    metrics:
      - {name: takings, agg: sum, expr: eur, unit: EUR, good_direction: up, tier: strategic}
      - {name: returned, agg: sum, expr: back_eur, unit: EUR, good_direction: down}
      - {name: sale_count, agg: count, expr: sale, good_direction: up}
metrics:
  - {name: buy_rate, type: ratio, numerator: buys, denominator: looks, good_direction: up, tier: strategic}
  - {name: return_share, type: ratio, numerator: returned, denominator: takings, good_direction: down, tier: strategic}
funnels:
  - name: buying
    model: hits
    entity: rider
    window: 1d
    dimensions: [browser, referrer]
    steps:
      - {name: look, where: "kind = 'look'"}
      - {name: pick, where: "kind = 'pick'"}
      - {name: buy, where: "kind = 'buy'"}
customers:
  - {name: riders, model: sales, entity: rider, orders: sale_count, revenue: takings}
"""
LAST = date(2025, 6, 29)  # a Sunday
HIT_WEEKS, SALE_DAYS = 10, 420
VISITS, SALES, RIDERS = 20_000, 16_000, 4_000


def context(folder: Path, seed: int, *, planted: bool) -> ToolContext:
    """Return an open workspace of one draw; without stories when `planted` is false."""
    import numpy as np

    rng = np.random.default_rng(seed)
    root = folder / f"bikes_{seed}_{planted}"
    root.mkdir(parents=True)
    (root / "askgrowth.yml").write_text(WORKSPACE, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE hits(rider INT, seen_at TIMESTAMP, kind VARCHAR, browser VARCHAR, referrer VARCHAR)"
    )
    connection.execute(
        "CREATE TABLE sales(sale INT, rider INT, sold_on DATE, part VARCHAR, shop VARCHAR, eur DOUBLE, back_eur DOUBLE)"
    )
    _insert(connection, "hits", _hits(rng, planted))
    _insert(connection, "sales", _sales(rng, planted))
    layer = semantic_layer.open(root, connection=connection, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: list[list[object]]) -> None:
    places = ", ".join("unnest(?)" for _ in columns)
    connection.execute(f"INSERT INTO {table} SELECT {places}", columns)


def _hits(rng: np.random.Generator, planted: bool) -> list[list[object]]:
    """Return visits of one rider each: a look, a pick for 40 % and a buy for 70 % of those."""
    import numpy as np

    first = datetime.combine(LAST, time.min) - timedelta(weeks=HIT_WEEKS) + timedelta(days=1)
    browser = rng.choice(["old", "new", "mobile"], VISITS, p=[0.3, 0.4, 0.3])
    referrer = rng.choice(["mail", "search", "club", "ads"], VISITS)
    seconds = rng.integers(0, HIT_WEEKS * 7 * 86_400 - 3_600, VISITS)
    pick, buy = np.full(VISITS, 0.4), np.full(VISITS, 0.7)
    if planted:
        late = seconds > (HIT_WEEKS - 3) * 7 * 86_400 - 86_400
        buy[(browser == "old") & late] = 0.4
        pick[referrer == "ads"] = 0.25
    picked = rng.random(VISITS) < pick
    bought = picked & (rng.random(VISITS) < buy)
    columns: list[list[object]] = [[], [], [], [], []]
    for step, (kind, went) in enumerate(
        (("look", np.ones(VISITS, dtype=bool)), ("pick", picked), ("buy", bought))
    ):
        for at in np.flatnonzero(went):
            moment = first + timedelta(seconds=int(seconds[at]) + 60 * step)
            for column, value in zip(
                columns, (int(at), moment, kind, str(browser[at]), str(referrer[at])), strict=True
            ):
                column.append(value)
    return columns


def _sales(rng: np.random.Generator, planted: bool) -> list[list[object]]:
    """Return sales; with stories most riders stop for good after a while, and the saddle comes back of late."""
    import numpy as np

    start = LAST - timedelta(days=SALE_DAYS - 1)
    rider = rng.integers(0, RIDERS, SALES)
    days = rng.integers(0, SALE_DAYS, SALES)
    if planted:
        # A rider buys within 60 days of a first day of their own, one in six all the time.
        begin = rng.integers(0, SALE_DAYS, RIDERS)
        loyal = rng.random(RIDERS) < 0.17
        days = np.where(
            loyal[rider], days, np.minimum(begin[rider] + rng.integers(0, 60, SALES), SALE_DAYS - 1)
        )
    part = rng.choice(["saddle", "bell", "tyre", "lock", "pump"], SALES)
    shop = rng.choice(["east", "west", "south"], SALES)
    eur = np.round(rng.lognormal(3.5, 0.5, SALES), 2)
    risk = np.full(SALES, 0.12)
    if planted:
        risk[(part == "saddle") & (days >= SALE_DAYS - 56)] = 0.4
    back = np.where(rng.random(SALES) < risk, eur, 0.0)
    dates = [start + timedelta(days=int(day)) for day in days]
    return [
        list(range(SALES)),
        rider.tolist(),
        dates,
        part.tolist(),
        shop.tolist(),
        eur.tolist(),
        back.tolist(),
    ]
