"""How long customers under contract stay: the shifted-beta-geometric model (sBG).

Source: P. Fader, B. Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21: 76-90. Each
customer has a chance of leaving at every renewal, the same each time; over customers it is Beta(alpha, beta).
Retention rises with age because those with a high chance leave first, not because anybody grows loyal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite, vector
from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sbg:
    """The chance to leave at a renewal is Beta(alpha, beta) over customers."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        finite(alpha=self.alpha, beta=self.beta)
        if min(self.alpha, self.beta) <= 0:
            raise ValueError("alpha and beta above 0 are needed")

    @property
    def first_churn_rate(self) -> float:
        """Return the share that leaves at the first renewal."""
        return self.alpha / (self.alpha + self.beta)


def survival(model: Sbg, renewals: int) -> Array:
    """Return the share still there after 0, 1, … `renewals` renewals (equation 5 of the paper); starts with 1.

    Raises:
        ValueError: fewer than no renewals.
    """
    import numpy as np

    if renewals < 0:
        raise ValueError("0 renewals or more are needed")
    ages = np.arange(1, renewals + 1)
    retained = (model.beta + ages - 1) / (model.alpha + model.beta + ages - 1)
    return np.concatenate([[1.0], np.cumprod(retained)])


def sbg_log_likelihood(model: Sbg, cohorts: Sequence[Sequence[float]]) -> float:
    """Return the log likelihood of cohorts, each its survivors at renewals 0, 1, 2, … (equation 7 of the paper).

    Raises:
        ValueError: survivors that rise, are below 0 or missing.
    """
    import numpy as np

    total = 0.0
    for cohort in cohorts:
        counts = vector(cohort, "survivors")
        if (np.diff(counts) > 0).any() or counts[-1] < 0:
            raise ValueError("survivors of 0 or more that never rise are needed")
        share = survival(model, len(counts) - 1)
        lost = -np.diff(counts)
        left = share[:-1] - share[1:]
        some = lost > 0
        total += float(np.sum(lost[some] * np.log(left[some])))
        if counts[-1] > 0:
            total += float(counts[-1] * np.log(share[-1]))
    return total


def fit_sbg(cohorts: Sequence[Sequence[float]]) -> Sbg:
    """Return the maximum-likelihood parameters from cohorts of survivors; older cohorts are longer.

    Raises:
        ValueError: no cohort saw a renewal, survivors rise, or nobody (or everybody) ever left.
    """
    import numpy as np
    from scipy.optimize import minimize

    seen: list[list[float]] = [
        vector(cohort, "survivors").tolist() for cohort in cohorts if len(cohort) > 1 and cohort[0] > 0
    ]
    if (
        not seen
        or any(one[-1] < 0 for one in seen)
        or any(later > earlier for one in seen for earlier, later in pairwise(one))
    ):
        raise ValueError("cohorts with a renewal and survivors that never rise are needed")
    lost = sum(one[0] - one[-1] for one in seen)
    kept = sum(one[-1] for one in seen)
    if lost <= 0 or kept <= 0:
        raise ValueError("some customers must have left and some stayed")
    count = float(sum(one[0] for one in seen))

    def loss(logs: Array) -> float:
        alpha, beta = np.exp(logs)
        return -sbg_log_likelihood(Sbg(float(alpha), float(beta)), seen) / count

    with one_thread():
        options = {"ftol": 1e-13, "maxiter": 500}
        found = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-9.0, 9.0)] * 2, options=options)
    alpha, beta = np.exp(found.x)
    return Sbg(float(alpha), float(beta))


def expected_renewals(model: Sbg, survived: int, horizon: int, discount: float = 0.0) -> float:
    """Return the payments expected of a customer who paid at `survived` renewals, in the next `horizon` ones.

    `discount` is the rate per renewal period: a payment k periods ahead counts 1 / (1 + discount)^k. Without
    discount it is the expected number of payments (Fader & Hardie 2010, Marketing Science 29: 85-93, truncated).

    Raises:
        ValueError: fewer than no renewals, or a discount of -100 % or less.
    """
    import numpy as np

    finite(discount=discount)
    if min(survived, horizon) < 0 or discount <= -1:
        raise ValueError("0 renewals or more and a discount above -1 are needed")
    shares = survival(model, survived + horizon)
    ahead = shares[survived + 1 :] / shares[survived]
    return float(np.sum(ahead / (1 + discount) ** np.arange(1, horizon + 1)))
