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

_PLACES = {
    Grain.DAY: "DATE_DIFF('day', :origin, bucket)",
    Grain.WEEK: "DATE_DIFF('day', :origin, bucket) // 7",
    Grain.MONTH: "DATE_DIFF('month', :origin, bucket)",
    Grain.QUARTER: "DATE_DIFF('month', :origin, bucket) // 3",
}
BITS = 60  # periods in one whole number: one bit each says whether a customer bought in it


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
    """Return the cohorts whose own period is over, oldest first, and the SQL. Nobody at an age counts 0.

    Each customer's periods with a purchase are kept as bits of whole numbers, so that all rows are grouped once, by
    customer, and nothing larger than a row per customer is ever held.
    """
    places = _places(question, context)
    sums = ", ".join(f"SUM((c.m{at // BITS} >> {at % BITS}) & 1) AS p{at}" for at in range(places))
    result = context.analyse(
        Analysis(
            _rows(question),
            f"SELECT c.cohort, COUNT(*) FILTER (WHERE c.first_at < :mature_before) AS mature, "
            f"COUNT(r.who) AS repeated, {sums} FROM cohorts AS c LEFT JOIN returned AS r ON c.who = r.who "
            "GROUP BY 1 ORDER BY 1",
            (*_steps(question, context), _returned(question)),
            {"mature_before": _mature_before(question)},
        )
    )
    return _read(question, context, result), (result.sql,)


def _places(question: Question, context: ToolContext) -> int:
    """Return how many periods of the grain the data span."""
    count, at = 0, _origin(question, context)
    while at < question.data.end:
        at, count = shift(at, 1, question.grain), count + 1
    return max(count, 1)


def _origin(question: Question, context: ToolContext) -> date:
    """Return the first day of the first period with data."""
    catalog = context.layer.catalog
    return bucket(question.data.start, question.grain, catalog.week_start, catalog.fiscal_year_start).start


def _mature_before(question: Question) -> date:
    return question.data.end - timedelta(days=question.days)


def by_member(question: Question, context: ToolContext) -> tuple[tuple[Member, ...], str]:
    """Return repeats by the asked dimension, read at the first purchase; the most customers first."""
    analysis = Analysis(
        _rows(question),
        "SELECT c.member, COUNT(*) AS mature, COUNT(r.who) AS repeated FROM cohorts AS c LEFT JOIN returned AS r "
        "ON c.who = r.who WHERE c.first_at < :mature_before GROUP BY 1 ORDER BY 2 DESC, 1",
        (*_steps(question, context), _returned(question)),
        {"mature_before": _mature_before(question)},
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


def _steps(question: Question, context: ToolContext) -> tuple[Step, ...]:
    counted = "AND NOT counted IS NULL" if name_of(question.binding, "orders") is not None else ""
    narrowed = bool(question.where or question.segments or question.dimension is not None)
    count = -(-_places(question, context) // BITS)
    masks = "".join(
        f", BIT_OR(CASE WHEN place >= {at * BITS} AND place < {(at + 1) * BITS} "
        f"THEN CAST(1 AS BIGINT) << CAST(place - {at * BITS} AS INTEGER) ELSE 0 END) AS m{at}"
        if count > 1
        else f", BIT_OR(CAST(1 AS BIGINT) << place) AS m{at}"
        for at in range(count)
    )
    return (
        Step(
            "dated",
            "SELECT who, CAST(moment AS TIMESTAMP) AS moment, CAST(bucket AS DATE) AS bucket "
            f"FROM orders_all WHERE NOT who IS NULL {counted}",
        ),
        Step(
            "bought",
            f"SELECT who, moment, bucket, CAST({_PLACES[question.grain]} AS INTEGER) AS place FROM dated",
            {"origin": _origin(question, context)},
        ),
        Step(
            "firsts",
            f"SELECT who, MIN(moment) AS first_at, MIN(bucket) AS cohort{masks} FROM bought GROUP BY who",
        ),
        _narrowed(question, counted, count) if narrowed else _everybody(question),
    )


def _everybody(question: Question) -> Step:
    """Return the customers whose first purchase lies in the period: no second look at their first row is needed."""
    return Step(
        "cohorts",
        "SELECT *, CAST(NULL AS VARCHAR) AS member FROM firsts WHERE first_at >= :first AND first_at < :until",
        {"first": question.period.start, "until": question.period.end},
        once=True,
    )


def _narrowed(question: Question, counted: str, masks: int) -> Step:
    """Return the customers whose first purchase meets the conditions, with the asked dimension of that purchase."""
    member = "MIN(CAST(e.member AS VARCHAR))" if question.dimension is not None else "CAST(NULL AS VARCHAR)"
    kept = "".join(f", MAX(f.m{at}) AS m{at}" for at in range(masks))
    return Step(
        "cohorts",
        f"SELECT f.who, f.first_at, f.cohort, {member} AS member{kept} FROM firsts AS f JOIN entries AS e "
        "ON e.who = f.who AND CAST(e.moment AS TIMESTAMP) = f.first_at "
        f"WHERE 1 = 1 {counted} GROUP BY 1, 2, 3",
    )


def _returned(question: Question) -> Step:
    """Return who came back within the repeat window, of those with a whole one behind them."""
    return Step(
        "returned",
        "SELECT DISTINCT b.who FROM bought AS b JOIN cohorts AS c ON b.who = c.who WHERE b.moment > c.first_at "
        "AND CAST(b.moment AS DATE) - CAST(c.first_at AS DATE) <= :days AND c.first_at < :mature_before",
        {"days": question.days, "mature_before": _mature_before(question)},
    )


def _read(question: Question, context: ToolContext, result: AnalysisResult) -> tuple[Cohort, ...]:
    catalog = context.layer.catalog
    origin, found = _origin(question, context), []
    for start, mature, repeated, *people in result.rows:
        own = bucket(_day(start), question.grain, catalog.week_start, catalog.fiscal_year_start)
        if own.end > question.data.end:
            continue  # its first period is not over: the cohort is not complete yet
        first, at = 0, origin
        while at < own.start:
            at, first = shift(at, 1, question.grain), first + 1
        finished: dict[int, int] = {}
        age = 0
        while shift(own.start, age + 1, question.grain) <= question.data.end:
            finished[age] = _whole(people[first + age]) if first + age < len(people) else 0
            age += 1
        found.append(Cohort(_day(start), finished.get(0, 0), finished, _whole(mature), _whole(repeated)))
    return tuple(found)


def _day(value: Cell) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def _whole(value: Cell) -> int:
    return int(str(value)) if value is not None else 0
