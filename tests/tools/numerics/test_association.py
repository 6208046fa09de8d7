"""Pairs against the printed rule of the Groceries data (Hahsler, arules) and counts by hand."""

import numpy as np
import pytest

from tools.numerics.association import lift, lift_interval, together_p_value, together_p_values


def test_the_groceries_rule_has_its_printed_lift():
    # arules vignette: {other vegetables} with {whole milk}: 736 of 9,835 baskets, 1,903 and 2,513; lift 1.5136.
    assert lift(736, 1903, 2513, 9835) == pytest.approx(1.5136, abs=5e-5)


def test_independent_items_have_lift_one():
    assert lift(6, 20, 30, 100) == 1.0


def test_the_interval_covers_what_resampled_baskets_give():
    rng = np.random.default_rng(3)
    # Baskets with both, only the first, only the second, neither.
    draws = rng.multinomial(2_000, [0.06, 0.14, 0.19, 0.61], 4_000)
    lifts = draws[:, 0] * 2_000 / ((draws[:, 0] + draws[:, 1]) * (draws[:, 0] + draws[:, 2]))
    low, high = lift_interval(120, 400, 500, 2_000)
    assert (low, high) == pytest.approx(tuple(np.quantile(lifts, [0.1, 0.9])), rel=0.02)


def test_the_chance_of_meeting_is_counted():
    # Four baskets, each item in two, both times together: 1 of C(4, 2) = 6 ways.
    assert together_p_value(2, 2, 2, 4) == pytest.approx(1 / 6)


def test_contradicting_counts_are_refused():
    with pytest.raises(ValueError, match="both"):
        lift(5, 4, 6, 10)


def test_many_pairs_at_once_have_the_p_values_of_each():
    pairs = [(30, 60, 80), (5, 40, 50), (12, 12, 400)]
    together, first, second = zip(*pairs, strict=True)
    assert together_p_values(together, first, second, 1000) == pytest.approx(
        [together_p_value(*pair, 1000) for pair in pairs]
    )
    assert together_p_values([], [], [], 1000) == []
