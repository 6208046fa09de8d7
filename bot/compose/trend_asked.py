"""Headlines over time that answer what was asked of the buckets: which is highest, how each differs from before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.compose.filters import placed
from bot.compose.phrases import against, growth, list_of, versus
from bot.compose.view import Scene, View, grain_of
from semantic_layer.period import Grain
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.render import prose, style_of
from tools.render_dates import bucket_phrase

MOST_TIED = 3
_UNITS = {
    Grain.DAY: Text(zh="天", en="days"),
    Grain.WEEK: Text(zh="周", en="weeks"),
    Grain.MONTH: Text(zh="个月", en="months"),
    Grain.QUARTER: Text(zh="个季度", en="quarters"),
    Grain.YEAR: Text(zh="年", en="years"),
}


def compared_column(view: View, name: str) -> str | None:
    """Return the column that holds the metric at the one other time it is compared with; None where there is none."""
    if len(view.comparisons) != 1 or view.asked_column(name) != name:
        return None
    return f"{name}__{view.comparisons[0].suffix}"


def by_order(
    view: View, scene: Scene, whole: list[tuple[date, float]], column: Column
) -> list[Text | None] | None:
    """Return the bucket that stands first in the order asked for: which month was the best; None without an order."""
    order = view.query.order_by
    if not order or order[0].column != column.name:
        return None
    best = (max if order[0].descending else min)(value for _, value in whole)
    grain = grain_of(view)
    days = [
        bucket_phrase(day, grain.value if grain else None, scene.today)
        for day, value in whole
        if value == best
    ]
    at, value = placed(view, scene), prose(best, column)
    most = Text(zh="最高", en="highest") if order[0].descending else Text(zh="最低", en="lowest")
    if len(days) > MOST_TIED:
        return None
    names = list_of(days)
    verb = "has" if len(days) == 1 else "have"
    head = Text(
        zh=f"{at.zh}{column.label.zh}{most.zh}的是{names.zh},{value.zh}",
        en=f"{names.en} {verb} the {most.en} {column.label.en} {at.en}: {value.en}",
    )
    end, far = (min if order[0].descending else max)((value, day) for day, value in whole)
    other, far_value = bucket_phrase(far, grain.value if grain else None, scene.today), prose(end, column)
    least = Text(zh="最低", en="low") if order[0].descending else Text(zh="最高", en="high")
    return [
        head,
        Text(zh=f"{least.zh}{other.zh},{far_value.zh}", en=f"the {least.en} was {other.en} ({far_value.en})"),
    ]


def by_change(
    view: View, scene: Scene, whole: list[tuple[date, float]], before: Mapping[date, float]
) -> list[Text | None] | None:
    """Return how many buckets rose and fell on the period compared with, and which most; None without a comparison."""
    main, grain, name = view.main, grain_of(view), view.query.metrics[0]
    if compared_column(view, name) is None or main is None or grain is None:
        return None
    column, used = view.column(name), view.comparisons[0]
    pairs = [(day, value, then) for day, value in whole if (then := before.get(day, 0.0)) > 0]
    if len(pairs) < 2:
        return None
    points = style_of(column).percent
    moves = [
        (now - then if points else now / then - 1, day, growth(now, then, column)) for day, now, then in pairs
    ]
    rose, fell = (sum(sign * move > 0 for move, _, _ in moves) for sign in (1, -1))
    other = (
        Text(zh="逐段环比", en="each against the one before")
        if used.suffix.startswith("previous_period")
        else versus(against(scene, used, main))
    )
    at, count, unit = placed(view, scene), len(moves), _UNITS.get(grain, Text(zh="段", en="buckets"))
    head = Text(
        zh=f"{at.zh}{column.label.zh}{other.zh}:{count}{unit.zh}里{rose}{unit.zh}升、{fell}{unit.zh}降",
        en=f"{column.label.en} {at.en} {other.en}: up in {rose} of {count} {unit.en}, down in {fell}",
    )
    ends: list[Text] = []
    for (move, day, size), word in ((max(moves), "most"), (min(moves), "least")):
        phrase, up = bucket_phrase(day, grain.value, scene.today), move > 0
        far = up == (word == "most")
        if size is not None:
            ends.append(
                Text(
                    zh=f"{'升' if up else '降'}得最{'多' if far else '少'}的是{phrase.zh}({size.zh})",
                    en=f"{phrase.en} {'rose' if up else 'fell'} {'most' if far else 'least'} ({size.en})",
                )
            )
    return [head, Text(zh=",".join(one.zh for one in ends), en=", ".join(one.en for one in ends))]
