"""Who went how far: an ordered, windowed funnel per entity, counted in SQL.

Ordered: step k counts when it comes after step k-1 of a chain that began with step 1 no longer than the
window ago, whatever else happened in between; of several beginnings the latest possible one is tried, so the
furthest step of an entity is found (the same as ClickHouse's `windowFunnel`). Strict: the events of the
funnel must follow one another without another of its events between. Open: every step counts for itself, in
any order. One event counts for one step only; two events of the same moment count in the order of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from semantic_layer.catalog import AnalysisBinding, Filter, Window
from semantic_layer.period import ONE_DAY, Grain, Period, shift
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Holds, Named, RowColumn, RowQuery, Step
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of

Definition = Literal["ordered", "strict", "open"]


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step: its code, what readers call it, and the condition that makes a row one."""

    name: str
    label: Text
    where: Filter


@dataclass(frozen=True, slots=True)
class Question:
    """What to count: entries in `period`, later steps until the window is over; `groups` are dimensions."""

    binding: AnalysisBinding
    period: Period
    window: Window | None
    definition: Definition
    groups: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


def steps_of(binding: AnalysisBinding) -> tuple[FunnelStep, ...]:
    """Return the steps of a funnel, in order."""
    declared = binding.options["steps"]
    assert isinstance(declared, tuple)
    return tuple(FunnelStep(one["name"], one["label"], one["where"]) for one in declared)


def counting(question: Question) -> Analysis:
    """Return the analysis with one row per step (and per group of each dimension).

    Columns: `step` (1 …), `dimension` (null: everybody), `value`, `people`; for everybody also
    `median_seconds` and `slow_seconds` (the 90 % quantile) from the first step, and `waiting`: of those at
    the first step but not the last, how many still have time left.
    """
    count = len(steps_of(question.binding))
    ordered = question.definition != "open"
    levels = [_level(number, question) for number in range(1, count + 1)]
    parts = [_everybody(number, ordered) for number in range(1, count + 1)]
    parts += [_by_group(number, at) for at in range(len(question.groups)) for number in range(1, count + 1)]
    last = f"level_{count}"
    waiting = Step(
        "waiting",
        f"SELECT COUNT(*) AS people FROM (SELECT who, MAX(started) AS started FROM level_1 GROUP BY who) AS f "
        f"WHERE f.started > :open_since AND f.who NOT IN (SELECT who FROM {last})",
        {"open_since": _open_since(question)},
    )
    head: list[Step] = []
    if question.definition == "strict":
        order = " ".join(f"WHEN s{number} THEN {number}" for number in range(1, count + 1))
        any_step = " OR ".join(f"s{number}" for number in range(1, count + 1))
        numbered = (
            f"SELECT *, ROW_NUMBER() OVER (PARTITION BY who ORDER BY moment, CASE {order} END) AS n "
            f"FROM events WHERE {any_step}"
        )
        head = [Step("numbered", numbered)]
    return Analysis(
        {"events": _events(question)},
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS counted ORDER BY dimension NULLS FIRST, value, step",
        (*head, *levels, waiting),
    )


def _events(question: Question) -> RowQuery:
    binding = question.binding
    columns: dict[str, RowColumn] = {"who": Named(str(name_of(binding, "entity")))}
    columns["moment"] = Named("metric_time")
    columns |= {f"g{at}": Named(name) for at, name in enumerate(question.groups)}
    columns |= {f"s{number}": Holds(step.where) for number, step in enumerate(steps_of(binding), start=1)}
    return RowQuery(
        model_of(binding),
        columns,
        where=question.where,
        segments=question.segments,
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        start=question.period.start,
        end=_read_until(question),
    )


def _read_until(question: Question) -> date | None:
    """Return the day after which no event can count: those who enter last still have their window."""
    window, end = question.window, question.period.end
    if question.definition == "open":
        return end
    if window is None:
        return None
    if window.grain.order < Grain.DAY.order:
        return end + ONE_DAY
    return shift(end, window.count, window.grain) + ONE_DAY


def _open_since(question: Question) -> date:
    """Return the moment after which an entry's window is not over; with no window nobody's ever is."""
    window, end = question.window, question.period.end
    if window is None or question.definition == "open":
        return question.period.start - timedelta(days=1) if window is None else end
    if window.grain.order < Grain.DAY.order:
        return end - ONE_DAY
    return shift(end, -window.count, window.grain)


def _level(number: int, question: Question) -> Step:
    groups = "".join(f", e.g{at}" for at in range(len(question.groups)))
    name = f"level_{number}"
    moment = "CAST(e.moment AS TIMESTAMP)"
    source = "numbered" if question.definition == "strict" else "events"
    extra = ", e.n" if question.definition == "strict" else ""
    if number == 1 or question.definition == "open":
        return Step(
            name,
            f"SELECT DISTINCT e.who, {moment} AS at, {moment} AS started{groups}{extra} FROM {source} AS e "
            f"WHERE e.s{number} AND NOT e.who IS NULL AND e.moment < :until",
            {"until": question.period.end},
        )
    before = f"level_{number - 1}"
    carried = "".join(f", b.g{at}" for at in range(len(question.groups)))
    chosen = f"SELECT e.who, {moment} AS at, b.started{carried}{extra} FROM {source} AS e"
    values: dict[str, Window] = {}
    tests = [f"e.s{number}"]
    if question.window is not None:
        tests.append(f"{moment} <= b.started + :window")
        values["window"] = question.window
    if question.definition == "strict":
        join = f"JOIN {before} AS b ON e.who = b.who AND e.n = b.n + 1"
    else:
        # An event that is also the step before must find another one for it: its own moment does not do.
        earlier = f"CASE WHEN e.s{number - 1} THEN {moment} - INTERVAL '1' MICROSECOND ELSE {moment} END"
        join = f"ASOF JOIN {before} AS b ON e.who = b.who AND {earlier} >= b.at"
    return Step(name, f"{chosen} {join} WHERE {' AND '.join(tests)}", dict(values))


def _everybody(number: int, ordered: bool) -> str:
    seconds = "EPOCH(at) - EPOCH(started)"
    times = (
        "QUANTILE_CONT(f.seconds, 0.5) AS median_seconds, QUANTILE_CONT(f.seconds, 0.9) AS slow_seconds"
        if ordered
        else "CAST(NULL AS DOUBLE) AS median_seconds, CAST(NULL AS DOUBLE) AS slow_seconds"
    )
    return (
        f"SELECT {number} AS step, CAST(NULL AS INTEGER) AS dimension, CAST(NULL AS VARCHAR) AS value, "
        f"COUNT(*) AS people, {times}, (SELECT people FROM waiting) AS waiting "
        f"FROM (SELECT who, MIN({seconds}) AS seconds FROM level_{number} GROUP BY who) AS f"
    )


def _by_group(number: int, at: int) -> str:
    return (
        f"SELECT {number} AS step, {at} AS dimension, CAST(g{at} AS VARCHAR) AS value, "
        f"COUNT(DISTINCT who) AS people, CAST(NULL AS DOUBLE) AS median_seconds, "
        f"CAST(NULL AS DOUBLE) AS slow_seconds, CAST(NULL AS BIGINT) AS waiting "
        f"FROM level_{number} GROUP BY g{at}"
    )
