"""Paths in SQL. A path is one person's run of places; a longer pause than the binding's, or a conversion, ends it.

Places in a row that are the same are one visit (unless repeats are kept). A path whose last place is too recent for the
pause to be over is still open: it has not been left yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import AnalysisBinding, Filter, SimpleMetric, Window
from semantic_layer.period import Grain, Period
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Holds, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.table import Row
from tools.bindings import filters_of, model_of, name_of, window_of
from tools.registry import ToolContext

WON = "::won"  # marks that no stored code is likely to begin with
LEFT = "::left"
OPEN = "::open"
OTHER = "::other"
MARK = "\x1f"  # between the places of a path
MOST_PLACES = 30
LONGEST = 6  # places of a path that are listed
_SECONDS = {
    Grain.MINUTE: 60, Grain.HOUR: 3_600, Grain.DAY: 86_400, Grain.WEEK: 604_800,
    Grain.MONTH: 2_592_000, Grain.QUARTER: 7_776_000, Grain.YEAR: 31_536_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Whose paths: events of `period`; `pause` seconds without any end a path; `data` says until when we know."""

    binding: AnalysisBinding
    period: Period
    pause: int
    keep_repeats: bool
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Paths counted: `flows` (place, next place, count), `paths` (places, paths, conversions), and totals.

    `triples` are three places in a row, `events` all events of a place, repeats included.
    """

    flows: tuple[Row, ...]
    steps: tuple[Row, ...]
    paths: tuple[Row, ...]
    triples: tuple[Row, ...]
    events: tuple[Row, ...]
    people: int
    total: int
    won: int
    open: int
    mean_length: float
    alone: int
    sql: tuple[str, ...]


def pause_of(binding: AnalysisBinding) -> Window:
    """Return how long a pause may be within a path: the binding's lookback or window, else 30 days."""
    found = window_of(binding, "lookback") or window_of(binding, "window")
    return found or Window(30, Grain.DAY)


def seconds_of(window: Window) -> int:
    """Return a length of time in seconds; a month counts 30 days."""
    return window.count * _SECONDS.get(window.grain, 1)


def count_paths(question: Question, context: ToolContext) -> Counts:
    """Return transitions, steps by position, whole paths, loops and totals."""
    rows, steps = _rows(question, context), _steps(question, context)

    def run(result: str, limit: int | None = None) -> tuple[tuple[Row, ...], str]:
        found = context.analyse(Analysis(rows, result, steps), row_limit=limit)
        return found.rows, found.sql

    flows, flow_sql = run(
        "SELECT place, after, COUNT(*) AS times FROM followed WHERE won = 0 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    )
    steps_rows, _ = run(
        "SELECT nth, place, after, COUNT(*) AS times FROM followed WHERE won = 0 AND nth <= 3 AND touched > 0 "
        "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
    )
    paths, path_sql = run(
        f"SELECT way, COUNT(*) AS times, SUM(won) AS won FROM (SELECT who, path, MAX(won) AS won, "
        f"STRING_AGG(place, CHR(31) ORDER BY nth) FILTER (WHERE won = 0 AND nth <= {LONGEST}) AS way, "
        f"COUNT(*) FILTER (WHERE won = 0) AS length FROM followed GROUP BY who, path) AS w WHERE length > 0 "
        "GROUP BY way ORDER BY 2 DESC, 1",
        200,
    )
    triples, _ = run(
        "SELECT place, next_place, then_place, COUNT(*) AS times FROM followed "
        "WHERE won = 0 AND then_place IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
    )
    events, _ = run("SELECT place, COUNT(*) AS times FROM placed WHERE won = 0 GROUP BY 1 ORDER BY 1")
    totals, _ = run(
        "SELECT COUNT(*) FILTER (WHERE length > 0) AS paths, COUNT(DISTINCT who) FILTER (WHERE length > 0) AS people, "
        "COALESCE(SUM(won) FILTER (WHERE length > 0), 0) AS won, COUNT(*) FILTER (WHERE length > 0 AND open > 0) "
        "AS open, "
        "COALESCE(AVG(length) FILTER (WHERE length > 0), 0) AS length, COUNT(*) FILTER (WHERE length = 0) AS alone "
        "FROM (SELECT who, path, MAX(won) AS won, COUNT(*) FILTER (WHERE won = 0) AS length, "
        f"COUNT(*) FILTER (WHERE after = '{OPEN}') AS open FROM followed GROUP BY who, path) AS w"
    )
    one = totals[0]
    total, people, won, still_open = (int(str(one[at])) for at in range(4))
    return Counts(
        flows, steps_rows, paths, triples, events, people, total, won, still_open, float(str(one[4])), int(str(one[5])),
        (flow_sql, path_sql),
    )  # fmt: skip


def _rows(question: Question, context: ToolContext) -> dict[str, RowQuery]:
    binding, period = question.binding, question.period
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))),
        "moment": Named("metric_time"),
    }
    touchpoint = name_of(binding, "touchpoint")
    if touchpoint is not None:
        columns["place"] = Named(touchpoint)
    else:
        for at, step in enumerate(_funnel_steps(binding)):
            columns[f"h{at}"] = Holds(step)
    model, own = _conversion(binding, context)
    if own is not None and model == model_of(binding):
        columns["counted"] = Measured(own)
    found = {
        "touches": RowQuery(
            model_of(binding), columns, where=question.where, segments=question.segments,
            filters=filters_of(binding), time=name_of(binding, "time"), start=period.start, end=period.end,
        )
    }  # fmt: skip
    if own is not None and model is not None and model != model_of(binding):
        further: dict[str, RowColumn] = {
            "who": columns["who"], "moment": Named("metric_time"), "counted": Measured(own),
        }  # fmt: skip
        found["conversions"] = RowQuery(
            model, further, time=_time_of(own, context), start=period.start, end=period.end
        )
    return found


def _conversion(binding: AnalysisBinding, context: ToolContext) -> tuple[str | None, str | None]:
    """Return the model and name of the conversion metric, where its rows can be read and know the entity."""
    name = name_of(binding, "conversion")
    catalog = context.layer.catalog
    if name is None or name not in catalog.metrics:
        return None, None
    kind = catalog.metrics[name].type
    if not isinstance(kind, SimpleMetric):
        return None, None
    entities = {one.name for one in catalog.models[kind.model].entities}
    return (kind.model, name) if name_of(binding, "entity") in entities else (None, None)


def _time_of(metric: str, context: ToolContext) -> str | None:
    """Return the time at which a simple metric counts."""
    kind = context.layer.catalog.metrics[metric].type
    return kind.agg_time_dimension if isinstance(kind, SimpleMetric) else None


def _funnel_steps(binding: AnalysisBinding) -> tuple[Filter, ...]:
    steps = binding.options.get("steps", ())
    assert isinstance(steps, tuple)
    return tuple(step["where"] for step in steps)


def funnel_names(binding: AnalysisBinding) -> tuple[str, ...]:
    """Return the names of a funnel's steps in order; none for a journey."""
    steps = binding.options.get("steps", ())
    assert isinstance(steps, tuple)
    return tuple(str(step["name"]) for step in steps)


def _steps(question: Question, context: ToolContext) -> tuple[Step, ...]:
    binding = question.binding
    model, own = _conversion(binding, context)
    names = funnel_names(binding)
    place = "CAST(place AS VARCHAR)"
    won = "CASE WHEN NOT counted IS NULL THEN 1 ELSE 0 END" if own and model == model_of(binding) else "0"
    if names:
        cases = " ".join(f"WHEN h{at} THEN '{name}'" for at, name in enumerate(names))
        place, won = f"CASE {cases} END", f"CASE WHEN h{len(names) - 1} THEN 1 ELSE 0 END"
    events = f"SELECT who, CAST(moment AS TIMESTAMP) AS moment, {place} AS place, {won} AS won FROM touches"
    if own and model != model_of(binding):
        events += (
            f" UNION ALL SELECT who, CAST(moment AS TIMESTAMP) AS moment, '{WON}' AS place, 1 AS won "
            "FROM conversions WHERE NOT counted IS NULL"
        )
    repeats = "" if question.keep_repeats else "WHERE begins = 1 OR won = 1 OR place <> before"
    over = "OVER (PARTITION BY who ORDER BY moment, won, place)"
    along = "OVER (PARTITION BY who, path ORDER BY moment, won, place)"
    return (
        Step("events", events),
        Step("known", "SELECT * FROM events WHERE NOT who IS NULL AND NOT place IS NULL"),
        Step(
            "common",
            "SELECT place AS kept FROM known WHERE won = 0 GROUP BY place ORDER BY COUNT(*) DESC, place LIMIT "
            f"{MOST_PLACES}",
        ),
        Step(
            "placed",
            f"SELECT who, moment, won, CASE WHEN won = 1 THEN '{WON}' WHEN c.kept IS NULL THEN '{OTHER}' ELSE "
            "place END "
            "AS place FROM known AS k LEFT JOIN common AS c ON k.place = c.kept",
        ),
        Step(
            "looked",
            f"SELECT *, LAG(moment) {over} AS earlier, LAG(won) {over} AS won_before, LAG(place) {over} AS before "
            "FROM placed",
        ),
        Step(
            "begun",
            "SELECT *, CASE WHEN earlier IS NULL OR won_before = 1 OR "
            "DATE_DIFF('second', earlier, moment) > :pause THEN 1 ELSE 0 END AS begins FROM looked",
            {"pause": question.pause},
        ),
        Step(
            "numbered",
            "SELECT *, SUM(begins) OVER (PARTITION BY who ORDER BY moment, won, place "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS path FROM begun",
        ),
        Step(
            "walked",
            f"SELECT who, path, moment, won, place, ROW_NUMBER() {along} AS nth, LEAD(place) {along} AS next_place, "
            f"LEAD(place, 2) {along} AS then_place, COUNT(*) FILTER (WHERE won = 0) OVER (PARTITION BY who, path) "
            "AS touched "
            f"FROM numbered {repeats}",
        ),
        Step(
            "followed",
            "SELECT *, COALESCE(next_place, CASE WHEN won = 1 THEN NULL "
            f"WHEN DATE_DIFF('second', moment, CAST(:closing AS TIMESTAMP)) <= :pause THEN '{OPEN}' "
            f"ELSE '{LEFT}' END) AS after FROM walked",
            {"closing": question.period.end, "pause": question.pause},
        ),
    )
