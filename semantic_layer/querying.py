"""A compiled metric query run: its rows, its totals, and whether the limit cut between equal rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from semantic_layer.query import MetricQuery
from semantic_layer.table import Row, Table
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.compiler import CompiledQuery
    from semantic_layer.compiler.context import PeriodRole
    from semantic_layer.workspace import SemanticLayer


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a metric query and how they came about. `milliseconds` is the time in the database."""

    table: Table
    compiled: CompiledQuery
    warnings: tuple[Text, ...] = ()
    milliseconds: float = 0.0

    @property
    def sql(self) -> str:
        """Return the SQL as run."""
        return self.compiled.sql

    @property
    def periods(self) -> tuple[PeriodRole, ...]:
        """Return the periods as executed, the main one first."""
        return self.compiled.periods

    @property
    def query(self) -> MetricQuery:
        """Return the query in canonical names, with its period."""
        return self.compiled.query


def run_query(
    layer: SemanticLayer, compiled: CompiledQuery, row_limit: int | None, timeout: float | None
) -> QueryResult:
    """Return the rows of a compiled query; EngineError where the database failed or a limit was reached."""
    started = time.perf_counter()
    result = layer.execute(compiled.sql, row_limit, timeout)
    totals = _totals(layer, compiled, timeout)
    warnings = compiled.warnings + _ties(layer, compiled, result.rows, timeout)
    table = Table(
        columns=compiled.columns,
        rows=result.rows,
        row_count=len(result.rows),
        truncated=result.truncated,
        totals=totals,
    )
    return QueryResult(table, compiled, warnings, (time.perf_counter() - started) * 1000)


def _ties(
    layer: SemanticLayer, compiled: CompiledQuery, rows: tuple[Row, ...], timeout: float | None
) -> tuple[Text, ...]:
    """Return a note where the limit cuts between equal rows."""
    from semantic_layer.compiler import may_be_tied, tied_at_cut

    sql = compiled.tie_sql if may_be_tied(compiled, len(rows)) else None
    if sql is None:
        return ()
    note = tied_at_cut(compiled, rows, layer.execute(sql, None, timeout).rows)
    return (note,) if note is not None else ()


def _totals(layer: SemanticLayer, compiled: CompiledQuery, timeout: float | None) -> Row | None:
    """Return one cell per column: the totals of metrics, None on dimensions."""
    if compiled.totals_sql is None:
        return None
    rows = layer.execute(compiled.totals_sql, None, timeout).rows
    found = dict(zip(compiled.totals_columns, rows[0] if rows else (), strict=False))
    return tuple(found.get(column.name) for column in compiled.columns)
