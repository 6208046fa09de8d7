"""Kaplan-Meier and log-rank against the leukaemia remissions that every textbook prints."""

from __future__ import annotations

import numpy as np
import pytest

from tools.numerics.survival import kaplan_meier, log_rank

# Freireich et al. (1963), Blood 21: 699-716; Gehan (1965); Cox & Oakes (1984), table 1.1: weeks in remission of 21
# patients on 6-MP (a plus: still in remission) and 21 on placebo.
DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DRUG_LEFT = [1] * 9 + [0] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_printed_table_of_the_drug_group_is_reproduced() -> None:
    # Kleinbaum & Klein, Survival Analysis, table 2.2: time, at risk, events, share.
    found = kaplan_meier(DRUG, DRUG_LEFT)
    assert found.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.left.tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert found.share == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)


def test_its_errors_are_greenwoods() -> None:
    # R's survfit prints 0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346.
    found = kaplan_meier(DRUG, DRUG_LEFT)
    assert found.error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)


def test_the_medians_are_23_and_8_weeks() -> None:
    assert kaplan_meier(DRUG, DRUG_LEFT).median == 23
    assert kaplan_meier(PLACEBO, [1] * 21).median == 8


def test_the_groups_differ_by_the_printed_chi_square() -> None:
    # R's survdiff and Kleinbaum & Klein: log-rank 16.79, p = 4e-05.
    chi, p_value = log_rank([(DRUG, DRUG_LEFT), (PLACEBO, [1] * 21)])
    assert chi == pytest.approx(16.79, abs=5e-3)
    assert p_value == pytest.approx(4.17e-5, abs=5e-7)


def test_the_order_of_the_groups_does_not_matter() -> None:
    groups = [(DRUG, DRUG_LEFT), (PLACEBO, [1] * 21), (PLACEBO[:9], [1] * 9)]
    assert log_rank(groups)[0] == pytest.approx(log_rank(groups[::-1])[0])


def test_alike_customers_may_be_counted() -> None:
    listed = kaplan_meier([1, 1, 1, 2, 2], [1, 1, 0, 0, 0])
    counted = kaplan_meier([1, 1, 2], [1, 0, 0], weights=[2, 1, 2])
    assert counted.share.tolist() == listed.share.tolist() == [0.6]
    assert (counted.low, counted.high) == (listed.low, listed.high)


def test_between_the_times_the_share_is_that_of_the_last_one() -> None:
    found = kaplan_meier(DRUG, DRUG_LEFT)
    assert found.at(0) == 1.0
    assert found.at(9) == found.share[1]
    assert found.at(99) == found.share[-1]


def test_the_bounds_cover_what_they_promise() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(300):
        life, watched = rng.exponential(10, 80), rng.uniform(0, 25, 80)
        found = kaplan_meier(np.minimum(life, watched), life <= watched)
        before = np.flatnonzero(found.time <= 8)[-1]
        hits += found.low[before] <= np.exp(-0.8) <= found.high[before]
    assert 0.75 <= hits / 300 <= 0.85  # of an 80 % interval


def test_groups_that_are_alike_mostly_pass() -> None:
    rng = np.random.default_rng(5)
    false = sum(
        log_rank([(rng.exponential(5, 60), np.ones(60)) for _ in range(3)])[1] < 0.05 for _ in range(200)
    )
    assert false <= 18  # 5 % of 200 is 10


@pytest.mark.parametrize(
    ("duration", "left"), [([], []), ([1, 2], [0, 0]), ([1, -2], [1, 1]), ([1, 2], [1, 2]), ([1], [1, 1])]
)
def test_what_holds_no_lives_is_refused(duration: list[float], left: list[float]) -> None:
    with pytest.raises(ValueError, match=r"needed|left"):
        kaplan_meier(duration, left)
