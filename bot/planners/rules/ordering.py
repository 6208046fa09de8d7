"""Rankings: superlatives, top and bottom n, the second, sort words, growth rankings, n per group."""

from __future__ import annotations

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.growth import read_growth_ranking
from bot.planners.rules.line import Line
from bot.planners.rules.ranks import count_at, counted_members, is_top, order_by, outer_groups
from bot.planners.rules.tags import Tag
from semantic_layer.query import Condition, Limit, OrderBy


def read_ordering(line: Line, draft: Draft, scene: Scene) -> None:
    """Set order and limit from what the question says about rank."""
    if not draft.metrics:
        return
    if read_growth_ranking(line, draft, scene):
        return
    top = [index for index in line.tagged(Tag.TOP) if is_top(line, index)]
    superlatives = line.tagged(Tag.SUPER, Tag.ORDINAL)
    if not draft.group_by:
        inner = [at for at, _, _ in draft.choices] if draft.superlative is not None else []
        if inner and line.tagged(Tag.WHICH) and not (superlatives or top):
            draft.unranked = tuple(inner)  # what sold best: the best of what was not said
        if superlatives or top:
            draft.unranked = (*superlatives, *top)
            line.use(*superlatives, *top)
        return
    if len(top) > 1 and not _same_count(line, top):
        draft.refuse(
            "not_supported",
            "一个问题里有两个「前几名」,还不能一起做。请分开问。",
            "Two top-n's in one question cannot be done together yet. Please ask them one by one.",
            *scene.words(line, *top),
        )
        line.use(*top)
    elif top:
        _top(line, draft, scene, top[0])
        line.use(*superlatives, *line.tagged(Tag.ORDER), *line.tagged(Tag.TOP))
    elif superlatives:
        _superlative(line, draft, scene, superlatives)
        line.use(*superlatives, *line.tagged(Tag.ORDER), *line.tagged(Tag.TOP))
    elif draft.superlative is not None:
        kind, words = draft.superlative
        order_by(
            draft,
            scene,
            _metric_for(line, draft, None),
            _descends(kind, draft.metrics[0], draft, scene),
            words,
        )
        number, at = counted_members(line)
        if number is not None and at is not None and not _has_unit(line, at):
            draft.limit = Limit(n=number, per=outer_groups(line, draft, None))
            draft.say("limit", f"{number} 个", f"{number}", scene.words(line, at))
            line.use(at)
        else:
            _one_per_group(line, draft, None)
        line.use(*line.tagged(Tag.ORDER))
    elif not _higher(line, draft, scene):
        _sort_words(line, draft, scene)


def _higher(line: Line, draft: Draft, scene: Scene) -> bool:
    """Read the peak of a bucket (单日峰值), and "which had the higher …" and 哪个高 over members."""
    peaks = [
        at
        for at in line.tagged(Tag.AGG)
        if at not in line.used and line.payload(at, Tag.AGG) in ("max", "min")
    ]
    more = [at for at in line.tagged(Tag.MORE) if line.payload(at, Tag.MORE) != "middle"]
    sold = [at for at in line.tagged(Tag.VERB) if line.items[at].text.startswith(_SELLING)]
    if peaks and any(group.grain for group in draft.group_by):
        kind = "desc" if line.payload(peaks[0], Tag.AGG) == "max" else "asc"
        marks = peaks
    elif more and (line.tagged(Tag.WHICH) or _lists_members(draft)) and not draft.compare:
        kind, marks = line.payload(more[0], Tag.MORE), more
    elif sold:
        kind, marks = "asc" if line.items[sold[0]].text.startswith("worst") else "desc", sold
    else:
        return False
    name = draft.metrics[0]
    descending = _descends(kind, name, draft, scene)
    if (
        marks is not more or not descending or not _lists_members(draft)
    ):  # two compared stand so by themselves
        order_by(draft, scene, name, descending, scene.words(line, *marks))
    line.use(*marks, *line.tagged(Tag.ORDER))
    return True


_SELLING = ("best sell", "bestsell", "top sell", "worst sell", "most sold")


def _lists_members(draft: Draft) -> bool:
    grouped = {group.dimension for group in draft.group_by}
    return any(
        isinstance(part, Condition) and part.operator == "in" and part.dimension in grouped
        for part in draft.where
    )


def _same_count(line: Line, top: list[int]) -> bool:
    return len({count_at(line, index)[0] for index in top}) == 1


def _top(line: Line, draft: Draft, scene: Scene, index: int) -> None:
    count, at = count_at(line, index)
    assert count is not None
    name = _metric_for(line, draft, index)
    kind = line.payload(index, Tag.TOP)
    evaluative = [i for i in line.tagged(Tag.SUPER) if line.payload(i, Tag.SUPER) in ("best", "worst")]
    literal = [
        i for i in line.tagged(Tag.SUPER) if line.payload(i, Tag.SUPER) in ("desc", "asc") and i != index
    ]
    if evaluative:
        kind = line.payload(evaluative[0], Tag.SUPER)
    elif literal and kind == "desc":
        kind = line.payload(literal[0], Tag.SUPER)
    if any(line.items[index].text.startswith(word) for word in ("worst", "best")):
        kind = line.items[index].text.split()[0]
    others = [at for at in line.tagged(Tag.SUPER) if at != index]
    if any(_metric_for(line, draft, at) != name for at in others):
        draft.refuse(
            "not_supported",
            "先取前几名、再在其中按另一个指标排名,还不能一次做完。请分两步问。",
            "Ranking the members of a top n by another metric cannot be done in one question yet.",
            *scene.words(line, index),
        )
    descending = _descends(kind, name, draft, scene)
    order = [at for at in line.tagged(Tag.ORDER) if line.payload(at, Tag.ORDER) in ("desc", "asc")]
    words = scene.words(line, index, at)
    order_by(draft, scene, name, descending, words)
    per = outer_groups(line, draft, index)
    draft.limit = Limit(n=count, per=per)
    zh = f"前 {count} 名" if descending else f"后 {count} 名"
    en = f"top {count}" if descending else f"bottom {count}"
    draft.say("limit", zh + (",每组" if per else ""), en + (" per group" if per else ""), words)
    line.use(index, at, *order, *literal, *evaluative)


def _superlative(line: Line, draft: Draft, scene: Scene, indexes: list[int]) -> None:
    """Order by the superlative; the whole table stays, the headline names the winner."""
    index = indexes[0]
    ordinal = next((at for at in indexes if line.has(at, Tag.ORDINAL)), None)
    supers = [at for at in indexes if line.has(at, Tag.SUPER)]
    kind = line.payload(supers[0], Tag.SUPER) if supers else "desc"
    if (
        ordinal is not None
        and not supers
        and any(
            word in line.items[ordinal].text for word in ("低", "少", "小", "倒数", "末尾", "最后", "lowest")
        )
    ):
        kind = "asc"
    name = _metric_for(line, draft, supers[0] if supers else index)
    descending = _descends(kind, name, draft, scene)
    number: int | None = None
    at: int | None = None
    if ordinal is None:
        number, at = count_at(line, index)
        if number is None:
            number, at = counted_members(line)
    words = scene.words(line, *indexes, at)
    order_by(draft, scene, name, descending, words)
    if number is not None and (at is None or not _has_unit(line, at)):
        draft.limit = Limit(n=number, per=outer_groups(line, draft, index))
        draft.say("limit", f"{number} 个", f"{number}", words)
        line.use(at)
    elif ordinal is not None:
        place = int(line.payload(ordinal, Tag.ORDINAL))
        draft.limit = Limit(n=1, offset=place - 1, per=outer_groups(line, draft, index))
        draft.say("limit", f"第 {place} 名", f"number {place}", scene.words(line, ordinal))
    else:
        _one_per_group(line, draft, index)


def _has_unit(line: Line, at: int) -> bool:
    return line.items[at].unit not in (None, "", "个")


def _one_per_group(line: Line, draft: Draft, index: int | None) -> None:
    """Keep the winner of each outer group where one was asked ("the best product in each region")."""
    per = outer_groups(line, draft, index)
    if per:
        draft.limit = Limit(n=1, per=per)
        draft.say("limit", "每组第 1 名", "the first of each group")


def _metric_for(line: Line, draft: Draft, index: int | None) -> str:
    """Return the metric that a rank word is about: the one beside it, the one after "by", else the first."""
    if index is not None:
        for at in line.of_role("metric"):
            before = line.before(at, Tag.OF)
            if line.has(before, Tag.BY) and at > index:
                return draft.metric_at.get(at, draft.metrics[0])
        for near in (line.before(index, Tag.OF), line.after(index, Tag.OF, Tag.COUNT, Tag.HOW_MANY)):
            if near is not None and line.is_role(near, "metric"):
                return draft.metric_at.get(near, draft.metrics[0])
    return draft.metrics[0]


def _descends(kind: str, metric: str, draft: Draft, scene: Scene) -> bool:
    """Return the direction of a rank word; best and worst follow what is good for the metric."""
    if metric in draft.evaluative and kind in ("desc", "asc"):
        kind = "best" if kind == "desc" else "worst"
    if kind in ("desc", "asc"):
        return kind == "desc"
    low_is_good = scene.metric(metric).good_direction == "down"
    return low_is_good if kind == "worst" else not low_is_good


def _sorted_column(line: Line, draft: Draft, order: list[int]) -> str | None:
    """Return the group column that a word for sorting names: sort by city, 按日期排序, in alphabetical order."""
    columns = [group.column for group in draft.group_by]
    for index in order:
        text = line.items[index].text
        if line.payload(index, Tag.ORDER) == "letters":
            return columns[0]
        ahead = line.before(index)
        led = ahead is not None and line.has(line.before(ahead), Tag.BY) and not text.isascii()
        behind = line.after(index, Tag.BY, Tag.OF) if text.endswith(("by", "sort", "order", "on")) else None
        if behind is not None and not text.endswith("by") and not line.has(line.before(behind), Tag.BY):
            behind = None  # sort products by profit
        near = behind if behind is not None else ahead if led else None
        if line.is_role(near, "dimension") and near is not None and text not in ("rank", "排名", "排行"):
            name = line.roles[near].name
            return next((one for one in columns if one == name or one.startswith(f"{name}__")), None)
    return None


def _sort_words(line: Line, draft: Draft, scene: Scene) -> None:
    order = [index for index in line.tagged(Tag.ORDER) if index not in line.used]
    if not order or draft.order_by:
        line.use(*order)
        return
    explicit = [index for index in order if line.payload(index, Tag.ORDER) != "rank"]
    column = _sorted_column(line, draft, order)
    if column is not None:
        descending = bool(explicit) and line.payload(explicit[0], Tag.ORDER) == "desc"
        draft.order_by = [OrderBy(column=column, descending=descending)]
        label = scene.catalog.dimensions[column].label if column in scene.catalog.dimensions else None
        zh, en = (label.zh, label.en) if label else ("时间", "time")
        draft.say("order", f"按{zh}排序", f"sorted by {en}", scene.words(line, *order))
        line.use(*order)
        return
    descending = line.payload(explicit[0], Tag.ORDER) == "desc" if explicit else True
    order_by(draft, scene, _metric_for(line, draft, order[0]), descending, scene.words(line, *order))
    line.use(*order)
