"""Spend and outcome of several channels at once: regression with robust errors, adstock and saturation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix, same_length, vector
from tools.numerics.curves import Saturating

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

WEEKS_A_YEAR = 365.25 / 7
CARRY_OVERS = (0.0, 0.3, 0.6, 0.8)  # share of an effect that is left a week later
HALF_POINTS = (
    0.3,
    0.7,
    1.5,
    4.0,
    12.0,
)  # spend of half the effect, in mean spends; 12 is next to a straight line
_BLOCK = 6  # weeks that stay together in a resample


@dataclass(frozen=True, slots=True)
class Regression:
    """Least squares: coefficients, their standard errors, residuals, and the share of variance explained."""

    coefficients: Array
    errors: Array
    residuals: Array
    r_squared: float


def least_squares(design: ArrayLike, outcome: ArrayLike, lags: int = 0) -> Regression:
    """Return ordinary least squares with Newey-West (1987) errors; `lags` 0 gives the classical ones.

    `design` is (rows, columns) with its own column of ones. HAC errors use Bartlett weights and the small-sample
    factor n / (n - k), as statsmodels does.

    Raises:
        ValueError: fewer rows than columns plus two, a missing value, or lags outside [0, rows).
    """
    import numpy as np

    design, outcome = matrix(design, "design"), vector(outcome, "outcome")
    same_length(design=design, outcome=outcome)
    rows, width = design.shape
    if rows < width + 2 or not 0 <= lags < rows:
        raise ValueError("more rows than columns are needed")
    scale = np.linalg.norm(design, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    # By QR of scaled columns: the product of the design with itself would square how ill-conditioned it is.
    left, right = np.linalg.qr(design / scale)
    inverse = np.linalg.pinv(right) / scale[:, None]
    coefficients = inverse @ (left.T @ outcome)
    residuals = outcome - design @ coefficients
    bread = inverse @ inverse.T
    if lags == 0:
        covariance = bread * float(residuals @ residuals) / (rows - width)
    else:
        scores = design * residuals[:, None]
        meat = scores.T @ scores
        for lag in range(1, lags + 1):
            cross = scores[lag:].T @ scores[:-lag]
            meat += (1 - lag / (lags + 1)) * (cross + cross.T)
        covariance = bread @ meat @ bread * rows / (rows - width)
    spread = float(((outcome - outcome.mean()) ** 2).sum())
    explained = 1 - float(residuals @ residuals) / spread if spread > 0 else 0.0
    return Regression(coefficients, np.sqrt(np.maximum(np.diag(covariance), 0.0)), residuals, explained)


def inflation(columns: ArrayLike, others: ArrayLike | None = None) -> Array:
    """Return the variance inflation factor of each column, 1 / (1 - R²) on all other columns and a constant.

    Marquardt (1970). Above 10 two causes can hardly be told apart. `others` are further regressors of the model.
    A column that never varies has 1.

    Raises:
        ValueError: no rows, a missing value, or others over other rows.
    """
    import numpy as np

    columns = matrix(columns, "columns")
    others = None if others is None else matrix(others, "others")
    same_length(columns=columns, others=others)
    rows, width = columns.shape
    base = np.ones((rows, 1)) if others is None else np.column_stack([np.ones(rows), others])
    found = np.ones(width)
    for at in range(width):
        design = np.column_stack([base, np.delete(columns, at, axis=1)])
        scale = np.where(np.abs(design).max(axis=0) > 0, np.abs(design).max(axis=0), 1.0)
        coefficients, *_ = np.linalg.lstsq(design / scale, columns[:, at], rcond=None)
        left = columns[:, at] - design / scale @ coefficients
        spread = float(((columns[:, at] - columns[:, at].mean()) ** 2).sum())
        if spread > 0:
            found[at] = max(1.0, spread / max(float(left @ left), 1e-12 * spread))
    return found


def seasons(weeks: int, orders: int = 3) -> Array:
    """Return trend and yearly Fourier terms per week, (weeks, 1 + 2 orders), without a constant.

    Raises:
        ValueError: no weeks.
    """
    import numpy as np

    if weeks < 1 or orders < 0:
        raise ValueError("a week is needed")
    at = np.arange(weeks)
    columns = [(at - at.mean()) / max(weeks, 1)]
    for order in range(1, orders + 1):
        angle = 2 * np.pi * order * at / WEEKS_A_YEAR
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def adstock(spend: ArrayLike, carry: float) -> Array:
    """Return geometric adstock a_t = (1 - carry) x_t + carry a_(t-1), from a steady start (Broadbent 1979; Jin 2017).

    Its weights add up to one, so that constant spend is its own adstock.

    Raises:
        ValueError: a missing value, or a carry outside [0, 1).
    """
    import numpy as np

    spend = vector(spend, "spend", least=0)
    if not 0 <= carry < 1:
        raise ValueError("a carry inside [0, 1) is needed")
    out = np.empty(len(spend))
    level = float(spend[: min(4, len(spend))].mean()) if len(spend) else 0.0
    for at, value in enumerate(spend):
        level = (1 - carry) * float(value) + carry * level
        out[at] = level
    return out


@dataclass(frozen=True, slots=True)
class Mix:
    """A fitted media mix: a curve per channel, how much of an effect carries over a week, and the fit."""

    curves: tuple[Saturating, ...]
    carry: tuple[float, ...]
    fitted: Array
    residuals: Array
    r_squared: float


class MixModel:
    """Adstock and saturation per channel beside trend, season and other causes; candidates are laid out once."""

    def __init__(self, spend: ArrayLike, others: ArrayLike) -> None:
        """Take weekly spend (weeks, channels) and everything that is held constant (weeks, columns, no constant).

        Raises:
            ValueError: a missing value, spend below 0, or arrays over different weeks.
        """
        import numpy as np

        spend, others = matrix(spend, "spend"), matrix(others, "others")
        same_length(spend=spend, others=others)
        if (spend < 0).any() or not spend.shape[1]:
            raise ValueError("a channel and spend of 0 or more are needed")
        self.weeks, self.channels = spend.shape
        base = np.column_stack([np.ones(self.weeks), others])
        base = base / np.where(np.abs(base).max(axis=0) > 0, np.abs(base).max(axis=0), 1.0)
        self._basis, _ = np.linalg.qr(base)
        self.scale = np.maximum(spend.mean(axis=0), 1e-12)
        self.options = [(carry, half) for carry in CARRY_OVERS for half in HALF_POINTS]
        raw = np.empty((self.channels, len(self.options), self.weeks))
        for channel in range(self.channels):
            stocks = {carry: adstock(spend[:, channel], carry) / self.scale[channel] for carry in CARRY_OVERS}
            for at, (carry, half) in enumerate(self.options):
                raw[channel, at] = stocks[carry] / (stocks[carry] + half)
        self._raw = raw
        self._clean = raw - (raw @ self._basis) @ self._basis.T

    def fit(
        self, outcome: ArrayLike, *, start: Sequence[int] | None = None, rounds: int = 3
    ) -> tuple[Mix, list[int]]:
        """Return the best mix by coordinate descent over the candidates, effects not below zero; and the choices.

        What is held constant is taken out of both sides first (Frisch & Waugh 1933); the rest is a non-negative
        least squares (Lawson & Hanson 1974).

        Raises:
            ValueError: not one outcome per week, or a missing one.
        """
        import numpy as np
        from scipy.optimize import nnls

        outcome = vector(outcome, "outcome")
        if len(outcome) != self.weeks:
            raise ValueError(f"an outcome for each of {self.weeks} weeks is needed")
        clean = outcome - self._basis @ (self._basis.T @ outcome)
        size = float(np.abs(clean).max()) or 1.0
        chosen = list(start) if start is not None else [self.options.index((0.3, 1.5))] * self.channels
        best = np.inf
        for _ in range(rounds):
            before = best
            for channel in range(self.channels):
                trials = []
                for option in range(len(self.options)):
                    tried = [*chosen[:channel], option, *chosen[channel + 1 :]]
                    _, loss = nnls(self._columns(tried), clean / size)
                    trials.append(loss)
                chosen[channel] = int(np.argmin(trials))
                best = min(trials)
            if before - best < 1e-6:
                break
        columns = self._columns(chosen)
        effects, _ = nnls(columns, clean / size)
        residuals = clean - columns @ effects * size
        spread = float(((outcome - outcome.mean()) ** 2).sum())
        curves = tuple(
            Saturating(float(effect * size), self.options[option][1] * float(scale))
            for effect, option, scale in zip(effects, chosen, self.scale, strict=True)
        )
        return (
            Mix(
                curves,
                tuple(self.options[option][0] for option in chosen),
                outcome - residuals,
                residuals,
                1 - float(residuals @ residuals) / spread if spread > 0 else 0.0,
            ),
            chosen,
        )

    def bootstrap(self, outcome: Array, *, draws: int = 50, seed: int = 7) -> tuple[Mix, list[Mix]]:
        """Return the fit, and refits to its fitted values plus resampled blocks of residuals (Künsch 1989)."""
        import numpy as np

        rng = np.random.default_rng(seed)
        mix, chosen = self.fit(outcome)
        blocks = -(-self.weeks // _BLOCK)
        out = []
        # Residuals of a fit are too small: scaled up by the parameters it used.
        used = self._basis.shape[1] + 2 * self.channels
        scale = (self.weeks / max(self.weeks - used, 1)) ** 0.5
        for _ in range(draws):
            starts = rng.integers(0, max(self.weeks - _BLOCK, 1), blocks)
            rows = (starts[:, None] + np.arange(_BLOCK)).ravel()[: self.weeks]
            again, _ = self.fit(mix.fitted + scale * mix.residuals[rows], start=chosen, rounds=1)
            out.append(again)
        return mix, out

    def _columns(self, chosen: Sequence[int]) -> Array:
        import numpy as np

        return np.asarray(self._clean[np.arange(self.channels), list(chosen)].T)
