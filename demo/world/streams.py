"""Random streams, one per part of the world."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of random numbers for the part of the world called `name`.

    Each part draws from its own stream, so that a change in one part leaves the others as they were.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def pick(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> IntArray:
    """Return `size` indices drawn with the given weights (which need not add up to 1)."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: IntArray = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return drawn.astype(np.int64)


def pick_rows(rng: np.random.Generator, weights: FloatArray, rows: IntArray) -> IntArray:
    """Return one index per entry of `rows`, drawn with the weights in that row of `weights`."""
    cumulative = np.cumsum(weights, axis=1)
    draws = rng.random(rows.size) * cumulative[rows, -1]
    # comparing against every column is quick because the tables have few columns
    drawn: IntArray = (draws[:, None] >= cumulative[rows]).sum(axis=1)
    return drawn.astype(np.int64)


def exactly(rng: np.random.Generator, share: float, size: int) -> BoolArray:
    """Return `size` flags in random order, of which exactly `share` (rounded) are true."""
    flags: BoolArray = rng.permutation(size) < round(share * size)
    return flags
