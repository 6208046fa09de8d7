"""An open workspace: its catalog, its data and the one way to query them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from semantic_layer.access import Rights, Users, rights_of
from semantic_layer.catalog import Catalog
from semantic_layer.content import Opening, VerifiedQuestion, WorkspaceSettings
from semantic_layer.coverage import (
    Coverage,
    CoverageMap,
    data_today,
    measure,
    metrics_coverage,
    model_coverage,
)
from semantic_layer.engines.base import Engine, EngineResult
from semantic_layer.errors import AskGrowthError, UnknownNameError
from semantic_layer.query import MetricQuery, Scalar
from semantic_layer.querying import QueryResult, run_query
from semantic_layer.results import ResultCache
from semantic_layer.table import Cell
from semantic_layer.text import Text
from semantic_layer.watching import Watching

if TYPE_CHECKING:
    from semantic_layer.compiler import CompileContext, CompiledQuery
    from semantic_layer.rows import Analysis, AnalysisResult

MOST_KEPT = 5_000  # queries of which it is known whether they compile


@dataclass(frozen=True, slots=True)
class Reload:
    """What a look for changes found: the layer to use from now on, and what is wrong with the changed files."""

    layer: SemanticLayer
    changed: bool = False
    error: AskGrowthError | None = None


@dataclass(slots=True, weakref_slot=True, eq=False)
class SemanticLayer:
    """An open workspace; safe to share between threads. Made by `semantic_layer.open`."""

    catalog: Catalog
    settings: WorkspaceSettings
    engine: Engine
    data_version: str
    users: Users
    verified: tuple[VerifiedQuestion, ...]
    opening: Opening
    _spans: CoverageMap | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _results: ResultCache = field(default_factory=ResultCache)
    _compiling: dict[tuple[MetricQuery, date, str | None], bool] = field(default_factory=dict)
    _rollups: frozenset[str] | None = None
    _looked: float = field(default_factory=time.monotonic)
    _desks: set[Engine] = field(default_factory=set)

    @property
    def watching(self) -> Watching:
        """Return the alerts and the jobs of the YAML."""
        return self.opening.content.watching

    # ------------------------------------------------------------------------------------------------------- time

    def today(self, override: date | None = None) -> date:
        """Return the local date that questions are asked on: `override`, else as the workspace says.

        `today: data` is the day after the last day with data (the clock's date where no model has a time).
        """
        if override is not None:
            return override
        policy = self.settings.today
        if isinstance(policy, date):
            return policy
        if policy == "data" and (day := data_today(self.catalog, self.spans())) is not None:
            return day
        return datetime.now(ZoneInfo(self.settings.timezone)).date()

    def spans(self) -> CoverageMap:
        """Return the coverage by (model, time dimension); measured on first use where it is not stored."""
        if self._spans is None:
            with self._lock:
                if self._spans is None:
                    self._spans = measure(self.catalog, self.engine)
        return self._spans

    def coverage(self, metrics: Sequence[str]) -> Coverage:
        """Return from when to when the metrics have data; see `metrics_coverage`."""
        return metrics_coverage(self.catalog, self.spans(), metrics)

    def model_coverage(self, model: str) -> Coverage:
        """Return from when to when a model has data, at its own time."""
        return model_coverage(self.catalog, self.spans(), model)

    # ---------------------------------------------------------------------------------------------------- queries

    def rights(self, user: str | None = None) -> Rights:
        """Return what a user may see; AccessError where the workspace has rules and the user is unknown."""
        return rights_of(self.catalog.access, self.users, user)

    def compile(
        self,
        query: MetricQuery | None = None,
        *,
        today: date | None = None,
        user: str | None = None,
        dialect: str | None = None,
        **written: Any,
    ) -> CompiledQuery:
        """Return the SQL of a query (or of `query`'s keyword form), in another `dialect` than the engine's if asked.

        Raises:
            UnknownNameError, QueryError, AmbiguousPathError, AccessError: it cannot be computed, or not for this user.
        """
        day = self.today(today)
        asked = query if query is not None else self.read_query(today=day, **written)
        return self.compile_with(asked, day, self.rights(user), dialect)

    def compile_with(
        self, query: MetricQuery, day: date, rights: Rights, dialect: str | None = None
    ) -> CompiledQuery:
        """Return the SQL of a query under rights worked out already (`check` has all)."""
        from semantic_layer.compiler import compile_query

        self._refuse_hidden(query, rights)
        return compile_query(self.catalog, query, self.compile_context(day, rights, dialect))

    def compiles(self, query: MetricQuery, *, today: date | None = None, user: str | None = None) -> bool:
        """Return whether `compile` would give SQL, without writing it; kept, as the same is asked again and again."""
        from semantic_layer.compiler import compile_query

        day = self.today(today)
        known = self._compiling.get((query, day, user))
        if known is None:
            try:
                rights = self.rights(user)
                self._refuse_hidden(query, rights)
                compile_query(self.catalog, query, replace(self.compile_context(day, rights), text=False))
                known = True
            except AskGrowthError:
                known = False
            if len(self._compiling) >= MOST_KEPT:
                self._compiling.clear()
            self._compiling[query, day, user] = known
        return known

    def compile_context(self, day: date, rights: Rights, dialect: str | None = None) -> CompileContext:
        """Return what a compilation needs beside the query: the day, the data's span, the rights."""
        from semantic_layer.compiler import CompileContext

        return CompileContext(
            today=day,
            coverage={name: self.model_coverage(name) for name in self.catalog.models},
            dialect=dialect or self.engine.dialect,
            row_filters=rights.row_filters,
            hidden=rights.hidden,
            masked=rights.masked,
            rollups=self.rollups() if dialect in (None, self.engine.dialect) else frozenset(),
        )

    def rollups(self) -> frozenset[str]:
        """Return the rollups that are built on these data; looked up on first use."""
        if self._rollups is None:
            from semantic_layer.rollup_store import built_rollups

            with self._lock:
                self._rollups = frozenset(built_rollups(self.catalog, self.engine))
        return self._rollups

    def query(
        self,
        query: MetricQuery | None = None,
        *,
        today: date | None = None,
        user: str | None = None,
        row_limit: int | None = None,
        timeout: float | None = None,
        **written: Any,
    ) -> QueryResult:
        """Return the rows of a metric query.

        Keyword form: `query(metrics=["gmv"], by="channel,ordered_at:week", where="channel = 'x'",
        period="last_30_days")`, with every key of `shorthand.parse_query`.

        Raises:
            As `compile`; EngineError: the database failed or a limit was reached.
        """
        compiled = self.compile(query, today=today, user=user, **written)
        return run_query(self, compiled, row_limit, timeout)

    def analyse(
        self,
        analysis: Analysis,
        *,
        today: date | None = None,
        user: str | None = None,
        row_limit: int | None = None,
        timeout: float | None = None,
    ) -> AnalysisResult:
        """Return the rows of an analysis over row-level reads, under the user's rights; see `semantic_layer.rows`.

        Raises:
            As `rows.analyse`.
        """
        from semantic_layer.rows import analyse

        return analyse(self, analysis, today=today, user=user, row_limit=row_limit, timeout=timeout)

    def read_query(self, *, today: date | None = None, **written: Any) -> MetricQuery:
        """Return the query of a keyword form, as the command line writes it (`group_by` is another word for `by`)."""
        from semantic_layer.shorthand import names, parse_query

        if "group_by" in written:
            written["by"] = written.pop("group_by")
        metrics = [name for name in names(written.get("metrics")) if name in self.catalog.metrics]
        return parse_query(
            today=self.today(today),
            data_end=self.coverage(metrics).end,
            week_start=self.catalog.week_start,
            fiscal_year_start=self.catalog.fiscal_year_start,
            calendars={name: grain.rule for name, grain in self.catalog.custom_grains.items()},
            **written,
        )

    def values(self, dimension: str) -> Iterator[tuple[Scalar, int | None]]:
        """Yield the distinct stored values of a dimension with their number of rows, the most frequent first.

        Nulls are left out. The count is None where the dimension lives in several models.

        Raises:
            UnknownNameError: there is no such dimension.
        """
        from semantic_layer.values import values_query

        canonical = self.catalog.spellings.get(dimension, dimension)
        if canonical not in self.catalog.dimensions:
            raise UnknownNameError(Text(zh="维度", en="dimension"), dimension, self.catalog.dimensions)
        for value, count in self.engine.execute(
            values_query(self.catalog, canonical, self.engine.dialect)
        ).rows:
            yield _scalar(value), count if isinstance(count, int) else None

    def execute(self, sql: str, row_limit: int | None, timeout: float | None) -> EngineResult:
        """Return the rows of a compiled statement; of data that may change unnoticed nothing is kept."""

        def run() -> EngineResult:
            return self.engine.execute(sql, row_limit=row_limit, timeout=timeout)

        return run() if self.opening.may_change else self._results.get(sql, row_limit, run)

    def _refuse_hidden(self, query: MetricQuery, rights: Rights) -> None:
        """Refuse a hidden metric in the words of one that does not exist."""
        for name in query.metrics:
            if name in rights.hidden:
                known = [metric for metric in self.catalog.metrics if metric not in rights.hidden]
                raise UnknownNameError(Text(zh="指标", en="metric"), name, known)

    # ---------------------------------------------------------------------------------------------------- reload

    def reload_if_changed(self) -> Reload:
        """Return a new layer where the YAML or the data have changed and are valid, else this one.

        Where the changed files have problems, this layer stays in use and `error` says what they are. A
        workspace over a caller's connection only follows its YAML.
        """
        from semantic_layer.opening import reload

        return reload(self)

    def is_due(self, seconds: float) -> bool:
        """Return whether the last look at a server's data is so long ago, and count this as the next look."""
        now = time.monotonic()
        if now - self._looked < seconds:
            return False
        self._looked = now
        return True

    @contextmanager
    def at_work(self, desk: Engine) -> Iterator[None]:
        """Count an engine of one analysis as the layer's own while it runs, so that it is stopped like it."""
        self._desks.add(desk)
        try:
            yield
        finally:
            self._desks.discard(desk)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now: all, or those started by one thread (`threading.get_ident()`)."""
        for engine in (self.engine, *tuple(self._desks)):
            engine.interrupt(thread)

    def close(self) -> None:
        """Give back the database; a connection that the caller gave stays open."""
        self.engine.close()


def _scalar(value: Cell) -> Scalar:
    return value if isinstance(value, (str, int, float, bool)) else str(value)
