"""What a promotion brought beyond what like customers do in windows of the same length without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

LEAST_WINDOWS = 6


@dataclass(frozen=True, slots=True)
class Extra:
    """The amount of a window over its baseline, with 80 % bounds and the rank among the placebo windows.

    `expected` is the baseline, `actual` what was seen, both for the same customers; `p_value` counts the share of
    windows without the promotion that are at least as far from their own baseline (never below 1 / (windows + 1)).
    """

    actual: float
    expected: float
    low: float
    high: float
    p_value: float
    placebos: tuple[float, ...]

    @property
    def value(self) -> float:
        """Return actual minus expected."""
        return self.actual - self.expected


def extra_over_baseline(customers: ArrayLike, amounts: ArrayLike) -> Extra:
    """Return the extra of window 0 over what its customers would do at the rates of the other windows.

    Both arrays are (windows, strata): customers at the start of each window by stratum of past behaviour, and what
    they then did (buyers, revenue). Direct standardisation: each stratum's rate over the other windows, times the
    customers of window 0. Every other window is judged in the same way against the rest, and the spread of those
    relative deviations gives the interval and the rank.

    Raises:
        ValueError: fewer than 6 windows without the promotion, nobody in window 0, fewer customers than none, a
            missing value, or two arrays of different shape.
    """
    import numpy as np

    customers, amounts = matrix(customers, "customers"), matrix(amounts, "amounts")
    if customers.shape != amounts.shape or float(customers.min()) < 0:
        raise ValueError("customers of 0 or more, and an amount for each of their cells, are needed")
    windows = customers.shape[0]
    if windows < LEAST_WINDOWS + 1 or customers[0].sum() <= 0:
        raise ValueError("six windows without the promotion, and customers in the one with it, are needed")

    def judged(at: int) -> tuple[float, float]:
        others = [one for one in range(1, windows) if one != at]
        base = customers[others].sum(axis=0)
        rates = np.divide(amounts[others].sum(axis=0), base, out=np.zeros_like(base), where=base > 0)
        # A stratum that had nobody before says nothing: it is taken as it is.
        expected = np.where(base > 0, customers[at] * rates, amounts[at])
        return float(amounts[at].sum()), float(expected.sum())

    actual, expected = judged(0)
    pairs = [judged(at) for at in range(1, windows)]
    off = np.array([seen / usual - 1 for seen, usual in pairs if usual > 0])
    share = actual / expected - 1 if expected > 0 else 0.0
    # What varies in proportion to its level varies more where the promotion has raised that level.
    reach = float(np.quantile(np.abs(off), 0.8)) * max(actual, expected) if len(off) else 0.0
    rank = (1 + int((np.abs(off) >= abs(share)).sum())) / (1 + len(off))
    value = actual - expected
    return Extra(
        actual, expected, value - reach, value + reach, rank, tuple(float(one) for one in off * expected)
    )
