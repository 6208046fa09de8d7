"""Foreign files read as they are: a scratch DuckDB that holds every cell as text until its meaning is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from semantic_layer.engines.base import EngineResult
from semantic_layer.errors import DataError
from semantic_layer.text import Text

ROW = "_row"  # the running number of a row in its file, from 1
Rejected = tuple[int, str]


class Intake:
    """One scratch database file. It runs only statements of ours; nothing in it outlives `close`."""

    dialect = "duckdb"

    def __init__(self, scratch: Path) -> None:
        """Make `scratch`, which must not exist."""
        self.is_closed = False
        self._connection = duckdb.connect(scratch, config={"autoinstall_known_extensions": "false"})

    def read_text(
        self, table: str, path: Path, columns: Sequence[str], *, delimiter: str, skip: int
    ) -> list[Rejected]:
        """Load a UTF-8 file, every cell as text, beside the row's number; return the lines that do not fit.

        A line fits where it has as many cells as there are columns. Each rejected line is (line, its text).
        """
        types = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in columns)
        for rejects in ("reject_errors", "reject_scans"):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{rejects}")
        try:
            self._connection.execute(
                f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT row_number() OVER () AS {ROW}, * FROM read_csv(?, "
                f"delim = ?, quote = '\"', escape = '\"', header = false, skip = ?, auto_detect = false, "
                f"all_varchar = true, columns = {{{types}}}, store_rejects = true, max_line_size = 33554432)",
                [str(path), delimiter, skip],
            )
            found = self._connection.execute(
                "SELECT line, any_value(csv_line) FROM temp.reject_errors GROUP BY line ORDER BY line"
            ).fetchall()
        except duckdb.Error as error:
            raise _unreadable(path.name) from error
        return [(int(line), str(text)) for line, text in found]

    def read_parquet(self, table: str, path: Path) -> None:
        """Load a Parquet file with its own types."""
        try:
            self._connection.execute(f"CREATE TABLE {quoted(table)} AS FROM read_parquet(?)", [str(path)])
        except duckdb.Error as error:
            raise _unreadable(path.name) from error

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one of our own statements; there is no limit of time or rows here."""
        del timeout, row_limit
        cursor = self._connection.execute(sql)
        return EngineResult(tuple(part[0] for part in cursor.description or ()), tuple(cursor.fetchall()))

    def make_table(self, table: str, columns: Mapping[str, str], source: str, condition: str) -> None:
        """Write `table` from `source`: one expression per column, the rows for which `condition` holds."""
        listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {quoted(table)} AS "
            f"SELECT {listed} FROM {quoted(source)} WHERE {condition} ORDER BY {ROW}"
        )

    def write_parquet(self, table: str, path: Path) -> None:
        """Write a table as a Parquet file."""
        self._connection.execute(f"COPY {quoted(table)} TO {_literal(str(path))} (FORMAT parquet)")

    def interrupt(self, thread: int | None = None) -> None:
        """Stop what runs."""
        del thread
        self._connection.interrupt()

    def close(self) -> None:
        """Give the database back."""
        self._connection.close()
        self.is_closed = True
        del (
            self._connection
        )  # the interpreter's end complains about connections that something still refers to


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="duckdb")


def _unreadable(name: str) -> DataError:
    return DataError(
        Text(zh=f"无法读取 {name}。", en=f"{name} cannot be read."),
        Text(
            zh="确认文件完整、没有加密,双引号成对出现;或另存为 UTF-8 的 CSV 再试。",
            en="Make sure that it is whole, not encrypted, and its double quotes are in pairs; "
            "or save it as CSV in UTF-8.",
        ),
        code="file_broken",
    )
