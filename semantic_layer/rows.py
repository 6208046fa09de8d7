"""Rows of one model, and analysis SQL over them: for sequences, baskets and everything no metric can express.

    events = RowQuery(model="events", columns={"who": Named("person"), "at": Named("metric_time")})
    firsts = Step("firsts", "SELECT who, MIN(at) AS first_at FROM events WHERE at >= :start GROUP BY 1",
                  {"start": date(2025, 1, 1)})
    analysis = Analysis({"events": events}, "SELECT COUNT(*) AS people FROM firsts", (firsts,))
    layer.analyse(analysis, user=user)

The rows are read by the same code as a metric's: joins, access rules, masked columns, nothing after `today`.
Names in a step are those of the rows and steps before it; values come in only as `:name` places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from semantic_layer.catalog import Filter, Window
from semantic_layer.query import Scalar, Where
from semantic_layer.table import Cell, Row

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer


@dataclass(frozen=True, slots=True)
class Named:
    """A dimension or an entity by any spelling a query knows (`channel`, `visitor`, `metric_time__month`)."""

    spelling: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a condition of the YAML holds on the row: true or false, never null."""

    condition: Filter


@dataclass(frozen=True, slots=True)
class Measured:
    """What the row gives to a simple metric of the model: its expression where its filters hold, else null.

    A counting metric gives 1, a distinct count the value that it counts.
    """

    metric: str


RowColumn = Named | Holds | Measured


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Rows of `model`: which columns under which names, and which rows.

    `filters` are conditions of the YAML, `where` those of a question. `time` is the dimension that `start`
    (included) and `end` (excluded) limit and that `metric_time` means: the model's own by default. Rows
    without a time are left out as soon as there is one to limit, unless `undated` asks for them.
    """

    model: str
    columns: Mapping[str, RowColumn]
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    time: str | None = None
    start: date | None = None
    end: date | None = None
    undated: bool = False


Place = Scalar | date | Window


@dataclass(frozen=True, slots=True)
class Step:
    """One CTE: a SELECT over the rows and steps before it. `values` fill its `:name` places.

    `once`: computed a single time however often it is used, where the database would not see by itself that it is dear.
    """

    name: str
    sql: str
    values: Mapping[str, Place] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """A statement over rows: CTEs in order, then the SELECT that gives the result."""

    rows: Mapping[str, RowQuery]
    result: str
    steps: tuple[Step, ...] = ()
    values: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """Column names and rows of an analysis, and its SQL as run."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sql: str

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of one column, in row order; ValueError where there is none."""
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def records(self) -> tuple[dict[str, Cell], ...]:
        """Return each row as a mapping by column name."""
        return tuple(dict(zip(self.columns, row, strict=True)) for row in self.rows)


def analyse(
    layer: SemanticLayer,
    analysis: Analysis,
    *,
    today: date | None = None,
    user: str | None = None,
    row_limit: int | None = None,
    timeout: float | None = None,
) -> AnalysisResult:
    """Return the rows of an analysis under the user's rights, and its SQL as run.

    Raises:
        UnknownNameError, AmbiguousPathError, QueryError: a name that cannot be resolved from the model.
        AccessError: the user is unknown where the workspace has access rules.
        EngineError: the database failed or a limit was reached.
    """
    from semantic_layer.compiler.analysis import STEPS_DIALECT, analysis_statement

    rights = layer.rights(user)
    context = layer.compile_context(layer.today(today), rights)
    if layer.engine.dialect != STEPS_DIALECT:
        from semantic_layer.bringing import analyse_brought

        return analyse_brought(layer, analysis, context, rights.hidden, row_limit=row_limit, timeout=timeout)
    sql = analysis_statement(layer.catalog, analysis, context, rights.hidden)
    result = layer.execute(sql, row_limit, timeout)
    return AnalysisResult(result.columns, result.rows, sql)
