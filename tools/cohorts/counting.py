"""Cohorts in SQL: who bought first when, who bought again in which later period, and within how many days.

A customer's cohort is the period of the first purchase ever, whatever is asked; conditions of a question choose
customers by their first purchase (and later purchases count wherever they happen). A row is a purchase where it
counts for the bound `orders` metric, so that returns and unpaid orders are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.period import Grain, Period, bucket, shift
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, AnalysisResult, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.table import Cell
from tools.bindings import filters_of, model_of, name_of
from tools.registry import ToolContext

_AGES = {
    Grain.DAY: "DATE_DIFF('day', b.cohort, b.bucket)",
    Grain.WEEK: "CAST(DATE_DIFF('day', b.cohort, b.bucket) / 7 AS INTEGER)",
    Grain.MONTH: "DATE_DIFF('month', b.cohort, b.bucket)",
    Grain.QUARTER: "CAST(DATE_DIFF('month', b.cohort, b.bucket) / 3 AS INTEGER)",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which cohorts: first purchases in `period`; `data` is what there is, `days` the repeat window."""

    binding: AnalysisBinding
    period: Period
    data: Period
    grain: Grain
    days: int
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers of one first period: how many, how many are active at each finished age, and repeats.

    `active[age]` is missing for an age that is not over. `mature` customers have had the whole repeat window,
    `repeated` of them came back within it.
    """

    start: date
    customers: int
    active: Mapping[int, int]
    mature: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Member:
    """Customers by a dimension of their first purchase."""

    value: str | None
    mature: int
    repeated: int


def triangle(question: Question, context: ToolContext) -> tuple[tuple[Cohort, ...], tuple[str, ...]]:
    """Return the cohorts whose own period is over, oldest first, and the SQL. Nobody at an age counts 0."""
    steps = _steps(question)
    age = _AGES[question.grain]
    active = Analysis(
        _rows(question),
        f"SELECT b.cohort, {age} AS age, COUNT(*) AS customers FROM (SELECT DISTINCT c.who, c.cohort, o.bucket "
        "FROM bought AS o JOIN cohorts AS c ON o.who = c.who) AS b GROUP BY 1, 2 ORDER BY 1, 2",
        steps,
    )
    repeats = Analysis(
        _rows(question),
        "SELECT c.cohort, COUNT(*) AS mature, COUNT(*) FILTER (WHERE c.again) AS repeated FROM returned AS c "
        "GROUP BY 1 ORDER BY 1",
        (*steps, _returned(question)),
    )
    first, second = context.analyse(active), context.analyse(repeats)
    return _read(question, context, first, second), (first.sql, second.sql)


def by_member(question: Question, context: ToolContext) -> tuple[tuple[Member, ...], str]:
    """Return repeats by the asked dimension, read at the first purchase; the most customers first."""
    analysis = Analysis(
        _rows(question),
        "SELECT c.member, COUNT(*) AS mature, COUNT(*) FILTER (WHERE c.again) AS repeated FROM returned AS c "
        "GROUP BY 1 ORDER BY 2 DESC, 1",
        (*_steps(question), _returned(question)),
    )
    result = context.analyse(analysis)
    members = tuple(
        Member(str(value) if value is not None else None, _whole(mature), _whole(repeated))
        for value, mature, repeated in result.rows
    )
    return members, result.sql


def _rows(question: Question) -> dict[str, RowQuery]:
    binding = question.binding
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))),
        "moment": Named("metric_time"),
        "bucket": Named(f"metric_time__{question.grain.value}"),
    }
    if (orders := name_of(binding, "orders")) is not None:
        columns["counted"] = Measured(orders)
    entry = dict(columns)
    if question.dimension is not None:
        entry["member"] = Named(question.dimension)
    model, filters, time = model_of(binding), filters_of(binding), name_of(binding, "time")
    everything = RowQuery(model, columns, filters=filters, time=time, end=question.data.end)
    if not (question.where or question.segments or question.dimension is not None):
        return {"orders_all": everything}
    return {
        "orders_all": everything,
        "entries": RowQuery(
            model,
            entry,
            where=question.where,
            segments=question.segments,
            filters=filters,
            time=time,
            start=question.period.start,
            end=question.period.end,
        ),
    }


def _steps(question: Question) -> tuple[Step, ...]:
    counted = "AND NOT counted IS NULL" if name_of(question.binding, "orders") is not None else ""
    narrowed = bool(question.where or question.segments or question.dimension is not None)
    return (
        Step(
            "bought",
            "SELECT who, CAST(moment AS TIMESTAMP) AS moment, CAST(bucket AS DATE) AS bucket "
            f"FROM orders_all WHERE NOT who IS NULL {counted}",
        ),
        Step("firsts", "SELECT who, MIN(moment) AS first_at, MIN(bucket) AS cohort FROM bought GROUP BY who"),
        _narrowed(question, counted) if narrowed else _everybody(question),
    )


def _everybody(question: Question) -> Step:
    """Return the customers whose first purchase lies in the period: no second look at their first row is needed."""
    return Step(
        "cohorts",
        "SELECT who, first_at, cohort, CAST(NULL AS VARCHAR) AS member FROM firsts "
        "WHERE first_at >= :first AND first_at < :until",
        {"first": question.period.start, "until": question.period.end},
    )


def _narrowed(question: Question, counted: str) -> Step:
    """Return the customers whose first purchase meets the conditions, with the asked dimension of that purchase."""
    member = "MIN(CAST(e.member AS VARCHAR))" if question.dimension is not None else "CAST(NULL AS VARCHAR)"
    return Step(
        "cohorts",
        f"SELECT f.who, f.first_at, f.cohort, {member} AS member FROM firsts AS f JOIN entries AS e "
        "ON e.who = f.who AND CAST(e.moment AS TIMESTAMP) = f.first_at "
        f"WHERE 1 = 1 {counted} GROUP BY 1, 2, 3",
    )


def _returned(question: Question) -> Step:
    """Return whether each customer with a whole repeat window behind came back within it, after the first day."""
    return Step(
        "returned",
        "SELECT c.who, c.cohort, c.member, MAX(CASE WHEN b.moment > c.first_at AND CAST(b.moment AS DATE) - "
        "CAST(c.first_at AS DATE) <= :days THEN 1 ELSE 0 END) = 1 AS again FROM cohorts AS c JOIN bought AS b "
        "ON b.who = c.who WHERE c.first_at < :mature_before GROUP BY c.who, c.cohort, c.member",
        {"days": question.days, "mature_before": question.data.end - timedelta(days=question.days)},
    )


def _read(
    question: Question, context: ToolContext, active: AnalysisResult, repeats: AnalysisResult
) -> tuple[Cohort, ...]:
    catalog = context.layer.catalog
    seen: dict[date, dict[int, int]] = {}
    for start, age, customers in active.rows:
        seen.setdefault(_day(start), {})[_whole(age)] = _whole(customers)
    matured = {_day(start): (_whole(mature), _whole(repeated)) for start, mature, repeated in repeats.rows}
    found = []
    for start, counts in sorted(seen.items()):
        own = bucket(start, question.grain, catalog.week_start, catalog.fiscal_year_start)
        if own.end > question.data.end:
            continue  # its first period is not over: the cohort is not complete yet
        finished: dict[int, int] = {}
        age = 0
        while shift(own.start, age + 1, question.grain) <= question.data.end:
            finished[age] = counts.get(age, 0)
            age += 1
        mature, repeated = matured.get(start, (0, 0))
        found.append(Cohort(start, counts.get(0, 0), finished, mature, repeated))
    return tuple(found)


def _day(value: Cell) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def _whole(value: Cell) -> int:
    assert isinstance(value, int)
    return value
