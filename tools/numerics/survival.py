"""How long customers stay, as counted and without a model: Kaplan-Meier, and whether groups differ (log-rank).

Sources: Kaplan & Meier (1958), J. Am. Stat. Assoc. 53: 457-481; Greenwood (1926) for the error, taken on
the log-minus-log scale (Kalbfleisch & Prentice 1980) so that bounds stay inside [0, 1]; Mantel (1966), Peto & Peto
(1972) for the test.

`duration` is how long each customer has been seen, `left` is 1 where that ended by leaving, 0 where only the data end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import same_length, vector
from tools.numerics.proportions import normal_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survival:
    """The share still there just after each time at which somebody left, with who was watched and who left then.

    All arrays have one value per such time, in order. `error` is Greenwood's standard error; `low` and `high` are the
    bounds asked for, NaN nowhere: where nobody is left they are 0.
    """

    time: Array
    at_risk: Array
    left: Array
    share: Array
    error: Array
    low: Array
    high: Array

    @property
    def median(self) -> float | None:
        """Return the first time at which half or fewer are left; None where more than half stay to the end."""
        below = self.share <= 0.5 + 1e-12
        return float(self.time[below][0]) if below.any() else None

    def at(self, time: float) -> float:
        """Return the share still there after `time`: a step function that starts at 1."""
        before = self.time <= time
        return float(self.share[before][-1]) if before.any() else 1.0


def kaplan_meier(
    duration: ArrayLike, left: ArrayLike, weights: ArrayLike | None = None, level: float = 0.8
) -> Survival:
    """Return the product-limit estimate of who is still there; `weights` says how many customers are alike.

    Who leaves and who is last seen at the same time: the leaving comes first, as is usual.

    Raises:
        ValueError: nobody, a duration below 0, `left` other than 0 and 1, a missing value, or nobody left.
    """
    import numpy as np

    durations, gone, mass = _lives(duration, left, weights)
    if not (gone * mass > 0).any():
        raise ValueError("nobody has left: there is nothing to estimate")
    time = np.unique(durations[(gone > 0) & (mass > 0)])
    events, at_risk = _counts(durations, gone, mass, time)
    share: Array = np.asarray(np.cumprod(1 - events / at_risk), dtype=np.float64)
    rest = at_risk - events
    terms = np.divide(events, at_risk * rest, out=np.zeros_like(events), where=rest > 0)
    spread = np.sqrt(np.cumsum(terms))
    some = (share > 0) & (share < 1)
    logs = np.log(share, out=np.zeros_like(share), where=some)
    reach = np.divide(normal_quantile(level) * spread, logs, out=np.zeros_like(share), where=some)
    low = np.where(some, share ** np.exp(-reach), share)
    high = np.where(some, share ** np.exp(reach), share)
    error: Array = np.asarray(share * spread, dtype=np.float64)
    return Survival(
        time,
        at_risk,
        events,
        share,
        error,
        np.asarray(low, dtype=np.float64),
        np.asarray(high, dtype=np.float64),
    )


def log_rank(groups: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[float, float]:
    """Return (chi-square, p-value) of "all groups leave alike"; each group is (duration, left).

    Raises:
        ValueError: fewer than two groups, nobody left, or as `kaplan_meier`.
    """
    import numpy as np
    from scipy.stats import chi2

    if len(groups) < 2:
        raise ValueError("two groups are needed")
    lives = [_lives(duration, left, None) for duration, left in groups]
    time = np.unique(np.concatenate([durations[gone > 0] for durations, gone, _ in lives]))
    if not len(time):
        raise ValueError("nobody has left: there is nothing to compare")
    counts = [_counts(*one, time) for one in lives]
    events, at_risk = (np.array([one[at] for one in counts]) for at in (0, 1))
    all_events, all_risk = events.sum(axis=0), at_risk.sum(axis=0)
    shares = at_risk / all_risk
    scale = np.divide(
        all_events * (all_risk - all_events), all_risk - 1, out=np.zeros_like(all_risk), where=all_risk > 1
    )
    gap = (events - shares * all_events).sum(axis=1)[:-1]
    covariance = -(shares * scale) @ shares.T + np.diag((shares * scale).sum(axis=1))
    chi = float(gap @ np.linalg.pinv(covariance[:-1, :-1]) @ gap)
    return chi, float(chi2.sf(chi, len(groups) - 1))


def _lives(duration: ArrayLike, left: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array, Array]:
    import numpy as np

    durations, gone = vector(duration, "duration"), vector(left, "left")
    mass = np.ones(len(durations)) if weights is None else vector(weights, "weights")
    same_length(duration=durations, left=gone, weights=mass)
    if (durations < 0).any() or (mass < 0).any() or not ((gone == 0) | (gone == 1)).all():
        raise ValueError("durations and weights of 0 or more are needed, and left is 0 or 1")
    return durations, gone, mass


def _counts(durations: Array, gone: Array, mass: Array, time: Array) -> tuple[Array, Array]:
    """Return who left at each time, and who was watched until then."""
    import numpy as np

    order = np.argsort(durations, kind="stable")
    sorted_durations, sorted_mass = durations[order], mass[order]
    before = np.concatenate([[0.0], np.cumsum(sorted_mass)])
    at_risk = before[-1] - before[np.searchsorted(sorted_durations, time, side="left")]
    lost = np.concatenate([[0.0], np.cumsum(sorted_mass * gone[order])])
    events = (
        lost[np.searchsorted(sorted_durations, time, side="right")]
        - lost[np.searchsorted(sorted_durations, time, side="left")]
    )
    return events, at_risk
