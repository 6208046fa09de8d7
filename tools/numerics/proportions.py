"""Intervals and tests of counted shares: Wilson for one, Newcombe for a difference, z and Fisher as tests."""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist

from tools.numerics.arrays import LARGEST

Counts = tuple[float, float]  # successes, trials


def normal_quantile(level: float) -> float:
    """Return z so that a two-sided interval of mean ± z·se covers `level`: 1.96 for 0.95, 1.28 for 0.8."""
    if not 0 < level < 1:
        raise ValueError("the level lies inside (0, 1)")
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(successes: float, trials: float, level: float = 0.8) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927): inside [0, 1], also for 0 and for all.

    Raises:
        ValueError: no trials, or successes outside [0, trials].
    """
    checked((successes, trials))
    z = normal_quantile(level)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return max(0.0, low), min(1.0, high)


def newcombe(first: Counts, second: Counts, level: float = 0.8) -> tuple[float, float]:
    """Return the interval of share(second) - share(first): the hybrid score interval, method 10 of Newcombe.

    R. G. Newcombe (1998), Statistics in Medicine 17: 873-890.

    Raises:
        ValueError: no trials, or successes outside [0, trials].
    """
    checked(first)
    checked(second)
    p1, p2 = first[0] / first[1], second[0] / second[1]
    low1, high1 = wilson(*first, level)
    low2, high2 = wilson(*second, level)
    difference = p2 - p1
    low = difference - sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    high = difference + sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)
    return max(-1.0, low), min(1.0, high)


def two_shares_p_value(first: Counts, second: Counts) -> float:
    """Return the two-sided p-value of "the shares are equal": pooled z, Fisher's exact test for small cells.

    Small: an expected count below 5 in any of the four cells (Cochran's rule).
    """
    checked(first)
    checked(second)
    total = first[1] + second[1]
    pooled = (first[0] + second[0]) / total
    if pooled in (0.0, 1.0):
        return 1.0
    smallest = min(first[1], second[1]) * min(pooled, 1 - pooled)
    if smallest < 5:
        return fisher_p_value(first, second)
    error = sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    return erfc(abs(second[0] / second[1] - first[0] / first[1]) / error / sqrt(2))


def fisher_p_value(first: Counts, second: Counts) -> float:
    """Return the two-sided p-value of Fisher's exact test of the two-by-two table; counts are whole numbers.

    Raises:
        ValueError: no trials, or successes outside [0, trials].
    """
    from scipy.stats import fisher_exact

    checked(first)
    checked(second)
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    return float(fisher_exact(table)[1])


def checked(counts: Counts) -> None:
    """Check counts of successes and trials.

    Raises:
        ValueError: no trials, successes outside [0, trials], or a count that is missing or beyond 1e100.
    """
    successes, trials = counts
    if not 0 < trials <= LARGEST or not 0 <= successes <= trials:
        raise ValueError(f"0 <= successes <= trials and a trial are needed, not {successes} of {trials}")
