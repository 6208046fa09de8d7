"""The generalised ESD test against its published example."""

import numpy as np
import pytest

from tools.numerics.outliers import generalised_esd

# Rosner (1983), vitamin E data; printed again with every step in NIST/SEMATECH's e-Handbook, section 1.3.5.17.3.
ROSNER = """
-0.25 0.68 0.94 1.15 1.20 1.26 1.26 1.34 1.38 1.43 1.49 1.49 1.55 1.56 1.58 1.65 1.69 1.70 1.76 1.77 1.81 1.91 1.94
1.96 1.99 2.06 2.09 2.10 2.14 2.15 2.23 2.24 2.26 2.35 2.37 2.40 2.47 2.54 2.62 2.64 2.90 2.92 2.92 2.93 3.21 3.26
3.30 3.59 3.68 4.30 4.64 5.34 5.42 6.01
"""
VALUES = np.array([float(one) for one in ROSNER.split()])


def test_rosners_table_is_reproduced_to_the_third_decimal() -> None:
    found = generalised_esd(VALUES, 10)
    assert [round(one, 3) for one in found.statistics] == [
        3.119, 2.943, 3.179, 2.810, 2.816, 2.848, 2.279, 2.310, 2.102, 2.067,
    ]  # fmt: skip
    assert [round(one, 3) for one in found.critical] == [
        3.159, 3.151, 3.144, 3.136, 3.128, 3.120, 3.112, 3.103, 3.094, 3.085,
    ]  # fmt: skip


def test_three_outliers_are_found_although_the_first_two_steps_fail() -> None:
    assert sorted(VALUES[list(generalised_esd(VALUES, 10).outliers)]) == [5.34, 5.42, 6.01]


def test_outliers_that_hide_each_other_are_seen_by_the_robust_form() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 1, 60), np.full(9, 12.0)])
    assert len(generalised_esd(values, 9, robust=True).outliers) == 9


def test_noise_has_an_outlier_in_no_more_than_one_sample_of_ten() -> None:
    rng = np.random.default_rng(2)
    false = sum(bool(generalised_esd(rng.normal(0, 1, 120), 12, alpha=0.05).outliers) for _ in range(200))
    assert false <= 20


def test_too_many_outliers_cannot_be_looked_for() -> None:
    with pytest.raises(ValueError, match="outliers"):
        generalised_esd(np.arange(5.0), 4)
