"""Runs one plan: query, side queries, words and chart. Everything it reads goes through the layer's `query`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.analyses import Analyses
from bot.answer import Part, PeriodUsed, Slot
from bot.compose.asking import question_of
from bot.compose.charting import chart_for
from bot.compose.findings import findings
from bot.compose.first_questions import BROAD, first_questions
from bot.compose.follow_ups import follow_ups
from bot.compose.headline import headline
from bot.compose.interpretation import plan_slots, slots_of, tool_period
from bot.compose.metadata import metadata
from bot.compose.phrases import as_sentence, label_of
from bot.compose.side import Side, read_beside
from bot.compose.suggestions import suggestions
from bot.compose.tool_follow_ups import metrics_of, tool_follow_ups
from bot.compose.view import Scene, UsedPeriod, View
from bot.compose.warnings import period_notes, running_notes
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, Option, ToolPlan
from bot.undated import without_empty_undated
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.text import Text
from tools.progress import SILENCE, Progress
from tools.promises import Promises, no_promises
from tools.registry import Registry, ToolContext
from tools.result import ChartSpec, Finding, Suggestion

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

MOST_READINGS = 2
MOST_NEXT = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one executed plan gives to the answer."""

    part: Part
    headline: Text
    periods: tuple[PeriodUsed, ...] = ()
    slots: tuple[Slot, ...] = ()
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    chart: ChartSpec | None = None
    warnings: tuple[Text, ...] = ()
    running: tuple[Text, ...] = ()  # that the period is not over, where no word of the question said so
    follow_ups: tuple[Option, ...] = ()
    metrics: tuple[str, ...] = ()
    side_queries: tuple[tuple[str, str], ...] = ()  # what for, SQL
    view: View | None = None  # what a metric plan gave


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds per stage of one answer; a stage run several times adds up."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, (time.perf_counter() - begin) * 1000)

    def add(self, name: str, milliseconds: float) -> None:
        """Add to a stage."""
        self.spent[name] = self.spent.get(name, 0.0) + milliseconds


@dataclass(frozen=True, slots=True)
class Execution:
    """One asking user on one day over one layer. Holds no state between plans but the stopwatch."""

    layer: SemanticLayer
    registry: Callable[[], Registry]
    today: date
    user: str | None
    row_limit: int | None
    watch: Stopwatch
    rollups: list[str] = field(default_factory=list)  # the pre-aggregated tables that were read
    progress: Progress = SILENCE
    promises: Promises = no_promises
    analyses: Analyses = field(default_factory=Analyses)

    def execute(
        self,
        plan: AnswerablePlan,
        *,
        brief: bool = False,
        known: Callable[[Outcome], None] | None = None,
    ) -> Outcome:
        """Return the outcome of one plan; `brief` leaves out follow-ups and suggestions.

        `known` gets the outcome without suggestions as soon as there is one: advice may take longer than the answer.

        Raises:
            AskGrowthError: the plan cannot be run, or its data cannot be read.
        """
        if isinstance(plan, MetricPlan):
            return self._metric(plan, brief=brief, known=known)
        if isinstance(plan, ToolPlan):
            return self._tool(plan)
        return self._metadata(plan)

    def compiled(self, plan: AnswerablePlan) -> Part:
        """Return the plan's SQL without running it; an analysis or a catalog question has none."""
        if not isinstance(plan, MetricPlan):
            return Part(plan, None)
        with self.watch.stage("compile"):
            found = self.layer.compile(as_query(plan), today=self.today, user=self.user)
        return Part(plan, None, (found.sql,))

    def compiles(self, query: MetricQuery) -> bool:
        """Return whether a query could be run."""
        return self.layer.compiles(as_query(query), today=self.today, user=self.user)

    def scene(self, metrics: tuple[str, ...] = ()) -> Scene:
        """Return what composing must know; coverage is that of the metrics."""
        catalog = self.layer.catalog
        span = self.layer.coverage(metrics) if metrics else None
        end = span.end if span is not None else None
        return Scene(
            catalog=catalog,
            today=self.today,
            data_start=span.start if span is not None else None,
            data_end=self._read_until(end),
            week_start=catalog.week_start,
            fiscal_year_start=catalog.fiscal_year_start,
            hidden=self.layer.rights(self.user).hidden,
        )

    def _read_until(self, end: date | None) -> date | None:
        """Return the day after the last one read: rows after today are left out, today's are not."""
        return min(end, self.today + ONE_DAY) if end is not None else None

    def _run(self, query: MetricQuery) -> tuple[View, str, tuple[Text, ...]]:
        """Return view, SQL and the compiler's warnings of one query."""
        begin = time.perf_counter()
        result = self.layer.query(as_query(query), today=self.today, user=self.user)
        elapsed = (time.perf_counter() - begin) * 1000
        self.watch.add("execute", result.milliseconds)
        self.watch.add("compile", max(0.0, elapsed - result.milliseconds))
        compiled = result.compiled
        self.rollups.extend(name for name in compiled.rollups if name not in self.rollups)
        # The canonical query has a period even where none was asked; sentences must tell the two apart.
        canonical = compiled.query.model_copy(
            update={"period": compiled.query.period if query.period else None}
        )
        periods = tuple(
            UsedPeriod(used.role, used.period, used.suffix)
            for used in compiled.periods
            if query.period is not None or used.role == "comparison"
        )
        table = without_empty_undated(result.table)
        return View(as_query(canonical), table, periods), result.sql, result.warnings

    def _metric(self, plan: MetricPlan, *, brief: bool, known: Callable[[Outcome], None] | None) -> Outcome:
        view, sql, warned = self._run(plan)
        view = replace(view, focus=plan.focus)
        beside: list[tuple[str, str]] = []

        def run_beside(query: MetricQuery, purpose: str) -> View:
            found, text, _ = self._run(query)
            beside.append((purpose, text))
            return found

        scene = self.scene(view.query.metrics)
        side = read_beside(view, scene, run_beside)
        with self.watch.stage("compose"):
            part = Part(plan, view.table.head(self.row_limit), (sql,))
            said = headline(view, side, scene)
            outcome = Outcome(
                part,
                said,
                periods=self._periods(view, scene),
                slots=slots_of(view, scene),
                findings=findings(view, side, scene),
                chart=chart_for(view, side, scene, plan.presentation),
                warnings=(*warned, *period_notes(view, scene)),
                running=running_notes(view, scene),
                follow_ups=() if brief else self._follow_ups(view, side, scene),
                metrics=view.query.metrics,
                side_queries=tuple(beside),
                view=view,
            )
        if brief:
            return outcome
        if known is not None:
            known(outcome)
        with self.watch.stage("suggest"):
            advice = suggestions(view, scene, self.registry(), self._tool_context())
        return replace(outcome, suggestions=advice)

    def _follow_ups(self, view: View, side: Side, scene: Scene) -> tuple[Option, ...]:
        return follow_ups(view, side, scene, self.compiles, self.registry())

    def next_questions(self, readings: tuple[Option, ...], further: tuple[Option, ...]) -> tuple[Option, ...]:
        """Return the other readings of a vague word, said our way, before what to ask next; each plan once."""
        scene = self.scene()
        found: list[Option] = []
        for option in readings[:MOST_READINGS]:
            said = question_of(option.plan, scene) if isinstance(option.plan, MetricPlan) else None
            found.append(Option(question=said or option.question, plan=option.plan))
        found += [option for option in further if all(option.plan != other.plan for other in found)]
        return tuple(found[:MOST_NEXT])

    def _periods(self, view: View, scene: Scene) -> tuple[PeriodUsed, ...]:
        return tuple(
            PeriodUsed(
                used.role,
                used.period.start,
                used.period.end,
                used.period.requested_end,
                label_of(scene, used.period),
            )
            for used in view.periods
        )

    def _tool_context(self) -> ToolContext:
        return ToolContext(self.layer, self.today, self.user, self.progress, promises=self.promises)

    def _tool(self, plan: ToolPlan) -> Outcome:
        tool = self.registry().get(plan.name)
        with self.watch.stage("execute"):
            result = self.analyses.run(tool, plan, self._tool_context())
        table = result.tables[0].head(self.row_limit) if result.tables else None
        periods = self._tool_periods(plan, result.periods)
        with self.watch.stage("compose"):
            shown = (*((result.chart.table,) if result.chart is not None else ()), *result.tables[:1])
            about = metrics_of(plan, result.findings, shown, self.scene())
            scene = self.scene(about)
            further = tool_follow_ups(
                plan, periods, result.tables[:1], about, scene, self.compiles, self.registry()
            )
        return Outcome(
            Part(plan, table, result.sql, tuple(one.head(self.row_limit) for one in result.tables[1:])),
            as_sentence(result.headline),
            periods=periods,
            slots=plan_slots(plan, self.scene(), tool.label),
            findings=tuple(replace(one, statement=as_sentence(one.statement)) for one in result.findings),
            suggestions=result.suggestions,
            chart=result.chart,
            warnings=result.warnings,
            follow_ups=further,
            metrics=about,
        )

    def _tool_periods(self, plan: ToolPlan, used: tuple[Period, ...]) -> tuple[PeriodUsed, ...]:
        """Return the dates an analysis is about: as asked, else as it says; then those it compares with."""
        asked = tool_period(plan)
        cut = bool(used) and asked is not None and used[0].is_partial and used[0].start == asked.start
        periods = (asked, *used[1:]) if asked is not None and not cut else used
        scene = self.scene()
        return tuple(
            PeriodUsed(
                "main" if at == 0 else "comparison",
                period.start,
                period.end,
                period.requested_end,
                label_of(scene, period),
            )
            for at, period in enumerate(periods)
        )

    def _metadata(self, plan: MetadataPlan) -> Outcome:
        if plan.topic == "values":
            return self._values(plan)

        def span(model: str) -> tuple[date | None, date | None]:
            found = self.layer.model_coverage(model)
            return found.start, self._read_until(found.end)

        with self.watch.stage("compose"):
            said, table = metadata(plan, self.scene(), span)
        used = (
            tuple(n for n in plan.names if n in self.layer.catalog.metrics)
            if plan.topic == "definition"
            else ()
        )
        begin = plan.topic in BROAD
        return Outcome(
            Part(plan, table.head(self.row_limit)),
            said,
            slots=plan_slots(plan, self.scene()),
            follow_ups=first_questions(self.scene(), self.compiles, self.registry()) if begin else (),
            metrics=used,
        )

    def _values(self, plan: MetadataPlan) -> Outcome:
        """Return the distinct values of dimensions: a query like any other, so access rules hold."""
        query = MetricQuery(group_by=tuple(GroupBy(dimension=name) for name in plan.names))
        view, sql, warned = self._run(query)
        with self.watch.stage("compose"):
            said = headline(view, Side(), self.scene())
        return Outcome(
            Part(plan, view.table.head(self.row_limit), (sql,)),
            said,
            slots=plan_slots(plan, self.scene()),
            warnings=warned,
        )


def as_query(query: MetricQuery) -> MetricQuery:
    """Return the plain query of a plan, without its tag and presentation."""
    if type(query) is MetricQuery:
        return query
    return MetricQuery.model_construct(
        query.model_fields_set & set(MetricQuery.model_fields),
        **{name: getattr(query, name) for name in MetricQuery.model_fields},
    )
