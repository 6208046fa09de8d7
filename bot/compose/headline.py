"""The headline: conclusion first, made from the executed plan and its result, never from the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.compose.changes import change_by_group_headline, change_headline
from bot.compose.filters import having_text, placed
from bot.compose.numbers import number_headline
from bot.compose.overview import is_overview, overview_headline
from bot.compose.phrases import join, label_of, list_of, through
from bot.compose.ranking import ranking_headline
from bot.compose.shares import members_headline, share_headline
from bot.compose.side import Side
from bot.compose.trend import trend_headline
from bot.compose.view import Scene, Shape, View, shape_of
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.text import Text
from tools.render_dates import dates_label, day_label

_BY_SHAPE: dict[Shape, Callable[[View, Side, Scene], Text]] = {
    "number": number_headline,
    "change": change_headline,
    "ranking": ranking_headline,
    "share": share_headline,
    "members": members_headline,
}
MOST_LISTED = 8


def headline(view: View, side: Side, scene: Scene) -> Text:
    """Return the sentences of one executed plan."""
    shape = shape_of(view)
    if shape == "values":
        return _values(view)
    if view.main is not None and view.main.days == 0 and scene.data_end is not None:
        return _after_the_data(view.main, scene.data_end, scene)
    if shape == "empty":
        return _empty(view, scene)
    if shape == "change" and is_overview(view):
        return overview_headline(view, scene)
    if shape == "trend":
        return trend_headline(view, scene)
    if shape == "ranking" and view.query.compare and not view.query.order_by and not view.query.limit:
        return change_by_group_headline(view, side, scene)
    return _BY_SHAPE[shape](view, side, scene)


def together(headlines: Sequence[Text]) -> Text:
    """Return one headline of several parts, in the question's order."""
    return Text(zh="".join(text.zh for text in headlines), en=" ".join(text.en for text in headlines))


def _values(view: View) -> Text:
    """Return what a list of distinct values holds."""
    count = view.table.row_count
    names = view.group_names()
    if not count and view.query.where:
        return Text(zh=f"没有符合条件的{names.zh}。", en=f"No {names.en} meets the conditions.")
    if not count:
        return Text(zh=f"{names.zh}没有任何取值。", en=f"There are no values of {names.en}.")
    shown = [view.label(row) for row in view.table.rows[:MOST_LISTED]]
    more = count > len(shown)
    listed = Text(
        zh=f"{names.zh}共{count}个:{'、'.join(text.zh for text in shown)}{'等' if more else ''}",
        en=f"{names.en} has {count} values: {', '.join(text.en for text in shown)}{' and more' if more else ''}",
    )
    return join([listed])


def _empty(view: View, scene: Scene) -> Text:
    """Return that nothing was found, and where the data are."""
    labels = list_of([scene.catalog.metrics[name].label for name in view.query.metrics])
    at = placed(view, scene)
    if view.query.having and view.dimensions:
        tests = list_of([having_text(having, view) for having in view.query.having])
        names = view.group_names()
        return join(
            [Text(zh=f"{at.zh}没有{names.zh}的{tests.zh}", en=f"no {names.en} {at.en} has {tests.en}")]
        )
    first = Text(
        zh=f"没有数据:{at.zh}没有符合条件的{labels.zh}记录",
        en=f"no data: nothing counts towards {labels.en} {at.en}",
    )
    return join([first, _covered(scene) or through(scene, view.main)])


def _after_the_data(main: Period, end: date, scene: Scene) -> Text:
    """Return that a period lies wholly after the data: a count of nothing there is 0, and would pass for a figure."""
    label = label_of(scene, Period.of(main.start, main.requested_end))
    first = Text(
        zh=f"没有数据:{label.zh}在现有数据之后",
        en=f"no data: {label.en} lies after the last day with data",
    )
    last = day_label(end - ONE_DAY, scene.today)
    return join([first, _covered(scene) or Text(zh=f"数据到{last.zh}", en=f"data run to {last.en}")])


def _covered(scene: Scene) -> Text | None:
    """Return from when to when there are data; None where that is not known."""
    if scene.data_start is not None and scene.data_end is not None and scene.data_end > scene.data_start:
        dates = dates_label(Period.of(scene.data_start, scene.data_end), scene.today)
        return Text(zh=f"现有数据从{dates.zh.replace('–', '到')}", en=f"the data run over {dates.en}")
    return None
