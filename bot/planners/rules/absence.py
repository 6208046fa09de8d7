"""Filters on whether a column is filled: without a coupon, 没有填校区的, with a damage note, 有备注的."""

from __future__ import annotations

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.query import Condition, Expression, Operator

_WITH = (
    "with",
    "having",
    "have",
    "has",
    "had",
    "that have",
    "that has",
    "which have",
    "who have",
    "that had",
)
_ARTICLE = ("a", "an", "any", "some")
_WITH_ANY = ("with any", "have any", "has any", "had any")
_USED = ("用了", "使用了", "使用过", "填了", "填写了", "领了")
_FILLED = ("有", "有填", "填了", "填写了", "用了", "使用了", "使用过", "领了", "带", "带有")


def read_absence(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "without a <column>" and "with a <column>" as tests for a value; a value or a metric behind is no column."""
    for index in line.of_role("dimension"):
        if index in line.used or scene.dimension(line.roles[index].name).kind == "boolean":
            continue
        mark = line.before(index, Tag.OF)
        following = line.after(index)
        if line.is_role(following, "value") and scene.dimension(line.roles[index].name).name in {
            term.name for term in line.roles[following or 0].terms
        }:
            continue
        operator: Operator | None = None
        if line.has(mark, Tag.NEVER) and _tells(line, index):
            operator = "is null"
        elif _is_filled(line, index):
            operator = "is not null"
        if operator is None:
            continue
        name = line.roles[index].name
        label = scene.dimension(name).label
        if scene.dimension(name).kind == "number" and operator == "is null":
            draft.where.append(Expression(sql=f"coalesce({name}, 0) = 0"))  # 没有折扣: none or nothing noted
            words = scene.words(line, mark, index)
            draft.say("filter", f"{label.zh}为 0 或空", f"{label.en} is 0 or empty", words)
            line.use(mark, index)
            continue
        draft.where.append(Condition(dimension=name, operator=operator))
        zh, en = ("为空", "is empty") if operator == "is null" else ("不为空", "is not empty")
        marks = (mark, index) if operator == "is null" else (index,)
        draft.say("filter", f"{label.zh}{zh}", f"{label.en} {en}", scene.words(line, *marks))
        line.use(*marks)


def _tells(line: Line, index: int) -> bool:
    """Return whether the column tells rows apart: in Chinese a 的 follows it."""
    return line.items[index].text.isascii() or _before_of(line, index)


def _is_filled(line: Line, index: int) -> bool:
    if line.is_role(line.after(index, Tag.OF, Tag.IS, Tag.CMP), "number") or line.has(
        line.after(index), Tag.CMP
    ):
        return False  # with a score of 2
    words = [line.items[at].text for at in range(max(0, index - 2), index)]
    if words and words[-1] in _WITH_ANY:
        return True
    if line.items[index].text.isascii():
        return len(words) == 2 and words[0] in _WITH and words[1] in _ARTICLE
    ahead = "".join(line.items[at].text for at in range(max(0, index - 4), index))
    return bool(words) and (words[-1] in _FILLED or ahead.endswith(_USED)) and _before_of(line, index)


def _before_of(line: Line, index: int) -> bool:
    following = index + 1
    return following < len(line) and line.items[following].text == "的"
