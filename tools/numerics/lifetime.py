"""How often customers will buy again, and for how much: BG/NBD and Gamma-Gamma by maximum likelihood.

Sources: P. Fader, B. Hardie, K. Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24: 275-284
(BG/NBD); the same (2005), RFM and CLV, Journal of Marketing Research 42: 415-430, and P. Fader, B. Hardie (2013), The
Gamma-Gamma Model of Monetary Value (Gamma-Gamma).

Everywhere: `repeats` is the number of repeat purchases (the first one not counted), `recency` the time from the first
purchase to the last (0 without repeats), `age` the time from the first purchase to the end of observation, `weights`
how many customers are alike. The three times share one unit, whichever; the parameters come in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PENALTY = 1e-6  # keeps a flat likelihood from walking to infinity; too small to move a fit that is not flat
_REACH = 12.0  # log parameters are searched within +-12


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchase rates are Gamma(r, alpha) over customers, the chance to leave after a purchase is Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Purchases of a customer are Gamma(p, nu) in value, nu is Gamma(q, v) over customers."""

    p: float
    q: float
    v: float


def bg_nbd_log_likelihood(
    model: BgNbd, repeats: Array, recency: Array, age: Array, weights: Array | None = None
) -> float:
    """Return the log likelihood of the customers (equation 6 of Fader, Hardie and Lee 2005)."""
    return _bg_nbd_slope(model, repeats, recency, age, weights)[0]


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
    repeats: Array, recency: Array, age: Array, weights: Array | None = None, start: BgNbd | None = None
) -> BgNbd:
    """Return the maximum-likelihood parameters; from three starts, or from `start` alone.

    Raises:
        ValueError: no customers, nobody bought again, or times out of order.
    """
    import numpy as np

    if not repeats.size or not np.any(repeats > 0):
        raise ValueError("customers with repeat purchases are needed")
    if np.any(recency > age) or np.any(recency < 0):
        raise ValueError("0 <= recency <= age is needed")
    scale = float(np.max(age))
    count = float(repeats.size if weights is None else np.sum(weights))

    def loss(logs: Array) -> tuple[float, Array]:
        model = BgNbd(*(float(one) for one in np.exp(logs)))
        value, slope = _bg_nbd_slope(model, repeats, recency / scale, age / scale, weights)
        return -value / count + _PENALTY * float(np.sum(logs * logs)), -slope * np.exp(
            logs
        ) / count + 2 * _PENALTY * logs

    starts = [np.log([0.5, 0.1, 0.8, 2.5]), np.zeros(4), np.log([0.3, 0.5, 0.3, 3.0])]
    if start is not None:
        starts = [np.log([start.r, start.alpha / scale, start.a, start.b])]
    r, alpha, a, b = np.exp(_minimum(loss, starts, slope=True))
    return BgNbd(float(r), float(alpha * scale), float(a), float(b))


def alive_probability(model: BgNbd, repeats: Array, recency: Array, age: Array) -> Array:
    """Return each customer's probability of still being one; 1 before the first repeat, by the model's definition."""
    import numpy as np

    odds = np.zeros(repeats.shape)
    bought = repeats > 0
    x = repeats[bought]
    odds[bought] = (
        model.a
        / (model.b + x - 1)
        * ((model.alpha + age[bought]) / (model.alpha + recency[bought])) ** (model.r + x)
    )
    return np.asarray(1 / (1 + odds), dtype=np.float64)


def expected_purchases(model: BgNbd, horizon: float, repeats: Array, recency: Array, age: Array) -> Array:
    """Return each customer's expected purchases in the `horizon` after `age` (equation 10 of the paper)."""
    import numpy as np
    from scipy.special import hyp2f1

    r, alpha, b = model.r, model.alpha, model.b
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6  # the formula has a removable gap at a = 1
    x = repeats
    z = horizon / (alpha + age + horizon)
    first = (a + b + x - 1) / (a - 1)
    series = hyp2f1(r + x, b + x, a + b + x - 1, z)
    shrinking = ((alpha + age) / (alpha + age + horizon)) ** (r + x)
    alive = alive_probability(model, repeats, recency, age)
    return np.asarray(first * (1 - shrinking * series) * alive, dtype=np.float64)


def expected_repeats(model: BgNbd, elapsed: Array) -> Array:
    """Return a new customer's expected repeat purchases within `elapsed` (equation 9 of the paper)."""
    import numpy as np
    from scipy.special import hyp2f1

    r, alpha, b = model.r, model.alpha, model.b
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    series = hyp2f1(r, b, a + b - 1, elapsed / (alpha + elapsed))
    return np.asarray(
        (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + elapsed)) ** r * series), dtype=np.float64
    )


def gamma_gamma_log_likelihood(
    model: GammaGamma, purchases: Array, value: Array, weights: Array | None = None
) -> float:
    """Return the log likelihood of mean values per purchase, of customers with a purchase (equation 1a of the note)."""
    import numpy as np
    from scipy.special import gammaln

    p, q, v = model.p, model.q, model.v
    x = purchases
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    each += (p * x - 1) * np.log(value) + p * x * np.log(x) - (p * x + q) * np.log(x * value + v)
    return float(np.sum(each if weights is None else weights * each))


def fit_gamma_gamma(
    purchases: Array, value: Array, weights: Array | None = None, start: GammaGamma | None = None
) -> GammaGamma:
    """Return the maximum-likelihood parameters from purchases per customer and their mean value, both above 0.

    Raises:
        ValueError: no customers, or a value that is not positive.
    """
    import numpy as np

    if not purchases.size or np.any(purchases <= 0) or np.any(value <= 0):
        raise ValueError("purchases and mean values above 0 are needed")
    scale = float(np.median(value))
    count = float(purchases.size if weights is None else np.sum(weights))

    def loss(logs: Array) -> float:
        p, q, v = np.exp(logs)
        likelihood = gamma_gamma_log_likelihood(GammaGamma(p, q, v), purchases, value / scale, weights)
        return -likelihood / count + _PENALTY * float(np.sum(logs * logs))

    starts = [np.log([2.0, 3.0, 2.0]), np.log([6.0, 4.0, 0.5])]
    if start is not None:
        starts = [np.log([start.p, start.q, start.v / scale])]
    p, q, v = np.exp(_minimum(loss, starts))
    return GammaGamma(float(p), float(q), float(v * scale))


def expected_value(model: GammaGamma, purchases: Array, value: Array) -> Array:
    """Return each customer's expected value per purchase: the mean of all, pulled towards the customer's own.

    A customer without purchases gets the mean of all, p v / (q - 1); infinite where q <= 1 (no mean exists).
    """
    import numpy as np

    below = model.p * purchases + model.q - 1
    with np.errstate(divide="ignore"):
        result = np.where(below > 0, model.p * (model.v + purchases * value) / below, np.inf)
    return np.asarray(result, dtype=np.float64)


def frequency_value_correlation(repeats: Array, value: Array, weights: Array | None = None) -> float:
    """Return Pearson's correlation of purchases and mean value; Gamma-Gamma assumes that it is near 0."""
    import numpy as np

    mass = np.ones(repeats.shape) if weights is None else weights
    covariance = np.cov(np.vstack([repeats, value]), aweights=mass)
    spread = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / spread if spread > 0 else 0.0


def _minimum(loss: Callable[[Array], object], starts: list[Array], *, slope: bool = False) -> Array:
    """Return the best point found from the starts, in log parameters within reach; `slope`: the loss gives both."""
    import numpy as np
    from scipy.optimize import minimize

    best, lowest = starts[0], np.inf
    options = {"maxiter": 500, "ftol": 1e-11}
    with one_thread():
        for start in starts:
            bounds = [(-_REACH, _REACH)] * len(start)
            found = minimize(loss, start, jac=slope, method="L-BFGS-B", bounds=bounds, options=options)
            if found.fun < lowest:
                best, lowest = found.x, float(found.fun)
    return np.asarray(best, dtype=np.float64)
