"""Paths of touchpoints to conversions, aggregated to counts in SQL.

A touch belongs to the next conversion of the same entity at or after it, if that comes within the lookback; else
it belongs to a journey that did not convert. Touches so late that their lookback is not over yet, and without a
conversion so far, are left out: they may still convert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from semantic_layer.catalog import AnalysisBinding, Metric, SimpleMetric, Window
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.period import ONE_DAY, Grain, Period, shift
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of, window_of
from tools.metric_tree.shape import ADDING
from tools.numerics.attribution import Paths
from tools.registry import ToolContext
from tools.render import as_float

SEPARATOR = " ⇒ "  # readable in the SQL, and in no name of a channel
HALF_LIFE_DAYS = 7.0
DEFAULT_LOOKBACK = Window(30, Grain.DAY)
MOST_PATHS = 1_000_000
LONGEST_PATH = 50

LEAST_CONVERSIONS = 100  # with a touch


@dataclass(frozen=True, slots=True)
class Journeys:
    """Paths as counts, the codes of their channels, and how many conversions had no touch in the lookback."""

    paths: Paths
    codes: tuple[str, ...]
    unattributed: float
    unattributed_value: float
    conversions: float
    value: float
    longest: int
    sql: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What to count: conversions in `period` of `conversion`, touches up to the lookback before."""

    binding: AnalysisBinding
    conversion: Metric
    revenue: Metric | None
    period: Period
    lookback: Window
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


def lookback_of(binding: AnalysisBinding) -> Window:
    """Return how long before a conversion a touch counts: 30 days where the YAML does not say."""
    return window_of(binding, "lookback") or DEFAULT_LOOKBACK


def read_journeys(asked: Asked, context: ToolContext) -> Journeys:
    """Return the paths of the period; `where` and `segments` choose conversions.

    Raises:
        QueryError: code `not_supported`; the conversion is no plain count or sum over one table with the entity.
        NotEnoughDataError: no conversion and no visit has a touch.
    """
    result = context.analyse(_analysis(asked, context), row_limit=MOST_PATHS)
    rows = result.records()
    paths, converted, lost, value, shares = [], [], [], [], []
    codes: dict[str, int] = {}
    unattributed = unattributed_value = 0.0
    for row in rows:
        wins, worth, fails = (_number(row[key]) for key in ("converted", "worth", "lost"))
        if row["path"] is None:
            unattributed, unattributed_value = unattributed + wins, unattributed_value + worth
            continue
        steps = [codes.setdefault(code, len(codes)) for code in str(row["path"]).split(SEPARATOR)]
        parts = [float(part) for part in str(row["shares"] or "").split(",") if part]
        total = sum(parts)
        paths.append(steps)
        converted.append(wins)
        lost.append(fails)
        value.append(worth)
        shares.append(
            [part / total for part in parts]
            if total > 0 and len(parts) == len(steps)
            else [1 / len(steps)] * len(steps)
        )
    if not paths:
        raise too_few(0.0, 0)
    flat = Paths.of(paths, len(codes), converted, lost, value, shares)
    return Journeys(
        flat, tuple(codes), unattributed, unattributed_value, sum(converted) + unattributed,
        sum(value) + unattributed_value, max((len(one) for one in paths), default=0), result.sql,
    )  # fmt: skip


def too_few(touched: float, kinds: int) -> NotEnoughDataError:
    """Return the refusal of conversions and touchpoints too few to share out credit."""
    return NotEnoughDataError(
        Text(
            zh=f"有触点的成交只有 {touched:,.0f} 单、触点 {kinds} 种,分不出功劳。",
            en=f"Only {touched:,.0f} conversions have a touch, over {kinds} touchpoints: too few to share out credit.",
        ),
        Text(
            zh=f"至少要 {LEAST_CONVERSIONS} 单、两种触点;放宽时间或筛选,并确认触点和订单带有同一个客户编号。",
            en=f"At least {LEAST_CONVERSIONS} and two touchpoints are needed: take more time or fewer filters, and see "
            "that touches and orders carry the same customer number.",
        ),
    )


def _number(cell: Cell) -> float:
    return as_float(cell) or 0.0


def _analysis(asked: Asked, context: ToolContext) -> Analysis:
    kind = asked.conversion.type
    entity = str(name_of(asked.binding, "entity"))
    models = context.layer.catalog.models
    if (
        not isinstance(kind, SimpleMetric)
        or kind.agg not in ADDING
        or all(one.name != entity for one in models[kind.model].entities)
    ):
        raise QueryError(
            Text(
                zh=f"{asked.conversion.label.zh}不能逐笔对应到 {entity},没法接上触点。",
                en=f"{asked.conversion.label.en} cannot be told row by row for each {entity}, so no touch leads to it.",
            ),
            Text(
                zh="conversion 要写一个简单指标(count 或 sum),它的表要有这个实体。",
                en="Let `conversion` be a simple metric (count or sum) whose table has that entity.",
            ),
            code="not_supported",
        )
    values: dict[str, RowColumn] = {"who": Named(entity), "moment": Named("metric_time"),
                                    "counts": Measured(asked.conversion.name)}  # fmt: skip
    if asked.revenue is not None:
        values["worth"] = Measured(asked.revenue.name)
    lookback, period = asked.lookback, asked.period
    begin = (
        shift(period.start, -lookback.count, lookback.grain) if _dated(lookback) else period.start - ONE_DAY
    )
    conversions = RowQuery(
        kind.model,
        values,
        asked.where,
        asked.segments,
        start=begin,
        end=period.end,
        time=kind.agg_time_dimension,
    )
    touches = RowQuery(
        model_of(asked.binding),
        {
            "who": Named(entity),
            "moment": Named("metric_time"),
            "what": Named(str(name_of(asked.binding, "touchpoint"))),
        },
        filters=filters_of(asked.binding),
        time=name_of(asked.binding, "time"),
        start=begin,
        end=period.end,
    )
    worth = "worth" if asked.revenue is not None else "counts"
    return Analysis({"conversions": conversions, "touches": touches}, _RESULT, _steps(worth, asked))


def _dated(window: Window) -> bool:
    return window.grain.order >= Grain.DAY.order


def _steps(worth: str, asked: Asked) -> tuple[Step, ...]:
    lookback, period = asked.lookback, asked.period
    open_since = period.end - timedelta(days=1)
    if _dated(lookback):
        open_since = shift(period.end, -lookback.count, lookback.grain)
    return (
        # Two rows of one entity at one moment are two conversions: numbered, so that each is its own.
        Step(
            "wins",
            f"SELECT who, CAST(moment AS TIMESTAMP) AS at, counts, {worth} AS worth, "
            "ROW_NUMBER() OVER (ORDER BY who, moment) AS win FROM conversions WHERE NOT counts IS NULL",
        ),
        Step(
            "touched",
            "SELECT who, CAST(moment AS TIMESTAMP) AS at, CAST(what AS VARCHAR) AS what FROM touches "
            "WHERE NOT who IS NULL AND NOT what IS NULL AND NOT moment IS NULL",
        ),
        Step(
            "led",
            "SELECT t.who, t.at, t.what, w.win, w.at AS won_at FROM touched AS t ASOF LEFT JOIN "
            "(SELECT * FROM wins WHERE NOT who IS NULL) AS w ON t.who = w.who AND t.at <= w.at",
        ),
        Step(
            "kept",
            "SELECT who, at, what, CASE WHEN at >= won_at - :lookback THEN win END AS win, won_at FROM led",
            {"lookback": lookback},
        ),
        Step(
            "ordered",
            "SELECT win, what, ROW_NUMBER() OVER (PARTITION BY win ORDER BY at, what) AS place, "
            "weight / SUM(weight) OVER (PARTITION BY win) AS share FROM "
            "(SELECT *, POWER(0.5, EPOCH(won_at - at) / 86400.0 / :half_life) AS weight, "
            "ROW_NUMBER() OVER (PARTITION BY win ORDER BY at DESC, what DESC) AS back FROM kept "
            "WHERE NOT win IS NULL) AS numbered WHERE back <= :longest",
            {"half_life": HALF_LIFE_DAYS, "longest": LONGEST_PATH},
        ),
        Step(
            "before",
            "SELECT win, STRING_AGG(what, :separator ORDER BY place) AS path FROM ordered GROUP BY win",
            {"separator": SEPARATOR},
        ),
        Step(
            "decay",
            "SELECT b.path, o.place, SUM(o.share * w.counts) AS share FROM ordered AS o "
            "JOIN before AS b ON o.win = b.win JOIN wins AS w ON o.win = w.win WHERE w.at >= :start GROUP BY 1, 2",
            {"start": period.start},
        ),
        Step(
            "decay_of",
            "SELECT path, STRING_AGG(CAST(share AS VARCHAR), ',' ORDER BY place) AS shares FROM decay GROUP BY path",
        ),
        Step(
            "converted_paths",
            "SELECT b.path, SUM(w.counts) AS converted, SUM(w.worth) AS worth, 0 AS lost "
            "FROM wins AS w LEFT JOIN before AS b ON w.win = b.win WHERE w.at >= :start GROUP BY b.path",
            {"start": period.start},
        ),
        Step(
            "lost_paths",
            "SELECT path, 0 AS converted, 0 AS worth, COUNT(*) AS lost FROM "
            "(SELECT who, won_at, STRING_AGG(what, :separator ORDER BY at, what) AS path FROM "
            "(SELECT *, ROW_NUMBER() OVER (PARTITION BY who, won_at ORDER BY at DESC, what DESC) AS back FROM kept "
            "WHERE win IS NULL AND at < :open_since AND at >= :start) AS n WHERE back <= :longest "
            "GROUP BY who, won_at) AS l GROUP BY path",
            {
                "separator": SEPARATOR,
                "open_since": open_since,
                "start": period.start,
                "longest": LONGEST_PATH,
            },
        ),
    )


_RESULT = """SELECT c.path, MAX(d.shares) AS shares, SUM(c.converted) AS converted, SUM(c.worth) AS worth,
SUM(c.lost) AS lost FROM (SELECT * FROM converted_paths UNION ALL SELECT * FROM lost_paths) AS c
LEFT JOIN decay_of AS d ON c.path = d.path GROUP BY c.path ORDER BY converted DESC, lost DESC, c.path"""
