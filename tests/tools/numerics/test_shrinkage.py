"""Noisy effects are pulled to zero, exact ones hardly; noise alone leaves nothing."""

import numpy as np
import pytest

from tools.numerics.shrinkage import shrink_effects, spread_of_truth


def test_equal_errors_give_the_textbook_moment_estimate():
    # With one error e, sum(x^2)/(tau + e^2) = n gives tau = mean(x^2) - e^2 = (1 + 4 + 9 + 16)/4 - 1 = 6.5.
    assert spread_of_truth([1, 2, -3, 4], [1, 1, 1, 1]) == pytest.approx(6.5)


def test_the_shrunken_effect_is_the_known_posterior():
    (first, *_) = shrink_effects([1, 2, -3, 4], [1, 1, 1, 1])
    # tau 6.5: keep 6.5/7.5; posterior sd sqrt(6.5/7.5). 80 %: 1.28155 sd.
    assert first.value == pytest.approx(6.5 / 7.5)
    assert first.interval() == pytest.approx(
        (6.5 / 7.5 - 1.28155 * 0.93095, 6.5 / 7.5 + 1.28155 * 0.93095), abs=1e-4
    )


def test_noise_alone_leaves_nothing():
    assert [one.value for one in shrink_effects([0.5, -0.4, 0.2], [1, 1, 1])] == [0, 0, 0]


def test_the_winner_of_many_tests_is_close_to_the_truth_after_shrinkage():
    rng = np.random.default_rng(3)
    raw, kept = [], []
    for _ in range(300):
        truth = rng.normal(0, 0.05, 20)
        errors = rng.uniform(0.03, 0.12, 20)
        measured = truth + rng.normal(0, errors)
        best = int(np.argmax(measured))
        raw.append(measured[best] - truth[best])
        kept.append(shrink_effects(measured.tolist(), errors.tolist())[best].value - truth[best])
    assert np.mean(raw) > 0.08
    assert abs(np.mean(kept)) < 0.02


def test_an_error_of_zero_is_refused():
    with pytest.raises(ValueError, match="positive error"):
        spread_of_truth([1.0], [0.0])
