"""Whatever comes in, a numeric function gives finite numbers or a clear ValueError: never a NaN, never a warning."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from tools.numerics import (
    association,
    attribution,
    before_after,
    classification,
    clusters,
    contracts,
    curves,
    decomposition,
    experiments,
    forecasting,
    gamma_gamma,
    incrementality,
    lifetime,
    media_mix,
    outliers,
    proportions,
    rates,
    response,
    robust,
    seasonal,
    shrinkage,
    strata,
    survival,
    transitions,
)

NAN, INF = float("nan"), float("inf")
READ_ONLY = np.arange(1.0, 31.0)
READ_ONLY.setflags(write=False)
SERIES = {
    "empty": [],
    "one": [3],
    "two": [1, 2],
    "constant": [5] * 30,
    "zeros": [0] * 30,
    "negative": [-float(n) for n in range(1, 31)],
    "huge": [n * 1e300 for n in range(1, 31)],
    "missing": [1, 2, NAN, *[3] * 27],
    "infinite": [1, INF, *[2] * 28],
    "whole": list(range(30, 0, -1)),
    "duplicates": [1, 1, 2, 2, 7, 7] * 5,
    "read_only": READ_ONLY,
    "integers": np.arange(1, 31, dtype=np.int32),
}
CONTROLS = np.random.default_rng(1).normal(10, 1, (30, 4))
BG, GG = lifetime.BgNbd(0.243, 4.414, 0.793, 2.426), gamma_gamma.GammaGamma(6.25, 3.74, 15.44)


def outcome(x):  # type: ignore[no-untyped-def]
    return [at % 2 for at in range(len(x))]


def square(x):  # type: ignore[no-untyped-def]
    side = math.isqrt(len(x))
    return np.asarray(x[: side * side], dtype=float).reshape(side, side)


def two_columns(x):  # type: ignore[no-untyped-def]
    return np.column_stack([np.asarray(x, dtype=float), np.arange(len(x))])


OF_SERIES: dict[str, Callable[[object], object]] = {
    "generalised_esd": lambda x: outliers.generalised_esd(x, 2),
    "generalised_esd, robust": lambda x: outliers.generalised_esd(x, 2, robust=True),
    "robust_scale": robust.robust_scale,
    "clipped_scale": robust.clipped_scale,
    "z_mad": lambda x: robust.z_mad(3.0, x),
    "baseline": lambda x: seasonal.baseline(x, 7),
    "seasonal_naive": lambda x: forecasting.seasonal_naive(x, 7, 5),
    "theta": lambda x: forecasting.theta(x, 7, 5),
    "holt_winters": lambda x: forecasting.holt_winters(x, 7, 5),
    "airline": lambda x: forecasting.airline(x, 7, 5),
    "back_test": lambda x: forecasting.back_test(x, 1, 2, methods={"naive": forecasting.seasonal_naive}),
    "conformal_width": forecasting.conformal_width,
    "naive_change": lambda x: before_after.naive_change(x, 20, 30),
    "structural": lambda x: before_after.structural(x, 20, 25, None),
    "difference_in_differences": lambda x: before_after.difference_in_differences(x, CONTROLS, 20, 30),
    "synthetic_did": lambda x: before_after.synthetic_did(x, CONTROLS, 20, 30),
    "synthetic_did, flat": lambda x: before_after.synthetic_did(x, np.ones((30, 4)), 20, 30),
    "benjamini_hochberg": rates.benjamini_hochberg,
    "fit_prior": lambda x: rates.fit_prior(x, [100] * len(x)),
    "shrink_effects": lambda x: shrinkage.shrink_effects(x, [1.0] * len(x)),
    "shrink_effects, errors": lambda x: shrinkage.shrink_effects([1.0] * len(x), x),
    "shapley": lambda x: decomposition.shapley(sum, x[:4], x[-4:]),
    "surprise": lambda x: decomposition.surprise(x, x[::-1]),
    "explain": lambda x: decomposition.explain(x, x),
    "mix_rate": lambda x: decomposition.mix_rate((x, [1] * len(x)), ([1] * len(x), x)),
    "fit_bg_nbd": lambda x: lifetime.fit_bg_nbd(x, x, x),
    "alive_probability": lambda x: lifetime.alive_probability(BG, x, x, x),
    "expected_purchases": lambda x: lifetime.expected_purchases(BG, 39.0, x, x, x),
    "expected_repeats": lambda x: lifetime.expected_repeats(BG, x),
    "fit_gamma_gamma": lambda x: gamma_gamma.fit_gamma_gamma(x, x),
    "expected_value": lambda x: gamma_gamma.expected_value(GG, x, x),
    "frequency_value_correlation": lambda x: gamma_gamma.frequency_value_correlation(x, x),
    "fit_sbg": lambda x: contracts.fit_sbg([x]),
    "sbg_log_likelihood": lambda x: contracts.sbg_log_likelihood(contracts.Sbg(1, 1), [x]),
    "kaplan_meier": lambda x: survival.kaplan_meier(x, outcome(x)),
    "log_rank": lambda x: survival.log_rank([(x, outcome(x)), (x, outcome(x))]),
    "area_under_curve": lambda x: classification.area_under_curve(outcome(x), x),
    "brier_score": lambda x: classification.brier_score(outcome(x), x),
    "calibration": lambda x: classification.calibration(x, outcome(x)),
    "fit_logistic": lambda x: classification.fit_logistic(two_columns(x), outcome(x)),
    "standardised": lambda x: clusters.standardised(two_columns(x)),
    "k_means": lambda x: clusters.k_means(two_columns(x), 2),
    "ward": lambda x: clusters.ward(two_columns(x), 2),
    "silhouette": lambda x: clusters.silhouette(two_columns(x), outcome(x)),
    "least_squares": lambda x: media_mix.least_squares(two_columns(x), x, 2),
    "inflation": lambda x: media_mix.inflation(two_columns(x)),
    "adstock": lambda x: media_mix.adstock(x, 0.5),
    "own_elasticity": lambda x: response.own_elasticity(x, x, x, x),
    "extra_over_baseline": lambda x: incrementality.extra_over_baseline(two_columns(x), two_columns(x)),
    "more_than_chance": lambda x: transitions.more_than_chance(square(x)),
    "sample_ratio_p_value": lambda x: experiments.sample_ratio_p_value(x, [1] * len(x)),
}
NUMBERS = (0, 1, -1, 0.5, 10, 1e300, NAN, INF)
OK = experiments.Arm(10, 1.0, 1.0)


def of_arm(function, a, b):  # type: ignore[no-untyped-def]
    return function(OK, experiments.Arm(10, a, b))


OF_NUMBERS: dict[str, Callable[[float, float], object]] = {
    "wilson": proportions.wilson,
    "newcombe": lambda a, b: proportions.newcombe((a, b), (5, 10)),
    "two_shares_p_value": lambda a, b: proportions.two_shares_p_value((a, b), (5, 10)),
    "fisher_p_value": lambda a, b: proportions.fisher_p_value((a, b), (5, 10)),
    "two_rates_p_value": lambda a, b: rates.two_rates_p_value((a, b), (5, 10)),
    "sample_size": rates.sample_size,
    "shrunken": lambda a, b: rates.shrunken(a, b, rates.BetaPrior(1, 1)),
    "gain_draws": lambda a, b: rates.gain_draws((a, b), (5, 10), rates.BetaPrior(1, 1), 10),
    "units_per_arm": experiments.units_per_arm,
    "units_per_arm, power": lambda a, b: experiments.units_per_arm(1.0, 1.0, a, b),
    "detectable": experiments.detectable,
    "difference": lambda a, b: of_arm(experiments.difference, a, b).interval(),
    "p_value": lambda a, b: of_arm(experiments.difference, a, b).p_value,
    "relative_lift": lambda a, b: of_arm(experiments.relative_lift, a, b).interval(),
    "relative_lift, control": lambda a, b: experiments.relative_lift(experiments.Arm(10, a, b), OK).p_value,
    "ratio_arm": lambda a, b: experiments.ratio_arm(10, a, b, 1, 1, 0),
    "sequence_interval": lambda a, b: experiments.sequence_interval(of_arm(experiments.difference, a, b)),
    "sequence_p_value": lambda a, b: experiments.sequence_p_value(of_arm(experiments.difference, a, b)),
    "lift_interval": lambda a, b: association.lift_interval(a, b, 5, 10),
    "together_p_value": lambda a, b: association.together_p_value(a, b, 5, 10),
    "area_interval": lambda a, b: classification.area_interval(a, 10, b),
    "saturating": lambda a, b: curves.Saturating(a, b).marginal(5),
    "power": lambda a, b: curves.Power(a, 10, b).marginal(5),
    "water_fill": lambda a, b: curves.water_fill(
        [curves.Saturating(a, b), curves.Saturating(1, 1)], 10, [0, 0], [9, 9]
    ),
    "position": lambda a, b: response.Position(a, b, 0.5, 0.1).marginal,
    "survival": lambda a, b: contracts.survival(contracts.Sbg(a, b), 3),
    "expected_renewals": lambda a, b: contracts.expected_renewals(contracts.Sbg(1, 1), 1, 3, a),
    "mantel_haenszel": lambda a, b: strata.mantel_haenszel([(a, b, 5, 10)]),
    "overdispersion": lambda a, b: strata.overdispersion([[(a, b), (1, 2)], [(5, 10), (a, b)]]),
    "paths": lambda a, b: attribution.removal_effects(attribution.Paths.of([[0], [1]], 2, [a, b], [1, 1])),
}


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        yield


def is_finite(found: object) -> bool:
    if isinstance(found, float | np.floating):
        return math.isfinite(found)
    if isinstance(found, np.ndarray):
        return found.dtype.kind != "f" or bool(np.isfinite(found).all())
    if isinstance(found, list | tuple):
        return all(is_finite(one) for one in found)
    if is_dataclass(found):
        return all(is_finite(getattr(found, field.name)) for field in fields(found))
    return True


# What numpy and scipy say when they are handed what they cannot use: that is no clear message.
RAW = ("broadcast", "operand", "zero-size", "math domain", "Input", "shape", "NaN")


def outcome_of(work: Callable[[], object]) -> tuple[object, str]:
    """Return what comes out and "", or None and the message of a ValueError."""
    try:
        return work(), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("name", OF_SERIES)
def test_a_series_gives_finite_numbers_or_a_clear_error(name: str) -> None:
    for kind, series in SERIES.items():
        given = np.asarray(series) if kind in ("zeros", "constant") else series
        found, message = outcome_of(lambda given=given: OF_SERIES[name](given))
        assert not any(word in message for word in RAW), (kind, message)
        assert is_finite(found), kind
        assert message or kind not in ("empty", "missing", "infinite", "huge") or name in FORGIVING, kind


# A season is found beside a missing value; no p-values, no groups and no spend are no error.
FORGIVING = ("baseline", "benjamini_hochberg", "surprise", "explain", "adstock")


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers_give_finite_numbers_or_a_clear_error(name: str) -> None:
    for first in NUMBERS:
        for second in NUMBERS:
            found, message = outcome_of(lambda a=first, b=second: OF_NUMBERS[name](a, b))
            assert not any(word in message for word in RAW), (first, second, message)
            assert is_finite(found), (first, second)


def test_a_read_only_series_is_left_as_it_was() -> None:
    before = READ_ONLY.copy()
    for name in (
        "generalised_esd",
        "baseline",
        "back_test",
        "adstock",
        "synthetic_did",
        "fit_bg_nbd",
        "surprise",
    ):
        OF_SERIES[name](READ_ONLY)
    assert (before == READ_ONLY).all()


@pytest.mark.parametrize("name", ["robust_scale", "generalised_esd", "fit_prior", "theta", "standardised"])
def test_integers_and_lists_give_what_floats_give(name: str) -> None:
    numbers = [3, 9, 4, 8, 5, 40, 6, 7, 5, 6, 4, 8]
    told = [
        repr(OF_SERIES[name](given))
        for given in (numbers, np.array(numbers, np.int16), np.array(numbers, float))
    ]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "paths",
    [([], 2, []), ([[]], 2, [1]), ([[5]], 2, [1]), ([[-1]], 2, [1]), ([[0]], 2, [1, 2]), ([[0]], 2, [-1])],
)
def test_paths_that_are_none_are_refused(paths: tuple[list[list[int]], int, list[float]]) -> None:
    with pytest.raises(ValueError, match=r"needed|numbers of channels"):
        attribution.Paths.of(*paths)


def test_an_infinite_worth_of_a_combination_is_refused() -> None:
    with pytest.raises(ValueError, match="value of the function"):
        decomposition.shapley(lambda x: x[0] / x[1] if x[1] else NAN, [1, 0], [1, 1])
