"""Does a difference of two rates survive when like is compared with like?

Mantel-Haenszel risk difference over strata with Sato's variance (Sato 1989, Biometrics 45:1323; Rothman, Greenland
& Lash, Modern Epidemiology, ch. 15), and how much more rates scatter than counts alone would.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

from tools.numerics.arrays import finite

Stratum = tuple[
    float, float, float, float
]  # successes and trials of the first, successes and trials of the second


def mantel_haenszel(strata: Sequence[Stratum]) -> tuple[float, float]:
    """Return (difference first minus second, standard error) over strata; one without both sides says nothing.

    Raises:
        ValueError: no stratum holds both, or not 0 <= successes <= trials.
    """
    top = weight = spread = both = 0.0
    for a, m1, b, m0 in strata:
        finite(a=a, m1=m1, b=b, m0=m0)
        if not 0 <= a <= m1 or not 0 <= b <= m0:
            raise ValueError("0 <= successes <= trials is needed on both sides")
        if m1 * m0 <= 0:
            continue
        n = m1 + m0
        top += (a * m0 - b * m1) / n
        weight += m1 * m0 / n
        spread += (m1**2 * b - m0**2 * a + m1 * m0 * (m0 - m1) / 2) / n**2
        both += (a * (m0 - b) + b * (m1 - a)) / (2 * n)
    if weight == 0:
        raise ValueError("no stratum holds both sides")
    difference = top / weight
    return difference, sqrt(max(0.0, (difference * spread + both) / weight**2))


def overdispersion(counts: Sequence[Sequence[tuple[float, float]]]) -> float:
    """Return Pearson's chi-square over its degrees of freedom, at least 1; one row per member, one pair per period.

    Each member has its own rate and each period its own level; what then scatters beyond the binomial is more than
    chance (repeated visitors, days that differ), and errors must grow by its root (quasi-binomial; McCullagh & Nelder
    1989, 4.5).

    Raises:
        ValueError: members over different periods, not 0 <= successes <= trials, or a number that is missing.
    """
    for s, n in (pair for row in counts for pair in row):
        finite(successes=s, trials=n)
        if not 0 <= s <= n:
            raise ValueError("0 <= successes <= trials is needed")
    if len({len(row) for row in counts}) > 1:
        raise ValueError("every member needs the same periods")
    periods = len(counts[0]) if counts else 0
    if len(counts) < 2 or periods < 2:
        return 1.0
    trials = sum(n for row in counts for _, n in row)
    overall = sum(s for row in counts for s, _ in row) / trials if trials else 0.0
    if not 0 < overall < 1:
        return 1.0
    chi = 0.0
    for at in range(periods):
        total = sum(row[at][1] for row in counts)
        own = [sum(s for s, _ in row) / max(sum(n for _, n in row), 1e-12) for row in counts]
        expected = sum(row[at][1] * rate for row, rate in zip(counts, own, strict=True))
        level = sum(row[at][0] for row in counts) / expected if total and expected else 1.0
        for row, rate in zip(counts, own, strict=True):
            p = min(max(rate * level, 1e-9), 1 - 1e-9)
            s, n = row[at]
            if n > 0:
                chi += (s - n * p) ** 2 / (n * p * (1 - p))
    return max(1.0, chi / ((periods - 1) * (len(counts) - 1)))


def normal_p_value(z: float) -> float:
    """Return the two-sided p-value of a standard normal z."""
    return erfc(abs(z) / sqrt(2))
