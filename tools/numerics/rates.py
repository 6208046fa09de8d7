"""Rates of many segments: shrinkage towards their common level, and what raising a low one is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite
from tools.numerics.proportions import checked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """The common distribution of the segments' true rates: Beta(a, b)."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Return the common rate."""
        return self.a / (self.a + self.b)


def fit_prior(successes: Sequence[float], trials: Sequence[float]) -> BetaPrior:
    """Return the beta prior of segments by the method of moments (Kleinman 1973, weighted by trials).

    Where the segments differ no more than chance makes them, the prior is as narrow as all trials together:
    every segment then shrinks onto the common rate. Segments without trials are left out.

    Raises:
        ValueError: fewer than two segments with trials, or successes outside [0, trials].
    """
    for one in (*successes, *trials):
        finite(count=one)
    pairs = [(float(s), float(n)) for s, n in zip(successes, trials, strict=True) if n > 0]
    if len(pairs) < 2 or any(s < 0 or s > n for s, n in pairs):
        raise ValueError("two segments with 0 <= successes <= trials are needed")
    total = sum(n for _, n in pairs)
    mean = sum(s for s, _ in pairs) / total
    spread = mean * (1 - mean)
    if spread == 0:
        return BetaPrior(mean * total + 1e-9, (1 - mean) * total + 1e-9)
    observed = sum(n * (s / n - mean) ** 2 for s, n in pairs)
    expected_by_chance = spread * (len(pairs) - 1)
    scale = total - sum(n * n for _, n in pairs) / total
    between = (observed - expected_by_chance) / (scale - (len(pairs) - 1)) if scale > len(pairs) else 0.0
    floor = spread / (total + 1)
    between = min(max(between, floor), 0.95 * spread)
    strength = spread / between - 1
    return BetaPrior(mean * strength, (1 - mean) * strength)


def shrunken(successes: float, trials: float, prior: BetaPrior) -> float:
    """Return the posterior mean rate of one segment, between its own rate and the common one.

    Raises:
        ValueError: not 0 <= successes <= trials. No trials give the common rate.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"0 <= successes <= trials is needed, not {successes} of {trials}")
    finite(trials=trials)
    return (successes + prior.a) / (trials + prior.a + prior.b)


def gain_draws(
    low: tuple[float, float],
    benchmark: tuple[float, float],
    prior: BetaPrior,
    entering: float,
    *,
    realisable: tuple[float, float] = (3.5, 6.5),
    draws: int = 4_000,
    seed: int = 7,
) -> NDArray[np.float64]:
    """Return draws of N · lambda · (b - p): the extra successes when `low` is raised towards `benchmark`.

    `low` and `benchmark` are (successes, trials). `entering` is the number of trials in the horizon.
    lambda, the share of the gap that can really be closed, is Beta(`realisable`): 0.35 on average by
    default, an assumption that the suggestion prints. Both rates are drawn from their posteriors.

    Raises:
        ValueError: not 0 <= successes <= trials, or fewer than none entering.
    """
    import numpy as np

    for pair in (low, benchmark):
        shrunken(*pair, prior)
    finite(entering=entering)
    if entering < 0:
        raise ValueError("0 or more entering are needed")
    rng = np.random.default_rng(seed)
    p = rng.beta(low[0] + prior.a, low[1] - low[0] + prior.b, draws)
    b = rng.beta(benchmark[0] + prior.a, benchmark[1] - benchmark[0] + prior.b, draws)
    share = rng.beta(*realisable, draws)
    return entering * share * (b - p)


def two_rates_p_value(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the two-sided p-value of the pooled z-test of two proportions, each (successes, trials).

    Raises:
        ValueError: no trials, or successes outside [0, trials].
    """
    from math import erfc, sqrt

    checked(first)
    checked(second)
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    error = sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    if error == 0:
        return 1.0
    z = abs(first[0] / first[1] - second[0] / second[1]) / error
    return erfc(z / sqrt(2))


def sample_size(rate: float, difference: float) -> int:
    """Return the people per arm for a two-sided 5 % test with 80 % power.

    The variance under "no difference" is taken at `rate`, the one that is known (Evan Miller's calculator):
    20 % against 25 % needs 1,030 per arm.

    Raises:
        ValueError: the rates leave (0, 1) or the difference is 0.
    """
    from math import sqrt

    other = rate + difference
    if not 0 < rate < 1 or not 0 < other < 1 or difference == 0:
        raise ValueError("rates must lie inside (0, 1) and differ")
    alpha, power = 1.959964, 0.841621
    top = alpha * sqrt(2 * rate * (1 - rate)) + power * sqrt(rate * (1 - rate) + other * (1 - other))
    return round((top / difference) ** 2)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values (q-values) in the input's order (Benjamini & Hochberg 1995).

    Raises:
        ValueError: a p-value is missing or outside [0, 1].
    """
    if not all(0 <= one <= 1 for one in p_values):
        raise ValueError("p-values lie inside [0, 1]")
    count = len(p_values)
    order = sorted(range(count), key=lambda at: p_values[at], reverse=True)
    adjusted = [1.0] * count
    running = 1.0
    for rank_from_top, at in enumerate(order):
        rank = count - rank_from_top
        running = min(running, p_values[at] * count / rank)
        adjusted[at] = running
    return adjusted
