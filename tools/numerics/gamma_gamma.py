"""How much a purchase brings: Gamma-Gamma by maximum likelihood.

Sources: P. Fader, B. Hardie, K. Lee (2005), RFM and CLV, Journal of Marketing Research 42: 415-430; P. Fader, B. Hardie
(2013), The Gamma-Gamma Model of Monetary Value.

Everywhere: `purchases` is how many (repeat) purchases a customer made, `value` their mean money, `weights` how many
customers are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import same_length, vector
from tools.numerics.likelihood import PENALTY, minimum, positive

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Purchases of a customer are Gamma(p, nu) in value, nu is Gamma(q, v) over customers."""

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        positive(p=self.p, q=self.q, v=self.v)


def gamma_gamma_log_likelihood(
    model: GammaGamma, purchases: ArrayLike, value: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Return the log likelihood of mean values per purchase, of customers with a purchase (equation 1a of the note).

    Raises:
        ValueError: arrays of different length, or purchases or a value that is not above 0.
    """
    purchases, value, weights = _spenders(purchases, value, weights)
    return _gamma_gamma(model, purchases, value, weights)


def _spenders(
    purchases: ArrayLike, value: ArrayLike, weights: ArrayLike | None
) -> tuple[Array, Array, Array | None]:
    x, mean = vector(purchases, "purchases"), vector(value, "value")
    mass = None if weights is None else vector(weights, "weights")
    same_length(purchases=x, value=mean, weights=mass)
    if (x <= 0).any() or (mean <= 0).any() or (mass is not None and (mass < 0).any()):
        raise ValueError("purchases and mean values above 0 are needed, and weights of 0 or more")
    return x, mean, mass


def _gamma_gamma(model: GammaGamma, purchases: Array, value: Array, weights: Array | None) -> float:
    import numpy as np
    from scipy.special import gammaln

    p, q, v = model.p, model.q, model.v
    x = purchases
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    each += (p * x - 1) * np.log(value) + p * x * np.log(x) - (p * x + q) * np.log(x * value + v)
    return float(np.sum(each if weights is None else weights * each))


def fit_gamma_gamma(
    purchases: ArrayLike, value: ArrayLike, weights: ArrayLike | None = None, start: GammaGamma | None = None
) -> GammaGamma:
    """Return the maximum-likelihood parameters from purchases per customer and their mean value, both above 0.

    Raises:
        ValueError: no customers, or a value that is not positive.
    """
    import numpy as np

    x, mean, mass = _spenders(purchases, value, weights)
    scale = float(np.median(mean))
    count = float(x.size if mass is None else np.sum(mass))
    if count <= 0:
        raise ValueError("weights above 0 are needed")

    def loss(logs: Array) -> float:
        p, q, v = np.exp(logs)
        likelihood = _gamma_gamma(GammaGamma(p, q, v), x, mean / scale, mass)
        return -likelihood / count + PENALTY * float(np.sum(logs * logs))

    starts = [np.log([2.0, 3.0, 2.0]), np.log([6.0, 4.0, 0.5])]
    if start is not None:
        starts = [np.log([start.p, start.q, start.v / scale])]
    p, q, v = np.exp(minimum(loss, starts))
    return GammaGamma(float(p), float(q), float(v * scale))


def expected_value(model: GammaGamma, purchases: ArrayLike, value: ArrayLike) -> Array:
    """Return each customer's expected value per purchase: the mean of all, pulled towards the customer's own.

    A customer without purchases gets the mean of all, p v / (q - 1); infinite where q <= 1 (no mean exists).

    Raises:
        ValueError: arrays of different length, a missing value, or one below 0.
    """
    import numpy as np

    purchases, value = vector(purchases, "purchases"), vector(value, "value")
    same_length(purchases=purchases, value=value)
    if (purchases < 0).any() or (value < 0).any():
        raise ValueError("purchases and values of 0 or more are needed")
    below = model.p * purchases + model.q - 1
    with np.errstate(divide="ignore"):
        result = np.where(below > 0, model.p * (model.v + purchases * value) / below, np.inf)
    return np.asarray(result, dtype=np.float64)


def frequency_value_correlation(
    repeats: ArrayLike, value: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Return Pearson's correlation of purchases and mean value; Gamma-Gamma assumes that it is near 0.

    0 where one of them never varies, or with a single customer.

    Raises:
        ValueError: arrays of different length, a missing value, or weights below 0.
    """
    import numpy as np

    repeats, value = vector(repeats, "repeats"), vector(value, "value")
    weights = None if weights is None else vector(weights, "weights")
    same_length(repeats=repeats, value=value, weights=weights)
    if weights is not None and ((weights < 0).any() or weights.sum() <= 1):
        raise ValueError("weights of 0 or more that add up to more than 1 are needed")
    if len(repeats) < 2:
        return 0.0

    mass = np.ones(repeats.shape) if weights is None else weights
    covariance = np.cov(np.vstack([repeats, value]), aweights=mass)
    spread = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / spread if spread > 0 else 0.0
