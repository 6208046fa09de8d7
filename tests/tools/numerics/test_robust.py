"""Robust scores and block draws against numbers worked by hand."""

import numpy as np
import pytest

from tools.numerics.robust import block_draws, clipped_scale, robust_scale, z_mad


def test_the_scale_is_the_scaled_median_of_deviations() -> None:
    # Median 3, deviations 2 1 0 1 97: their median is 1.
    assert robust_scale(np.array([1.0, 2, 3, 4, 100])) == (3, pytest.approx(1.4826))


def test_mostly_equal_values_fall_back_to_the_mean_deviation() -> None:
    assert robust_scale(np.array([5.0, 5, 5, 5, 9])) == (5, pytest.approx(1.2533 * 0.8))


def test_a_history_that_never_moved_has_no_score() -> None:
    assert z_mad(4, np.array([2.0, 2, 2])) is None
    assert z_mad(4.4826, np.array([2.0, 3, 4])) == pytest.approx(1)


def test_blocks_keep_the_weekdays() -> None:
    counts = block_draws(28, 50)
    assert counts.sum(axis=1).tolist() == [28] * 50
    weekdays = counts.reshape(50, 4, 7).sum(axis=1)
    assert (weekdays == 4).all()  # every weekday as often as in the period


def test_a_short_period_is_drawn_day_by_day() -> None:
    assert block_draws(3, 200).max() == 3


def test_the_clipped_scale_is_that_of_the_normal_part() -> None:
    rng = np.random.default_rng(3)
    values = np.concatenate([rng.normal(10, 2, 4000), np.full(80, 90.0)])
    assert clipped_scale(values) == (pytest.approx(10, abs=0.1), pytest.approx(2, abs=0.06))
