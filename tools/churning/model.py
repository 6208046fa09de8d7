"""The churn model: fitted on the past, calibrated on later time, judged on time later still, then brought up to "
"date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.churning.snapshots import Snapshot, Trait
from tools.numerics.classification import (
    Logistic,
    area_interval,
    area_under_curve,
    brier_score,
    calibration,
    fit_logistic,
    probability_of,
    reliability,
    top_lift,
)
from tools.numerics.clusters import standardised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

KEPT_WITH_ALL = 1.0  # purchases' worth of the mean of all that a customer's own mean is shrunk by


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the model did on the customers held out; `deciles`: cases, mean probability, share that left, highest "
    "first.
    """

    customers: int
    left: int
    area: float
    area_low: float
    area_high: float
    brier: float
    base_brier: float
    lift: float
    deciles: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class ChurnModel:
    """The model in use: log odds = shift + slope * (intercept + sum of weights * (trait - mean) / spread).

    `stake` is the money that a customer who stays brings in the days ahead, per money of one usual purchase;
    `mean_basket` the money of a purchase over all, towards which a customer's own is drawn.
    """

    traits: tuple[Trait, ...]
    logistic: Logistic
    mean: Array
    spread: Array
    shift: float
    slope: float
    stake: float
    mean_basket: float
    judgement: Judgement


def train(traits: tuple[Trait, ...], oldest: Snapshot, middle: Snapshot, newest: Snapshot) -> ChurnModel:
    """Return the model in use and how one made the same way did one step earlier.

    Judged: fitted on the oldest snapshot, calibrated on the middle one, forecasts of the newest one. In use: fitted on
    the oldest and middle one, calibrated on the newest.

    Raises:
        ValueError: in a snapshot everybody left, or nobody.
    """
    import numpy as np

    early, mean, spread = _fit(oldest.matrix, oldest.left)
    shift, slope = calibration(_log_odds(early, middle.matrix, mean, spread), middle.left)
    foreseen = probability_of(shift + slope * _log_odds(early, newest.matrix, mean, spread))
    judgement = _judged(newest.left, foreseen)
    both = np.vstack([oldest.matrix, middle.matrix])
    late, mean, spread = _fit(both, np.concatenate([oldest.left, middle.left]))
    shift, slope = calibration(_log_odds(late, newest.matrix, mean, spread), newest.left)
    stays = newest.left == 0
    usual = float(newest.basket.mean())
    worth = _shrunken(newest, usual)
    stake = float(newest.later_money[stays].sum() / max(worth[stays].sum(), 1e-9))
    return ChurnModel(traits, late, mean, spread, shift, slope, stake, usual, judgement)


def _fit(matrix: Array, left: Array) -> tuple[Logistic, Array, Array]:
    z, mean, spread = standardised(matrix)
    return fit_logistic(z, left), mean, spread


def _log_odds(model: Logistic, matrix: Array, mean: Array, spread: Array) -> Array:
    return model.log_odds((matrix - mean) / spread)


def _shrunken(one: Snapshot, usual: float) -> Array:
    import numpy as np

    count = np.exp(one.matrix[:, 1])  # the trait of orders is their logarithm
    return np.asarray(
        (one.basket * count + usual * KEPT_WITH_ALL) / (count + KEPT_WITH_ALL), dtype=np.float64
    )


def _judged(left: Array, foreseen: Array) -> Judgement:
    area = area_under_curve(left, foreseen)
    yes = int(left.sum())
    low, high = area_interval(area, yes, len(left) - yes)
    rate = float(left.mean())
    return Judgement(
        len(left), yes, area, low, high, brier_score(left, foreseen), rate * (1 - rate), top_lift(left, foreseen),
        tuple(reliability(left, foreseen)),
    )  # fmt: skip
