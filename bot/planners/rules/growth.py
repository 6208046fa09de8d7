"""Growth in questions: the fastest growing, which declined, by how much."""

from __future__ import annotations

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.ranks import count_at, counted_members, is_top, order_by, outer_groups
from bot.planners.rules.tags import Tag
from semantic_layer.query import Compare, Having, Limit

_AMOUNTS = ("增量", "增长额", "增长量", "变化量", "变化额", "变化值", "增加额", "减少额", "absolute")
_UNSTEADY = ("波动", "fluctuat", "volatil")


_RELATIVE = frozenset("whose where with that which that_have".split())


def read_growth_ranking(line: Line, draft: Draft, scene: Scene) -> bool:
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
    texts = " ".join(line.items[at].text for at in (*most, *growth))
    if any(word in texts for word in _UNSTEADY):
        words = scene.words(line, *most, *growth)
        zh, en = "还没有按波动大小排名的统计。", "Ranking by how much a figure fluctuates is not supported."
        draft.refuse("not_supported", zh, en, *words)
    amount = any(word in texts for word in _AMOUNTS) or "absolute" in scene.question.text
    column = growth_column(draft, name, "delta" if amount else "growth")
    if most:
        descending = line.payload(most[0], Tag.GROW_MOST) == "up"
    else:
        down = any(line.has(at, Tag.GREW) and line.payload(at, Tag.GREW) == "down" for at in growth)
        asc = any(line.payload(at, Tag.SUPER) in ("asc", "worst") for at in line.tagged(Tag.SUPER))
        asc = asc or any(line.payload(at, Tag.ORDER) == "asc" for at in line.tagged(Tag.ORDER))
        descending = down == asc
    order_by(draft, scene, column, descending, scene.words(line, *most, *growth))
    top = [index for index in line.tagged(Tag.TOP) if is_top(line, index)]
    if top:
        count, at = count_at(line, top[0])
        assert count is not None
        draft.limit = Limit(n=count, per=outer_groups(line, draft, top[0]))
        draft.say("limit", f"{count} 个", f"{count}", scene.words(line, top[0], at))
        line.use(at)
    elif most:
        number, at = count_at(line, most[0])
        if number is None:
            number, at = counted_members(line)
        if number is not None:
            draft.limit = Limit(n=number, per=outer_groups(line, draft, most[0]))
            draft.say("limit", f"{number} 个", f"{number}", scene.words(line, at))
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
    selecting = selecting or any(
        line.items[at].text in _RELATIVE for at in range(len(line)) if verbs and at < verbs[0]
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
