"""Pairs in baskets: lift with its interval, and Fisher's exact test that they meet more often than by chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

from tools.numerics.arrays import finite
from tools.numerics.proportions import normal_quantile


def lift(both: int, first: int, second: int, baskets: int) -> float:
    """Return P(both) / (P(first) P(second)); 1 is what independent items have.

    Raises:
        ValueError: an item is in no basket, or the counts contradict one another.
    """
    finite(both=both, first=first, second=second, baskets=baskets)
    if (
        not 0 <= both <= min(first, second)
        or not 0 < max(first, second) <= baskets
        or min(first, second) == 0
    ):
        raise ValueError("0 <= both <= first, second <= baskets is needed, and no empty item")
    if any(one % 1 for one in (both, first, second, baskets)):
        raise ValueError("whole baskets are needed")
    return both * baskets / (first * second)


def lift_interval(
    both: int, first: int, second: int, baskets: int, level: float = 0.8
) -> tuple[float, float]:
    """Return the interval of a lift: the delta method on its logarithm, counts multinomial over baskets.

    var(log lift) = 1/both - 1/first - 1/second + 1/N + 2 (lift - 1) / N.

    Raises:
        ValueError: as `lift`; or no basket holds both.
    """
    value = lift(both, first, second, baskets)
    if both == 0:
        raise ValueError("no basket holds both")
    variance = 1 / both - 1 / first - 1 / second + 1 / baskets + 2 * (value - 1) / baskets
    half = normal_quantile(level) * sqrt(max(0.0, variance))
    return exp(log(value) - half), exp(log(value) + half)


def together_p_value(both: int, first: int, second: int, baskets: int) -> float:
    """Return the one-sided p-value of Fisher's exact test: at least `both` baskets hold both by chance alone.

    Raises:
        ValueError: as `lift`.
    """
    from scipy.stats import hypergeom

    lift(both, first, second, baskets)
    return float(hypergeom.sf(both - 1, baskets, first, second))


def together_p_values(
    both: Sequence[int], first: Sequence[int], second: Sequence[int], baskets: int
) -> list[float]:
    """Return `together_p_value` of many pairs at once: ten thousand in a fraction of a second.

    Raises:
        ValueError: as `lift`, or three lists of different length.
    """
    import numpy as np
    from scipy.stats import hypergeom

    if not len(both):
        return []
    for counts in zip(both, first, second, strict=True):
        lift(*counts, baskets)
    found = hypergeom.sf(np.asarray(both) - 1, baskets, np.asarray(first), np.asarray(second))
    return [float(one) for one in found]
