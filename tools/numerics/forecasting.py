"""Forecasts of one series: four classical methods, chosen by rolling-origin back-test, with conformal intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from tools.numerics.arrays import vector
from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

Method = Callable[[Any, int, int], "Array"]
MOST_POINTS = 168  # of the recursion of exponential smoothing: older ones no longer weigh anything


def _series(values: ArrayLike, season: int, horizon: int) -> Array:
    """Return the series as floats.

    Raises:
        ValueError: no whole season of values, a missing one, or a season or horizon below one.
    """
    if season < 1 or horizon < 1:
        raise ValueError("a season and a horizon of at least one are needed")
    return vector(values, least=season)


def seasonal_naive(values: ArrayLike, season: int, horizon: int) -> Array:
    """Return the last season again and again, (horizon,); with season 1 the last value.

    Raises:
        ValueError: fewer values than a season, or a missing one.
    """
    import numpy as np

    known = _series(values, season, horizon)
    return np.asarray(known[len(known) - season :][np.arange(horizon) % season])


def theta(values: ArrayLike, season: int, horizon: int) -> Array:
    """Return the Theta method's forecasts, (horizon,): simple exponential smoothing with half the trend as drift.

    Assimakopoulos & Nikolopoulos (2000) in the form of Hyndman & Billah (2003); the season is taken out by additive
    classical decomposition before and put back after.

    Raises:
        ValueError: fewer than three values, fewer than a season, or a missing one.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    values = vector(_series(values, season, horizon), least=3)
    pattern = _season_pattern(values, season)
    y = values - pattern[np.arange(len(values)) % season]
    slope = float(np.polyfit(np.arange(len(y)), y, 1)[0])
    found = minimize_scalar(lambda alpha: _smoothed(y, alpha)[1], bounds=(0.01, 0.999), method="bounded")
    alpha = float(found.x)
    level = _smoothed(y, alpha)[0]
    steps = np.arange(1, horizon + 1)
    drift = slope / 2 * (steps - 1 + (1 - (1 - alpha) ** len(y)) / alpha)
    return np.asarray(level + drift + pattern[(len(values) + steps - 1) % season])


def _smoothed(y: Array, alpha: float) -> tuple[float, float]:
    """Return the last level and the sum of squared one-step errors of simple exponential smoothing."""
    import numpy as np
    from scipy.signal import lfilter

    levels, _ = lfilter([alpha], [1, alpha - 1], y, zi=np.array([(1 - alpha) * y[0]]))
    errors = y[1:] - levels[:-1]
    return float(levels[-1]), float(errors @ errors)


def _season_pattern(values: Array, season: int) -> Array:
    """Return the additive season by classical decomposition (centred moving average, means per phase, sum 0)."""
    import numpy as np

    if season < 2 or len(values) < 2 * season:
        return np.zeros(max(season, 1))
    weights = np.ones(season) / season
    if season % 2 == 0:
        weights = np.convolve(np.ones(season), [0.5, 0.5]) / season
    trend = np.convolve(values, weights, mode="valid")
    half = (len(values) - len(trend)) // 2
    apart = values[half : half + len(trend)] - trend
    phases = (half + np.arange(len(trend))) % season
    means = np.array([apart[phases == phase].mean() for phase in range(season)])
    return np.asarray(means - means.mean())


def holt_winters(values: ArrayLike, season: int, horizon: int) -> Array:
    """Return ETS(A,Ad,A)'s forecasts, (horizon,): additive level, damped trend, season (Hyndman et al. 2008, 2.1).

    Smoothing weights by least squares of the one-step errors; the start by regression and classical decomposition.

    Raises:
        ValueError: fewer than three values, fewer than a season, or a missing one.
    """
    import numpy as np
    from scipy.optimize import minimize

    values = vector(_series(values, season, horizon), least=3)
    y = values[-MOST_POINTS:] if season <= 52 else values
    first = (len(values) - len(y)) % season if season > 1 else 0
    pattern = np.roll(_season_pattern(values, season), -first)
    early = y[: max(10, 2 * season)] - pattern[np.arange(min(len(y), max(10, 2 * season))) % season]
    slope, start = np.polyfit(np.arange(len(early)), early, 1)
    state = (float(start - slope), float(slope), pattern.tolist())
    points = y.tolist()

    def loss(weights: Array) -> float:
        return _recursion(points, season, state, *(float(one) for one in weights))[0]

    found = minimize(
        loss, np.array([0.3, 0.05, 0.1, 0.95]), method="L-BFGS-B",
        bounds=[(0.001, 0.99), (0.0001, 0.5), (0.0001, 0.5), (0.8, 0.98)], options={"maxiter": 12},
    )  # fmt: skip
    _, level, trend, seasons = _recursion(points, season, state, *(float(one) for one in found.x))
    phi = float(found.x[3])
    damped = np.cumsum(phi ** np.arange(1, horizon + 1))
    return np.asarray(
        level + damped * trend + np.array(seasons)[(len(y) + np.arange(horizon)) % max(season, 1)]
    )


def _recursion(
    y: list[float],
    season: int,
    state: tuple[float, float, list[float]],
    alpha: float,
    beta: float,
    gamma: float,
    phi: float,
) -> tuple[float, float, float, list[float]]:
    level, trend, seasons = state[0], state[1], list(state[2])
    total = 0.0
    for at, value in enumerate(y):
        phase = at % season if season > 1 else 0
        expected = level + phi * trend
        error = value - expected - seasons[phase]
        total += error * error
        level = expected + alpha * error
        trend = phi * trend + alpha * beta * error
        if season > 1:
            seasons[phase] += gamma * (1 - alpha) * error
    return total, level, trend, seasons


def airline(values: ArrayLike, season: int, horizon: int) -> Array:
    """Return the forecasts of SARIMA(0,1,1)(0,1,1), Box & Jenkins's airline model, fitted by `airline_weights`.

    Raises:
        ValueError: fewer than two seasons and a half of values.
    """
    import numpy as np

    values = _series(values, season, horizon)
    small, large = airline_weights(values, season)
    errors = _airline_errors(values, season, small, large)
    shocks = np.concatenate([np.zeros(season + 1), errors, np.zeros(horizon)])
    path = np.concatenate([values, np.zeros(horizon)])
    count = len(values)
    for at in range(count, count + horizon):
        moved = (
            -small * shocks[at - 1] - large * shocks[at - season] + small * large * shocks[at - season - 1]
        )
        path[at] = path[at - 1] + path[at - season] - path[at - season - 1] + moved
    return np.asarray(path[count:])


def airline_weights(values: ArrayLike, season: int) -> tuple[float, float]:
    """Return (theta, Theta) of (1-B)(1-B^s) y = (1 - theta B)(1 - Theta B^s) e, by conditional least squares.

    Box & Jenkins (1976, ch. 9) print .396 and .614 for the logged airline series.

    Raises:
        ValueError: fewer than two seasons and a half of values, or no season.
    """
    import numpy as np
    from scipy.optimize import minimize

    values = vector(values)
    if season < 2 or len(values) < 2.5 * season + 2:
        raise ValueError("two and a half seasons are needed")

    def loss(weights: Array) -> float:
        errors = _airline_errors(values, season, float(weights[0]), float(weights[1]))
        return float(errors @ errors)

    found = minimize(loss, np.array([0.4, 0.5]), method="L-BFGS-B", bounds=[(-0.95, 0.95), (-0.5, 0.95)])
    return float(found.x[0]), float(found.x[1])


def _airline_errors(values: Array, season: int, small: float, large: float) -> Array:
    """Return the one-step errors from the first one that has a whole season and a step before it."""
    import numpy as np
    from scipy.signal import lfilter

    twice = np.diff(values[season:] - values[:-season])
    weights = np.zeros(season + 2)
    weights[0], weights[1] = 1.0, -small
    weights[season] += -large
    weights[season + 1] += small * large
    return np.asarray(lfilter([1.0], weights, twice))


METHODS: Mapping[str, Method] = {
    "seasonal_naive": seasonal_naive,
    "theta": theta,
    "ets": holt_winters,
    "sarima": airline,
}


@dataclass(frozen=True, slots=True)
class BackTest:
    """What each method would have said: (origins, horizon) forecasts and the actual values; MASE per method."""

    forecasts: Mapping[str, Array]
    actual: Array
    mase: Mapping[str, float]

    @property
    def best(self) -> str:
        """Return the method with the smallest MASE; a tie goes to the simpler one."""
        return min(self.mase, key=lambda name: (round(self.mase[name], 6), list(METHODS).index(name)))


def back_test(
    values: ArrayLike,
    season: int,
    horizon: int,
    *,
    origins: int = 10,
    methods: Mapping[str, Method] | None = None,
) -> BackTest:
    """Return the rolling-origin back-test of every method that can be fitted to the shortest training set.

    Origins lie `horizon // 4` (at least one season where there is room) apart and end where the last whole
    horizon begins. MASE scales the absolute errors by the in-sample error of the seasonal naive forecast
    (Hyndman & Koehler 2006).

    Raises:
        ValueError: fewer than three origins fit into the series, or a value is missing.
    """
    import numpy as np

    values = _series(values, season, horizon)
    least = max(2 * season + 4, 10)
    last = len(values) - horizon
    step = max(1, horizon // 4, season if season * 4 <= last - least else 1)
    places = [last - at * step for at in range(origins) if last - at * step >= least]
    if len(places) < 3:
        raise ValueError("the series is too short for a back-test of this horizon")
    actual = np.array([values[place : place + horizon] for place in places])
    scale = float(np.abs(values[season:] - values[:-season]).mean()) or 1.0
    said: dict[str, Array] = {}
    for name, method in (methods or METHODS).items():
        try:
            with one_thread():
                said[name] = np.array([method(values[:place], season, horizon) for place in places])
        except ValueError:
            continue
    mase = {name: float(np.abs(one - actual).mean()) / scale for name, one in said.items()}
    return BackTest(said, actual, mase)


def conformal_width(errors: ArrayLike, level: float = 0.8) -> float:
    """Return the half-width that covered `level` of past errors, with the finite-sample step up (Vovk et al. 2005).

    The ceil((n+1) level)-th smallest absolute error; the largest where there are too few for the level.

    Raises:
        ValueError: no errors, a missing one, or a level outside (0, 1).
    """
    import numpy as np

    if not 0 < level < 1:
        raise ValueError("the level lies inside (0, 1)")
    ordered = np.sort(np.abs(vector(errors, "errors")))
    return float(ordered[min(ceil((len(ordered) + 1) * level), len(ordered)) - 1])
