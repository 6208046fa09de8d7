"""What spend brings, as concave curves, and how to share a budget among them: equal marginal return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite, vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Saturating:
    """A concave response: top · x / (x + half) per week (Hill with slope 1; Jin et al. 2017)."""

    top: float
    half: float

    def __post_init__(self) -> None:
        finite(top=self.top, half=self.half)
        if self.top < 0 or self.half <= 0:
            raise ValueError(
                "a top of 0 or more and a half point above 0 are needed: more spend brings no less"
            )

    def value(self, spend: float) -> float:
        """Return what a steady weekly spend brings."""
        return self.top * spend / (spend + self.half) if spend > 0 else 0.0

    def marginal(self, spend: float) -> float:
        """Return what the next unit of weekly spend brings."""
        share = self.half / (max(spend, 0.0) + self.half)
        return self.top / self.half * share * share

    def spend_at(self, marginal: float) -> float:
        """Return the spend at which the marginal return has fallen to `marginal`."""
        return max((self.top * self.half / marginal) ** 0.5 - self.half, 0.0) if self.top > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Power:
    """A response through a known point: level · (x / at)^slope, slope in [0, 1)."""

    level: float
    at: float
    slope: float

    def __post_init__(self) -> None:
        finite(level=self.level, at=self.at, slope=self.slope)
        if self.level < 0 or self.at <= 0 or not 0 <= self.slope <= 1:
            raise ValueError("a level of 0 or more at a spend above 0, and a slope inside [0, 1], are needed")

    def value(self, spend: float) -> float:
        """Return what a steady spend brings."""
        return self.level * (spend / self.at) ** self.slope if spend > 0 else 0.0

    def marginal(self, spend: float) -> float:
        """Return what the next unit of spend brings."""
        return self.slope * self.value(spend) / spend if spend > 0 else float("inf")

    def spend_at(self, marginal: float) -> float:
        """Return the spend at which the marginal return has fallen to `marginal`."""
        if self.slope <= 0 or self.level <= 0:
            return 0.0
        slope = min(self.slope, 0.99)
        exponent = log(self.level * slope / (self.at * marginal)) / (1 - slope)
        return self.at * exp(min(exponent, 60.0))  # beyond that no bound of a channel lies


Curve = Saturating | Power


def water_fill(curves: Sequence[Curve], budget: float, low: ArrayLike, high: ArrayLike) -> Array:
    """Return the spends between `low` and `high` that bring the most in all for a budget, by equal marginal return.

    Karush-Kuhn-Tucker for concave curves: inside its bounds each channel's marginal return is the same; found by
    bisection on that return. `budget` is cut to what the bounds allow.

    Raises:
        ValueError: not one bound of each kind per curve, a low above its high or below 0, or a number missing.
    """
    import numpy as np

    low, high = vector(low, "low"), vector(high, "high")
    finite(budget=budget)
    if not len(curves) == len(low) == len(high) or (low > high).any() or (low < 0).any():
        raise ValueError("one 0 <= low <= high per curve is needed")
    total = min(max(budget, float(low.sum())), float(high.sum()))

    def spends(marginal: float) -> Array:
        return np.clip([curve.spend_at(marginal) for curve in curves], low, high)

    least, most = 1e-12, 1e12
    for _ in range(200):
        middle = (least * most) ** 0.5
        if float(spends(middle).sum()) > total:
            least = middle
        else:
            most = middle
    found = spends(most)
    room = high - found
    missing = total - float(found.sum())
    if (
        missing > 0 and float(room.sum()) > 0
    ):  # flat stretches: what bisection leaves over goes where there is room
        found = found + room * missing / float(room.sum())
    return np.asarray(found)
