"""Groups of alike rows: K-means and Ward, and how many groups the data support.

Sources: Rousseeuw (1987), Silhouettes, J. Comput. Appl. Math. 20: 53-65; Hubert & Arabie (1985), Comparing partitions,
J. Classification 2: 193-218; Hennig (2007), Cluster-wise assessment of cluster stability, CSDA 52: 258-271.

A matrix is (rows, features), standardised: a column of money left as it is would decide alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.arrays import matrix as rows_of
from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

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


def standardised(matrix: ArrayLike) -> tuple[Array, Array, Array]:
    """Return (z-scores, means, standard deviations) by column; a constant column becomes zeros.

    Raises:
        ValueError: no rows, or a missing value.
    """
    import numpy as np

    matrix = rows_of(matrix)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    safe = np.where(spread > 0, spread, 1.0)
    return (matrix - mean) / safe, mean, safe


def k_means(z: ArrayLike, k: int, starts: int = STARTS, seed: int = 7) -> tuple[Array, Labels]:
    """Return (centres, label per row), the best of `starts` runs.

    Raises:
        ValueError: fewer different rows than groups, no group, or a missing value.
    """
    import numpy as np
    from sklearn.cluster import KMeans

    rows = _rows(z, k)
    with one_thread():
        found = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(rows)
    return np.asarray(found.cluster_centers_, dtype=np.float64), np.asarray(found.labels_, dtype=np.int64)


def ward(z: ArrayLike, k: int) -> tuple[Array, Labels]:
    """Return (centres, label per row) of Ward's hierarchical clustering cut at k groups; at most 5,000 rows.

    Raises:
        ValueError: more rows than all pairs can be kept of, fewer different ones than groups, or a missing value.
    """
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(rows_of(z)) > WARD_ROWS:
        raise ValueError(f"Ward clustering takes at most {WARD_ROWS} rows, not {len(rows_of(z))}")
    rows = _rows(z, k)
    if len(rows) == 1:
        return rows.copy(), np.zeros(1, dtype=np.int64)
    labels = np.asarray(fcluster(linkage(rows, "ward"), k, "maxclust"), dtype=np.int64) - 1
    return np.vstack([rows[labels == group].mean(axis=0) for group in range(labels.max() + 1)]), labels


def _rows(z: ArrayLike, k: int) -> Array:
    import numpy as np

    rows = rows_of(z)
    # Ten thousand rows hold k different ones among the first thousand, nearly always: no sort of all for that.
    if k < 1 or (len(np.unique(rows[:1_000], axis=0)) < k and len(np.unique(rows, axis=0)) < k):
        raise ValueError(f"{k} groups need as many different rows")
    return rows


def nearest(z: ArrayLike, centres: ArrayLike) -> Labels:
    """Return the number of the nearest centre of each row.

    Raises:
        ValueError: no rows or centres, other features, or a missing value.
    """
    import numpy as np

    z, centres = rows_of(z), rows_of(centres, "centres")
    if z.shape[1] != centres.shape[1]:
        raise ValueError("rows and centres need the same features")

    distances = ((z[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(distances.argmin(axis=1), dtype=np.int64)


def silhouette(z: ArrayLike, labels: ArrayLike, seed: int = 7) -> float:
    """Return the mean silhouette of (a sample of 1,500 of) the rows; 0 where there is only one group.

    Raises:
        ValueError: not one label per row, or a missing value.
    """
    import numpy as np
    from sklearn.metrics import silhouette_score

    z, labels = rows_of(z), _whole(labels)
    if len(z) != len(labels):
        raise ValueError("one label per row is needed")
    if len(z) > MOST_COMPARED:
        chosen = np.random.default_rng(seed).choice(len(z), MOST_COMPARED, replace=False)
        z, labels = z[chosen], labels[chosen]
    if not 1 < len(set(labels.tolist())) < len(labels):
        return 0.0
    return float(silhouette_score(z, labels))


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Return the agreement of two groupings of the same rows, corrected for chance: 1 the same, 0 as by chance.

    Labels are any whole numbers; fewer than two rows agree.

    Raises:
        ValueError: two groupings of different length, or a label that is missing.
    """
    import numpy as np

    first, second = _whole(first), _whole(second)
    if len(first) != len(second):
        raise ValueError("two groupings of the same rows are needed")
    if len(first) < 2:
        return 1.0
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


def _whole(labels: ArrayLike) -> Labels:
    """Return labels as whole numbers from 0, in the order of their values."""
    import numpy as np

    found = np.asarray(labels)
    if found.ndim != 1 or (found.dtype.kind == "f" and not np.isfinite(found).all()):
        raise ValueError("one label per row is needed")
    return np.asarray(np.unique(found, return_inverse=True)[1], dtype=np.int64)


def stability(z: ArrayLike, k: int, draws: int = 5, seed: int = 7) -> float:
    """Return how alike the groupings of resampled rows are: mean adjusted Rand index against the one of all rows.

    Raises:
        ValueError: fewer different rows than groups, or a missing value.
    """
    import numpy as np

    z = _rows(z, k)
    rng = np.random.default_rng(seed)
    _, whole = k_means(z, k, starts=3, seed=seed)
    found = []
    for draw in range(draws):
        sample = z[rng.integers(0, len(z), len(z))]
        drawn = len(np.unique(sample[:1_000], axis=0))
        centres, _ = k_means(sample, min(k, drawn), starts=2, seed=seed + draw + 1)
        found.append(adjusted_rand(whole, nearest(z, centres)))
    return float(np.mean(found))


def choices(z: ArrayLike, counts: Sequence[int], seed: int = 7) -> list[Choice]:
    """Return silhouette and stability of each number of groups, in the order given.

    Raises:
        ValueError: fewer different rows than groups, or a missing value.
    """
    found = []
    for k in counts:
        _, labels = k_means(z, k, starts=3, seed=seed)
        found.append(Choice(k, silhouette(z, labels, seed), stability(z, k, seed=seed)))
    return found


def best(found: Sequence[Choice]) -> Choice:
    """Return the choice with the highest silhouette among the stable ones, else the most stable one.

    Raises:
        ValueError: nothing to choose from.
    """
    if not found:
        raise ValueError("a choice is needed")
    stable = [one for one in found if one.stability >= STABLE]
    if stable:
        return max(stable, key=lambda one: (one.silhouette, -one.k))
    return max(found, key=lambda one: (one.stability, one.silhouette))
