"""Extra over a baseline, standardised by hand, and silence where nothing happened."""

from __future__ import annotations

import numpy as np
import pytest

from tools.numerics.incrementality import extra_over_baseline


def test_the_baseline_is_standardised_by_stratum() -> None:
    # Rates without it: 10 % and 40 %. In the window 100 and 50 customers: 10 + 20 expected, 45 seen.
    customers = np.array([[100, 50], *[[200, 100]] * 6], dtype=float)
    amounts = np.array([[20, 25], *[[20, 40]] * 6], dtype=float)
    found = extra_over_baseline(customers, amounts)
    assert (found.actual, found.expected, found.value) == (45, pytest.approx(30), pytest.approx(15))
    assert found.p_value == pytest.approx(1 / 7)


def test_a_shift_of_the_mix_alone_is_no_extra() -> None:
    # Twice as many of those who buy more often, at their usual rate.
    customers = np.array([[100, 100], *[[150, 50]] * 6], dtype=float)
    amounts = customers * [0.1, 0.4]
    assert extra_over_baseline(customers, amounts).value == pytest.approx(0)


def test_noise_is_mostly_not_found() -> None:
    rng = np.random.default_rng(8)
    customers = np.full((13, 3), 800.0)
    found = [
        extra_over_baseline(customers, rng.binomial(800, 0.1, (13, 3)).astype(float)) for _ in range(100)
    ]
    assert sum(one.low > 0 and one.p_value <= 0.1 for one in found) <= 10


def test_few_windows_are_an_error() -> None:
    with pytest.raises(ValueError, match="six windows"):
        extra_over_baseline(np.ones((4, 1)), np.ones((4, 1)))
