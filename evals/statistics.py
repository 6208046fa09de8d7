"""The few statistics a report needs: intervals for rates, and a test between two runs."""

from __future__ import annotations

from math import comb, sqrt

Z = 1.959964


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a rate (Wilson 1927); (0, 1) without trials.

    300 clean answers out of 300 leave an upper bound of 1.3 % for the error rate.
    """
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    centre = rate + Z * Z / (2 * trials)
    margin = Z * sqrt(rate * (1 - rate) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value that two runs on the same cases are equally good (McNemar 1947).

    `only_first` counts the cases that only the first run got right, `only_second` the others.
    """
    total = only_first + only_second
    if total == 0:
        return 1.0
    smaller = min(only_first, only_second)
    tail = sum(comb(total, k) for k in range(smaller + 1)) / 2**total
    return min(1.0, 2.0 * float(tail))


def quantile(values: list[float], share: float) -> float | None:
    """Return the value below which `share` of the values lie (nearest rank); None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
