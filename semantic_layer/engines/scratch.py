"""A DuckDB in memory for the rows of one analysis: filled, then locked, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from semantic_layer.engines.base import Limits
from semantic_layer.engines.duckdb import DuckDBEngine
from semantic_layer.table import Cell, Row

_LARGEST = 2**63  # beyond, a whole number needs HUGEINT
_DIGITS = 38  # of DuckDB's widest decimal


@dataclass(frozen=True, slots=True)
class Brought:
    """A table to be: its columns, each with the type it has where every cell is null, and its rows."""

    columns: Mapping[str, str]
    rows: tuple[Row, ...]


@contextmanager
def scratch_engine(tables: Mapping[str, Brought], limits: Limits, timezone: str) -> Iterator[DuckDBEngine]:
    """Open an engine over the tables; it reads nothing else and is closed at the end."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": limits.memory,
    }
    if limits.threads is not None:
        config["threads"] = str(limits.threads)
    connection = duckdb.connect(config=config)
    try:
        connection.execute("SET GLOBAL TimeZone = ?", [timezone])
        for name, table in tables.items():
            _fill(connection, name, table)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield DuckDBEngine(connection=connection, limits=limits)
    finally:
        connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, name: str, table: Brought) -> None:
    """Make a table of the rows; pandas hands the columns over at once, which is faster than row by row."""
    import pandas as pd

    cells = list(zip(*table.rows, strict=True)) or [() for _ in table.columns]
    kinds = [_kind(one, empty) for one, empty in zip(cells, table.columns.values(), strict=True)]
    declared = ", ".join(f"{_quoted(one)} {kind}" for one, kind in zip(table.columns, kinds, strict=True))
    connection.execute(f"CREATE TABLE {_quoted(name)} ({declared})")
    if not table.rows:
        return
    columns = (pd.Series(_plain(one, kind), dtype=object) for one, kind in zip(cells, kinds, strict=True))
    connection.register("_brought", pd.DataFrame({f"c{at}": column for at, column in enumerate(columns)}))
    cast = ", ".join(f"CAST(c{at} AS {kind})" for at, kind in enumerate(kinds))
    connection.execute(f"INSERT INTO {_quoted(name)} SELECT {cast} FROM _brought")
    connection.unregister("_brought")


def _kind(cells: Sequence[Cell], empty: str) -> str:
    """Return DuckDB's type for the cells; `empty` where all are null."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds:
        return empty
    if kinds == {bool}:
        return "BOOLEAN"
    if kinds <= {bool, int}:
        whole = (cell for cell in cells if isinstance(cell, int))
        return "BIGINT" if all(-_LARGEST <= cell < _LARGEST for cell in whole) else "HUGEINT"
    if kinds <= {int, Decimal}:
        return _decimal([Decimal(cell) for cell in cells if isinstance(cell, (int, Decimal))])
    if kinds <= {bool, int, float, Decimal}:
        return "DOUBLE"
    if kinds == {date}:
        return "DATE"
    return "TIMESTAMP" if kinds <= {date, datetime} else "VARCHAR"


def _decimal(cells: Sequence[Decimal]) -> str:
    """Return the decimal type that holds the cells, as wide as a table of DuckDB would have it."""
    scale = max(max(0, -int(cell.as_tuple().exponent)) for cell in cells)
    digits = scale + max(max(0, cell.adjusted() + 1) for cell in cells)
    if digits > _DIGITS:
        return "DOUBLE"
    return f"DECIMAL({18 if digits <= 18 else _DIGITS}, {scale})"


def _plain(cells: Sequence[Cell], kind: str) -> list[Cell]:
    """Return the cells as pandas shall hold them: one Python type per column."""
    if kind == "DOUBLE":
        return [float(cell) if isinstance(cell, (int, float, Decimal)) else None for cell in cells]
    if kind == "VARCHAR":
        return [None if cell is None else str(cell) for cell in cells]
    return list(cells)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
