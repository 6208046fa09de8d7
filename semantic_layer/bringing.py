"""Analyses whose steps a server does not run as DuckDB does: their rows are brought into a DuckDB of their own.

The server reads, joins, filters and applies the user's rights, as for every query; only the columns and rows that
the analysis asks for come over. What follows is the same SQL on the same database as at home, so its numbers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from semantic_layer.compiler.analysis import row_statements, step_statement
from semantic_layer.engines.base import EngineResult, Limits
from semantic_layer.errors import EngineError
from semantic_layer.rows import Analysis, AnalysisResult, Holds, Measured, RowColumn
from semantic_layer.table import Cell
from semantic_layer.text import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from semantic_layer.compiler import CompileContext
    from semantic_layer.workspace import SemanticLayer

_LARGEST = 2**63  # beyond, a whole number needs HUGEINT


def analyse_brought(
    layer: SemanticLayer,
    analysis: Analysis,
    context: CompileContext,
    hidden: frozenset[str],
    *,
    row_limit: int | None = None,
    timeout: float | None = None,
) -> AnalysisResult:
    """Return the rows of an analysis, read by the layer's engine and worked on in a DuckDB in memory.

    `sql` of the result holds every statement, each under a comment that says where it ran.

    Raises:
        EngineError: `too_many_rows`: more rows than the engine's row limit would have to come over; else as the
            engine says.
    """
    from semantic_layer.engines.duckdb import DuckDBEngine

    reads = row_statements(layer.catalog, analysis, context, hidden)
    steps = step_statement(analysis)
    with _empty(layer.settings.limits, layer.settings.timezone) as connection:
        for name, sql in reads.items():
            result = layer.engine.execute(sql, timeout=timeout)
            if result.truncated:
                raise _too_many(name, len(result.rows))
            _keep(connection, name, analysis.rows[name].columns, result)
        _lock(connection)
        desk = DuckDBEngine(connection=connection, limits=layer.settings.limits)
        with layer.at_work(desk):
            found = desk.execute(steps, row_limit=row_limit, timeout=timeout)
    told = [f"-- {layer.engine.dialect}: {name}\n{sql}" for name, sql in reads.items()]
    return AnalysisResult(found.columns, found.rows, "\n\n".join([*told, f"-- duckdb\n{steps}"]))


@contextmanager
def _empty(limits: Limits, timezone: str) -> Iterator[DuckDBPyConnection]:
    """Open a database in memory, within the limits of the workspace, and close it afterwards."""
    import duckdb

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
        yield connection
    finally:
        connection.close()


def _lock(connection: DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _keep(
    connection: DuckDBPyConnection, name: str, columns: Mapping[str, RowColumn], result: EngineResult
) -> None:
    """Make a table of the rows. The server may spell a column's name otherwise: the order is ours."""
    import pandas as pd

    cells = list(zip(*result.rows, strict=True)) or [() for _ in columns]
    kinds = [_kind(one, column) for one, column in zip(cells, columns.values(), strict=True)]
    declared = ", ".join(f"{_quoted(one)} {kind}" for one, kind in zip(columns, kinds, strict=True))
    connection.execute(f"CREATE TABLE {_quoted(name)} ({declared})")
    if not result.rows:
        return
    frame = pd.DataFrame(
        {
            f"c{place}": pd.Series(_plain(one, kind), dtype=object)
            for place, (one, kind) in enumerate(zip(cells, kinds, strict=True))
        }
    )
    connection.register("_brought", frame)
    try:
        cast = ", ".join(f"CAST(c{place} AS {kind})" for place, kind in enumerate(kinds))
        connection.execute(f"INSERT INTO {_quoted(name)} SELECT {cast} FROM _brought")
    finally:
        connection.unregister("_brought")


def _kind(cells: Sequence[Cell], column: RowColumn) -> str:
    """Return DuckDB's type of a column: of its cells, or, where all are null, of what the column is."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds:
        return {Holds: "BOOLEAN", Measured: "DOUBLE"}.get(type(column), "VARCHAR")
    if kinds == {bool}:
        return "BOOLEAN"
    if kinds <= {bool, int}:
        whole = (cell for cell in cells if isinstance(cell, int))
        return "BIGINT" if all(-_LARGEST <= cell < _LARGEST for cell in whole) else "HUGEINT"
    if kinds <= {int, Decimal}:
        return _decimal([cell for cell in cells if isinstance(cell, (int, Decimal))])
    if kinds <= {bool, int, float, Decimal}:
        return "DOUBLE"
    if kinds == {date}:
        return "DATE"
    if kinds <= {date, datetime}:
        return "TIMESTAMP"
    return "VARCHAR"


def _decimal(cells: Sequence[int | Decimal]) -> str:
    """Return the decimal type that holds the cells, as wide as a table of DuckDB would have it."""
    exact = [Decimal(cell) for cell in cells]
    scale = max(max(0, -int(cell.as_tuple().exponent)) for cell in exact)
    whole = max(max(0, cell.adjusted() + 1) for cell in exact)
    if whole + scale > 38:
        return "DOUBLE"
    return f"DECIMAL({18 if whole + scale <= 18 else 38}, {scale})"


def _plain(cells: Sequence[Cell], kind: str) -> list[Cell]:
    """Return the cells as pandas shall hold them: one Python type per column."""
    if kind == "DOUBLE":
        return [None if cell is None else float(cell) for cell in cells]  # type: ignore[arg-type]
    if kind == "VARCHAR":
        return [None if cell is None else str(cell) for cell in cells]
    return list(cells)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _too_many(name: str, rows: int) -> EngineError:
    return EngineError(
        Text(
            zh=f"这项分析要从服务器取回 {name} 的明细,超过了 {rows:,} 行的上限。",
            en=f"This analysis has to bring the rows of {name} over from the server: more than the limit of {rows:,}.",
        ),
        Text(
            zh="缩短时间范围,或在 askgrowth.yml 的 engine: 里调大 row_limit。",
            en="Ask for a shorter period, or raise row_limit under engine: in askgrowth.yml.",
        ),
        code="too_many_rows",
    )
