"""Headlines of shares and of two members held against each other."""

from __future__ import annotations

from collections.abc import Sequence

from bot.compose.filters import placed
from bot.compose.measure import is_additive, maturity_days
from bot.compose.phrases import NO_CHANGE, change, join, list_of, still_open
from bot.compose.ranking import ranking_headline
from bot.compose.side import Side
from bot.compose.view import Scene, View
from semantic_layer.query import GroupBy
from semantic_layer.table import Row
from semantic_layer.text import Text
from tools.render import percent, prose, style_of

MOST_GROUPS = 5


def share_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return the largest share with its value and the total, and what the first three make together."""
    metric = next(transform.metric for transform in view.query.transforms if transform.kind == "share")
    share = f"{metric}__share"
    known = [(part, row) for row in view.table.rows if (part := view.number(row, share)) is not None]
    if not known:
        return ranking_headline(view, side, scene)
    known.sort(key=lambda pair: -pair[0])
    within = next(transform.within for transform in view.query.transforms if transform.kind == "share")
    if within:
        return _within_groups(view, known, within, metric, scene)
    asked = _asked_share(view, known, metric, scene)
    if asked is not None:
        return asked
    top, row = known[0]
    column = view.column(metric)
    at, label = placed(view, scene), view.label(row)
    value = prose(row[view.table.index(metric)], column)
    first = Text(
        zh=f"{at.zh}{label.zh}占{column.label.zh}的{percent(top)},{value.zh}",
        en=f"{label.en} makes up {percent(top)} of {column.label.en} {at.en}: {value.en}",
    )
    three: Text | None = None
    if len(known) > 3:
        together = percent(sum(part for part, _ in known[:3]))
        count = len(known)
        three = Text(
            zh=f"前三名合计{together},共{count}个{view.group_names().zh}",
            en=f"the first three make {together} together, of {count} in all",
        )
    elif len(known) > 1:
        second = view.label(known[1][1])
        three = Text(
            zh=f"其次是{second.zh},{percent(known[1][0])}",
            en=f"{second.en} follows with {percent(known[1][0])}",
        )
    return join([first, three, still_open(scene, maturity_days(scene.catalog, metric), view.main)])


def _within_groups(
    view: View, known: list[tuple[float, Row]], within: Sequence[str], metric: str, scene: Scene
) -> Text:
    """Return the largest part of each group, the largest groups first: parts of several wholes add up to nothing."""
    outer = [view.table.index(group.column) for group in view.query.group_by if _is_one_of(group, within)]
    column = view.column(metric)
    best: dict[tuple[object, ...], tuple[float, Row]] = {}
    sizes: dict[tuple[object, ...], float] = {}
    for part, row in known:  # the largest part of a group comes first
        key = tuple(row[at] for at in outer)
        best.setdefault(key, (part, row))
        sizes[key] = sizes.get(key, 0.0) + (view.number(row, metric) or 0.0)
    ordered = sorted(best, key=lambda key: -sizes[key])
    named = [(view.label(best[key][1]), percent(best[key][0])) for key in ordered[:MOST_GROUPS]]
    rest = len(ordered) - len(named)
    wholes = [view.column(group.column).label for group in view.query.group_by if _is_one_of(group, within)]
    whole = list_of(wholes) if wholes else Text(zh="组", en="group")
    at = placed(view, scene)
    first = Text(
        zh=f"{at.zh}每个{whole.zh}里占{column.label.zh}最多的:"
        + "、".join(f"{label.zh}{size}" for label, size in named)
        + (f"(另有{rest}个{whole.zh})" if rest else ""),
        en=f"the largest part of {column.label.en} within each {whole.en} {at.en}: "
        + ", ".join(f"{label.en} {size}" for label, size in named)
        + (f" (and {rest} more)" if rest else ""),
    )
    return join([first, still_open(scene, maturity_days(scene.catalog, metric), view.main)])


def _is_one_of(group: GroupBy, names: Sequence[str]) -> bool:
    return group.column in names or group.dimension in names


def _asked_share(view: View, known: list[tuple[float, Row]], metric: str, scene: Scene) -> Text | None:
    """Return the share of the members that were asked about, with their place; None where none was, or by time."""
    focus = view.focus
    if focus is None or len(view.dimensions) != 1 or view.time is not None or not view.has(focus.dimension):
        return None
    at = view.table.index(focus.dimension)
    column, where = view.column(metric), placed(view, scene)
    mine = [(part, row) for part, row in known if row[at] in focus.values]
    if not mine:
        return None
    part = sum(share for share, _ in mine)
    numbers = (view.number(row, metric) for _, row in mine)
    value = prose(sum(number for number in numbers if number is not None), column)
    label = view.label(mine[0][1])
    first = Text(
        zh=f"{where.zh}{label.zh}占{column.label.zh}的{percent(part)},{value.zh}",
        en=f"{label.en} makes up {percent(part)} of {column.label.en} {where.en}: {value.en}",
    )
    if len(mine) > 1:
        each = [(view.label(row), percent(share)) for share, row in mine]
        parts = Text(
            zh="、".join(f"{name.zh}{size}" for name, size in each),
            en=", ".join(f"{name.en} {size}" for name, size in each),
        )
        first = Text(
            zh=f"{where.zh}{column.label.zh}里{parts.zh},合计{percent(part)},{value.zh}",
            en=f"of {column.label.en} {where.en}: {parts.en}; together {percent(part)}, {value.en}",
        )
    if len(mine) > 1 or len(known) < 3:
        return join([first, still_open(scene, maturity_days(scene.catalog, metric), view.main)])
    place = known.index(mine[0]) + 1
    top = view.label(known[0][1])
    count, what = len(known), view.group_names()
    second = Text(
        zh=f"在{count}个{what.zh}里排第{place}",
        en=f"that is number {place} of {count}",
    )
    if place > 1:
        second = Text(
            zh=f"{second.zh},最高的是{top.zh}({percent(known[0][0])})",
            en=f"{second.en}; the largest is {top.en} ({percent(known[0][0])})",
        )
    return join([first, second, still_open(scene, maturity_days(scene.catalog, metric), view.main)])


def members_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return both members' values and how the first differs from the second."""
    name = view.query.metrics[0]
    column = view.column(name)
    rows = sorted(view.table.rows, key=lambda row: -(view.number(row, name) or float("-inf")))
    high, low = rows
    now, then = view.number(high, name), view.number(low, name)
    if now is None or then is None:
        return ranking_headline(view, side, scene)
    labels = view.label(high), view.label(low)
    values = [prose(value, column) for value in (now, then)]
    at = placed(view, scene)
    first = Text(
        zh=f"{at.zh}{column.label.zh}:{labels[0].zh}{values[0].zh},{labels[1].zh}{values[1].zh}",
        en=f"{column.label.en} {at.en}: {labels[0].en} {values[0].en}, {labels[1].en} {values[1].en}",
    )
    difference = change(now, then, column, adds=is_additive(scene.catalog, name))
    assert difference is not None
    if abs(now - then) <= NO_CHANGE * max(abs(now), abs(then)):
        second = Text(zh="两者持平", en="the two are level")
    elif then > 0 and now / then >= 2 and not style_of(column).percent:
        times = f"{now / then:.1f}"
        second = Text(
            zh=f"{labels[0].zh}是{labels[1].zh}的{times}倍",
            en=f"{labels[0].en} is {times} times {labels[1].en}",
        )
    else:
        second = Text(
            zh=f"{labels[0].zh}比{labels[1].zh}{difference.zh}",
            en=f"{labels[0].en} is {difference.en.removeprefix('up ')} above {labels[1].en}",
        )
    return join([first, second, still_open(scene, maturity_days(scene.catalog, name), view.main)])
