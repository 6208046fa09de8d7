"""Forecasts against the airline series and its printed fit, and against series whose future is known."""

import numpy as np
import pytest

from tools.numerics.forecasting import (
    METHODS,
    airline,
    airline_weights,
    back_test,
    conformal_width,
    holt_winters,
    seasonal_naive,
    theta,
)
from tools.numerics.seasonal import baseline

# International airline passengers, thousands a month, January 1949 to December 1960: Box & Jenkins (1976), series G.
PASSENGERS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""
AIR = np.array([float(one) for one in PASSENGERS.split()])


def error_of_1960(method) -> float:
    said = np.exp(method(np.log(AIR[:-12]), 12, 12))
    return 100 * float(np.mean(np.abs(said / AIR[-12:] - 1)))


def test_the_airline_models_weights_are_those_in_print() -> None:
    # Box & Jenkins (1976, p. 320) print .396 and .614 (back-forecasting), R's arima(method = "ML") .4018 and .5569,
    # arima(method = "CSS") .3772 and .5724: ours is the last.
    assert airline_weights(np.log(AIR), 12) == pytest.approx((0.3772, 0.5724), abs=0.0005)


def test_on_1960_the_naive_forecast_is_10_percent_off_and_the_others_beat_it() -> None:
    assert error_of_1960(seasonal_naive) == pytest.approx(9.99, abs=0.01)
    assert error_of_1960(airline) < 3.5
    assert error_of_1960(theta) < 5
    assert error_of_1960(holt_winters) < 5


def test_on_two_years_the_naive_forecast_is_15_5_percent_off() -> None:
    said = seasonal_naive(np.log(AIR[:-24]), 12, 24)
    assert 100 * float(np.mean(np.abs(np.exp(said) / AIR[-24:] - 1))) == pytest.approx(15.52, abs=0.01)


def test_the_back_test_chooses_the_airline_model_for_the_airline_series() -> None:
    found = back_test(np.log(AIR), 12, 12)
    assert found.best == "sarima"
    assert set(found.mase) == set(METHODS)
    assert found.mase["sarima"] < found.mase["seasonal_naive"] / 2


def test_a_line_and_a_season_go_on() -> None:
    pattern = np.array([3.0, -1, 0, 2, -4, 1, -1])
    at = np.arange(70)
    series, future = (
        5 + 0.5 * at + pattern[at % 7],
        5 + 0.5 * np.arange(70, 84) + pattern[np.arange(70, 84) % 7],
    )
    assert airline(series, 7, 14) == pytest.approx(future)
    assert holt_winters(series, 7, 3) == pytest.approx(future[:3], abs=0.1)


def test_theta_drifts_at_half_the_trend() -> None:
    # Hyndman & Billah (2003): on a line with slope 1 the best weight is 1, so each step adds half the slope.
    said = theta(np.arange(50.0), 1, 4)
    assert np.diff(said) == pytest.approx([0.5, 0.5, 0.5], abs=0.01)
    assert said[0] == pytest.approx(49.5, abs=0.1)


def test_a_constant_stays_and_the_naive_method_repeats_the_season() -> None:
    for method in METHODS.values():
        assert method(np.full(40, 7.0), 7, 5) == pytest.approx([7.0] * 5)
    assert seasonal_naive(np.array([9.0, 1, 2, 3]), 3, 5).tolist() == [1, 2, 3, 1, 2]


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="short"):
        back_test(np.arange(30.0), 7, 14)
    with pytest.raises(ValueError, match="seasons"):
        airline_weights(np.arange(20.0), 12)


def test_the_conformal_width_steps_up_for_few_errors() -> None:
    # Nine errors: ceil(10 x 0.8) = the 8th smallest. Three: the largest.
    assert conformal_width(np.array([1.0, -2, 3, -4, 5, -6, 7, -8, 9])) == 8
    assert conformal_width(np.array([1.0, -5, 2])) == 5


def test_forecast_intervals_of_a_random_walk_hold_what_they_promise() -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(50):
        walk = np.cumsum(rng.normal(0, 1, 180))
        past, future = walk[:-5], walk[-5:].mean()
        test = back_test(past, 1, 5, origins=20, methods={"theta": theta})
        errors = (test.actual - test.forecasts["theta"]).mean(axis=1)
        middle = theta(past, 1, 5).mean()
        held += abs(future - middle) <= conformal_width(errors)
    assert 0.68 <= held / 50 <= 0.93


def test_the_baseline_ignores_outliers_and_what_is_left_out() -> None:
    at = np.arange(84)
    truth = 100 + np.array([0.0, 5, 0, 0, -5, 20, 10])[at % 7]
    seen = truth.copy()
    seen[40] += 900
    mask = np.zeros(84, dtype=bool)
    seen[50:60] += 300
    mask[50:60] = True
    assert np.abs(baseline(seen, 7, mask) - truth).max() < 1e-9
