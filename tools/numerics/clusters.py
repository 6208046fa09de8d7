"""Groups of alike rows: K-means and Ward, and how many groups the data support.

Sources: Rousseeuw (1987), Silhouettes, J. Comput. Appl. Math. 20: 53-65; Hubert & Arabie (1985), Comparing partitions,
J. Classification 2: 193-218; Hennig (2007), Cluster-wise assessment of cluster stability, CSDA 52: 258-271.

A matrix is (rows, features), standardised: a column of money left as it is would decide alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Labels = NDArray[np.int64]

STARTS = 20  # of K-means: it finds a local best only
STABLE = 0.8  # mean agreement of resampled groupings from which one is called stable (Hennig: 0.75 to 0.85)
MOST_COMPARED = 1_500  # rows a silhouette looks at: it compares all pairs
WARD_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One number of groups: mean silhouette in [-1, 1], and mean adjusted Rand index over resamples (1: the same)."""

    k: int
    silhouette: float
    stability: float


def standardised(matrix: Array) -> tuple[Array, Array, Array]:
    """Return (z-scores, means, standard deviations) by column; a constant column becomes zeros."""
    import numpy as np

    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    safe = np.where(spread > 0, spread, 1.0)
    return (matrix - mean) / safe, mean, safe


def k_means(z: Array, k: int, starts: int = STARTS, seed: int = 7) -> tuple[Array, Labels]:
    """Return (centres, label per row), the best of `starts` runs."""
    import numpy as np
    from sklearn.cluster import KMeans

    with one_thread():
        found = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(z)
    return np.asarray(found.cluster_centers_, dtype=np.float64), np.asarray(found.labels_, dtype=np.int64)


def ward(z: Array, k: int) -> tuple[Array, Labels]:
    """Return (centres, label per row) of Ward's hierarchical clustering cut at k groups; at most 5,000 rows.

    Raises:
        ValueError: more rows than all pairs can be kept of.
    """
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(z) > WARD_ROWS:
        raise ValueError(f"Ward clustering takes at most {WARD_ROWS} rows, not {len(z)}")
    labels = np.asarray(fcluster(linkage(z, "ward"), k, "maxclust"), dtype=np.int64) - 1
    return np.vstack([z[labels == group].mean(axis=0) for group in range(labels.max() + 1)]), labels


def nearest(z: Array, centres: Array) -> Labels:
    """Return the number of the nearest centre of each row."""
    import numpy as np

    distances = ((z[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(distances.argmin(axis=1), dtype=np.int64)


def silhouette(z: Array, labels: Labels, seed: int = 7) -> float:
    """Return the mean silhouette of (a sample of 1,500 of) the rows; 0 where there is only one group."""
    import numpy as np
    from sklearn.metrics import silhouette_score

    if len(z) > MOST_COMPARED:
        chosen = np.random.default_rng(seed).choice(len(z), MOST_COMPARED, replace=False)
        z, labels = z[chosen], labels[chosen]
    if not 1 < len(set(labels.tolist())) < len(labels):
        return 0.0
    return float(silhouette_score(z, labels))


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Return the agreement of two groupings of the same rows, corrected for chance: 1 the same, 0 as by chance."""
    import numpy as np

    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1.0)

    def pairs(counts: Array) -> float:
        return float((counts * (counts - 1) / 2).sum())

    together = pairs(table)
    rows, columns = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    everything = pairs(np.array([float(len(first))]))
    expected = rows * columns / everything
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def stability(z: Array, k: int, draws: int = 5, seed: int = 7) -> float:
    """Return how alike the groupings of resampled rows are: mean adjusted Rand index against the one of all rows."""
    import numpy as np

    rng = np.random.default_rng(seed)
    _, whole = k_means(z, k, starts=3, seed=seed)
    found = []
    for draw in range(draws):
        sample = z[rng.integers(0, len(z), len(z))]
        centres, _ = k_means(sample, k, starts=2, seed=seed + draw + 1)
        found.append(adjusted_rand(whole, nearest(z, centres)))
    return float(np.mean(found))


def choices(z: Array, counts: Sequence[int], seed: int = 7) -> list[Choice]:
    """Return silhouette and stability of each number of groups, in the order given."""
    found = []
    for k in counts:
        _, labels = k_means(z, k, starts=3, seed=seed)
        found.append(Choice(k, silhouette(z, labels, seed), stability(z, k, seed=seed)))
    return found


def best(found: Sequence[Choice]) -> Choice:
    """Return the choice with the highest silhouette among the stable ones, else the most stable one."""
    stable = [one for one in found if one.stability >= STABLE]
    if stable:
        return max(stable, key=lambda one: (one.silhouette, -one.k))
    return max(found, key=lambda one: (one.stability, one.silhouette))
