"""Spend and what it returns: elasticities per channel from weekly history, and what moving money may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite, same_length, vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Elasticity:
    """How many percent of value one percent of spend moves: slope, error, weeks, residual sd (log)."""

    slope: float
    error: float
    weeks: int
    residual: float


def own_elasticity(
    own_spend: ArrayLike, own_value: ArrayLike, other_spend: ArrayLike, other_value: ArrayLike
) -> Elasticity:
    """Return the elasticity of one channel's value to its own spend, net of shocks common to all channels.

    The arrays hold one positive number per week; `other_…` are the geometric means of the other channels.
    Model: log value - log others' value = a + b log spend + c log others' spend + e, by least squares;
    the difference takes out weeks in which everything sells (a festival). Errors are Newey-West with two
    lags (Newey & West 1987), so that slow drifts do not look like precision, and never below the classical one.

    Raises:
        ValueError: fewer than 10 weeks, spend that never varies, or a number that is missing or not above 0.
    """
    import numpy as np

    own_spend, own_value = vector(own_spend, "own spend"), vector(own_value, "own value")
    other_spend, other_value = vector(other_spend, "other spend"), vector(other_value, "other value")
    same_length(own=own_spend, value=own_value, others=other_spend, theirs=other_value)
    if min(float(one.min()) for one in (own_spend, own_value, other_spend, other_value)) <= 0:
        raise ValueError("spend and value above 0 are needed in every week")
    x = np.log(own_spend)
    y = np.log(own_value) - np.log(other_value)
    design = np.column_stack([np.ones_like(x), x, np.log(other_spend)])
    weeks, width = design.shape
    if weeks < 10 or float(x.std()) < 1e-6:
        raise ValueError("ten weeks of varying spend are needed")
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    residuals = y - design @ coefficients
    bread = np.linalg.pinv(design.T @ design)
    scores = design * residuals[:, None]
    meat = scores.T @ scores
    for lag in (1, 2):
        weight = 1 - lag / 3
        cross = scores[lag:].T @ scores[:-lag]
        meat += weight * (cross + cross.T)
    covariance = bread @ meat @ bread * weeks / (weeks - width)
    # Robust errors are too small in short series (Andrews 1991): the classical one where it is larger.
    plain = bread[1, 1] * float(residuals @ residuals) / (weeks - width)
    error = float(np.sqrt(max(covariance[1, 1], plain, 1e-12)))
    return Elasticity(float(coefficients[1]), error, weeks, float(residuals.std(ddof=width)))


def shrink(elasticities: list[Elasticity]) -> list[tuple[float, float]]:
    """Return (mean, standard error) per channel, shrunk to the common mean as far as data cannot tell apart.

    Normal-normal empirical Bayes; the spread between channels is the moment estimate of DerSimonian & Laird
    (1986). A channel's error never falls below half its own.

    Raises:
        ValueError: an error that is not above 0, or a number that is missing.
    """
    for one in elasticities:
        finite(slope=one.slope, error=one.error)
        if one.error <= 0:
            raise ValueError("errors above 0 are needed")
    if not elasticities:
        return []
    weights = [1 / e.error**2 for e in elasticities]
    common = sum(w * e.slope for w, e in zip(weights, elasticities, strict=True)) / sum(weights)
    if len(elasticities) < 3:
        return [(e.slope, e.error) for e in elasticities]
    q = sum(w * (e.slope - common) ** 2 for w, e in zip(weights, elasticities, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (q - (len(elasticities) - 1)) / scale)
    out = []
    for e in elasticities:
        trust = between / (between + e.error**2)
        out.append((trust * e.slope + (1 - trust) * common, e.error * max(0.5, trust**0.5)))
    return out


@dataclass(frozen=True, slots=True)
class Position:
    """A channel over one horizon: what is spent, what it returns, and its (shrunk) elasticity and error."""

    spend: float
    value: float
    slope: float
    error: float

    def __post_init__(self) -> None:
        finite(spend=self.spend, value=self.value, slope=self.slope, error=self.error)
        if self.spend <= 0 or self.value < 0 or self.error < 0:
            raise ValueError("spend above 0, and value and error of 0 or more, are needed")

    @property
    def marginal(self) -> float:
        """Return the value that the next unit of spend brings: elasticity times the average return."""
        return self.slope * self.value / self.spend


def move_draws(
    donor: Position, receiver: Position, amount: float, *, draws: int = 4_000, seed: int = 7
) -> Array:
    """Return draws of the change in value when `amount` moves from donor to receiver over the horizon.

    Response: value · (spend' / spend)^b, with b drawn from its normal posterior and kept in [0, 1], since
    more spend does not return less in all, nor more than in proportion. `amount` must be below the donor's
    spend and positive.

    Raises:
        ValueError: the amount is not inside (0, donor's spend).
    """
    import numpy as np

    if not 0 < amount < donor.spend:
        raise ValueError("the amount must lie between 0 and the donor's spend")
    rng = np.random.default_rng(seed)
    lost = np.clip(rng.normal(donor.slope, donor.error, draws), 0, 1)
    won = np.clip(rng.normal(receiver.slope, receiver.error, draws), 0, 1)
    gain = receiver.value * ((1 + amount / receiver.spend) ** won - 1)
    loss = donor.value * ((1 - amount / donor.spend) ** lost - 1)
    return gain + loss
