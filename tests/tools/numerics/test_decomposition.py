"""Decompositions against numbers worked by hand and printed in papers."""

from math import isclose, log

import numpy as np
import pytest

from tools.numerics.decomposition import explain, mix_rate, shapley, simpson, surprise


def test_two_factors_split_the_interaction_in_half() -> None:
    # 100 x 2 -> 120 x 3: change 160. Factor 1: 20 x (2+3)/2 = 50; factor 2: 1 x (100+120)/2 = 110.
    assert shapley(lambda v: v[0] * v[1], [100, 2], [120, 3]) == pytest.approx([50, 110])


def test_three_factors_give_das_guptas_formula() -> None:
    # Das Gupta (1993, eq. 2.7): [(bc' + b'c)/6 + (bc + b'c')/3] (a' - a) for abc; worked for (2,3,5) -> (3,4,7):
    # a: (3*7+4*5)/6 + (15+28)/3 = 41/6 + 86/6 = 127/6. b: ((2*7+3*5)/6 + (10+21)/3) = 29/6+62/6 = 91/6.
    # c: ((2*4+3*3)/6 + (6+12)/3) * 2 = (17/6 + 36/6) * 2 = 106/6. Sum 324/6 = 54 = 84 - 30.
    assert shapley(lambda v: v[0] * v[1] * v[2], [2, 3, 5], [3, 4, 7]) == pytest.approx(
        [127 / 6, 91 / 6, 106 / 6]
    )


def test_a_ratio_and_zeros_still_add_up_and_reverse_with_time() -> None:
    def ratio(v):
        return v[0] / v[1] if v[1] else 0.0

    there = shapley(ratio, [0, 4], [6, 3])
    back = shapley(ratio, [6, 3], [0, 4])
    assert sum(there) == pytest.approx(2)
    assert there == pytest.approx([-part for part in back])


def test_a_factor_that_does_not_move_contributes_nothing() -> None:
    assert shapley(lambda v: v[0] * v[1] / v[2], [5, 2, 4], [5, 3, 4])[::2] == pytest.approx([0, 0])


def test_too_many_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="factors"):
        shapley(sum, [1] * 11, [2] * 11)


# Kidney stones (Charig et al. 1986, BMJ 292:879): successes and patients, small and large stones.
OPEN_SURGERY = np.array([81.0, 192.0]), np.array([87.0, 263.0])
PERCUTANEOUS = np.array([234.0, 55.0]), np.array([270.0, 80.0])


def test_kidney_stones_are_mix_against_rate() -> None:
    # B (percutaneous, 82.6 %) -> A (open surgery, 78.0 %): -4.57 pp = mix -9.94 + rate +5.37.
    result = mix_rate(PERCUTANEOUS, OPEN_SURGERY)
    assert 100 * float(result.total.sum()) == pytest.approx(-4.57, abs=0.005)
    assert 100 * float(result.mix.sum()) == pytest.approx(-9.94, abs=0.005)
    assert 100 * float(result.rate.sum()) == pytest.approx(5.37, abs=0.005)
    assert simpson(result, float(result.total.sum()))


def test_berkeleys_admissions_by_department_are_a_paradox_of_mix() -> None:
    # Bickel, Hammel & O'Connell (1975), the six largest departments (R's UCBAdmissions): men 44.5 %, women 30.4 %.
    men = np.array([512.0, 353, 120, 138, 53, 22]), np.array([825.0, 560, 325, 417, 191, 373])
    women = np.array([89.0, 17, 202, 131, 94, 24]), np.array([108.0, 25, 593, 375, 393, 341])
    result = mix_rate(men, women)
    assert float(result.total.sum()) == pytest.approx(557 / 1835 - 1198 / 2691)
    assert float(result.rate.sum()) > 0 > float(result.mix.sum())


def test_a_group_that_grows_helps_only_where_it_is_better_than_the_whole() -> None:
    # Two groups at 10 % and 2 %; the weaker one grows from half to three quarters of the traffic: 6 % -> 4 %.
    result = mix_rate(
        (np.array([10.0, 2]), np.array([100.0, 100])), (np.array([10.0, 6]), np.array([100.0, 300]))
    )
    # mix: (-1/4)(.10 - .05) = -.0125 and (+1/4)(.02 - .05) = -.0075: the growing weak group hurts too.
    assert result.mix.tolist() == pytest.approx([-0.0125, -0.0075])
    assert result.rate.tolist() == pytest.approx([0, 0])


def test_a_group_that_appears_is_all_mix_and_the_parts_still_add_up() -> None:
    result = mix_rate(
        (np.array([10.0, 0]), np.array([100.0, 0])), (np.array([10.0, 9]), np.array([100.0, 50]))
    )
    assert result.rate.tolist() == pytest.approx([0, 0])
    assert float(result.total.sum()) == pytest.approx(19 / 150 - 0.1)


def test_value_without_a_denominator_counts_in_full() -> None:
    # Revenue that no spend is booked for: ROAS 2 -> 2.5, all of it from the group without spend.
    result = mix_rate((np.array([20.0, 0]), np.array([10.0, 0])), (np.array([20.0, 5]), np.array([10.0, 0])))
    assert result.total.tolist() == pytest.approx([0, 0.5])


def test_people_counted_in_two_groups_are_left_over() -> None:
    groups = (np.array([6.0, 6]), np.array([10.0, 10])), (np.array([6.0, 6]), np.array([10.0, 10]))
    result = mix_rate(*groups, totals=((10.0, 20.0), (8.0, 20.0)))
    assert float(result.total.sum()) + result.rest == pytest.approx(-0.1)


def test_nothing_to_divide_by_is_an_error() -> None:
    with pytest.raises(ValueError, match="denominator"):
        mix_rate((np.array([1.0]), np.array([0.0])), (np.array([1.0]), np.array([2.0])))


def test_surprise_is_the_jensen_shannon_term_and_zero_for_kept_shares() -> None:
    # Shares 1/2 -> 1 and 1/2 -> 0: .5(.5 ln(.5/.75) + ln(1/.75)) and .5(.5 ln 2).
    first = 0.5 * (0.5 * log(0.5 / 0.75) + log(1 / 0.75))
    assert surprise([5, 5], [8, 0]) == pytest.approx([first, 0.25 * log(2)])
    assert surprise([5, 5], [50, 50]) == [0, 0]
    assert isclose(sum(surprise([1, 0], [0, 1])), log(2))


def test_the_fewest_surprising_groups_that_explain_the_change_are_chosen() -> None:
    # Bhagwan et al. (2014): in order of surprise, at least 10 % each, until 67 %.
    found = explain([-70, -20, -5, -5], surprise([100, 100, 100, 100], [30, 80, 95, 95]))
    assert found.groups == (0,)
    assert found.power == pytest.approx(0.7)


def test_a_uniform_fall_needs_all_groups_and_surprises_nobody() -> None:
    found = explain([-10, -10, -10], surprise([100, 100, 100], [90, 90, 90]))
    assert len(found.groups) == 3
    assert found.surprise == 0
