"""What rankings share: the order slot, the count beside a top word, the outer groups of n per group."""

from __future__ import annotations

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import SimpleMetric
from semantic_layer.query import AveragePer, OrderBy

_RANKING = {True: ("从高到低", "highest first"), False: ("从低到高", "lowest first")}


def order_by(draft: Draft, scene: Scene, column: str, descending: bool, words: tuple[str, ...]) -> None:
    """Order the result by a column, and say so."""
    draft.order_by = [OrderBy(column=_averaged(draft, scene, column), descending=descending)]
    name = column.partition("__")[0] if column not in scene.catalog.metrics else column
    label = scene.metric(name).label
    zh, en = _RANKING[descending]
    draft.say("order", f"按{label.zh}{zh}", f"by {label.en}, {en}", words)


def _averaged(draft: Draft, scene: Scene, column: str) -> str:
    """Return the column of the asked average where it may order otherwise than the whole: distinct counts."""
    for part in draft.transforms:
        if isinstance(part, AveragePer) and part.metric == column:
            kind = scene.metric(column).type
            if isinstance(kind, SimpleMetric) and kind.agg == "count_distinct":
                return f"{column}__per_{part.grain.value}"
    return column


def count_at(line: Line, index: int) -> tuple[int | None, int | None]:
    """Return the number of a top word, inside it or beside it, and the item that holds it."""
    item = line.items[index]
    if item.number is not None:
        return int(item.number), None
    for at in (line.after(index), line.before(index)):
        if at is not None and abs(at - index) <= 2 and line.is_role(at, "number"):
            number = line.items[at].number
            if (
                number is not None
                and float(number).is_integer()
                and 0 < number < 10_000
                and at not in line.used
            ):
                return int(number), at
    return None, None


def outer_groups(line: Line, draft: Draft, index: int | None) -> tuple[str, ...]:
    """Return the group columns that were asked as "each …" beside the ranked one; empty for one ranking overall."""
    columns = [group.column for group in draft.group_by]
    if len(columns) < 2:
        return ()
    each = [column for column in columns if column in draft.each or column.startswith("metric_time__")]
    if len(each) == len(columns):
        ranked = _ranked_column(line, index)
        each = [column for column in each if column != ranked] if ranked else []
    return tuple(each)


def _ranked_column(line: Line, index: int | None) -> str | None:
    """Return the group column whose dimension stands next to the top word."""
    if index is None:
        return None
    unit = _ranked_bucket(line, index)
    if unit is not None:
        return f"metric_time__{unit}"
    asked = [line.after(at) for at in reversed(line.tagged(Tag.WHICH))]
    for near in (line.after(index, Tag.OF, Tag.WHICH), line.before(index, Tag.OF), *asked):
        if near is not None and line.is_role(near, "dimension"):
            return line.roles[near].name
    return None


def _ranked_bucket(line: Line, index: int) -> str | None:
    """Return the bucket that a top word is about: 每个店铺支付金额最高的月份, the best month for each store."""
    for at in (index, *line.tagged(Tag.WHICH)):
        if line.items[at].unit is not None and line.has(at, Tag.WHICH):
            return line.items[at].unit
    return None


def is_top(line: Line, index: int) -> bool:
    """Return whether a top word has its number: inside (top 5) or beside it."""
    return count_at(line, index)[0] is not None


def counted_members(line: Line) -> tuple[int | None, int | None]:
    """Return the count right before a dimension: "the three hubs with …"."""
    for at in line.of_role("number"):
        number = line.items[at].number
        whole = number is not None and float(number).is_integer() and 0 < number < 1_000
        if whole and number is not None and at not in line.used and line.is_role(line.after(at), "dimension"):
            return int(number), at
    return None, None
