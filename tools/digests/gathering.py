"""Reads what a digest needs, through the same queries and analyses as questions; what fails leaves a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from semantic_layer.catalog import Dimension, Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Grain, Period, truncate
from semantic_layer.query import Compare, GroupBy, MetricQuery, OrderBy, PeriodRange
from semantic_layer.table import Table
from semantic_layer.text import Text
from tools.digests.choosing import Frame, main_of, open_days, splits_of
from tools.progress import CancelledError
from tools.promises import Promise
from tools.registry import Tool, ToolContext
from tools.render import as_float
from tools.result import Finding, Suggestion

MOST_MEMBERS = 12
TREND_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Reported:
    """One metric: its value in the period and in the one before, None where there is none; `open` days still change."""

    metric: Metric
    value: float | None
    before: float | None
    open: int

    @property
    def growth(self) -> float | None:
        """Return the relative change; None without a base."""
        return self.value / self.before - 1 if self.value is not None and self.before else None


@dataclass(slots=True)
class Gathered:
    """Everything a digest tells. `reasons` say what could not be had and why.

    `same_days`: the main metric over the first n days of both periods, where one of them is shorter.
    """

    frame: Frame
    reported: list[Reported] = field(default_factory=list)
    same_days: Reported | None = None
    trend: Table | None = None
    splits: list[tuple[Metric, Dimension, Table]] = field(default_factory=list)
    why: list[Finding] = field(default_factory=list)
    goals: list[Finding] = field(default_factory=list)
    suggestions: tuple[Suggestion, ...] = ()
    due: list[Promise] = field(default_factory=list)
    reasons: list[Text] = field(default_factory=list)
    sql: list[str] = field(default_factory=list)


def _read(query: MetricQuery, gathered: Gathered, context: ToolContext) -> Table | None:
    try:
        result = context.query(query)
    except CancelledError:
        raise
    except AskGrowthError as error:
        gathered.reasons.append(error.message)
        return None
    gathered.sql.append(result.sql)
    return result.table


def read_metrics(metrics: Sequence[Metric], gathered: Gathered, context: ToolContext) -> None:
    """Add each metric's value in the period and in the one it is held against."""
    frame = gathered.frame
    for metric in metrics:
        one = _reported(metric, (frame.period, frame.before), gathered, context)
        if one.value is not None:
            gathered.reported.append(one)
    if frame.same_days is not None:
        gathered.same_days = _reported(main_of(metrics), frame.same_days, gathered, context)


def _reported(
    metric: Metric, periods: tuple[Period, Period], gathered: Gathered, context: ToolContext
) -> Reported:
    values: list[float | None] = []
    for period in periods:
        table = _read(MetricQuery(metrics=(metric.name,), period=PeriodRange.of(period)), gathered, context)
        values.append(as_float(table.rows[0][0]) if table is not None and table.rows else None)
    return Reported(metric, values[0], values[1], open_days(metric, periods[0], context))


def read_trend(metrics: Sequence[Metric], gathered: Gathered, context: ToolContext) -> None:
    """Add the main metric by week up to the end of the period, or by day over an event."""
    main, period = main_of(metrics), gathered.frame.period
    grain = Grain.DAY if gathered.frame.kind == "event" else Grain.WEEK
    start, end = period.start, period.end
    if grain is Grain.WEEK:  # whole weeks only: part of one would look like a fall
        end = truncate(period.end, grain, context.layer.catalog.week_start)
        start = end - timedelta(weeks=TREND_WEEKS)
    query = MetricQuery(
        metrics=(main.name,),
        group_by=(GroupBy(dimension="metric_time", grain=grain),),
        period=PeriodRange(start=start, end=end),
    )
    gathered.trend = _read(query, gathered, context)


def read_splits(metrics: Sequence[Metric], gathered: Gathered, context: ToolContext) -> None:
    """Add a table per pair of metric and dimension, the largest member first."""
    frame = gathered.frame
    for metric, dimension in splits_of(metrics, context):
        query = MetricQuery(
            metrics=(metric.name,),
            group_by=(GroupBy(dimension=dimension.name),),
            period=PeriodRange.of(frame.period),
            compare=(Compare(kind="period", period=PeriodRange.of(frame.before)),),
            order_by=(OrderBy(column=metric.name),),
        )
        table = _read(query, gathered, context)
        if table is not None and len(table.rows) > 1:
            gathered.splits.append((metric, dimension, _narrow(table.head(MOST_MEMBERS))))


def _narrow(table: Table) -> Table:
    """Return the table without differences, which the rest says on a phone, and without members that have nothing."""
    kept = [at for at, column in enumerate(table.columns) if not column.name.endswith("__delta")]
    rows = tuple(
        tuple(row[at] for at in kept) for row in table.rows if any(one is not None for one in row[1:])
    )
    return Table(tuple(table.columns[at] for at in kept), rows, table.row_count)


def explain(metrics: Sequence[Metric], tool: Tool, gathered: Gathered, context: ToolContext) -> None:
    """Add why the main metric changed."""
    frame = gathered.frame
    inputs = {
        "metric": main_of(metrics).name,
        "period": PeriodRange.of(frame.period).model_dump(mode="json"),
        "compare": {"kind": "period", "period": PeriodRange.of(frame.before).model_dump(mode="json")},
    }
    gathered.why += _findings(tool, inputs, gathered, context)


def look_at_goals(tool: Tool, gathered: Gathered, context: ToolContext) -> None:
    """Add how the running targets stand; nothing where there are none."""
    before = len(gathered.reasons)
    gathered.goals += _findings(tool, {}, gathered, context)
    del gathered.reasons[before:]  # a workspace without targets is nothing to report


def look_ahead(tool: Tool, most: int, gathered: Gathered, context: ToolContext) -> None:
    """Add what to do next."""
    try:
        gathered.suggestions = tool.run({}, context).suggestions[:most]
    except CancelledError:
        raise
    except AskGrowthError as error:
        gathered.reasons.append(error.message)


def look_back(gathered: Gathered, context: ToolContext) -> None:
    """Add the accepted suggestions that run, and those that were measured since the period began."""
    for one in context.decided():
        fresh = one.realised is not None and one.realised.measured_on >= gathered.frame.period.start
        if one.status == "accepted" or fresh:
            gathered.due.append(one)


def _findings(
    tool: Tool, inputs: Mapping[str, object], gathered: Gathered, context: ToolContext
) -> tuple[Finding, ...]:
    try:
        result = tool.run(inputs, context)
    except CancelledError:
        raise
    except AskGrowthError as error:
        gathered.reasons.append(error.message)
        return ()
    gathered.sql += [one for one in result.sql if one not in gathered.sql]
    said = result.headline
    further = [
        one for one in result.findings if one.statement.zh not in said.zh
    ]  # the conclusion repeats the first
    return (Finding("change", said), *further)
