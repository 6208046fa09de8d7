"""How often customers will buy again: BG/NBD by maximum likelihood. For how much, see `gamma_gamma`.

Source: P. Fader, B. Hardie, K. Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24: 275-284.

Everywhere: `repeats` is the number of repeat purchases (the first one not counted), `recency` the time from the first
purchase to the last (0 without repeats), `age` the time from the first purchase to the end of observation, `weights`
how many customers are alike. The three times share one unit, whichever; the parameters come in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite, same_length, vector
from tools.numerics.likelihood import PENALTY, minimum, positive

POINT = 1e4  # a + b from which on a beta distribution is as good as its mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchase rates are Gamma(r, alpha) over customers, the chance to leave after a purchase is Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        positive(r=self.r, alpha=self.alpha, a=self.a, b=self.b)


def _histories(
    repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
) -> tuple[Array, Array, Array, Array | None]:
    """Return the histories as floats.

    Raises:
        ValueError: arrays of different length, a missing value, or times out of order.
    """
    x, last, until = vector(repeats, "repeats"), vector(recency, "recency"), vector(age, "age")
    mass = None if weights is None else vector(weights, "weights")
    same_length(repeats=x, recency=last, age=until, weights=mass)
    if (
        ((x != 0) & (x < 1)).any()
        or (last > until).any()
        or (last < 0).any()
        or (mass is not None and (mass < 0).any())
    ):
        raise ValueError(
            "repeats of 0, or 1 and more, weights of 0 or more, and 0 <= recency <= age, are needed"
        )
    return x, last, until, mass


def bg_nbd_log_likelihood(
    model: BgNbd, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Return the log likelihood of the customers (equation 6 of Fader, Hardie and Lee 2005).

    Raises:
        ValueError: arrays of different length, a missing value, or times out of order.
    """
    return _bg_nbd_slope(model, *_histories(repeats, recency, age, weights))[0]


def _bg_nbd_slope(
    model: BgNbd, repeats: Array, recency: Array, age: Array, weights: Array | None
) -> tuple[float, Array]:
    """Return the log likelihood and its derivatives by r, alpha, a, b."""
    import numpy as np
    from scipy.special import digamma, gammaln

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = repeats
    mass = np.ones(x.shape) if weights is None else weights
    counts, where = np.unique(x, return_inverse=True)  # few different counts: gamma functions once each
    common = gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
    common += gammaln(a + b) + gammaln(b + counts) - gammaln(b) - gammaln(a + b + counts)
    stays, leaves = np.log(alpha + age), np.log(alpha + recency)
    alive = -(r + x) * stays
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(x > 0, np.log(a) - np.log(b + x - 1) - (r + x) * leaves, -np.inf)
    both = np.logaddexp(alive, left)
    gone = np.exp(left - both)
    value = float(np.sum(mass * (common[where] + both)))
    together = digamma(a + b) - digamma(a + b + counts)
    by_r = (digamma(r + counts) - digamma(r) + np.log(alpha))[where] - stays + gone * (stays - leaves)
    by_alpha = r / alpha - (r + x) * ((1 - gone) / (alpha + age) + gone / (alpha + recency))
    by_a = together[where] + gone / a
    by_b = (together + digamma(b + counts) - digamma(b))[where] - np.where(
        x > 0, gone / np.where(x > 0, b + x - 1, 1), 0
    )
    return value, np.array([float(np.sum(mass * one)) for one in (by_r, by_alpha, by_a, by_b)])


def fit_bg_nbd(
    repeats: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    start: BgNbd | None = None,
) -> BgNbd:
    """Return the maximum-likelihood parameters; from three starts, or from `start` alone.

    Raises:
        ValueError: no customers, nobody bought again, or times out of order.
    """
    import numpy as np

    x, last, until, mass = _histories(repeats, recency, age, weights)
    if not np.any(x > 0) or float(until.max()) <= 0:
        raise ValueError("customers with repeat purchases, watched for some time, are needed")
    scale = float(np.max(until))
    count = float(x.size if mass is None else np.sum(mass))
    if count <= 0:
        raise ValueError("weights above 0 are needed")

    def loss(logs: Array) -> tuple[float, Array]:
        model = BgNbd(*(float(one) for one in np.exp(logs)))
        value, slope = _bg_nbd_slope(model, x, last / scale, until / scale, mass)
        return -value / count + PENALTY * float(np.sum(logs * logs)), -slope * np.exp(
            logs
        ) / count + 2 * PENALTY * logs

    starts = [np.log([0.5, 0.1, 0.8, 2.5]), np.zeros(4), np.log([0.3, 0.5, 0.3, 3.0])]
    if start is not None:
        starts = [np.log([start.r, start.alpha / scale, start.a, start.b])]
    r, alpha, a, b = np.exp(minimum(loss, starts, slope=True))
    return BgNbd(float(r), float(alpha * scale), float(a), float(b))


def alive_probability(model: BgNbd, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Array:
    """Return each customer's probability of still being one; 1 before the first repeat, by the model's definition.

    Raises:
        ValueError: arrays of different length, a missing value, or times out of order.
    """
    import numpy as np

    repeats, recency, age, _ = _histories(repeats, recency, age)
    odds = np.zeros(repeats.shape)
    bought = repeats > 0
    x = repeats[bought]
    odds[bought] = (
        model.a
        / (model.b + x - 1)
        * ((model.alpha + age[bought]) / (model.alpha + recency[bought])) ** (model.r + x)
    )
    return np.asarray(1 / (1 + odds), dtype=np.float64)


def expected_purchases(
    model: BgNbd, horizon: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> Array:
    """Return each customer's expected purchases in the `horizon` after `age` (equation 10 of the paper).

    Raises:
        ValueError: a horizon below 0, arrays of different length, a missing value, or times out of order.
    """
    import numpy as np
    from scipy.special import hyp2f1

    repeats, recency, age, _ = _histories(repeats, recency, age)
    finite(horizon=horizon)
    if horizon < 0:
        raise ValueError("a horizon of 0 or more is needed")
    r, alpha, b = model.r, model.alpha, model.b
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6  # the formula has a removable gap at a = 1
    x = repeats
    z = horizon / (alpha + age + horizon)
    with np.errstate(all="ignore"):
        first = (a + b + x - 1) / (a - 1)
        series = hyp2f1(r + x, b + x, a + b + x - 1, z)
        shrinking = ((alpha + age) / (alpha + age + horizon)) ** (r + x)
        found = first * (1 - shrinking * series)
    return _steadied(found, r + x, alpha + age, a, b + x, horizon) * alive_probability(
        model, repeats, recency, age
    )


def expected_repeats(model: BgNbd, elapsed: ArrayLike) -> Array:
    """Return a new customer's expected repeat purchases within `elapsed` (equation 9 of the paper).

    Raises:
        ValueError: a time that is missing or below 0.
    """
    import numpy as np
    from scipy.special import hyp2f1

    elapsed = vector(elapsed, "elapsed")
    if (elapsed < 0).any():
        raise ValueError("times of 0 or more are needed")
    r, alpha, b = model.r, model.alpha, model.b
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    with np.errstate(all="ignore"):
        series = hyp2f1(r, b, a + b - 1, elapsed / (alpha + elapsed))
        found = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + elapsed)) ** r * series)
    whole = np.ones(elapsed.shape)
    return _steadied(found, r * whole, alpha * whole, a, b * whole, elapsed)


def _steadied(found: Array, r: Array, alpha: Array, a: float, b: Array, horizon: float | Array) -> Array:
    """Return the expectation, from the mean chance of leaving where the hypergeometric series has lost its digits.

    Customers who are all alike and never leave drive the parameters to infinity. The chance p of leaving after a
    purchase is then all but known, and E[(1 - (alpha / (alpha + p t))^r) / p] is that of its mean, a / (a + b).
    Nobody can be expected to buy more than with no chance of leaving: r t / alpha.
    """
    import numpy as np

    most = r * horizon / alpha
    p = np.maximum(a / (a + b), 1e-12)
    with np.errstate(all="ignore"):
        plain = -np.expm1(-r * np.log1p(p * horizon / alpha)) / p
        lost = ~np.isfinite(found) | (found < 0) | (found > most * (1 + 1e-6)) | (a + b > POINT)
    return np.asarray(np.where(lost, np.minimum(plain, most), found), dtype=np.float64)
