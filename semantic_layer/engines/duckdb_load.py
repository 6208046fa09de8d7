"""Load Parquet and CSV files into a fresh DuckDB file: all of them, or none and an error naming the cell."""

from __future__ import annotations

import codecs
import csv
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import duckdb
from sqlglot import exp

from semantic_layer.errors import DataError
from semantic_layer.text import Text

# What a column must hold because a metric sums it or a period filters it; a cell that does not fit is named.
Expected = Literal["number", "date", "timestamp"]
_TYPES: dict[Expected, str] = {"number": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP"}
_DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20


def load_files(
    target: Path,
    sources: Mapping[str, Path | str],
    expected: Mapping[str, Mapping[str, Expected]] | None = None,
) -> None:
    """Write a DuckDB file at `target` with one table per source, in order.

    A `Path` is a Parquet or CSV file (by its suffix; UTF-8, UTF-8 with a mark, or GB 18030; delimiter
    from the header); a `str` is a SELECT over the tables loaded before it. `expected` says for a table
    what some columns must hold. `target` must not exist; on an error nothing is left behind.

    Raises:
        DataError: `file_missing`, `file_broken`, `bad_row` (file, line, column, value), `bad_sql`.
    """
    complete = False
    connection = duckdb.connect(target, config={"autoinstall_known_extensions": "false"})
    try:
        for table, source in sources.items():
            if isinstance(source, Path):
                _load_file(connection, table, source, (expected or {}).get(table, {}))
            else:
                _load_query(connection, table, source)
        complete = True
    finally:
        connection.close()
        if not complete:
            for left in (target, target.with_name(target.name + ".wal")):
                left.unlink(missing_ok=True)


def _load_query(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    try:
        connection.execute(f"CREATE TABLE {_quoted(table)} AS {sql}")
    except duckdb.Error as error:
        raise DataError(
            Text(zh=f"表 {table} 的 SQL 无法执行。", en=f"The SQL of the table {table} cannot be run."),
            Text(zh="核对其中的表名和列名。", en="Check the table and column names in it."),
            code="bad_sql",
        ) from error


def _load_file(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, expected: Mapping[str, Expected]
) -> None:
    if not path.is_file():
        raise DataError(
            Text(zh=f"数据文件不存在:{path}。", en=f"There is no data file {path}."),
            Text(zh="检查文件名和文件夹。", en="Check the file name and its folder."),
            code="file_missing",
        )
    try:
        if path.suffix.casefold() in (".parquet", ".pq"):
            relation = connection.read_parquet(str(path))
            relation.create(table)
        else:
            with _as_utf8(path) as readable:
                _load_csv(connection, table, path, readable, expected)
    except duckdb.Error as error:
        raise _broken(path) from error


def _load_csv(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    path: Path,
    readable: Path,
    expected: Mapping[str, Expected],
) -> None:
    """Read with types from the whole file; a rejected line is an error, never left out."""
    header = _header(path, readable)
    delimiter = max(_DELIMITERS, key=header.count)
    (columns,) = csv.reader([header], delimiter=delimiter)
    types = {name: _TYPES[kind] for name, kind in expected.items() if kind != "number" and name in columns}
    _read_csv(connection, table, readable, delimiter, types)
    _raise_first_rejected(connection, path)
    as_text = {name for name, kind in _column_types(connection, table) if kind == "VARCHAR"}
    wrong = {column: "DOUBLE" for column, kind in expected.items() if kind == "number" and column in as_text}
    if wrong:
        _read_csv(connection, table, readable, delimiter, types | wrong)
        _raise_first_rejected(connection, path)


def _read_csv(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, delimiter: str, types: Mapping[str, str]
) -> None:
    for rejects in ("reject_errors", "reject_scans"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{rejects}")
    pairs = ", ".join(f"{_literal(column)}: {_literal(kind)}" for column, kind in types.items())
    hints = f", types = {{{pairs}}}" if pairs else ""
    connection.execute(
        f"CREATE OR REPLACE TABLE {_quoted(table)} AS SELECT * FROM read_csv(?, delim = ?, quote = '\"', "
        f"escape = '\"', header = true, sample_size = -1, store_rejects = true{hints})",
        [str(path), delimiter],
    )


def _raise_first_rejected(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rejected = connection.execute(
        "SELECT line, column_name, error_type, csv_line, error_message, COUNT(*) OVER () "
        "FROM temp.reject_errors ORDER BY line, column_idx LIMIT 1"
    ).fetchone()
    if rejected is None:
        return
    line, column, kind, text, message, count = rejected
    where = Text(zh=f"{path.name} 第 {line} 行", en=f"{path.name}, line {line}")
    shown = text if len(text) <= 80 else text[:77] + "..."
    if kind == "CAST":
        value = str(message).partition('convert string "')[2].partition('" to ')[0]
        what = Text(
            zh=f"{where.zh}:列 {column} 的值 {value!r} 类型不对",
            en=f"{where.en}: the value {value!r} in column {column} has the wrong type",
        )
        mend = Text(
            zh="改正该单元格,空值请留空。", en="Correct the cell; leave it empty where there is no value."
        )
    else:
        what = Text(
            zh=f"{where.zh}:列数与表头不一致({shown})",
            en=f"{where.en}: the number of columns differs from the header ({shown})",
        )
        mend = Text(
            zh="补齐或删去多余的列;含分隔符的文字要加双引号。",
            en="Add or remove columns in that line; put text that holds the delimiter in double quotes.",
        )
    more = Text(zh=f",共 {count} 处。", en=f"; {count} problem(s) in all.")
    raise DataError(Text(zh=what.zh + more.zh, en=what.en + more.en), mend, code="bad_row")


def _column_types(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    rows = connection.execute(f"DESCRIBE {_quoted(table)}").fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


def _header(path: Path, readable: Path) -> str:
    with readable.open(encoding="utf-8-sig") as lines:
        header = lines.readline().strip()
    if not header:
        raise DataError(
            Text(zh=f"{path.name} 是空文件,没有表头。", en=f"{path.name} is empty: it has no header."),
            Text(zh="第一行写列名。", en="Put the column names in the first line."),
            code="file_broken",
        )
    return header


@contextmanager
def _as_utf8(path: Path) -> Iterator[Path]:
    """Give the file itself where it is UTF-8, else a UTF-8 copy: DuckDB reads GBK only with an extension."""
    if _decodes(path, "utf-8-sig") is None:
        yield path
        return
    line = _decodes(path, "gb18030")
    if line is not None:
        raise DataError(
            Text(
                zh=f"{path.name} 第 {line} 行既不是 UTF-8 也不是 GBK/GB18030 编码。",
                en=f"{path.name}, line {line}: neither UTF-8 nor GBK/GB 18030.",
            ),
            Text(zh="另存为 UTF-8 的 CSV。", en="Save the file as CSV in UTF-8."),
            code="file_broken",
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with (
            path.open(encoding="gb18030", newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as sink,
        ):
            while chunk := source.read(_CHUNK):
                sink.write(chunk)
        yield copy


def _decodes(path: Path, encoding: str) -> int | None:
    """Return None where the whole file is in `encoding`, else the number of the first line that is not."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as raw:
        while True:
            chunk = raw.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + bytes(error.object[: error.start]).count(b"\n")
            if not chunk:
                return None
            line += chunk.count(b"\n")


def _broken(path: Path) -> DataError:
    return DataError(
        Text(zh=f"无法读取数据文件 {path.name}。", en=f"The data file {path.name} cannot be read."),
        Text(
            zh="确认它是完整的 Parquet 或 CSV 文件,双引号成对出现。",
            en="Make sure it is a whole Parquet or CSV file and that its double quotes are in pairs.",
        ),
        code="file_broken",
    )


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="duckdb")
