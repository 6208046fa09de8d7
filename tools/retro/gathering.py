"""Everything a retrospective needs, from the other analyses; what cannot be had is kept as a reason, not dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from semantic_layer.catalog import Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import MetricQuery, PeriodRange
from semantic_layer.rows import Analysis, Named, RowColumn, RowQuery
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of
from tools.progress import CancelledError
from tools.registry import Tool, ToolContext
from tools.render import as_float
from tools.result import Suggestion, ToolResult
from tools.retro.promised import promised_in
from tools.targets.goals import goals_of, with_goals
from tools.trials.evaluating import Evaluation, evaluate
from tools.trials.reading import question_of

MOST_METRICS, MOST_ACTIONS, MOST_STARTS = 4, 8, 3


class Queries:
    """The statements in the order they are first cited; a claim names them by number from 1."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def cite(self, statements: Sequence[str]) -> tuple[int, ...]:
        """Return the numbers of statements, adding those that are new."""
        for one in statements:
            if one not in self.statements:
                self.statements.append(one)
        return tuple(sorted({self.statements.index(one) + 1 for one in statements}))


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric in the period: what it was, what was planned, what it was before; None where there is none."""

    metric: Metric
    actual: float | None
    goal: float | None
    before: float | None
    queries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One entry of the action log; `effect` is (value, low, high, relative, placebo p) where it could be measured."""

    day: date
    kind: Cell
    note: str
    by: str
    effect: tuple[float, float, float, float, float] | None
    why_not: Text | None
    queries: tuple[int, ...]

    @property
    def stands(self) -> bool:
        """Return whether the effect can be told from chance."""
        return self.effect is not None and self.effect[4] <= 0.1 and self.effect[1] * self.effect[2] > 0


@dataclass(slots=True)
class Material:
    """What was gathered; `reasons` say what could not be had and why."""

    period: Period
    before: Period
    scored: list[Scored] = field(default_factory=list)
    drivers: ToolResult | None = None
    driver_queries: tuple[int, ...] = ()
    tried: list[Tried] = field(default_factory=list)
    trials: list[tuple[Evaluation, tuple[int, ...]]] = field(default_factory=list)
    running: list[Text] = field(default_factory=list)
    starts: tuple[Suggestion, ...] = ()
    promised: list[tuple[Literal["keep", "stop", "open"], Text, tuple[int, ...]]] = field(
        default_factory=list
    )
    reasons: list[Text] = field(default_factory=list)


def score(metrics: Sequence[Metric], material: Material, queries: Queries, context: ToolContext) -> None:
    """Add what each metric was, was planned to be, and was before; one that cannot be read leaves a reason."""
    for metric in metrics:
        try:
            values, cited = [], []
            for period in (material.period, material.before):
                result = context.query(MetricQuery(metrics=(metric.name,), period=PeriodRange.of(period)))
                cited.append(result.sql)
                values.append(as_float(result.table.rows[0][0]) if result.table.rows else None)
            goal, read = _goal(metric, material.period, context)
        except CancelledError:
            raise
        except AskGrowthError as error:
            material.reasons.append(error.message)
            continue
        material.scored.append(Scored(metric, values[0], goal, values[1], queries.cite([*cited, *read])))


def chosen_metrics(name: str | None, context: ToolContext) -> list[Metric]:
    """Return the metric asked for, else those with a target, else the first strategic one."""
    catalog = context.layer.catalog
    hidden = context.layer.rights(context.user).hidden
    if name is not None:
        return [catalog.metrics[name]]
    aimed = [one for one in with_goals(catalog) if one.name not in hidden][:MOST_METRICS]
    shown = [one for one in catalog.metrics.values() if not one.hidden and one.name not in hidden]
    return aimed or sorted(shown, key=lambda one: one.tier != "strategic")[:1]


def _goal(metric: Metric, period: Period, context: ToolContext) -> tuple[float | None, list[str]]:
    """Return the plan of the period and where it was read: its own, else plans that fill it end to end."""
    goals = [one for one in goals_of(context, metric) if not one.where]
    whole = Period.of(period.start, period.requested_end)
    exact = [one for one in goals if (one.period.start, one.period.end) == (whole.start, whole.end)]
    if exact:
        return exact[0].value, list(exact[0].sql)
    inside = [one for one in goals if whole.start <= one.period.start and one.period.end <= whole.end]
    adds = metric.type.__class__.__name__ == "SimpleMetric" and not metric.not_additive
    if adds and inside and sum(one.period.days for one in inside) == whole.days:
        return sum(one.value for one in inside), [sql for one in inside for sql in one.sql]
    return None, []


def explain(metric: Metric, material: Material, tool: Tool, queries: Queries, context: ToolContext) -> None:
    """Add why the first metric changed against the period before."""
    inputs = {
        "metric": metric.name,
        "period": PeriodRange.of(material.period).model_dump(mode="json"),
        "compare": {"kind": "period", "period": PeriodRange.of(material.before).model_dump(mode="json")},
    }
    try:
        material.drivers = tool.run(inputs, context)
    except CancelledError:
        raise
    except AskGrowthError as error:
        material.reasons.append(error.message)
        return
    material.driver_queries = queries.cite(material.drivers.sql)


def look_at_actions(
    metric: Metric, material: Material, tool: Tool, queries: Queries, context: ToolContext
) -> None:
    """Add what was done in the period according to the log, each with what it did to the metric where that shows."""
    for binding in context.layer.catalog.analyses:
        if binding.kind != "action":
            continue
        keys = (
            ("kind", name_of(binding, "kind")),
            ("note", name_of(binding, "text")),
            ("by", name_of(binding, "by")),
        )
        columns: dict[str, RowColumn] = {"day": Named("metric_time")}
        columns |= {alias: Named(name) for alias, name in keys if name is not None}
        rows = RowQuery(
            model_of(binding), columns, filters=filters_of(binding), time=name_of(binding, "time"),
            start=material.period.start, end=material.period.end,
        )  # fmt: skip
        result = context.analyse(Analysis({"log": rows}, "SELECT * FROM log ORDER BY day"), row_limit=200)
        logged = queries.cite([result.sql])
        for at, one in enumerate(result.records()):
            day = one["day"]
            note = str(one.get("note") or "")
            done, why_not, cited = None, None, logged
            if at < MOST_ACTIONS and note:
                context.step(
                    Text(zh=f"评估「{note}」", en=f"Measuring “{note}”"), 0.3 + 0.3 * at / MOST_ACTIONS
                )
                done, why_not, more = _effect(metric, note, tool, queries, context)
                cited = (*logged, *more)
            when = day.date() if isinstance(day, datetime) else day
            assert isinstance(when, date)
            by = str(one.get("by") or "")
            material.tried.append(Tried(when, one.get("kind"), note, by, done, why_not, cited))


def _effect(
    metric: Metric, note: str, tool: Tool, queries: Queries, context: ToolContext
) -> tuple[tuple[float, float, float, float, float] | None, Text | None, tuple[int, ...]]:
    try:
        result = tool.run({"metric": metric.name, "action": note}, context)
    except CancelledError:
        raise
    except AskGrowthError as error:
        return None, error.message, ()
    table = result.tables[0]
    row = table.rows[0]
    value = next(row[at] for at, one in enumerate(table.columns) if one.name.endswith("__delta"))
    low = next(row[at] for at, one in enumerate(table.columns) if one.name.endswith("__low"))
    high = next(row[at] for at, one in enumerate(table.columns) if one.name.endswith("__high"))
    numbers = [
        as_float(one) for one in (value, low, high, row[table.index("relative")], row[table.index("p_value")])
    ]
    if any(one is None for one in numbers):
        return None, None, queries.cite(result.sql)
    a, b, c, d, e = (float(one) for one in numbers if one is not None)
    return (a, b, c, d, e), None, queries.cite(result.sql)


def look_at_trials(material: Material, queries: Queries, context: ToolContext) -> None:
    """Add the experiments that ended in the period, evaluated, and name those that still run after it."""
    for binding in context.layer.catalog.analyses:
        if binding.kind != "experiment":
            continue
        start, end = binding.options.get("start"), binding.options.get("end")
        if not isinstance(start, date) or not isinstance(end, date):
            continue
        if start < material.period.end < end:
            material.running.append(binding.label)
        if not material.period.start < end <= material.period.end + timedelta(days=1):
            continue
        try:
            done = evaluate(question_of(binding, context.layer.catalog.metrics, None, (), ()), context, None)
        except CancelledError:
            raise
        except AskGrowthError as error:
            material.reasons.append(error.message)
            continue
        material.trials.append((done, queries.cite([done.sql])))


def look_at_promises(material: Material, queries: Queries, context: ToolContext) -> None:
    """Add what was tried on advice in the period, with the ledger's verdict."""
    for verdict, said, sql in promised_in(material.period, context):
        material.promised.append((verdict, said, queries.cite(sql)))


def look_ahead(material: Material, tool: Tool, context: ToolContext) -> None:
    """Add what to start, from the growth suggestions; none where the data support none."""
    try:
        material.starts = tool.run({}, context).suggestions[:MOST_STARTS]
    except CancelledError:
        raise
    except AskGrowthError as error:
        material.reasons.append(error.message)
