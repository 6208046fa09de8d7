import pytest

from evals.statistics import mcnemar, quantile, wilson


def test_the_interval_of_a_rate_as_printed_by_newcombe() -> None:
    # Newcombe 1998, table I, method 3: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_three_hundred_clean_answers_bound_the_error_near_one_percent() -> None:
    assert wilson(0, 300)[1] == pytest.approx(0.0126, abs=1e-4)


def test_without_trials_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    # by hand: 2 * P(X <= k) for X ~ B(n, 1/2), at most 1
    [(0, 0, 1.0), (0, 5, 2 / 32), (1, 5, 2 * (1 + 6) / 64), (3, 3, 1.0), (0, 10, 2 / 1024)],
)
def test_mcnemar_by_hand(first: int, second: int, p_value: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p_value)


def test_a_quantile_is_a_value_of_the_list() -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert quantile([], 0.5) is None
