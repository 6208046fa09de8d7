"""The queries behind a headline that the plan did not ask for: parts of a ratio, the period before, others.

They read through the same layer with the same user and `today`, and their SQL is in the answer's provenance:
a number in a sentence can be checked like one in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.compose.measure import counts, parts
from bot.compose.phrases import edition_before, is_event
from bot.compose.quality import is_small
from bot.compose.view import Scene, View, ranked_column, shape_of
from semantic_layer.catalog import Catalog
from semantic_layer.comparison import ComparisonKind, comparison_period
from semantic_layer.errors import AccessError, AskGrowthError
from semantic_layer.period import Grain, Period, calendar_unit
from semantic_layer.query import Compare, MetricQuery, PeriodRange
from semantic_layer.table import Row
from semantic_layer.text import Text

Run = Callable[[MetricQuery, str], View]  # a query and what it is for
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Side:
    """What was read beside the plan. `detail` has every group of the plan with the metric and its parts,
    and the period before where that is fully covered; `others` are the same groups by other metrics.
    """  # fmt: skip

    detail: View | None = None
    others: tuple[View, ...] = ()
    warnings: tuple[Text, ...] = field(default=())


def read_beside(view: View, scene: Scene, run: Run) -> Side:
    """Return the side results that the view's sentence can use; a side query that fails is left out.

    Raises:
        AccessError: the user lost the right to read in between.
    """
    shape = shape_of(view)
    if shape in ("values", "empty", "trend"):
        return Side()
    catalog, query = scene.catalog, view.query
    ranked = _metric_of(view)
    wanted = [*query.metrics, *parts(catalog, ranked), *counts(catalog, ranked)]
    compare = query.compare or _period_before(view, scene)
    detail = MetricQuery(
        metrics=tuple(dict.fromkeys(wanted)),
        group_by=query.group_by,
        where=query.where,
        segments=query.segments,
        period=query.period,
        compare=compare,
    )
    # A plan that is its own detail is not read twice.
    known = view if detail == query.model_copy(update={"order_by": (), "totals": False}) else None
    found = (
        known or _try(run, detail, "detail") or _try(run, detail.model_copy(update={"compare": ()}), "detail")
    )
    others = _others(view, scene, ranked, run) if shape in ("ranking", "share") else ()
    return Side(found, others)


def _metric_of(view: View) -> str:
    """Return the metric that the rows are ranked by, whatever column of it was used."""
    column = view.column(ranked_column(view)[0])
    return column.metric if column.metric in view.query.metrics and column.metric else view.query.metrics[0]


def _period_before(view: View, scene: Scene) -> tuple[Compare, ...]:
    """Return the comparison with the period before, where data cover all of it."""
    compare = before(view, scene)
    return (compare,) if compare is not None else ()


def before(view: View, scene: Scene) -> Compare | None:
    """Return what the view's period is naturally compared with: an event with its last edition, else the one before."""
    main = view.main
    if main is not None and is_event(scene, main):
        edition = edition_before(scene, main)
        if edition is None or scene.data_start is None or edition.start < scene.data_start:
            return None
        return Compare(kind="period", period=PeriodRange.of(edition))
    if main is not None and _is_running_year(main, scene):
        return Compare(kind="previous_year") if is_covered(view, scene, "previous_year") else None
    return Compare(kind="previous_period") if is_covered(view, scene, "previous_period") else None


def _is_running_year(main: Period, scene: Scene) -> bool:
    """Return whether a period is a year so far: it meets the same dates of last year, as when 同比 is asked."""
    return main.is_partial and calendar_unit(main, scene.week_start, scene.fiscal_year_start) == (
        Grain.YEAR,
        1,
    )


def is_covered(view: View, scene: Scene, kind: ComparisonKind) -> bool:
    """Return whether the view has a period, and data begin early enough to compare it."""
    main = view.main
    if view.query.period is None or main is None or main.days == 0 or scene.data_start is None:
        return False
    other = comparison_period(
        main, kind, week_start=scene.week_start, fiscal_year_start=scene.fiscal_year_start
    )
    return other.start >= scene.data_start


def _others(view: View, scene: Scene, ranked: str, run: Run) -> tuple[View, ...]:
    """Return the same groups by the other metrics that a concept offers, up to the first with another winner."""
    query = view.query
    column, descending = ranked_column(view)
    good = scene.catalog.metrics[ranked].good_direction
    asks_for_best = good == "none" or (good == "up") == descending
    if query.having or query.compare or not asks_for_best or column != ranked:
        return ()
    found: list[View] = []
    for other in alternatives(scene.catalog, ranked):
        asked = MetricQuery(
            metrics=(other, *(name for name in counts(scene.catalog, other) if name != other)),
            group_by=query.group_by,
            where=query.where,
            segments=query.segments,
            period=query.period,
        )
        result = _try(run, asked, f"alternative:{other}")
        if result is not None:
            found.append(result)
            rows = standings(result, other, scene)
            if len(rows) > 1 and result.key(rows[0]) != view.key(view.table.rows[0]):
                break
    return tuple(found)


def standings(view: View, metric: str, scene: Scene) -> list[Row]:
    """Return the rows from the best by a metric with a good direction: groups that can be ranked at all.

    A cost of nothing is a group without spend, not a cheap one; too few events rank nobody; a group
    without a name is nobody's win.
    """
    descending = scene.catalog.metrics[metric].good_direction == "up"
    known = [
        (value, row)
        for row in view.table.rows
        if (value := view.number(row, metric)) is not None
        and (descending or value != 0)
        and not is_small(view, row, metric, scene)
        and not view.is_unset(row)
    ]
    return [row for _, row in sorted(known, key=lambda pair: pair[0], reverse=descending)]


def alternatives(catalog: Catalog, metric: str) -> tuple[str, ...]:
    """Return the metrics that may name another winner: the concept's `also`, those with a direction only."""
    for concept in catalog.concepts:
        if concept.metric == metric and concept.also:
            usable = [
                name
                for name in concept.also
                if name in catalog.metrics
                and catalog.metrics[name].good_direction != "none"
                and not catalog.metrics[name].hidden
            ]
            return tuple(usable[:MOST_ALTERNATIVES])
    return ()


def _try(run: Run, query: MetricQuery, purpose: str) -> View | None:
    """Return a side result, or None where it cannot be had: the answer stands without it."""
    try:
        return run(query, purpose)
    except AccessError:
        raise
    except AskGrowthError:
        return None
