"""Outliers of a series: generalised ESD, plain or robust."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from tools.numerics.arrays import vector
from tools.numerics.robust import robust_scale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EsdTest:
    """A generalised ESD test: positions of the outliers, most extreme first, and every step's figures."""

    outliers: tuple[int, ...]
    statistics: tuple[float, ...]
    critical: tuple[float, ...]


def generalised_esd(values: ArrayLike, most: int, *, alpha: float = 0.05, robust: bool = False) -> EsdTest:
    """Return which values are outliers of a normal sample, at most `most`, at significance `alpha` for all together.

    Rosner (1983, Technometrics 25:165-172): step i removes the value farthest from the mean, R_i in standard
    deviations; the outliers are those up to the last step with R_i above its critical value. `robust` measures from
    the median in scaled MADs (S-H-ESD, Hochenbaum et al. 2017), so that outliers do not hide each other.

    Raises:
        ValueError: `most` is not between 1 and n - 2, alpha not in (0, 1), or a value is missing.
    """
    import numpy as np
    from scipy.stats import t

    known = vector(values)
    count = len(known)
    if not 0 < alpha < 1:
        raise ValueError("alpha lies inside (0, 1)")
    if not 1 <= most <= count - 2:
        raise ValueError("at most n - 2 outliers can be looked for, and at least one")
    steps = np.arange(1, most + 1)
    points = t.ppf(1 - alpha / (2 * (count - steps + 1)), count - steps - 1)
    left = np.arange(count)
    removed: list[int] = []
    statistics: list[float] = []
    critical: list[float] = []
    for step in range(1, most + 1):
        rest = known[left]
        middle, scale = robust_scale(rest) if robust else (float(rest.mean()), float(rest.std(ddof=1)))
        if scale <= 0:
            break
        deviations = np.abs(rest - middle)
        at = int(np.argmax(deviations))
        statistics.append(float(deviations[at]) / scale)
        point = float(points[step - 1])
        critical.append((count - step) * point / sqrt((count - step - 1 + point**2) * (count - step + 1)))
        removed.append(int(left[at]))
        left = np.delete(left, at)
    last = max(
        (at + 1 for at, (r, c) in enumerate(zip(statistics, critical, strict=True)) if r > c), default=0
    )
    return EsdTest(tuple(removed[:last]), tuple(statistics), tuple(critical))
