"""Numbers as they come in: lists, integers, read-only arrays. Checked once, so that nothing nonsensical comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

LARGEST = 1e100


def finite(**numbers: float) -> None:
    """Check that single numbers are there, and not so large that sums of squares of them overflow.

    Raises:
        ValueError: one is missing, infinite or beyond 1e100; the message names it.
    """
    for name, number in numbers.items():
        if not -LARGEST <= number <= LARGEST:  # false for a missing number too
            raise ValueError(f"{name}: a number within ±{LARGEST:.0e} is needed, not {number}")


def vector(values: ArrayLike, name: str = "values", *, least: int = 1) -> Array:
    """Return a one-dimensional array of floats; the input itself where it is one already (it is not written to).

    Raises:
        ValueError: not one-dimensional, not numbers, fewer than `least` values, or one that is missing or infinite.
    """
    return _finite(values, name, 1, least)


def matrix(values: ArrayLike, name: str = "matrix", *, least: int = 1) -> Array:
    """Return a two-dimensional array of floats, (rows, columns), with at least `least` rows.

    Raises:
        ValueError: not two-dimensional, not numbers, too few rows, or a cell that is missing or infinite.
    """
    return _finite(values, name, 2, least)


def same_length(**arrays: Array | None) -> None:
    """Check that all arrays that are given have one length.

    Raises:
        ValueError: they have not; the message names their lengths.
    """
    lengths = {name: len(one) for name, one in arrays.items() if one is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"one value each is needed, not {told}")


def _finite(values: ArrayLike, name: str, dimensions: int, least: int) -> Array:
    import numpy as np

    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: numbers are needed, all rows of one length") from error
    if found.ndim != dimensions:
        raise ValueError(f"{name}: {dimensions} dimension(s) are needed, not {found.ndim}")
    if len(found) < least:
        raise ValueError(f"{name}: at least {least} are needed, not {len(found)}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name}: a value is missing or infinite")
    if found.size and max(float(found.max()), -float(found.min())) > LARGEST:
        raise ValueError(f"{name}: a value is beyond {LARGEST:.0e}, too large to be squared and summed")
    return found
