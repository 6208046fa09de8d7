"""BG/NBD, Gamma-Gamma and sBG against the numbers their papers print, and against simulated customers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution

from tools.numerics.contracts import Sbg, expected_renewals, fit_sbg, sbg_log_likelihood, survival
from tools.numerics.gamma_gamma import (
    GammaGamma,
    expected_value,
    fit_gamma_gamma,
    frequency_value_correlation,
    gamma_gamma_log_likelihood,
)
from tools.numerics.lifetime import (
    BgNbd,
    alive_probability,
    bg_nbd_log_likelihood,
    expected_purchases,
    expected_repeats,
    fit_bg_nbd,
)

# Fader, Hardie and Lee (2005), table 2: the CDNOW sample, times in weeks.
CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
# Fader and Hardie (2013), the Gamma-Gamma model of monetary value: the same customers.
CDNOW_MONEY = GammaGamma(p=6.25, q=3.74, v=15.44)
# Fader and Hardie (2007), table 1: survivors of 1,000 customers after 0 … 7 years.
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


# The 2,357 customers themselves (brucehardie.com, notes 008 and 025; copied from lifetimes 0.11.3, MIT).
CUSTOMERS = np.loadtxt(Path(__file__).parent / "published" / "cdnow.csv", delimiter=",", skiprows=1).T


def one(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value], dtype=float) for value in values)


def test_the_expected_purchases_of_the_papers_customer():
    # "Implementing the BG/NBD Model in Excel" (Fader, Hardie and Lee 2005): x = 2, t_x = 30.43, T = 38.86, the
    # next 39 weeks: 1.226.
    assert expected_purchases(CDNOW, 39, *one(2, 30.43, 38.86))[0] == pytest.approx(1.226, abs=5e-4)


def test_the_fit_to_the_cdnow_customers_is_the_printed_one():
    # Table 2 of the paper: r = 0.243, alpha = 4.414, a = 0.793, b = 2.426, log likelihood -9582.4.
    repeats, recency, age, _ = CUSTOMERS
    model = fit_bg_nbd(repeats, recency, age)
    assert (model.r, model.alpha) == (pytest.approx(0.243, abs=5e-4), pytest.approx(4.414, abs=5e-4))
    assert (model.a, model.b) == (pytest.approx(0.793, abs=5e-4), pytest.approx(2.426, abs=2e-3))
    assert bg_nbd_log_likelihood(model, repeats, recency, age) == pytest.approx(-9582.4, abs=0.05)


def test_the_money_fit_to_the_cdnow_customers_is_the_printed_one():
    # Fader and Hardie (2013): 946 customers with a repeat purchase, p = 6.25, q = 3.74, gamma = 15.44.
    repeats, value = CUSTOMERS[0], CUSTOMERS[3]
    again = repeats > 0
    money = fit_gamma_gamma(repeats[again], value[again])
    assert int(again.sum()) == 946
    assert (money.p, money.q) == (pytest.approx(6.25, abs=5e-3), pytest.approx(3.74, abs=6e-3))
    assert money.v == pytest.approx(15.44, abs=0.02)


def test_frequency_and_value_of_the_cdnow_customers_hardly_correlate():
    # Fader, Hardie and Lee (2005), RFM and CLV, section on independence: 0.11.
    again = CUSTOMERS[0] > 0
    assert frequency_value_correlation(CUSTOMERS[0, again], CUSTOMERS[3, again]) == pytest.approx(
        0.11, abs=5e-3
    )


def test_a_customer_without_repeats_is_active_by_definition():
    alive = alive_probability(CDNOW, *one(0, 0, 38.86))
    assert alive[0] == 1.0


def test_the_likelihood_of_one_customer_is_the_integral_over_rates_and_chances():
    # x = 1 at 2 weeks, watched for 10: the customer left at once (p), or stayed (1 - p) and bought no more.
    model = BgNbd(r=0.8, alpha=3.0, a=1.2, b=2.0)

    def gamma_density(rate: float) -> float:
        return 3.0**0.8 * rate ** (0.8 - 1) * np.exp(-3.0 * rate) / 1.1642297137253035

    leave = 1.2 / 3.2
    left = quad(lambda rate: gamma_density(rate) * rate * np.exp(-2 * rate), 0, 40)[0]
    stayed = quad(lambda rate: gamma_density(rate) * rate * np.exp(-10 * rate), 0, 40)[0]
    expected = np.log(leave * left + (1 - leave) * stayed)
    assert bg_nbd_log_likelihood(model, *one(1, 2, 10)) == pytest.approx(expected, rel=1e-6)


def simulated(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw customers of BgNbd(0.8, 6, 0.9, 3), watched for 30 to 60 weeks."""
    rng = np.random.default_rng(seed)
    ages = rng.uniform(30, 60, customers)
    rates, chances = rng.gamma(0.8, 1 / 6, customers), rng.beta(0.9, 3, customers)
    repeats, recency = np.zeros(customers), np.zeros(customers)
    for who in range(customers):
        now = 0.0
        while (now := now + rng.exponential(1 / rates[who])) < ages[who]:
            repeats[who] += 1
            recency[who] = now
            if rng.random() < chances[who]:
                break
    return repeats, recency, ages


def test_the_fit_recovers_what_customers_were_drawn_from():
    repeats, recency, ages = simulated(6_000, 11)
    fitted = fit_bg_nbd(repeats, recency, ages)
    assert (fitted.r, fitted.alpha) == (pytest.approx(0.8, rel=0.12), pytest.approx(6, rel=0.15))
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(0.9 / 3.9, rel=0.12)


def test_alike_customers_may_be_counted_instead_of_listed():
    repeats, recency, ages = (np.array(one) for one in ([0, 1, 1, 3], [0, 4, 4, 9], [10, 9, 9, 12.0]))
    weights = np.array([1.0, 2.0, 1.0])
    kept = [0, 1, 3]
    listed = bg_nbd_log_likelihood(CDNOW, repeats, recency, ages)
    counted = bg_nbd_log_likelihood(CDNOW, repeats[kept], recency[kept], ages[kept], weights)
    assert counted == pytest.approx(listed)


def test_weeks_or_days_make_no_difference():
    repeats, recency, ages = simulated(800, 3)
    weeks, days = fit_bg_nbd(repeats, recency, ages), fit_bg_nbd(repeats, recency * 7, ages * 7)
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-3)
    assert expected_repeats(days, np.array([182.0])) == pytest.approx(
        expected_repeats(weeks, np.array([26.0])), rel=1e-3
    )


def test_customers_who_never_came_back_cannot_be_fitted():
    with pytest.raises(ValueError, match="repeat"):
        fit_bg_nbd(*one(0, 0, 5))


def test_the_mean_value_of_the_cdnow_customers():
    # p v / (q - 1) = 6.25 * 15.44 / 2.74, printed as 35.2 in the note (section 4).
    assert expected_value(CDNOW_MONEY, *one(0, 0))[0] == pytest.approx(35.2, abs=0.05)


def test_the_expected_value_is_a_weighted_mean_of_all_and_own():
    # Equation 3 of the note: (q-1)/(px+q-1) of the mean of all and px/(px+q-1) of the customer's own.
    share = 12.5 / (12.5 + 2.74)
    mean = 6.25 * 15.44 / 2.74
    assert expected_value(CDNOW_MONEY, *one(2, 22.35))[0] == pytest.approx((1 - share) * mean + share * 22.35)


def test_the_money_fit_recovers_what_values_were_drawn_from():
    rng = np.random.default_rng(5)
    count = 20_000
    purchases = rng.integers(1, 6, count).astype(float)
    scale = rng.gamma(4.0, 1 / 15.0, count)
    value = rng.gamma(6.0 * purchases, 1 / (scale * purchases))
    fitted = fit_gamma_gamma(purchases, value)
    assert (fitted.p, fitted.q, fitted.v) == (
        pytest.approx(6.0, rel=0.08), pytest.approx(4.0, rel=0.08), pytest.approx(15.0, rel=0.12)
    )  # fmt: skip
    better = gamma_gamma_log_likelihood(fitted, purchases, value)
    assert better >= gamma_gamma_log_likelihood(GammaGamma(6.0, 4.0, 15.0), purchases, value)


def test_values_that_are_not_positive_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        fit_gamma_gamma(*one(2, 0))


def test_the_correlation_is_pearsons():
    # By hand: x = 1, 2, 3 and 1, 2, 2: covariance 0.5, deviations 1 and sqrt(1/3): 0.866.
    assert frequency_value_correlation(np.array([1.0, 2, 3]), np.array([1.0, 2, 2])) == pytest.approx(
        0.8660254
    )
    assert frequency_value_correlation(np.array([1.0, 2, 3]), np.array([5.0, 5, 5])) == 0.0


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.2), (REGULAR, 0.704, 1.182, -1680.3)],
    ids=["high end", "regular"],
)
def test_the_contract_model_gives_the_printed_parameters(survivors, alpha, beta, likelihood):
    fitted = fit_sbg([survivors])
    assert (fitted.alpha, fitted.beta) == (pytest.approx(alpha, abs=5e-4), pytest.approx(beta, abs=5e-4))
    assert sbg_log_likelihood(fitted, [survivors]) == pytest.approx(likelihood, abs=0.05)


def test_the_worksheet_of_the_contract_paper_starts_at_minus_2115_5():
    # Appendix B of the paper: alpha = beta = 1 for the high-end customers.
    assert sbg_log_likelihood(Sbg(1, 1), [HIGH_END]) == pytest.approx(-2115.5, abs=0.05)


def test_the_survival_is_the_mean_of_geometric_survivals():
    model = Sbg(0.7, 1.2)
    for age, share in enumerate(survival(model, 4)):
        mean = quad(lambda p, n=age: (1 - p) ** n * beta_distribution.pdf(p, 0.7, 1.2), 0, 1)[0]
        assert share == pytest.approx(mean, rel=1e-5)


def test_cohorts_of_different_age_add_up():
    both = sbg_log_likelihood(Sbg(1, 2), [[100, 70, 50], [80, 60]])
    assert both == pytest.approx(
        sbg_log_likelihood(Sbg(1, 2), [[100, 70, 50]]) + sbg_log_likelihood(Sbg(1, 2), [[80, 60]])
    )


def test_payments_to_come_are_the_survivals_ahead():
    # Beta(1, 1): survival 1, 1/2, 1/3, 1/4. After one renewal: 2/3 + 1/2; at 10 % a period, 2/3/1.1 + 1/2/1.21.
    assert expected_renewals(Sbg(1, 1), 1, 2) == pytest.approx(2 / 3 + 1 / 2)
    assert expected_renewals(Sbg(1, 1), 1, 2, 0.1) == pytest.approx(2 / 3 / 1.1 + 0.5 / 1.21)


def test_survivors_that_rise_are_refused():
    with pytest.raises(ValueError, match="never rise"):
        fit_sbg([[100, 50, 60]])


@pytest.mark.parametrize("b", [9e3, 1e5, 1e12])
def test_customers_who_are_all_alike_and_never_leave_buy_at_their_rate(b: float):
    # r and alpha together to infinity: everybody buys 0.5 a week, and the chance of leaving, 0.01 / b, is next to none:
    # 20 weeks bring 10 purchases whatever the past, of old customers and of new ones.
    model = BgNbd(1e5, 2e5, 0.01, b)
    assert expected_purchases(model, 20, [3.0], [5.0], [9.0])[0] == pytest.approx(10, rel=1e-2)
    assert expected_repeats(model, [20.0])[0] == pytest.approx(10, rel=1e-2)
