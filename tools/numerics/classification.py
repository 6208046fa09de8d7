"""Probabilities of a yes or no: a logistic model, its calibration, and how good its forecasts were.

Sources: Hanley & McNeil (1982), Radiology 143: 29-36 (area under the curve and its error); Brier (1950); Platt (1999),
probabilistic outputs (calibration). `outcome` is 1 or 0, `probability` lies in (0, 1), both one per case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix as rows_of
from tools.numerics.arrays import same_length, vector
from tools.numerics.proportions import normal_quantile
from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """log odds = intercept + matrix @ weights; `errors` are standard errors of the weights."""

    intercept: float
    weights: Array
    errors: Array

    def log_odds(self, matrix: Array) -> Array:
        """Return the log odds of each row."""
        return self.intercept + matrix @ self.weights


def fit_logistic(matrix: ArrayLike, outcome: ArrayLike, penalty: float = 1.0) -> Logistic:
    """Return an L2-penalised logistic regression (the intercept is free); columns should be standardised.

    Errors come from the inverse of the penalised information (X'WX + penalty I).

    Raises:
        ValueError: all outcomes are the same, one is neither 0 nor 1, or a value is missing.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    matrix, outcome = rows_of(matrix), _outcomes(outcome)
    same_length(matrix=matrix, outcome=outcome)
    if not penalty > 0:
        raise ValueError("a penalty above 0 is needed")
    if not 0 < float(outcome.mean()) < 1:
        raise ValueError("both outcomes are needed")
    with one_thread():
        fitted = LogisticRegression(C=1 / penalty, max_iter=500).fit(matrix, outcome)
    weights, intercept = np.asarray(fitted.coef_[0], dtype=np.float64), float(fitted.intercept_[0])
    chance = probability_of(intercept + matrix @ weights)
    design = np.column_stack([np.ones(len(matrix)), matrix])
    information = (design * (chance * (1 - chance))[:, None]).T @ design
    information += np.diag([1e-9, *([penalty] * matrix.shape[1])])
    errors = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
    return Logistic(intercept, weights, errors)


def _outcomes(outcome: ArrayLike) -> Array:
    found = vector(outcome, "outcome")
    if not ((found == 0) | (found == 1)).all():
        raise ValueError("outcome: 0 or 1 is needed")
    return found


def _judged(outcome: ArrayLike, probability: ArrayLike) -> tuple[Array, Array]:
    truth, said = _outcomes(outcome), vector(probability, "probability")
    same_length(outcome=truth, probability=said)
    return truth, said


def probability_of(log_odds: ArrayLike) -> Array:
    """Return 1 / (1 + exp(-x)), without overflow; of an array of any shape, infinite log odds too.

    Raises:
        ValueError: a missing value.
    """
    import numpy as np
    from scipy.special import expit

    log_odds = np.asarray(log_odds, dtype=np.float64)
    if np.isnan(log_odds).any():
        raise ValueError("log odds: a value is missing")
    return np.asarray(expit(log_odds), dtype=np.float64)


def calibration(log_odds: ArrayLike, outcome: ArrayLike) -> tuple[float, float]:
    """Return (shift, slope) so that shift + slope * log odds are the log odds seen in other cases (Platt).

    A slope of 1 and a shift of 0 mean that the forecasts were right as they were. Where one outcome is missing
    there is nothing to learn: (0, 1).

    Raises:
        ValueError: two arrays of different length, a missing value, or an outcome that is neither 0 nor 1.
    """
    outcome, log_odds = _judged(outcome, log_odds)
    if not 0 < float(outcome.mean()) < 1:
        return 0.0, 1.0
    fitted = fit_logistic(log_odds[:, None], outcome, penalty=1e-6)
    return fitted.intercept, float(fitted.weights[0])


def area_under_curve(outcome: ArrayLike, probability: ArrayLike) -> float:
    """Return the chance that a yes was given a higher probability than a no (ties count half); 0.5 is guessing.

    Raises:
        ValueError: all outcomes are the same, one is neither 0 nor 1, or a value is missing.
    """
    import numpy as np
    from scipy.stats import rankdata

    outcome, probability = _judged(outcome, probability)
    yes = outcome > 0
    first, second = int(np.sum(yes)), int(np.sum(~yes))
    if not first or not second:
        raise ValueError("both outcomes are needed")
    ranks = rankdata(probability)
    return float((ranks[yes].sum() - first * (first + 1) / 2) / (first * second))


def area_interval(area: float, yes: int, no: int, level: float = 0.8) -> tuple[float, float]:
    """Return the interval of an area under the curve by the error of Hanley and McNeil.

    Raises:
        ValueError: an area outside [0, 1], or no yes or no.
    """
    from math import sqrt

    if not 0 <= area <= 1 or min(yes, no) < 1:
        raise ValueError("an area inside [0, 1] and both outcomes are needed")
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (yes - 1) * (first - area * area) + (no - 1) * (second - area * area)
    error = sqrt(max(0.0, spread) / (yes * no))
    z = normal_quantile(level)
    return max(0.0, area - z * error), min(1.0, area + z * error)


def brier_score(outcome: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean squared error of the probabilities: 0 is perfect, p(1-p) is always saying the base rate p.

    Raises:
        ValueError: as `area_under_curve`, though one outcome alone will do.
    """
    outcome, probability = _judged(outcome, probability)
    return float(((probability - outcome) ** 2).mean())


def top_lift(outcome: ArrayLike, probability: ArrayLike, share: float = 0.1) -> float:
    """Return the rate of yes among the `share` with the highest probability, over the rate of all; 1 is guessing.

    Raises:
        ValueError: a share outside (0, 1], or as `brier_score`.
    """
    import numpy as np

    outcome, probability = _judged(outcome, probability)
    if not 0 < share <= 1:
        raise ValueError("a share inside (0, 1] is needed")
    size = max(1, round(len(outcome) * share))
    top = np.argsort(-probability, kind="stable")[:size]
    rate = float(outcome.mean())
    return float(outcome[top].mean()) / rate if rate > 0 else 1.0


def reliability(
    outcome: ArrayLike, probability: ArrayLike, groups: int = 10
) -> list[tuple[int, float, float]]:
    """Return (cases, mean probability, share of yes) of equal groups by probability, the highest first.

    Raises:
        ValueError: no group, or as `brier_score`.
    """
    import numpy as np

    outcome, probability = _judged(outcome, probability)
    if groups < 1:
        raise ValueError("a group is needed")
    order = np.argsort(-probability, kind="stable")
    return [
        (len(part), float(probability[part].mean()), float(outcome[part].mean()))
        for part in np.array_split(order, groups)
        if len(part)
    ]
