"""Tables to Parquet files, the same bytes on every machine."""

from __future__ import annotations

from pathlib import Path

import duckdb

from demo.world.tables import Table

ROW_GROUP = 122_880


def write_tables(target: Path, tables: list[Table]) -> None:
    """Write one Parquet file per table into `target`, which is made if it is not there.

    One thread and a fixed row-group size: with more threads DuckDB may cut row groups differently.
    """
    target.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    try:
        connection.execute("SET preserve_insertion_order = true")
        for table in tables:
            _write(connection, target / f"{table.name}.parquet", table)
    finally:
        connection.close()


def _write(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> None:
    connection.register("raw", {column.name: column.array for column in table.columns})
    selected = ", ".join(
        f"{column.expression.format(x=_quoted(column.name))} AS {_quoted(column.name)}"
        for column in table.columns
    )
    file = str(path).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {selected} FROM raw) TO '{file}' "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 12, PARQUET_VERSION 'V2', ROW_GROUP_SIZE {ROW_GROUP})"
    )
    connection.unregister("raw")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
