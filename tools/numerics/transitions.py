"""What follows what: transition shares, and which steps follow each other more often than by chance.

`counts[i, j]` is how often place j came right after place i, never i itself (repeats are one visit). By chance means:
the next place is chosen among the other places in proportion to how often each comes next (quasi-independence; Goodman
1968, J. Am. Stat. Assoc. 63: 1091-1131), fitted by iterative proportional fitting with an empty diagonal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


def transition_shares(counts: ArrayLike) -> Array:
    """Return counts as shares of each row; a row without counts stays 0.

    Raises:
        ValueError: not a square of counts of 0 or more.
    """
    import numpy as np

    counts = _counts(counts)
    totals = counts.sum(axis=1, keepdims=True)
    return np.asarray(
        np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0), dtype=np.float64
    )


def _counts(counts: ArrayLike) -> Array:
    found = matrix(counts, "counts")
    if found.shape[0] != found.shape[1] or (found < 0).any():
        raise ValueError("a square of counts of 0 or more is needed")
    return found


def expected_by_chance(counts: ArrayLike, rounds: int = 200) -> Array:
    """Return expected counts with the same row and column sums and nothing on the diagonal.

    Where one place takes nearly everything such a table may not exist; the closest one found is returned.

    Raises:
        ValueError: not a square of counts of 0 or more.
    """
    import numpy as np

    counts = _counts(counts)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    fitted = np.ones_like(counts) - np.eye(len(counts))
    for _ in range(rounds):
        sums = fitted.sum(axis=1)
        fitted *= np.divide(rows, sums, out=np.zeros_like(rows), where=sums > 0)[:, None]
        sums = fitted.sum(axis=0)
        factors = np.divide(columns, sums, out=np.zeros_like(columns), where=sums > 0)
        fitted *= factors[None, :]
        if np.allclose(fitted.sum(axis=1), rows, rtol=1e-9, atol=1e-9):
            break
    return np.asarray(fitted, dtype=np.float64)


def more_than_chance(counts: ArrayLike) -> tuple[Array, Array]:
    """Return (observed over expected, one-sided p-value of being more), both by pair; 1 where nothing is expected.

    The p-value is the normal one of the adjusted residual, whose variance is the binomial's within the row.

    Raises:
        ValueError: not a square of counts of 0 or more.
    """
    import numpy as np
    from scipy.stats import norm

    counts = _counts(counts)
    expected = expected_by_chance(counts)
    rows, columns, total = counts.sum(axis=1)[:, None], counts.sum(axis=0)[None, :], counts.sum()
    some = expected > 0
    ratio = np.divide(counts, expected, out=np.ones_like(counts), where=some)
    share = np.divide(expected, rows, out=np.zeros_like(counts), where=rows > 0)
    other = columns / total if total > 0 else np.zeros_like(columns)
    variance = expected * (1 - share) * (1 - other)
    z = np.divide(counts - expected, np.sqrt(variance), out=np.zeros_like(counts), where=variance > 0)
    return ratio, np.where(some, norm.sf(z), 1.0)
