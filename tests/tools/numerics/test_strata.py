"""Like for like: the kidney stones, and errors that grow where weeks scatter."""

import numpy as np
import pytest

from tools.numerics.strata import mantel_haenszel, normal_p_value, overdispersion

# Charig et al. 1986: successes of treatment A and B, small stones then large ones.
STONES = [(81, 87, 234, 270), (192, 263, 55, 80)]


def test_the_kidney_stones_turn_their_sign():
    crude = (81 + 192) / 350 - (234 + 55) / 350
    difference, error = mantel_haenszel(STONES)
    assert crude == pytest.approx(-0.0457, abs=1e-4)
    # ((81*270 - 234*87)/357 + (192*80 - 55*263)/343) / (87*270/357 + 263*80/343) = 6.8446 / 127.1391
    assert difference == pytest.approx(0.05384, abs=1e-5)
    # Sato 1989 by hand: sqrt((RD * sum P + sum Q)) / 127.1391.
    p = sum((m1**2 * b - m0**2 * a + m1 * m0 * (m0 - m1) / 2) / (m1 + m0) ** 2 for a, m1, b, m0 in STONES)
    q = sum((a * (m0 - b) + b * (m1 - a)) / (2 * (m1 + m0)) for a, m1, b, m0 in STONES)
    assert error == pytest.approx(np.sqrt(difference * p + q) / 127.1391, rel=1e-4)


def test_the_error_is_that_of_repeated_draws():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(2_000):
        a, b = rng.binomial(400, 0.3), rng.binomial(500, 0.25)
        c, d = rng.binomial(200, 0.6), rng.binomial(900, 0.55)
        found.append(mantel_haenszel([(a, 400, b, 500), (c, 200, d, 900)]))
    values = np.array(found)
    assert values[:, 0].mean() == pytest.approx(0.05, abs=0.002)
    assert values[:, 1].mean() == pytest.approx(values[:, 0].std(), rel=0.05)


def test_a_stratum_without_both_sides_says_nothing():
    assert mantel_haenszel([*STONES, (5, 10, 0, 0)]) == mantel_haenszel(STONES)
    with pytest.raises(ValueError, match="both sides"):
        mantel_haenszel([(5, 10, 0, 0)])


def test_binomial_weeks_do_not_scatter_and_clustered_ones_do():
    rng = np.random.default_rng(2)
    plain = [[(float(rng.binomial(1000, 0.2)), 1000.0) for _ in range(40)] for _ in range(6)]
    clustered = [[(10.0 * rng.binomial(100, 0.2), 1000.0) for _ in range(40)] for _ in range(6)]
    assert overdispersion(plain) == pytest.approx(1.0, abs=0.25)
    assert overdispersion(clustered) == pytest.approx(10.0, rel=0.25)  # ten people who all do the same


def test_a_week_that_moves_everybody_is_no_scatter():
    levels = (0.5, 1.0, 1.6, 0.8)
    rows = [[(1000 * rate * level, 1000.0) for level in levels] for rate in (0.1, 0.2, 0.3)]
    assert overdispersion(rows) == 1.0


def test_the_normal_p_value_is_the_tables():
    assert normal_p_value(1.959964) == pytest.approx(0.05, abs=1e-6)
