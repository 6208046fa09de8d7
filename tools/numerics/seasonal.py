"""A robust seasonal baseline: level by rolling median, season by phase median, blind to the days that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.numerics.arrays import LARGEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def baseline(values: ArrayLike, season: int, left_out: Mask | None = None, *, seasons: int = 4) -> Array:
    """Return what each value should be: rolling median of `seasons` seasons plus the median deviation of its phase.

    The idea of S-H-ESD (Hochenbaum, Vallis & Kejariwal 2017): the median in place of STL's trend, so that an outlier
    does not pull its own baseline. `left_out` marks values (event days) that shape neither level nor season. Two
    passes: the level is taken again after the season has been removed. One value per value, same unit. A missing value
    (NaN, infinite) shapes nothing either, and gets a baseline all the same.

    Raises:
        ValueError: fewer than three values remain, a value is beyond 1e100, or the season is shorter than one.
    """
    import numpy as np

    values = np.array(values, dtype=np.float64)
    known = np.isfinite(values)
    values[~known] = np.nan
    used = known if left_out is None else known & ~left_out
    if values.ndim != 1 or season < 1 or (known.any() and float(np.abs(values[known]).max()) > LARGEST):
        raise ValueError(f"one series of numbers up to {LARGEST:.0e} and a season of at least one are needed")
    if int(used.sum()) < 3:
        raise ValueError("three values that are not left out are needed")
    width = seasons * season + 1 if season > 1 else min(29, len(values) | 1)
    phases = np.arange(len(values)) % season
    level = _level(values, used, width)
    effect = np.zeros(len(values))
    if season > 1:
        for _ in range(2):
            effect = _phase_medians(values - level, used, phases, season)
            level = _level(values - effect, used, width)
    return level + effect


def _phase_medians(deviations: Array, used: Mask, phases: NDArray[np.int64], season: int) -> Array:
    import numpy as np

    medians = np.array(
        [
            float(np.median(deviations[used & (phases == phase)]))
            if (used & (phases == phase)).any()
            else 0.0
            for phase in range(season)
        ]
    )
    return np.asarray((medians - medians.mean())[phases])


def _level(values: Array, used: Mask, width: int) -> Array:
    """Return the centred rolling median over used values; where too few are near, the line between neighbours."""
    import numpy as np

    half = width // 2
    padded = np.concatenate([np.full(half, np.nan), np.where(used, values, np.nan), np.full(half, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    enough = np.isfinite(windows).sum(axis=1) >= max(3, half // 3)
    if not enough.any():
        return np.full(len(values), float(np.median(values[used])))
    at = np.flatnonzero(enough)
    ordered = np.sort(windows[enough], axis=1)  # NaN comes last; a fifth of the time of nanmedian
    counts = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(at))
    medians = (ordered[rows, (counts - 1) // 2] + ordered[rows, counts // 2]) / 2
    return np.asarray(np.interp(np.arange(len(values)), at, medians))
