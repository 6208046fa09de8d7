"""Forecasts of a yes or no, judged by hand on a few cases and by known odds on many."""

from __future__ import annotations

import numpy as np
import pytest

from tools.numerics.classification import (
    area_interval,
    area_under_curve,
    brier_score,
    calibration,
    fit_logistic,
    probability_of,
    reliability,
    top_lift,
)

YES = np.array([1.0, 0, 1, 0, 0])
SAID = np.array([0.9, 0.8, 0.7, 0.3, 0.1])


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    # Two yes against three no: 0.9 beats all three, 0.7 beats two: 5 of 6 pairs.
    assert area_under_curve(YES, SAID) == pytest.approx(5 / 6)


def test_ties_count_half():
    assert area_under_curve(np.array([1.0, 0]), np.array([0.5, 0.5])) == 0.5


def test_one_outcome_has_no_area():
    with pytest.raises(ValueError, match="both"):
        area_under_curve(np.array([1.0, 1]), np.array([0.2, 0.3]))


def test_the_error_of_an_area_is_hanley_and_mcneils():
    # Hanley & McNeil (1982): area 0.893 from 51 abnormal and 58 normal images has a standard error of 0.032.
    low, high = area_interval(0.893, 51, 58, level=0.6827)
    assert (high - low) / 2 == pytest.approx(0.032, abs=1e-3)


def test_the_brier_score_by_hand():
    # (0.1² + 0.8² + 0.3² + 0.3² + 0.1²) / 5
    assert brier_score(YES, SAID) == pytest.approx(0.168)


def test_the_lift_of_the_top_by_hand():
    # The two highest hold one yes: 1/2 against 2/5.
    assert top_lift(YES, SAID, 0.4) == pytest.approx(1.25)


def test_reliability_compares_forecast_and_outcome_from_the_top():
    assert reliability(YES, SAID, 2) == [
        (3, pytest.approx(0.8), pytest.approx(2 / 3)),
        (2, pytest.approx(0.2), 0.0),
    ]


def test_the_fit_recovers_the_log_odds_of_a_two_by_two_table():
    # 30 of 100 and 60 of 100: log odds ratio log(60/40 * 70/30), error sqrt(1/30 + 1/70 + 1/60 + 1/40).
    matrix = np.repeat([0.0, 1.0], 100)[:, None]
    outcome = np.concatenate([np.ones(30), np.zeros(70), np.ones(60), np.zeros(40)])
    fitted = fit_logistic(matrix, outcome, penalty=1e-6)
    assert fitted.intercept == pytest.approx(np.log(30 / 70), abs=1e-3)
    assert fitted.weights[0] == pytest.approx(np.log(60 / 40 * 70 / 30), abs=1e-3)
    assert fitted.errors[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 70 + 1 / 60 + 1 / 40), rel=1e-3)


def test_calibration_undoes_forecasts_that_were_twice_too_sure():
    rng = np.random.default_rng(2)
    odds = rng.normal(size=20_000)
    outcome = (rng.random(20_000) < probability_of(0.5 + odds)).astype(float)
    shift, slope = calibration(2 * odds, outcome)
    assert (shift, slope) == (pytest.approx(0.5, abs=0.06), pytest.approx(0.5, abs=0.03))
