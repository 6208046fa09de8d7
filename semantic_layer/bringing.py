"""Analyses whose steps a server does not run as DuckDB does: their rows are brought into a DuckDB of their own.

The server reads, joins, filters and applies the user's rights, as for every query; only the columns and rows that
the analysis asks for come over. What follows is the same SQL on the same database as at home, so its numbers are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog
from semantic_layer.compiler.analysis import row_statements, step_statement
from semantic_layer.errors import EngineError
from semantic_layer.rows import Analysis, AnalysisResult, Holds, Measured, RowColumn
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.compiler import CompileContext
    from semantic_layer.workspace import SemanticLayer

_TYPES = {"time": "TIMESTAMP", "number": "DOUBLE", "boolean": "BOOLEAN"}


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
    from semantic_layer.engines.scratch import Brought, scratch_engine

    reads = row_statements(layer.catalog, analysis, context, hidden)
    tables: dict[str, Brought] = {}
    for name, sql in reads.items():
        result = layer.engine.execute(sql, timeout=timeout)
        if result.truncated:
            raise _too_many(name, len(result.rows))
        columns = analysis.rows[name].columns
        tables[name] = Brought({key: _type(layer.catalog, one) for key, one in columns.items()}, result.rows)
    steps = step_statement(analysis)
    settings = layer.settings
    with scratch_engine(tables, settings.limits, settings.timezone) as desk, layer.at_work(desk):
        found = desk.execute(steps, row_limit=row_limit, timeout=timeout)
    told = [f"-- {layer.engine.dialect}: {name}\n{sql}" for name, sql in reads.items()]
    return AnalysisResult(found.columns, found.rows, "\n\n".join([*told, f"-- duckdb\n{steps}"]))


def _type(catalog: Catalog, column: RowColumn) -> str:
    """Return the type of a column in which every cell is null: what the column is by the YAML."""
    if isinstance(column, Holds):
        return "BOOLEAN"
    if isinstance(column, Measured):
        return "DOUBLE"
    name = column.spelling.partition("__")[0]
    if name == "metric_time":
        return "TIMESTAMP"
    known = catalog.dimensions.get(catalog.spellings.get(name, name))
    return _TYPES.get(known.kind, "VARCHAR") if known is not None else "VARCHAR"


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
