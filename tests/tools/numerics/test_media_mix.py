"""Media mix numerics: NIST's Longley regression, published inflation factors, and responses planted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.api import OLS, add_constant
from statsmodels.datasets import longley

from tools.numerics.curves import Power, Saturating, water_fill
from tools.numerics.media_mix import MixModel, adstock, inflation, least_squares, seasons


def test_least_squares_meets_the_certified_values() -> None:
    # NIST StRD, Longley: certified estimates and standard deviations.
    data = longley.load_pandas()
    design = add_constant(data.exog.to_numpy(dtype=float))
    found = least_squares(design, data.endog.to_numpy(dtype=float))
    assert found.coefficients[:3] == pytest.approx(
        [-3482258.63459582, 15.0618722713733, -0.0358191792925910], rel=1e-7
    )
    assert found.errors[:3] == pytest.approx(
        [890420.383607373, 84.9149257747669, 0.0334910077722432], rel=1e-7
    )
    assert found.r_squared == pytest.approx(0.995479004577296)


def test_robust_errors_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(5)
    design = add_constant(rng.normal(size=(120, 2)))
    outcome = design @ [1, 2, 3] + np.convolve(rng.normal(size=124), np.ones(5), "valid")
    wanted = OLS(outcome, design).fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True})
    assert least_squares(design, outcome, 4).errors == pytest.approx(wanted.bse)


def test_inflation_factors_are_the_published_ones() -> None:
    # Longley: 135.53, 1788.51, 33.62, 3.59, 399.15, 758.98 (Belsley, Kuh & Welsch 1980 and many textbooks).
    found = inflation(longley.load_pandas().exog.to_numpy(dtype=float))
    assert found == pytest.approx([135.53, 1788.51, 33.62, 3.59, 399.15, 758.98], abs=0.006)


def test_adstock_decays_by_the_share_that_carries_over() -> None:
    # Starts level at 0: 0, 0, 0, 0, then 100 once: 50, 25, 12.5.
    assert adstock(np.array([0, 0, 0, 0, 100, 0, 0.0]), 0.5)[4:] == pytest.approx([50, 25, 12.5])
    assert adstock(np.full(6, 8.0), 0.7) == pytest.approx(np.full(6, 8.0))


@pytest.mark.parametrize("curve", [Saturating(500.0, 40.0), Power(200.0, 50.0, 0.4)])
def test_the_marginal_return_is_the_slope_and_is_inverted(curve: Saturating | Power) -> None:
    slope = (curve.value(60.001) - curve.value(59.999)) / 0.002
    assert curve.marginal(60.0) == pytest.approx(slope, rel=1e-5)
    assert curve.spend_at(curve.marginal(60.0)) == pytest.approx(60.0)


def test_money_flows_until_marginal_returns_are_equal() -> None:
    # 10 sqrt(x) and 20 sqrt(y): 5 / sqrt(x) = 10 / sqrt(y), so y = 4 x, of 100: 20 and 80.
    curves = [Power(10.0, 1.0, 0.5), Power(20.0, 1.0, 0.5)]
    found = water_fill(curves, 100.0, np.zeros(2), np.full(2, 1e9))
    assert found == pytest.approx([20, 80], rel=1e-6)


def test_bounds_are_kept_and_the_rest_goes_elsewhere() -> None:
    curves = [Power(10.0, 1.0, 0.5), Power(20.0, 1.0, 0.5), Power(10.0, 1.0, 0.5)]
    found = water_fill(curves, 120.0, np.zeros(3), np.array([1e9, 50.0, 1e9]))
    assert found == pytest.approx([35, 50, 35], rel=1e-6)


def test_average_returns_are_a_poor_guide() -> None:
    # The channel with the better average has the worse marginal: money leaves it.
    rich, poor = Saturating(1000.0, 10.0), Saturating(4000.0, 1000.0)
    assert rich.value(100.0) / 100 > poor.value(100.0) / 100
    found = water_fill([rich, poor], 200.0, np.array([80.0, 80.0]), np.array([120.0, 120.0]))
    assert found == pytest.approx([80, 120])


def test_a_planted_mix_is_found() -> None:
    planted, hits = Saturating(900.0, 150.0), 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        spend, season = rng.gamma(4.0, 25.0, (180, 2)), seasons(180)
        stock = adstock(spend[:, 0], 0.6)
        outcome = 2000 + 300 * season[:, 1] + 900 * stock / (stock + 150) + rng.normal(0, 20, 180)
        mix, again = MixModel(spend, season).bootstrap(outcome, draws=40)
        reach = 1.2816 * np.std([one.curves[0].marginal(100.0) for one in again])
        hits += bool(abs(mix.curves[0].marginal(100.0) - planted.marginal(100.0)) < reach)
        assert mix.carry[0] == 0.6
        assert mix.curves[1].value(100.0) < 0.15 * mix.curves[0].value(100.0)
    assert hits >= 6  # an 80 % interval


def test_too_few_rows_are_an_error() -> None:
    with pytest.raises(ValueError, match="more rows"):
        least_squares(np.ones((3, 2)), np.ones(3))
