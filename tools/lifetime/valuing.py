"""What customers will be worth: models fitted to cells, resampled, and checked on time held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.lifetime.counting import Cells, Values
from tools.numerics.gamma_gamma import (
    GammaGamma,
    expected_value,
    fit_gamma_gamma,
    frequency_value_correlation,
)
from tools.numerics.lifetime import (
    BgNbd,
    alive_probability,
    expected_purchases,
    expected_repeats,
    fit_bg_nbd,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS = 40
LEAST_TAIL = 1.1  # Gamma-Gamma with q below 1 has no mean, and hardly one just above
LEVEL = (0.1, 0.9)  # of the 80 % intervals
CLASSES = ((0, 0), (1, 1), (2, 2), (3, 4), (5, None))  # repeats: 0, 1, 2, 3-4, 5 and more


@dataclass(frozen=True, slots=True)
class Worth:
    """One group: customers, purchases and money expected per customer, with 80 % bounds.

    `alive` is the share still active of those who bought again, None where none has: before the first repeat the
    model takes everybody for active, which would say nothing.
    """

    key: str | None
    customers: float
    alive: float | None
    purchases: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BackTest:
    """Expected and real purchases in the time held out, by repeats before; `rows`: class, customers, both per "
    "customer.
    """

    weeks: float
    expected: float
    actual: float
    rows: tuple[tuple[int, float, float, float], ...]

    @property
    def error(self) -> float:
        """Return how far the forecast was off, as a share of what happened."""
        return self.expected / self.actual - 1 if self.actual > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Valuation:
    """The fitted models, the groups, all customers, a new customer's future, and the draws of the groups."""

    purchase: BgNbd
    money: GammaGamma
    groups: tuple[Worth, ...]
    everybody: Worth
    newcomer: tuple[float, float, float]
    correlation: float
    draws: Array


def class_of(repeats: Array) -> Array:
    """Return the number of the class of each repeat count."""
    import numpy as np

    kinds = np.searchsorted([low for low, _ in CLASSES], repeats, side="right") - 1
    return np.asarray(kinds, dtype=np.float64)


def back_test(held: Cells, weeks: float) -> BackTest:
    """Return what a model fitted before the cut says about the `weeks` after it, against what happened."""
    model = fit_bg_nbd(held.repeats, held.recency, held.age, held.weights)
    foreseen = expected_purchases(model, weeks, held.repeats, held.recency, held.age) * held.weights
    kinds = class_of(held.repeats)
    rows = []
    for kind in range(len(CLASSES)):
        chosen = kinds == kind
        count = float(held.weights[chosen].sum())
        if count > 0:
            rows.append(
                (kind, count, float(foreseen[chosen].sum()) / count, float(held.later[chosen].sum()) / count)
            )
    return BackTest(weeks, float(foreseen.sum()), float(held.later.sum()), tuple(rows))


def valuation(cells: Cells, values: Values, weeks: float, weekly_discount: float, seed: int = 7) -> Valuation:
    """Return the worth of each group over the next `weeks`; groups are members, or classes of repeats.

    Intervals: customers are drawn again 40 times and both models fitted anew (percentile bootstrap, 80 %).
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    purchase = fit_bg_nbd(cells.repeats, cells.recency, cells.age, cells.weights)
    money = fit_gamma_gamma(values.repeats, values.value, values.weights)
    mean = float(np.average(values.value, weights=values.weights))
    keys, group = _groups(cells)
    point = _worth(cells, cells.weights, purchase, money, weeks, weekly_discount, group, len(keys))
    drawn, fresh = [], []
    for _ in range(DRAWS):
        weights = rng.poisson(cells.weights).astype(np.float64)
        again = rng.poisson(values.weights).astype(np.float64)
        one = fit_bg_nbd(cells.repeats, cells.recency, cells.age, weights, start=purchase)
        other = fit_gamma_gamma(values.repeats, values.value, again, start=money)
        drawn.append(_worth(cells, weights, one, other, weeks, weekly_discount, group, len(keys))[2])
        fresh.append(_newcomer(one, other, weeks, mean))
    draws = np.array(drawn)
    low, high = np.quantile(draws, LEVEL, axis=0)
    counts, alive, worth, bought = *point[:3], point[3]
    every = [
        Worth(
            key, float(counts[at]), None if np.isnan(alive[at]) else float(alive[at]),
            *(float(column[at]) for column in (bought, worth, low, high)),
        )
        for at, key in enumerate((*keys, None))
    ]  # fmt: skip
    return Valuation(
        purchase, money, tuple(one for one in every[:-1] if one.customers > 0), every[-1],
        (_newcomer(purchase, money, weeks, mean), *_bounds(fresh)),
        frequency_value_correlation(values.repeats, values.value, values.weights), draws,
    )  # fmt: skip


def _groups(cells: Cells) -> tuple[tuple[str | None, ...], Array]:
    import numpy as np

    if not cells.group:
        return tuple(str(at) for at in range(len(CLASSES))), class_of(cells.repeats)
    keys = tuple(sorted(set(cells.group), key=lambda one: (one is None, str(one))))
    place = {key: float(at) for at, key in enumerate(keys)}
    return keys, np.array([place[one] for one in cells.group])


def _worth(
    cells: Cells,
    weights: Array,
    purchase: BgNbd,
    money: GammaGamma,
    weeks: float,
    discount: float,
    group: Array,
    count: int,
) -> tuple[Array, Array, Array, Array]:
    """Return customers, share alive of repeaters, money and purchases per customer, of each group and (last) of all."""
    import numpy as np

    x, recency, age = cells.repeats, cells.recency, cells.age
    alive = alive_probability(purchase, x, recency, age)
    bought = expected_purchases(purchase, weeks, x, recency, age)
    counted = bought
    if discount > 0:
        counted = np.zeros(x.shape)
        before = np.zeros(x.shape)
        for end in np.linspace(weeks / 12, weeks, 12):
            until = expected_purchases(purchase, float(end), x, recency, age)
            counted = counted + (until - before) / (1 + discount) ** (end - weeks / 24)
            before = until
    # A mean of money below zero (more returned than bought) is no gamma value: the mean of all stands for it.
    each = _per_purchase(money, np.where(cells.value > 0, x, 0), np.maximum(cells.value, 0), weights)
    where = group.astype(int)

    def summed(column: Array) -> Array:
        sums = np.bincount(where, column * weights, count)
        return np.append(sums, sums.sum())

    counts = summed(np.ones(x.shape))
    safe = np.maximum(counts, 1e-9)
    again = summed((x > 0).astype(np.float64))
    active = np.where(again > 0, summed(np.where(x > 0, alive, 0)) / np.maximum(again, 1e-9), np.nan)
    return counts, active, summed(counted * each) / safe, summed(bought) / safe


def each_worth(
    found: Valuation, repeats: Array, recency: Array, age: Array, value: Array, weeks: float
) -> tuple[Array, Array, Array]:
    """Return probability still active, purchases and money expected in `weeks`, customer by customer (undiscounted)."""
    import numpy as np

    alive = alive_probability(found.purchase, repeats, recency, age)
    bought = expected_purchases(found.purchase, weeks, repeats, recency, age)
    each = _per_purchase(
        found.money, np.where(value > 0, repeats, 0), np.maximum(value, 0), np.ones(repeats.shape)
    )
    return alive, bought, bought * each


def _newcomer(purchase: BgNbd, money: GammaGamma, weeks: float, mean: float) -> float:
    import numpy as np

    bought = float(expected_repeats(purchase, np.array([weeks]))[0])
    return bought * float(_per_purchase(money, np.zeros(1), mean * np.ones(1), np.ones(1))[0])


def _per_purchase(money: GammaGamma, repeats: Array, value: Array, weights: Array) -> Array:
    """Return the expected money per purchase; the plain mean where the fitted tail is too heavy to have one."""
    import numpy as np

    if money.q > LEAST_TAIL:
        return expected_value(money, repeats, value)
    bought = value > 0
    mean = float(np.average(value[bought], weights=weights[bought])) if np.any(bought) else 0.0
    return np.where(repeats > 0, value, mean)


def _bounds(draws: list[float]) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(draws, LEVEL)
    return float(low), float(high)
