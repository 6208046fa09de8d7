"""Clusters against the iris flowers that every manual prints, and against groupings counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from tools.numerics.clusters import (
    Choice,
    adjusted_rand,
    best,
    choices,
    k_means,
    nearest,
    silhouette,
    standardised,
    ward,
)

FLOWERS = load_iris()


def labels(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_the_silhouettes_of_iris_are_those_that_manuals_print():
    # R's cluster::silhouette and scikit-learn's on the four raw measures: 0.68 for two groups, 0.55 for three.
    found = {k: silhouette(FLOWERS.data, k_means(FLOWERS.data, k)[1]) for k in (2, 3)}
    assert found == {2: pytest.approx(0.681, abs=5e-4), 3: pytest.approx(0.5528, abs=5e-4)}


def test_three_groups_of_iris_agree_with_the_species_as_published():
    # Adjusted Rand index of K-means and Ward (R's hclust, ward.D2) with the species: 0.730 and 0.731.
    species = FLOWERS.target.astype(np.int64)
    assert adjusted_rand(k_means(FLOWERS.data, 3)[1], species) == pytest.approx(0.730, abs=5e-4)
    assert adjusted_rand(ward(FLOWERS.data, 3)[1], species) == pytest.approx(0.731, abs=5e-4)


def test_the_adjusted_rand_index_by_hand():
    # {a b}{c d} against {a b}{c}{d}: 1 pair together in both, 2 and 1 in each, 6 in all: expected 1/3,
    # (1 - 1/3) / (3/2 - 1/3) = 4/7.
    assert adjusted_rand(labels(0, 0, 1, 1), labels(0, 0, 1, 2)) == pytest.approx(4 / 7)


def test_the_names_of_groups_do_not_matter():
    assert adjusted_rand(labels(0, 0, 1, 1), labels(1, 1, 0, 0)) == 1.0


def test_standardising_leaves_a_constant_column_at_zero():
    z, mean, spread = standardised(np.array([[1.0, 5], [3.0, 5]]))
    assert z.tolist() == [[-1, 0], [1, 0]]
    assert (mean.tolist(), spread.tolist()) == ([2, 5], [1, 1])


def test_rows_go_to_the_nearest_centre():
    centres = np.array([[0.0, 0], [10, 0]])
    assert nearest(np.array([[4.0, 0], [6, 0]]), centres).tolist() == [0, 1]


def test_the_number_of_groups_that_were_made_is_found():
    rng = np.random.default_rng(3)
    middles = np.array([[0, 0], [6, 0], [0, 6], [6, 6]])
    rows = np.vstack([middle + rng.normal(size=(60, 2)) for middle in middles])
    assert best(choices(rows, (2, 3, 4, 5, 6))).k == 4


def test_an_unstable_grouping_is_not_preferred_for_its_silhouette():
    assert best([Choice(2, 0.5, 0.6), Choice(3, 0.4, 0.9)]).k == 3
    assert best([Choice(2, 0.5, 0.6), Choice(3, 0.4, 0.7)]).k == 3


def test_ward_refuses_more_rows_than_it_can_pair():
    with pytest.raises(ValueError, match="5000"):
        ward(np.zeros((5_001, 1)), 2)
