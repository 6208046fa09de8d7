"""Rankings: superlatives, top and bottom n, the second, sort words, growth rankings, n per group."""

from __future__ import annotations

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.query import Compare, Having, Limit, OrderBy

_RANKING = {True: ("从高到低", "highest first"), False: ("从低到高", "lowest first")}


def read_ordering(line: Line, draft: Draft, scene: Scene) -> None:
    """Set order and limit from what the question says about rank."""
    if not draft.metrics:
        return
    if _growth_ranking(line, draft, scene):
        return
    top = [index for index in line.tagged(Tag.TOP) if _is_top(line, index)]
    superlatives = line.tagged(Tag.SUPER, Tag.ORDINAL)
    if not draft.group_by:
        if superlatives or top:
            draft.unranked = (*superlatives, *top)
            line.use(*superlatives, *top)
        return
    if top:
        _top(line, draft, scene, top[0])
        line.use(*superlatives, *line.tagged(Tag.ORDER), *line.tagged(Tag.TOP))
    elif superlatives:
        _superlative(line, draft, scene, superlatives)
        line.use(*superlatives, *line.tagged(Tag.ORDER), *line.tagged(Tag.TOP))
    elif draft.superlative is not None:
        kind, words = draft.superlative
        _order(
            draft,
            scene,
            _metric_for(line, draft, None),
            _descends(kind, draft.metrics[0], draft, scene),
            words,
        )
        _one_per_group(line, draft, None)
        line.use(*line.tagged(Tag.ORDER))
    else:
        _sort_words(line, draft, scene)


def _is_top(line: Line, index: int) -> bool:
    """Return whether a top word has its number: inside (top 5) or beside it."""
    return _count_at(line, index)[0] is not None


def _count_at(line: Line, index: int) -> tuple[int | None, int | None]:
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


def _top(line: Line, draft: Draft, scene: Scene, index: int) -> None:
    count, at = _count_at(line, index)
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
    descending = _descends(kind, name, draft, scene)
    order = [at for at in line.tagged(Tag.ORDER) if line.payload(at, Tag.ORDER) in ("desc", "asc")]
    words = scene.words(line, index, at)
    _order(draft, scene, name, descending, words)
    per = _outer(line, draft, index)
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
        and any(word in line.items[ordinal].text for word in ("低", "少", "小", "lowest"))
    ):
        kind = "asc"
    name = _metric_for(line, draft, supers[0] if supers else index)
    descending = _descends(kind, name, draft, scene)
    number: int | None = None
    at: int | None = None
    if ordinal is None:
        number, at = _count_at(line, index)
        if number is None:
            number, at = _counted_members(line)
    words = scene.words(line, *indexes, at)
    _order(draft, scene, name, descending, words)
    if number is not None and (at is None or not _has_unit(line, at)):
        draft.limit = Limit(n=number, per=_outer(line, draft, index))
        draft.say("limit", f"{number} 个", f"{number}", words)
        line.use(at)
    elif ordinal is not None:
        place = int(line.payload(ordinal, Tag.ORDINAL))
        draft.limit = Limit(n=1, offset=place - 1, per=_outer(line, draft, index))
        draft.say("limit", f"第 {place} 名", f"number {place}", scene.words(line, ordinal))
    else:
        _one_per_group(line, draft, index)


def _counted_members(line: Line) -> tuple[int | None, int | None]:
    """Return the count right before a dimension: "the three hubs with …"."""
    for at in line.of_role("number"):
        number = line.items[at].number
        whole = number is not None and float(number).is_integer() and 0 < number < 1_000
        if whole and number is not None and at not in line.used and line.is_role(line.after(at), "dimension"):
            return int(number), at
    return None, None


def _has_unit(line: Line, at: int) -> bool:
    return line.items[at].unit not in (None, "", "个")


def _one_per_group(line: Line, draft: Draft, index: int | None) -> None:
    """Keep the winner of each outer group where one was asked ("the best product in each region")."""
    per = _outer(line, draft, index)
    if per:
        draft.limit = Limit(n=1, per=per)
        draft.say("limit", "每组第 1 名", "the first of each group")


def _outer(line: Line, draft: Draft, index: int | None) -> tuple[str, ...]:
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
    asked = [line.after(at) for at in reversed(line.tagged(Tag.WHICH))]
    for near in (line.after(index, Tag.OF, Tag.WHICH), line.before(index, Tag.OF), *asked):
        if near is not None and line.is_role(near, "dimension"):
            return line.roles[near].name
    return None


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


def _order(draft: Draft, scene: Scene, column: str, descending: bool, words: tuple[str, ...]) -> None:
    draft.order_by = [OrderBy(column=column, descending=descending)]
    name = column.partition("__")[0] if column not in scene.catalog.metrics else column
    label = scene.metric(name).label
    zh, en = _RANKING[descending]
    draft.say("order", f"按{label.zh}{zh}", f"by {label.en}, {en}", words)


def _sort_words(line: Line, draft: Draft, scene: Scene) -> None:
    order = [index for index in line.tagged(Tag.ORDER) if index not in line.used]
    if not order or draft.order_by:
        line.use(*order)
        return
    explicit = [index for index in order if line.payload(index, Tag.ORDER) != "rank"]
    descending = line.payload(explicit[0], Tag.ORDER) == "desc" if explicit else True
    _order(draft, scene, _metric_for(line, draft, order[0]), descending, scene.words(line, *order))
    line.use(*order)


def _growth_ranking(line: Line, draft: Draft, scene: Scene) -> bool:
    """Read "fastest growing" and "按同比增长率排名": order by the growth column, with its comparison."""
    most = [index for index in line.tagged(Tag.GROW_MOST) if index not in line.used]
    growth = line.tagged(Tag.GROWTH, Tag.GREW)
    ranked = bool(line.tagged(Tag.ORDER, Tag.SUPER, Tag.TOP))
    if not draft.group_by or (not most and not (growth and ranked)):
        return False
    if not draft.compare:
        draft.compare.append(Compare(kind="previous_period"))
        draft.say("comparison", "较上一期(未说明时)", "against the previous period (none was named)")
    name = draft.metrics[0]
    column = growth_column(draft, name)
    if most:
        descending = line.payload(most[0], Tag.GROW_MOST) == "up"
    else:
        down = any(line.has(at, Tag.GREW) and line.payload(at, Tag.GREW) == "down" for at in growth)
        asc = any(line.payload(at, Tag.SUPER) in ("asc", "worst") for at in line.tagged(Tag.SUPER))
        asc = asc or any(line.payload(at, Tag.ORDER) == "asc" for at in line.tagged(Tag.ORDER))
        descending = down == asc
    _order(draft, scene, column, descending, scene.words(line, *most, *growth))
    top = [index for index in line.tagged(Tag.TOP) if _is_top(line, index)]
    if top:
        count, at = _count_at(line, top[0])
        assert count is not None
        draft.limit = Limit(n=count, per=_outer(line, draft, top[0]))
        draft.say("limit", f"{count} 个", f"{count}", scene.words(line, top[0], at))
        line.use(at)
    line.use(*most, *growth, *line.tagged(Tag.ORDER, Tag.SUPER, Tag.TOP))
    return True


def growth_column(draft: Draft, metric: str, what: str = "growth") -> str:
    """Return the result column of a metric's change: suffixed by the comparison's kind when there are several."""
    suffix = f"__{draft.compare[0].kind}" if len(draft.compare) > 1 else ""
    return f"{metric}__{what}{suffix}"


def read_grew(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "which channels declined" as a comparison with a condition on the change."""
    if not draft.metrics:
        return
    verbs = [index for index in line.tagged(Tag.GREW) if index not in line.used]
    changes = [index for index in line.tagged(Tag.GROWTH) if index not in line.used]
    if not verbs and not changes:
        return
    if not draft.compare and not any(having.column.partition("__")[1] for having in draft.having):
        draft.compare.append(Compare(kind="previous_period"))
        draft.say(
            "comparison",
            "较上一期(未说明时)",
            "against the previous period (none was named)",
            scene.words(line, *verbs, *changes),
        )
    elif not draft.compare:
        draft.compare.append(Compare(kind="previous_period"))
    selecting = bool(line.tagged(Tag.WHICH)) or any(
        line.is_role(line.after(index, Tag.OF), "dimension") for index in verbs
    )
    timed = any(group.grain for group in draft.group_by)
    if (
        verbs
        and not changes
        and selecting
        and draft.group_by
        and not timed
        and not draft.having
        and not draft.order_by
    ):
        up = line.payload(verbs[0], Tag.GREW) == "up"
        column = growth_column(draft, draft.metrics[0], "delta")
        draft.having.append(Having(column=column, operator=">" if up else "<", values=(0.0,)))
        zh, en = ("只看上升的", "only those that rose") if up else ("只看下降的", "only those that fell")
        draft.say("filter", zh, en, scene.words(line, verbs[0]))
    line.use(*verbs, *changes)
