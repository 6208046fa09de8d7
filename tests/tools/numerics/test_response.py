import numpy as np
import pytest

from tools.numerics.response import Elasticity, Position, move_draws, own_elasticity, shrink


def history(slope: float, weeks: int = 60, seed: int = 1) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    season = rng.normal(0, 0.5, weeks)  # everything sells more in some weeks …
    spend = np.exp(10 + 0.3 * rng.normal(size=weeks) + 0.6 * season)  # … and budgets follow the season
    value = np.exp(2 + slope * np.log(spend) + season + 0.05 * rng.normal(size=weeks))
    other_spend = np.exp(9 + 0.3 * rng.normal(size=weeks) + 0.6 * season)
    other_value = np.exp(3 + 0.5 * np.log(other_spend) + season + 0.05 * rng.normal(size=weeks))
    return spend, value, other_spend, other_value


@pytest.mark.parametrize("slope", [0.2, 0.6, 0.9])
def test_the_elasticity_is_recovered_although_budgets_follow_the_season(slope: float) -> None:
    spend, value, other_spend, other_value = history(slope)
    found = own_elasticity(spend, value, other_spend, other_value)
    assert found.slope == pytest.approx(slope, abs=3 * found.error)
    assert found.error < 0.1
    naive = np.polyfit(np.log(spend), np.log(value), 1)[0]
    assert naive > slope + 0.5  # what the season alone would make of it


def test_spend_that_never_varies_is_refused() -> None:
    flat = np.full(20, 100.0)
    with pytest.raises(ValueError, match="varying"):
        own_elasticity(flat, flat * 2, flat, flat)


def test_channels_the_data_cannot_tell_apart_get_the_common_elasticity() -> None:
    same = [Elasticity(0.5 + d, 0.3, 52, 0.1) for d in (-0.1, 0.0, 0.1)]
    assert [round(mean, 6) for mean, _ in shrink(same)] == [0.5, 0.5, 0.5]


def test_channels_that_differ_clearly_keep_their_own() -> None:
    clear = [Elasticity(slope, 0.02, 52, 0.1) for slope in (0.1, 0.5, 0.9)]
    assert shrink(clear)[0][0] == pytest.approx(0.1, abs=0.01)


def test_moving_money_to_the_higher_marginal_return_gains_what_the_formula_says() -> None:
    donor = Position(spend=100.0, value=300.0, slope=0.1, error=1e-9)
    receiver = Position(spend=100.0, value=200.0, slope=0.8, error=1e-9)
    assert donor.value / donor.spend > receiver.value / receiver.spend  # the average says the opposite
    assert donor.marginal < receiver.marginal
    draws = move_draws(donor, receiver, 20.0)
    by_hand = 200 * (1.2**0.8 - 1) + 300 * (0.8**0.1 - 1)  # 31.42 - 6.62
    assert float(draws.mean()) == pytest.approx(by_hand, rel=1e-6)
    assert by_hand == pytest.approx(24.8, abs=0.1)


def test_more_than_the_donor_has_cannot_move() -> None:
    one = Position(100.0, 300.0, 0.5, 0.1)
    with pytest.raises(ValueError, match="amount"):
        move_draws(one, one, 100.0)


def test_the_interval_of_an_elasticity_holds_what_it_promises() -> None:
    # Two years of weeks, a common season, shocks that last: 80 % intervals over 150 made channels.
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(150):
        season = np.cumsum(rng.normal(0, 0.05, 104)) + rng.normal(0, 0.2, 104)
        shocks = rng.normal(0, 0.15, (2, 104))
        for at in range(1, 104):
            shocks[:, at] += 0.3 * shocks[:, at - 1]
        spend = np.exp(4 + rng.normal(0, 0.35, 104) + 0.5 * season)
        others = np.exp(4 + rng.normal(0, 0.15, 104) + 0.5 * season)
        value = spend**0.6 * np.exp(0.8 * season + shocks[0])
        theirs = others**0.5 * np.exp(0.8 * season + shocks[1] / 2)
        found = own_elasticity(spend, value, others, theirs)
        hits += abs(found.slope - 0.6) <= 1.2816 * found.error
    assert 0.75 <= hits / 150 <= 0.88
