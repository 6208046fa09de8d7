"""What a compilation needs beside the query, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from semantic_layer.period import Period
from semantic_layer.query import MetricQuery
from semantic_layer.table import Column
from semantic_layer.text import Text


class DataSpan(Protocol):
    """From which day to which day a model holds data; `end` is the day after the last one."""

    @property
    def start(self) -> date | None:
        """Return the first day with data, None where unknown."""
        ...

    @property
    def end(self) -> date | None:
        """Return the day after the last day with data, None where unknown."""
        ...


@dataclass(frozen=True, slots=True)
class CompileContext:
    """The day, the data's span by model, the dialect, and what the asking user may see.

    `row_filters` hold SQL conditions over dimensions by model, ANDed to every read of it. `hidden`
    dimensions do not exist for the user; `masked` ones show as null. No row later than `today` is read.
    """

    today: date
    coverage: Mapping[str, DataSpan] = field(default_factory=dict)
    dialect: str = "duckdb"
    row_filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    rollups: frozenset[str] = frozenset()  # the rollups that are built on the data as they are
    text: bool = True  # False: only whether it compiles is asked, and no SQL is written
    filtering: tuple[str, ...] = ()  # the metrics in whose filters this compilation stands, outermost first


@dataclass(frozen=True, slots=True)
class PeriodRole:
    """One executed period: the main one, or a comparison with its column suffix (`previous_year`)."""

    role: Literal["main", "comparison"]
    period: Period
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """The SQL of a query, its result columns and how the query was read.

    `query` is canonical: names resolved, grains and period filled in. `sql` is empty where the context asked for no
    text. `totals_sql` gives one row with the columns `totals_columns`. `tie_sql` gives the first row (per group) that
    `limit` cut off: see `tied_at_cut`.
    """

    sql: str
    columns: tuple[Column, ...]
    query: MetricQuery
    periods: tuple[PeriodRole, ...]
    models: tuple[str, ...]
    warnings: tuple[Text, ...] = ()
    totals_sql: str | None = None
    totals_columns: tuple[str, ...] = ()
    tie: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    rollups: tuple[str, ...] = ()  # the pre-aggregated tables that were read in place of facts
    cut_by: tuple[str, ...] = ()  # what the rows are sorted by, before the tie-break

    @property
    def tie_sql(self) -> str | None:
        """Return the SQL for the first row (per group) that the limit cut off; None without a limit.

        Written on demand: most callers never ask.
        """
        return self.tie() if self.tie is not None else None
