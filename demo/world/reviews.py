"""Product reviews with stars and text."""

from __future__ import annotations

import numpy as np

from demo.world import phrases, stories
from demo.world.baskets import Lines
from demo.world.clock import SECONDS_PER_DAY, day_number
from demo.world.media import STORES
from demo.world.orders import END, Orders
from demo.world.products import POSITION, PRODUCTS
from demo.world.refunds import Refunds
from demo.world.slots import OFFLINE
from demo.world.streams import BoolArray, IntArray, pick, pick_rows, stream
from demo.world.tables import MISSING, Table, counts, moments, texts, words

REVIEW_SHARE = 0.055
ENGLISH_SHARE = 0.06
LANGUAGES = ("zh", "en")
STAR_SHARES = np.array(
    [
        [0.035, 0.035, 0.08, 0.19, 0.66],  # kept
        [0.36, 0.24, 0.18, 0.12, 0.10],  # refunded
        [0.34, 0.22, 0.12, 0.10, 0.22],  # the bad batch
    ]
)


def review_table(seed: int, made: Orders, lines: Lines, given: Refunds) -> Table:
    """Return the reviews in order of time."""
    rng = stream(seed, "reviews")
    order = lines.order
    open_to_review = (
        made.is_paid[order] & (made.slots.store[order] != OFFLINE) & (made.shipped[order] != MISSING)
    )
    rows = np.flatnonzero(open_to_review & (rng.random(order.size) < REVIEW_SHARE))
    when = made.shipped[order[rows]] + np.round(rng.gamma(3.0, 2.6, rows.size) * SECONDS_PER_DAY).astype(
        np.int64
    )
    rows, when = rows[when < END], when[when < END]
    sequence = np.lexsort((rows, when))
    rows, when = rows[sequence], when[sequence]
    product = lines.product[rows]
    ill = (product == POSITION[stories.SURGE_PRODUCT]) & (
        made.paid_at[order[rows]] >= day_number(stories.SURGE_FIRST_DAY) * SECONDS_PER_DAY
    )
    group = np.where(ill, 2, np.isin(rows, given.line).astype(np.int64))
    stars = pick_rows(rng, STAR_SHARES, group) + 1
    english = rng.random(rows.size) < ENGLISH_SHARE
    return Table(
        "reviews",
        (
            counts("review_id", np.arange(1, rows.size + 1)),
            counts("order_id", order[rows] + 1),
            counts("customer_id", made.slots.customer[order[rows]] + 1),
            counts("product_id", product + 1),
            words("store", made.slots.store[order[rows]], STORES),
            moments("reviewed_at", when),
            counts("stars", stars),
            words("language", english.astype(np.int64), LANGUAGES),
            texts("review_text", _texts(rng, product, stars, ill, english)),
        ),
    )


def _texts(
    rng: np.random.Generator, product: IntArray, stars: IntArray, ill: BoolArray, english: BoolArray
) -> list[str]:
    """Return one text per review: two remarks on different aspects in the mood of its stars."""
    aspect_one = pick(rng, phrases.ASPECT_SHARE, product.size)
    step = 1 + rng.integers(0, len(phrases.ASPECTS) - 1, product.size)
    aspect_two = (aspect_one + step) % len(phrases.ASPECTS)
    choice = rng.integers(0, 1_000_000, (product.size, 3))
    mood = np.select([stars >= 4, stars == 3], [0, 1], 2)
    made = []
    for row in range(product.size):
        tongue = phrases.ENGLISH if english[row] else phrases.CHINESE
        first = (
            phrases.BAD_BATCH[int(english[row])]
            if ill[row] and stars[row] <= 2
            else tongue[int(aspect_one[row])][int(mood[row])]
        )
        second = tongue[int(aspect_two[row])][int(mood[row]) if stars[row] in (1, 5) else 1]
        parts = [first[choice[row, 0] % len(first)], second[choice[row, 1] % len(second)]]
        if choice[row, 2] % 3 == 0:
            parts.pop()
        if choice[row, 2] % 4 == 1:
            item = PRODUCTS[int(product[row])]
            parts.append(f"I bought the {item.en}." if english[row] else f"买的{item.zh.split(' ')[0]}。")
        made.append((" " if english[row] else "").join(parts))
    return made
