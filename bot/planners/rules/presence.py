"""Filters on whether there is a value, and on truth values: empty, not empty, gilded."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.query import Condition, GroupBy, Operator

_TRUE = frozenset("是 真 true yes 对 1".split())
_FALSE = frozenset("否 假 false no 不是 0".split())


_CHOICE = Rule(r" (?:or|vs|versus|and|against) |新老|与否")
_UN = ("不", "没", "未", "非", "无", "没有", "un", "non", "not", "no")


def read_empty(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "city is empty" and "渠道不为空"."""
    for index in line.tagged(Tag.EMPTY):
        near = line.before(index, Tag.OF, Tag.IS)
        if not line.is_role(near, "dimension"):
            near = line.after(index, Tag.OF)
        if near is None or not line.is_role(near, "dimension") or near in line.used:
            continue
        operator: Operator = "is null" if line.payload(index, Tag.EMPTY) == "is null" else "is not null"
        if line.has(line.before(index, Tag.IS), Tag.NOT):
            operator = "is not null" if operator == "is null" else "is null"
            line.use(line.before(index, Tag.IS))
        name = line.roles[near].name
        draft.where.append(Condition(dimension=name, operator=operator))
        label = scene.dimension(name).label
        zh, en = ("为空", "is empty") if operator == "is null" else ("不为空", "is not empty")
        draft.say("filter", f"{label.zh}{zh}", f"{label.en} {en}", scene.words(line, near, index))
        line.use(index, near)


def read_truth(line: Line, draft: Draft, scene: Scene) -> None:
    """Read a truth-value dimension with its value: `is_member = true`, 是否会员为是."""
    for index in line.of_role("dimension"):
        name = line.roles[index].name
        if scene.dimension(name).kind != "boolean" or index in line.used:
            continue
        at = index
        for _ in range(3):
            at += 1
            if at >= len(line):
                break
            word = line.items[at].text
            if line.roles[at].kind in ("grammar", "number", "unknown", "value") and word in _TRUE | _FALSE:
                following = line.items[at + 1].text if at + 1 < len(line) else ""
                if word == "是" and following in _TRUE | _FALSE:
                    line.use(at)
                    continue
                draft.where.append(Condition(dimension=name, operator="=", values=(word in _TRUE,)))
                label = scene.dimension(name).label
                zh, en = ("是", "yes") if word in _TRUE else ("否", "no")
                draft.say("filter", f"{label.zh}:{zh}", f"{label.en}: {en}", scene.words(line, index, at))
                line.use(*range(index, at + 1))
                break
        if index not in line.used:
            _plain_truth(line, index, draft, scene)
    both_truths(line, draft)


def both_truths(line: Line, draft: Draft) -> None:
    """Read "gilded and not gilded" as a split by the truth value: no row is both."""
    for part in [known for known in draft.where if isinstance(known, Condition)]:
        turned = part.model_copy(update={"values": (False,)})
        if part.operator == "=" and part.values == (True,) and turned in draft.where:
            draft.where.remove(part)
            draft.where.remove(turned)
            draft.add_group(GroupBy(dimension=part.dimension))
            line.use(*line.tagged(Tag.AND, Tag.EACH))


def _plain_truth(line: Line, index: int, draft: Draft, scene: Scene) -> None:
    """Read a truth-value dimension named as an attribute ("pulls that are gilded", 鎏金的) as being true."""
    before = line.before(index, Tag.OF, Tag.IS)
    if line.items[index].text.startswith(("是否", "有无", "whether")) or line.has(before, Tag.BY, Tag.WHICH):
        return
    if _CHOICE.search(line.items[index].text):
        return  # new or returning: both, told apart
    ahead = line.items[index - 1].text if index else ""
    told = line.items[index].text.isascii() and (
        line.has(line.before(index), Tag.NOT, Tag.NEVER)
        or ahead in ("that were", "that are", "which are", "which were")
        or (index > 1 and ahead in ("were", "are") and line.items[index - 2].text in ("that", "which"))
    )
    if not told and line.has(line.after(index), Tag.BY, Tag.SHARE, Tag.EMPTY, Tag.CMP):
        return  # faults that are not fixed, by type, are told apart all the same
    glued = index - 1 if index and line.items[index - 1].text in _UN else None  # 不住校
    before = before if glued is None else glued
    negated = glued is not None or line.has(before, Tag.NOT, Tag.NEVER)
    name = line.roles[index].name
    draft.where.append(Condition(dimension=name, operator="=", values=(not negated,)))
    label = scene.dimension(name).label
    zh, en = ("否", "no") if negated else ("是", "yes")
    draft.say("filter", f"{label.zh}:{zh}", f"{label.en}: {en}", scene.words(line, index))
    line.use(index, before if negated else None)
