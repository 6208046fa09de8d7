"""Groups of rows set against each other, each asked by a query of its own: new and repeat orders, weekends and others.

What no dimension tells apart cannot be one query. The reader has asked one question all the same, and gets one
sentence and one chart.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def against_each_other(views: Sequence[View], scene: Scene) -> tuple[Text, ChartSpec | None] | None:
    """Return one headline and one chart of several single values; None where the views are no such sides."""
    merged = _merged(views, scene)
    if merged is None:
        return None
    by_day = _by_day(views, merged, scene)
    if by_day is not None:
        said = by_day
    elif len(views) == _BOTH:
        said = members_headline(merged, Side(), scene)
    else:
        said = ranking_headline(merged, Side(), scene)
    return said, chart_for(merged, Side(), scene)


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


def _by_day(views: Sequence[View], merged: View, scene: Scene) -> Text | None:
    """Return days of the week against each other per day: there are five of one kind and two of the other.

    None where the sides are no days of the week, or where the metric's values do not add up over days.
    """
    days = [[weekdays_of(one) for one in view.query.where] for view in views]
    kept = [next((some for some in each if some), ()) for each in days]
    name = merged.query.metrics[0]
    span = merged.main or _span(scene)
    if not all(kept) or len(views) != _BOTH or not is_additive(scene.catalog, name) or span is None:
        return None
    column, said = merged.column(name), []
    for row, some in zip(merged.table.rows, kept, strict=True):
        count = sum(
            day.isoweekday() in some for day in (span.start + timedelta(at) for at in range(span.days))
        )
        value = merged.number(row, name)
        if value is None or not count:
            return None
        said.append((value / count, merged.label(row), prose(value, column), prose(value / count, column)))
    said.sort(key=lambda one: -one[0])
    (high, first, *shown), (low, second, *other) = said
    difference = change(high, low, column, adds=True)
    if difference is None:
        return None
    at = placed(merged, scene)
    return join(
        [
            Text(
                zh=f"{at.zh}{column.label.zh}按日均看:{first.zh}{shown[1].zh}(合计{shown[0].zh}),"
                f"{second.zh}{other[1].zh}(合计{other[0].zh})",
                en=f"{column.label.en} per day {at.en}: {first.en} {shown[1].en} ({shown[0].en} in all), "
                f"{second.en} {other[1].en} ({other[0].en} in all)",
            ),
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
