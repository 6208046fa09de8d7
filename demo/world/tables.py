"""What a generated table is: columns of numpy arrays with their SQL types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from demo.world.clock import FIRST_DAY

MISSING = -1  # the code, identifier or second that stands for NULL
EPOCH_DAY = (FIRST_DAY - date(1970, 1, 1)).days


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its array and the SQL expression that gives the stored value."""

    name: str
    array: npt.NDArray[np.generic]
    expression: str  # over the raw column, written {x}


@dataclass(frozen=True, slots=True)
class Table:
    """One table, its rows already in their final order."""

    name: str
    columns: tuple[Column, ...]


def ids(name: str, values: npt.ArrayLike) -> Column:
    """Return an INTEGER column in which MISSING is NULL."""
    return Column(name, np.asarray(values, dtype=np.int32), f"NULLIF({{x}}, {MISSING})")


def counts(name: str, values: npt.ArrayLike) -> Column:
    """Return an INTEGER column without nulls."""
    return Column(name, np.asarray(values, dtype=np.int32), "{x}")


def money(name: str, cents: npt.ArrayLike) -> Column:
    """Return a DECIMAL(12,2) column of yuan from whole cents.

    Decimals and not doubles: a sum of decimals is the same whatever order the threads add it up in.
    """
    return Column(name, np.asarray(cents, dtype=np.int64), "CAST({x} / 100.0 AS DECIMAL(12,2))")


def shares(name: str, values: npt.ArrayLike) -> Column:
    """Return a DOUBLE column rounded to four digits; NaN is NULL."""
    rounded = np.round(np.asarray(values, dtype=np.float64), 4)
    return Column(name, rounded, "CASE WHEN isnan({x}) THEN NULL ELSE {x} END")


def flags(name: str, values: npt.ArrayLike) -> Column:
    """Return a BOOLEAN column."""
    return Column(name, np.asarray(values, dtype=np.bool_), "{x}")


def words(name: str, codes: npt.ArrayLike, vocabulary: Sequence[str]) -> Column:
    """Return a VARCHAR column from codes into a vocabulary; MISSING is NULL."""
    quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in vocabulary)
    return Column(name, np.asarray(codes, dtype=np.int32), f"([{quoted}])[{{x}} + 1]")


def texts(name: str, values: Sequence[str | None]) -> Column:
    """Return a VARCHAR column from texts."""
    return Column(name, np.array(values, dtype=object), "{x}")


def days(name: str, numbers: npt.ArrayLike) -> Column:
    """Return a DATE column from day numbers; MISSING is NULL."""
    array = np.asarray(numbers, dtype=np.int32)
    return Column(name, array, f"CASE WHEN {{x}} <> {MISSING} THEN DATE '{FIRST_DAY}' + {{x}} END")


def dates(name: str, values: Sequence[date]) -> Column:
    """Return a DATE column from dates, which may lie outside the world's days."""
    array = np.array([(value - FIRST_DAY).days for value in values], dtype=np.int32)
    return Column(name, array, f"DATE '{FIRST_DAY}' + {{x}}")


def moments(name: str, seconds: npt.ArrayLike) -> Column:
    """Return a TIMESTAMP column from seconds since the first midnight; MISSING is NULL."""
    array = np.asarray(seconds, dtype=np.int64)
    stamps = (array + EPOCH_DAY * 86_400).astype("datetime64[s]")
    stamps[array == MISSING] = np.datetime64("NaT")
    return Column(name, stamps, "CAST({x} AS TIMESTAMP)")
