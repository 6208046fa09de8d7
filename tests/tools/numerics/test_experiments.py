"""Experiments against printed results: GrowthBook's test vectors (MIT), Kohavi et al., Fabijan, by hand."""

import numpy as np
import pytest

from tools.numerics.experiments import (
    Arm,
    adjusted_arm,
    detectable,
    difference,
    ratio_arm,
    relative_lift,
    sample_ratio_p_value,
    sequence_interval,
    sequence_p_value,
    units_per_arm,
)


def arm(total: float, squares: float, n: int) -> Arm:
    return Arm(n, total / n, (squares - total**2 / n) / (n - 1))


def share(successes: int, n: int) -> Arm:
    """GrowthBook takes p (1 - p) as a proportion's variance."""
    return Arm(n, successes / n, successes / n * (1 - successes / n))


A, B = arm(1396.87, 52377.9767, 3407), arm(2422.7, 134698.29, 3461)


def rounded(pair: tuple[float, float]) -> tuple[float, float]:
    return round(pair[0], 5), round(pair[1], 5)


# gbstats, tests/frequentist/test_tests.py: test_two_sided_ttest, …_absolute, …_binom.
def test_a_relative_lift_has_the_printed_interval_and_p_value():
    lift = relative_lift(A, B)
    assert (round(lift.value, 5), round(lift.error, 5)) == (0.70732, 0.37879)
    assert rounded(lift.interval(0.95)) == (-0.03526, 1.44989)
    assert round(lift.p_value, 5) == 0.06191


def test_the_difference_of_the_same_data_is_significant_while_the_lift_is_not():
    plain = difference(A, B)
    assert (round(plain.value, 5), round(plain.error, 5)) == (0.29, 0.12478)
    assert rounded(plain.interval(0.95)) == (0.04538, 0.53462)
    assert round(plain.p_value, 5) == 0.02016
    assert plain.p_value < 0.05 < relative_lift(A, B).p_value


def test_a_proportion_has_the_printed_interval():
    lift = relative_lift(share(14, 28), share(16, 30))
    assert (round(lift.value, 5), round(lift.error, 5)) == (0.06667, 0.2717)
    assert rounded(lift.interval(0.95)) == (-0.47767, 0.61101)
    assert round(lift.p_value, 5) == 0.80707


# gbstats: test_sequential_test_runs, …_prop, …_ra.
def test_a_sequential_look_has_the_printed_interval():
    lift = relative_lift(arm(1396.87, 52377.9767, 3000), arm(2422.7, 134698.29, 3461))
    assert rounded(sequence_interval(lift, 0.95, 1_000)) == (-0.55844, 1.56516)
    assert sequence_p_value(lift, tuned_for=1_000) == 1.0


def test_a_sequential_look_at_proportions_has_the_printed_interval():
    lift = relative_lift(share(1396, 3000), share(2422, 3461))
    assert rounded(sequence_interval(lift)) == (0.40098, 0.60675)
    assert round(sequence_p_value(lift), 5) == 0.0


def test_an_adjusted_look_has_the_printed_interval():
    arms = []
    for post, pre, products in (
        (arm(1396.87, 52377.9767, 3000), arm(16.87, 527.9767, 3000), 12525),
        (arm(2422.7, 134698.29, 3461), arm(22.7, 1348.29, 3461), 3333),
    ):
        covariance = (products - post.n * post.mean * pre.mean) / (post.n - 1)
        arms.append(adjusted_arm(post, pre.mean, pre.variance, covariance, 0.5))
    lift = relative_lift(*arms)
    assert (round(lift.value, 5), round(lift.error, 5)) == (0.50236, 0.3093)
    assert rounded(sequence_interval(lift)) == (-0.43745, 1.44217)


def test_the_sequence_reaches_zero_at_its_own_p_value():
    lift = relative_lift(arm(1396.87, 52377.9767, 3000), arm(5422.7, 134698.29, 3461))
    low, _ = sequence_interval(lift, 0.95)
    assert (low > 0) == (sequence_p_value(lift) < 0.05)


def test_a_sample_ratio_mismatch_has_the_printed_p_value():
    # Kohavi, Tang, Xu (2020), chapter 21: 821,588 against 815,482 at 50/50 has p = 1.8e-6.
    assert sample_ratio_p_value([821_588, 815_482], [0.5, 0.5]) == pytest.approx(1.8e-6, rel=0.03)


def test_the_planned_split_counts_not_equality():
    # 100 against 400 is what 20/80 promises; at 50/50 chi-square is 180.
    assert sample_ratio_p_value([100, 400], [0.2, 0.8]) == 1.0
    assert sample_ratio_p_value([100, 400], [1, 1]) < 1e-30


def test_welch_is_the_textbook_one():
    # Variances 4/2 and 9/3 by hand: error sqrt(5), freedom 25 / (4/1 + 9/2) = 2.941.
    estimate = difference(Arm(2, 1.0, 4.0), Arm(3, 3.0, 9.0))
    assert (estimate.value, estimate.error) == (2.0, pytest.approx(5**0.5))
    assert estimate.freedom == pytest.approx(25 / 8.5)


def test_sixteen_times_the_variance_over_the_square_of_the_change():
    # Kohavi et al., chapter 15: 16 sigma^2 / delta^2; exactly 15.698.
    assert units_per_arm(0.05 * 0.95, 0.0025) == pytest.approx(16 * 0.0475 / 0.0025**2, rel=0.02)
    assert detectable(0.01) == pytest.approx(0.028016, rel=1e-4)


def test_the_ratio_of_sums_has_the_spread_of_resampled_units():
    rng = np.random.default_rng(2)
    d = rng.poisson(3, 4_000) + 1.0
    y = d * 2 + rng.normal(0, 1.5, 4_000)
    found = ratio_arm(4_000, y.mean(), d.mean(), y.var(ddof=1), d.var(ddof=1), np.cov(y, d)[0, 1])
    picks = rng.integers(0, 4_000, (600, 4_000))
    spread = (y[picks].sum(axis=1) / d[picks].sum(axis=1)).std()
    assert found.mean == pytest.approx(y.sum() / d.sum())
    assert (found.variance / found.n) ** 0.5 == pytest.approx(spread, rel=0.1)


def test_a_covariate_that_explains_half_the_variance_halves_it():
    # var(y) 4, var(x) 2, cov 2: theta 1, adjusted variance 4 + 2 - 4 = 2.
    found = adjusted_arm(Arm(100, 5.0, 4.0), 3.0, 2.0, 2.0, 1.0)
    assert (found.mean, found.variance, found.level) == (2.0, 2.0, 5.0)


def test_a_control_of_zero_has_no_relative_lift():
    with pytest.raises(ValueError, match="not 0"):
        relative_lift(Arm(10, 0.0, 1.0), B)
