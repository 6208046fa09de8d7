"""What changed because of something done at a known time: differences in differences, synthetic controls, placebos.

Everything takes plain arrays: a series of the treated (one value per equal period, in time order), controls with
one column each over the same periods, and the half-open positions `start`, `end` of the periods in which the thing
was on. Nothing here knows dates: the caller buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix, vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

LEAST_BEFORE = 8  # periods before the start
LEAST_PLACEBOS = 20
MOST_PLACEBOS = 60
_SUM_WEIGHT = 1e4  # how hard the weights of a simplex are held to one


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would have been in each period of the window, and the effect: mean of actual minus that."""

    effect: float
    expected: Array


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its placebos. All values are per period, in the unit of the series.

    `effect` is the mean over the window of actual minus expected; `low` and `high` bound it (80 %) by the spread
    of the placebos, widened where the level has risen. `p_value` is the placebo rank: the share of fake effects at
    least as large, the real one counted among them, so that it is never below 1 / (placebos + 1). `placebo_kind` is
    `dates` (the same series at times when nothing was done) or `units` (each control as if it were the treated).
    `naive` is after minus before, `did` the difference in differences (None without controls). `expected` has one
    value per period of the window.
    """

    method: str
    effect: float
    low: float
    high: float
    p_value: float
    placebos: tuple[float, ...]
    placebo_kind: str
    naive: float
    did: float | None
    baseline: float
    expected: tuple[float, ...]
    weights: tuple[float, ...]


def naive_change(series: ArrayLike, start: int, end: int) -> float:
    """Return the mean of the window minus the mean of all periods before it.

    Raises:
        ValueError: no period before the window, none in it, or a missing value.
    """
    values = _inside(series, start, end)
    return float(values[start:end].mean() - values[:start].mean())


def _inside(series: ArrayLike, start: int, end: int) -> Array:
    values = vector(series, "series")
    if not 0 < start < end <= len(values):
        raise ValueError("a period before the window and a window inside the series are needed")
    return values


def _controls(controls: ArrayLike, periods: int) -> Array:
    found = matrix(controls, "controls")
    if len(found) != periods or not found.shape[1]:
        raise ValueError(f"controls: one row per period of the series is needed, {periods}, not {len(found)}")
    return found


def difference_in_differences(series: ArrayLike, controls: ArrayLike, start: int, end: int) -> float:
    """Return the naive change less the mean naive change of the controls (periods, units).

    Raises:
        ValueError: as `naive_change`, or controls over other periods.
    """
    values = _inside(series, start, end)
    return naive_change(values, start, end) - naive_change(
        _controls(controls, len(values)).mean(axis=1), start, end
    )


def synthetic_did(
    series: ArrayLike, controls: ArrayLike, start: int, end: int
) -> tuple[Counterfactual, Array]:
    """Return the synthetic difference in differences and the weights of the controls.

    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), algorithm 1: unit weights on the simplex with an
    intercept and ridge zeta = (treated periods)^(1/4) · sd of the controls' first differences; time weights with
    an intercept and next to no ridge. `controls` is (periods, units), at least two of them.

    Raises:
        ValueError: fewer than two periods before, or fewer than two controls.
    """
    import numpy as np

    series = _inside(series, start, end)
    controls = _controls(controls, len(series))
    before, after, units = start, end - start, controls.shape[1]
    if before < 2 or after < 1 or units < 2:
        raise ValueError("two periods before, one after and two controls are needed")
    noise = float(np.diff(controls[:start], axis=0).std(ddof=1))
    scale = noise if noise > 0 else 1.0
    omega = _simplex(controls[:start], series[:start], after**0.25 * scale)
    lam = _simplex(controls[:start].T, controls[start:end].mean(axis=0), 1e-6 * scale)
    synthetic = controls @ omega
    gap = float(lam @ (series[:start] - synthetic[:start]))
    expected = synthetic[start:end] + gap
    return Counterfactual(float((series[start:end] - expected).mean()), expected), omega


def _simplex(features: Array, target: Array, zeta: float) -> Array:
    """Return the weights w >= 0, sum w = 1 that minimise |target - a - features w|² + zeta² rows |w|².

    The intercept is taken out by centring; the sum is held by one heavy row of a non-negative least squares.
    """
    import numpy as np
    from scipy.optimize import nnls

    rows, width = features.shape
    centred = features - features.mean(axis=0)
    wanted = target - target.mean()
    size = max(float(np.abs(centred).max()), 1e-12)
    stacked = np.vstack(
        [centred / size, np.eye(width) * zeta * rows**0.5 / size, np.full((1, width), _SUM_WEIGHT)]
    )
    right = np.concatenate([wanted / size, np.zeros(width), [_SUM_WEIGHT]])
    weights, _ = nnls(stacked, right, maxiter=50 * width)
    if weights.sum() <= 0:  # nothing varies anywhere: every weight is as good as any
        weights = np.ones(width)
    return np.asarray(weights / weights.sum())


def structural(series: ArrayLike, start: int, end: int, season: int | None) -> Counterfactual:
    """Return the forecast of a structural model fitted before `start`: local level, and a season where there is one.

    Durbin & Koopman (2012); the counterfactual of Brodersen et al. (2015) without covariates. A positive series
    is modelled in logarithms. `season` counts periods (7 for days); it needs three of them before the start.

    Raises:
        ValueError: fewer than 8 periods before the start, no window inside the series, or a missing value.
    """
    values = _inside(series, start, end)
    if start < LEAST_BEFORE:
        raise ValueError("eight periods before the start are needed")
    return _Structural(values, start, season).counterfactual(values, start, end)


class _Structural:
    """A structural model whose variances are fitted once, and which then forecasts from any cut."""

    def __init__(self, series: Array, fit_until: int, season: int | None) -> None:
        import warnings

        import numpy as np
        from statsmodels.tools.sm_exceptions import ConvergenceWarning

        self.level = float(series[0]) if float(np.ptp(series[:fit_until])) == 0 else None
        self.logs = bool((series[:fit_until] > 0).all())
        self.season = season if season and fit_until >= 3 * season else None
        self.scale = 1.0 if self.logs else max(float(np.abs(series[:fit_until]).mean()), 1e-12)
        if self.level is not None:
            return  # what never moved goes on as it is, and has no variance to fit
        with warnings.catch_warnings():
            # A variance that is next to zero leaves the likelihood flat: the parameters are as good as any there.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = self._model(series[:fit_until]).fit(disp=0, maxiter=60)
        # What the filter knows before each period, the first after the last included: every cut is there already.
        self.states = fitted.filter_results.predicted_state
        self.design, self.transition = (
            fitted.filter_results.design[0, :, 0],
            fitted.filter_results.transition[..., 0],
        )

    def _model(self, values: Array):  # type: ignore[no-untyped-def]  # statsmodels carries no types
        import numpy as np
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        data = np.log(values) if self.logs else values / self.scale
        return UnobservedComponents(
            data, level="local level", seasonal=self.season, stochastic_seasonal=False
        )

    def counterfactual(self, series: Array, start: int, end: int) -> Counterfactual:
        """Return what the model, knowing only the periods before `start`, expects of the window."""
        import numpy as np

        if self.level is not None:
            flat = np.full(end - start, self.level)
            return Counterfactual(float(series[start:end].mean() - self.level), flat)
        state, forecast = self.states[:, start], np.empty(end - start)
        for at in range(end - start):
            forecast[at] = self.design @ state
            state = self.transition @ state
        expected = np.exp(forecast) if self.logs else forecast * self.scale
        return Counterfactual(float((series[start:end] - expected).mean()), expected)


def before_after(
    series: ArrayLike, controls: ArrayLike | None, start: int, end: int, *, season: int | None = None
) -> Effect:
    """Return the effect of what was on in the periods [start, end), with placebos; see `Effect`.

    With controls (periods, units; at least two columns): synthetic difference in differences. Without: the
    structural model. The placebos are windows of the same length that end before `start`; where fewer than 20
    fit, the controls stand in as fake treated ones.

    Raises:
        ValueError: fewer than 8 periods before the start, or neither 20 placebo dates nor 10 controls.
    """
    import numpy as np

    series = _inside(series, start, end)
    if start < LEAST_BEFORE:
        raise ValueError("eight periods before the start and a window inside the series are needed")
    controls = None if controls is None else _controls(controls, len(series))
    if controls is not None and controls.shape[1] < 2:
        raise ValueError("two controls are needed")
    dates = list(_placebo_starts(start, end - start))
    weights: Array = np.zeros(0)
    if controls is None:
        if len(dates) < LEAST_PLACEBOS:
            raise ValueError("too little time before the start for 20 placebo dates")
        model = _Structural(series, start, season)
        found = model.counterfactual(series, start, end)
        placebos = [model.counterfactual(series, at, at + end - start).effect for at in dates]
        kind, method = "dates", "structural"
    else:
        found, weights = synthetic_did(series, controls, start, end)
        method = "synthetic_did"
        if len(dates) >= LEAST_PLACEBOS:
            placebos = [synthetic_did(series, controls, at, at + end - start)[0].effect for at in dates]
            kind = "dates"
        elif controls.shape[1] >= 10:
            placebos = [
                synthetic_did(controls[:, at], np.delete(controls, at, axis=1), start, end)[0].effect
                for at in range(controls.shape[1])
            ]
            kind = "units"
        else:
            raise ValueError("neither 20 placebo dates nor 10 controls")
    fakes = np.asarray(placebos)
    reach = float(np.quantile(np.abs(fakes - np.median(fakes)), 0.8))
    if found.expected.mean() > 0:
        # What varies in proportion to its level varies more where the effect has raised that level.
        reach *= max(1.0, float(series[start:end].mean() / found.expected.mean()))
    rank = (1 + int((np.abs(fakes) >= abs(found.effect)).sum())) / (1 + len(fakes))
    return Effect(
        method=method,
        effect=found.effect,
        low=found.effect - reach,
        high=found.effect + reach,
        p_value=rank,
        placebos=tuple(float(one) for one in fakes),
        placebo_kind=kind,
        naive=naive_change(series, start, end),
        did=None if controls is None else difference_in_differences(series, controls, start, end),
        baseline=float(series[:start].mean()),
        expected=tuple(float(one) for one in found.expected),
        weights=tuple(float(one) for one in weights),
    )


def _placebo_starts(start: int, length: int) -> Iterator[int]:
    """Yield starts of windows of `length` that end at or before `start`, evenly spread, the latest first."""
    latest = start - length
    count = latest - LEAST_BEFORE + 1
    if count <= 0:
        return
    step = max(1, count // MOST_PLACEBOS)
    yield from range(latest, LEAST_BEFORE - 1, -step)
