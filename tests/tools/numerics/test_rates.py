import random

import pytest

from tools.numerics.rates import (
    benjamini_hochberg,
    fit_prior,
    gain_draws,
    sample_size,
    shrunken,
    two_rates_p_value,
)


def test_equal_segments_shrink_onto_the_common_rate() -> None:
    prior = fit_prior([30, 30, 30, 30], [1000, 1000, 1000, 1000])
    assert prior.mean == pytest.approx(0.03)
    assert shrunken(45, 1000, prior) == pytest.approx(0.03, abs=0.004)  # own rate 0.045 is mostly chance


def test_truly_different_segments_keep_their_own_rates() -> None:
    prior = fit_prior([100, 200, 300, 400], [10_000, 10_000, 10_000, 10_000])
    assert shrunken(400, 10_000, prior) == pytest.approx(0.04, rel=0.02)


def test_shrinkage_promises_an_order_of_magnitude_less_than_the_naive_sum_where_the_truth_is_zero() -> None:
    # methods.md section 6: 20 segments of the same 3 %, 2,000 visitors each; "lift the worst to the average".
    rng = random.Random(3)
    naive = honest = 0.0
    for _ in range(60):
        wins = [sum(rng.random() < 0.03 for _ in range(2000)) for _ in range(20)]
        mean = sum(wins) / 40_000
        prior = fit_prior(wins, [2000] * 20)
        naive += 2000 * (mean - min(wins) / 2000)
        honest += 2000 * (mean - shrunken(min(wins), 2000, prior))
    assert naive / 60 > 8
    assert honest < naive / 4


def test_a_segment_with_more_successes_than_trials_is_refused() -> None:
    with pytest.raises(ValueError, match="successes"):
        fit_prior([5, 2], [4, 4])


def test_two_rates_by_hand() -> None:
    # 200/1000 against 250/1000: pooled .225, error sqrt(.225*.775*.002) = .018675, z = 2.6774, p = .00742
    assert two_rates_p_value((200, 1000), (250, 1000)) == pytest.approx(0.00742, abs=2e-5)


def test_the_sample_size_of_the_common_calculator() -> None:
    # Evan Miller's sample size calculator: baseline 20 %, absolute effect 5 pp, 80 % power, 5 %: 1,030
    assert sample_size(0.20, 0.05) == 1030


def test_benjamini_hochberg_on_the_paper_s_first_values() -> None:
    # Benjamini & Hochberg 1995, section 4: 15 p-values, the fourth adjusts to .0095 * 15 / 4 = .035625
    text = ".0001 .0004 .0019 .0095 .0201 .0278 .0298 .0344 .0459 .3240 .4262 .5719 .6528 .7590 1.0"
    p = [float(value) for value in text.split()]
    q = benjamini_hochberg(p)
    assert q[3] == pytest.approx(0.035625)
    assert sum(value <= 0.05 for value in q) == 4


def test_the_gain_is_zero_on_average_where_there_is_no_gap() -> None:
    prior = fit_prior([300, 300, 300], [10_000] * 3)
    draws = gain_draws((300, 10_000), (300, 10_000), prior, entering=10_000)
    assert abs(float(draws.mean())) < 2
    assert float((draws > 0).mean()) == pytest.approx(0.5, abs=0.05)
