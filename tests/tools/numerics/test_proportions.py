"""Shares against printed tables: Newcombe 1998 (one sample: table I; differences: table II), Fisher's tea."""

import pytest

from tools.numerics.proportions import fisher_p_value, newcombe, normal_quantile, two_shares_p_value, wilson


def test_the_quantiles_are_those_of_the_tables():
    assert [round(normal_quantile(level), 4) for level in (0.8, 0.95, 0.99)] == [1.2816, 1.96, 2.5758]


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_the_printed_interval(successes, trials, low, high):
    assert [round(end, 4) for end in wilson(successes, trials, 0.95)] == [low, high]


@pytest.mark.parametrize(
    ("second", "first", "low", "high"),
    # Newcombe (1998), "Interval estimation for the difference between independent proportions", table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_has_the_printed_interval(second, first, low, high):
    assert [round(end, 4) for end in newcombe(first, second, 0.95)] == [low, high]


def test_the_lady_tasting_tea_has_fishers_p_value():
    # Fisher (1935): 3 of 4 right. One-sided 17/70 = 0.243, two-sided 34/70.
    assert fisher_p_value((1, 4), (3, 4)) == pytest.approx(34 / 70)


def test_large_counts_take_the_pooled_z_test():
    # 200/1000 against 250/1000: pooled .225, se sqrt(.225*.775*2/1000) = .018675, z = 2.6774, p = .00742.
    assert two_shares_p_value((200, 1000), (250, 1000)) == pytest.approx(0.00742, abs=5e-6)


def test_small_counts_take_fishers_test():
    assert two_shares_p_value((1, 4), (3, 4)) == pytest.approx(34 / 70)


def test_nothing_against_nothing_is_no_difference():
    assert two_shares_p_value((0, 50), (0, 70)) == 1.0


def test_no_trials_are_refused():
    with pytest.raises(ValueError, match="trial"):
        wilson(0, 0)
