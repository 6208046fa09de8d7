"""The demo's data, generated once per run, and SQL over them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from bot.wiring import demo_data as generated

Row = dict[str, float]


@pytest.fixture(scope="session")
def demo_folder(state_dir: Path) -> Path:
    """The folder of Parquet files that the product itself uses."""
    return generated(state_dir)


@pytest.fixture(scope="session")
def connection(demo_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with one view per table of the demo."""
    opened = duckdb.connect(config={"threads": 2})
    for file in sorted(demo_folder.glob("*.parquet")):
        opened.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def one_row(connection: duckdb.DuckDBPyConnection) -> Callable[[str], Row]:
    """Run SQL that gives one row; its columns by name, as floats."""

    def run(sql: str) -> Row:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        (row,) = cursor.fetchall()
        return {name: float(value) for name, value in zip(names, row, strict=True)}

    return run


@pytest.fixture(scope="session")
def values(connection: duckdb.DuckDBPyConnection) -> Callable[[str], list[tuple[object, ...]]]:
    """Run SQL and get its rows."""
    return lambda sql: connection.execute(sql).fetchall()
