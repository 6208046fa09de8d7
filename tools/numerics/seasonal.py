"""A robust seasonal baseline: level by rolling median, season by phase median, blind to the days that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def baseline(values: Array, season: int, left_out: Mask | None = None, *, seasons: int = 4) -> Array:
    """Return what each value should be: rolling median of `seasons` seasons plus the median deviation of its phase.

    The idea of S-H-ESD (Hochenbaum, Vallis & Kejariwal 2017): the median in place of STL's trend, so that an outlier
    does not pull its own baseline. `left_out` marks values (event days) that shape neither level nor season. Two
    passes: the level is taken again after the season has been removed. One value per value, same unit.

    Raises:
        ValueError: fewer than three values remain.
    """
    import numpy as np

    used = np.isfinite(values) if left_out is None else np.isfinite(values) & ~left_out
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
    return np.asarray(np.interp(np.arange(len(values)), at, np.nanmedian(windows[enough], axis=1)))
