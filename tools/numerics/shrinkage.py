"""Measured effects pulled towards zero by how noisy they are: winners of many tests are over-estimated.

Normal-normal empirical Bayes with prior mean 0 (most changes do nothing): true_i ~ N(0, tau^2), measured_i ~
N(true_i, se_i^2). tau^2 solves sum(measured^2 / (tau^2 + se^2)) = n, the estimate of Paule & Mandel 1982 with a known
mean of 0. Sources: Efron & Morris 1975; Kohavi, Tang & Xu 2020 (winner's curse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tools.numerics.arrays import LARGEST, finite
from tools.numerics.proportions import normal_quantile

HALVINGS = 100


@dataclass(frozen=True, slots=True)
class Shrunken:
    """One effect after shrinkage, in the unit of the measured one."""

    value: float
    error: float

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """Return the central interval of the posterior."""
        reach = normal_quantile(level) * self.error
        return self.value - reach, self.value + reach


def spread_of_truth(estimates: Sequence[float], errors: Sequence[float]) -> float:
    """Return tau^2, the variance of the true effects around 0; 0 where noise explains everything.

    Raises:
        ValueError: lengths differ, nothing is given, or an error is not positive.
    """
    if len(estimates) != len(errors) or not len(estimates) or not all(one > 1 / LARGEST for one in errors):
        raise ValueError("one positive error per estimate is needed")
    for value, error in zip(estimates, errors, strict=True):
        finite(estimate=value, error=error)

    def excess(tau: float) -> float:
        return sum(x**2 / (tau + e**2) for x, e in zip(estimates, errors, strict=True)) - len(estimates)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, sum(x**2 for x in estimates)
    for _ in range(HALVINGS):  # excess falls with tau, and is below 0 at the sum of squares
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def shrink_effects(estimates: Sequence[float], errors: Sequence[float]) -> list[Shrunken]:
    """Return each effect times tau^2 / (tau^2 + se^2), with its posterior error, in the given order."""
    tau = spread_of_truth(estimates, errors)
    found = []
    for value, error in zip(estimates, errors, strict=True):
        keep = tau / (tau + error**2)
        found.append(Shrunken(value * keep, sqrt(keep) * error))
    return found
