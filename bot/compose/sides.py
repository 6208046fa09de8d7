"""Groups of rows set against each other, each asked by a query of its own: new and repeat orders, weekends and others.

What no dimension tells apart cannot be one query. The reader has asked one question all the same, and gets one
sentence and one chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.compose.charting import chart_for
from bot.compose.filters import placed, scope
from bot.compose.measure import is_additive
from bot.compose.phrases import change, join
from bot.compose.ranking import ranking_headline
from bot.compose.shares import members_headline
from bot.compose.side import Side
from bot.compose.view import Scene, View
from semantic_layer.period import Period
from semantic_layer.query import GroupBy
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.render import prose
from tools.render_weekdays import weekdays_of
from tools.result import ChartSpec

_SIDE = "side"
_BOTH = 2


@dataclass(frozen=True, slots=True)
class Sides:
    """What several plans give together: a sentence, a chart, and a table with a row each."""

    said: Text
    chart: ChartSpec | None
    table: Table


def against_each_other(views: Sequence[View], scene: Scene) -> Sides | None:
    """Return one sentence, chart and table of several single values; None where the views are no such sides."""
    merged = _merged(views, scene)
    if merged is None:
        return None
    daily = _by_day(views, merged, scene)
    if daily is not None:
        added = tuple((*row, day[1]) for row, day in zip(merged.table.rows, daily.table.rows, strict=True))
        table = replace(merged.table, columns=(*merged.table.columns, daily.table.columns[1]), rows=added)
        chart = chart_for(daily, Side(), scene)
        if chart is not None:  # values per day are no parts of a whole: bars only, no ring
            chart = replace(chart, options={**chart.options, "kinds": (chart.kind,)})
        return Sides(_said_by_day(merged, daily, scene), chart, table)
    said = members_headline if len(views) == _BOTH else ranking_headline
    return Sides(said(merged, Side(), scene), chart_for(merged, Side(), scene), merged.table)


def _merged(views: Sequence[View], scene: Scene) -> View | None:
    """Return the views as one, a row each; None where they differ in more than what they are narrowed to."""
    first = views[0]
    alike = all(
        view.query.metrics == first.query.metrics
        and view.query.period == first.query.period
        and not (view.query.group_by or view.query.compare or view.query.transforms)
        and len(view.table.rows) == 1
        for view in views
    )
    if len(views) < _BOTH or not alike or len(first.query.metrics) != 1:
        return None
    shared = tuple(one for one in first.query.where if all(one in view.query.where for view in views))
    segments = tuple(one for one in first.query.segments if all(one in view.query.segments for view in views))
    labels: list[Text] = []
    for view in views:
        own = view.query.model_copy(
            update={
                "where": tuple(one for one in view.query.where if one not in shared),
                "segments": tuple(one for one in view.query.segments if one not in segments),
            }
        )
        label = scope(View(own, view.table), scene)
        if label is None or label in labels:
            return None
        labels.append(Text(zh=label.zh.strip("()"), en=label.en.strip("()")))
    codes = [str(at) for at in range(len(views))]
    kind = Text(zh="分组", en="group")
    column = Column(_SIDE, kind, "dimension", value_labels=tuple(zip(codes, labels, strict=True)))
    rows = tuple((code, *view.table.rows[0]) for code, view in zip(codes, views, strict=True))
    query = first.query.model_copy(
        update={"where": shared, "segments": segments, "group_by": (GroupBy(dimension=_SIDE),)}
    )
    return View(query, Table((column, *first.table.columns), rows, len(rows)), first.periods)


def _by_day(views: Sequence[View], merged: View, scene: Scene) -> View | None:
    """Return the sides with their values per day: there are five days of one kind and two of the other.

    None where the sides are no days of the week, or where the metric's values do not add up over days.
    """
    days = [[weekdays_of(one) for one in view.query.where] for view in views]
    kept = [next((some for some in each if some), ()) for each in days]
    name = merged.query.metrics[0]
    span = merged.main or _span(scene)
    if not all(kept) or len(views) != _BOTH or not is_additive(scene.catalog, name) or span is None:
        return None
    rows = []
    for row, some in zip(merged.table.rows, kept, strict=True):
        count = sum(
            day.isoweekday() in some for day in (span.start + timedelta(at) for at in range(span.days))
        )
        value = merged.number(row, name)
        if value is None or not count:
            return None
        rows.append((row[0], value / count))
    column = merged.column(name)
    label = Text(zh=f"日均{column.label.zh}", en=f"{column.label.en} per day")
    return replace(
        merged, table=Table((merged.table.columns[0], replace(column, label=label)), tuple(rows), len(rows))
    )


def _said_by_day(merged: View, daily: View, scene: Scene) -> Text:
    """Return both values per day, with what they come to in all, and how they differ per day."""
    name = merged.query.metrics[0]
    column = merged.column(name)
    order = sorted(range(_BOTH), key=lambda at: -(daily.number(daily.table.rows[at], name) or 0.0))
    labels = [merged.label(merged.table.rows[at]) for at in order]
    totals = [prose(merged.table.rows[at][1], column) for at in order]
    values = [daily.number(daily.table.rows[at], name) or 0.0 for at in order]
    (first, second), (high, low) = labels, (prose(value, column) for value in values)
    at, difference = placed(merged, scene), change(values[0], values[1], column, adds=True)
    assert difference is not None
    head = Text(
        zh=f"{at.zh}{column.label.zh}按日均看:{first.zh}{high.zh}(合计{totals[0].zh}),"
        f"{second.zh}{low.zh}(合计{totals[1].zh})",
        en=f"{column.label.en} per day {at.en}: {first.en} {high.en} ({totals[0].en} in all), "
        f"{second.en} {low.en} ({totals[1].en} in all)",
    )
    if difference.en == "level":
        return join([head, Text(zh="日均持平", en="Per day the two are level")])
    return join(
        [
            head,
            Text(
                zh=f"日均{first.zh}比{second.zh}{difference.zh}",
                en=f"Per day, {first.en} are {difference.en.removeprefix('up ')} above {second.en}",
            ),
        ]
    )


def _span(scene: Scene) -> Period | None:
    if scene.data_start is None or scene.data_end is None:
        return None
    return Period.of(scene.data_start, scene.data_end)
