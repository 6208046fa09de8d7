"""The filters: values and their negation, lists, segments, empty, truth values."""

from __future__ import annotations

from itertools import pairwise

from bot.planners.rules.draft import Ambiguity, Draft, Scene, Side
from bot.planners.rules.line import Line
from bot.planners.rules.presence import both_truths
from bot.planners.rules.tags import Tag
from semantic_layer.query import AnyOf, Condition, GroupBy, Operator, Scalar
from semantic_layer.text import Text


def read_values(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn named values into conditions: one `in` per dimension and polarity, lists joined."""
    groups = _value_groups(line, draft)
    compared = bool(line.tagged(Tag.COMPARE, Tag.EACH, Tag.MORE))  # who had more, A or B
    merged: dict[tuple[str, bool], list[int]] = {}
    for dimension, negated, indexes in groups:
        merged.setdefault((dimension, negated), []).extend(indexes)
    _use_list_counts(line, groups)
    if _any_of(line, draft, scene, groups):
        return
    _opposites(line, draft, scene, merged)
    for (dimension, negated), indexes in merged.items():
        codes = _codes(line, indexes)
        draft.where.append(equals(dimension, codes, negated=negated))
        _say(line, draft, scene, dimension, indexes, negated)
        _use_context(line, dimension, indexes)
        glued = not _total(line) and any(  # 男女
            line.items[a].end == line.items[b].start for a, b in pairwise(indexes)
        )
        apart = compared or glued or _kept_apart(line, indexes)
        if len(codes) > 1 and not negated and apart:
            line.use(*line.tagged(Tag.EACH))
            draft.add_group(GroupBy(dimension=dimension))
    both_truths(line, draft)  # new and returning buyers


def _any_of(line: Line, draft: Draft, scene: Scene, groups: list[tuple[str, bool, list[int]]]) -> bool:
    """Read "in East or of men" over two dimensions as one condition of which either part may hold."""
    if len({dimension for dimension, _, _ in groups}) < 2 or any(negated for _, negated, _ in groups):
        return False
    edges = [(one[2][-1], other[2][0]) for one, other in pairwise(groups)]
    if not all(any(line.has(at, Tag.OR) for at in range(*edge)) for edge in edges):
        return False
    conditions = tuple(equals(dimension, _codes(line, indexes)) for dimension, _, indexes in groups)
    draft.where.append(AnyOf(conditions=conditions))
    for dimension, negated, indexes in groups:
        _say(line, draft, scene, dimension, indexes, negated)
    line.use(*line.tagged(Tag.OR))
    return True


def _use_list_counts(line: Line, groups: list[tuple[str, bool, list[int]]]) -> None:
    """Use up the count behind a list that only repeats its length: 上海、北京两个城市."""
    total = sum(len(indexes) for _, _, indexes in groups)
    for at in line.of_role("number"):
        before = line.before(at)
        if line.is_role(before, "value") and line.items[at].number == total > 1:
            line.use(at)
            after = line.after(at)
            line.use(after if line.is_role(after, "dimension") else None)


def _opposites(line: Line, draft: Draft, scene: Scene, merged: dict[tuple[str, bool], list[int]]) -> None:
    """Read "East and not East" as two sides: together they would leave no row."""
    for (dimension, negated), indexes in list(merged.items()):
        others = merged.get((dimension, not negated))
        if negated or others is None or not set(_codes(line, indexes)) & set(_codes(line, others)):
            continue
        del merged[dimension, False], merged[dimension, True]
        for kept, turned in ((indexes, False), (others, True)):
            draft.sides.append(Side(where=(equals(dimension, _codes(line, kept), negated=turned),)))
            _say(line, draft, scene, dimension, kept, turned)
            _use_context(line, dimension, kept)


_EQUALITY: dict[tuple[bool, bool], Operator] = {
    (False, False): "=", (False, True): "!=", (True, False): "in", (True, True): "not in",
}  # fmt: skip


def equals(dimension: str, codes: tuple[Scalar, ...], *, negated: bool = False) -> Condition:
    """Return the condition that a dimension is (or is not) one of some stored values."""
    return Condition(dimension=dimension, operator=_EQUALITY[len(codes) > 1, negated], values=codes)


def _codes(line: Line, indexes: list[int]) -> tuple[Scalar, ...]:
    codes: dict[Scalar, None] = {}
    for index in indexes:
        code = line.roles[index].terms[0].code
        assert code is not None
        codes[code] = None
    return tuple(codes)


def _value_groups(line: Line, draft: Draft) -> list[tuple[str, bool, list[int]]]:
    groups: list[tuple[str, bool, list[int]]] = []
    for index in line.of_role("value"):
        if index in line.used:
            continue
        terms = line.roles[index].terms
        if len({term.name for term in terms}) > 1 or len(terms) > 1:
            draft.ambiguities.append(Ambiguity(index, terms))
        dimension = terms[0].name
        last = groups[-1] if groups else None
        if last is not None and last[0] == dimension and _joined(line, last[2][-1], index):
            last[2].append(index)
        else:
            excepted = last is not None and last[1] and _by_exception(line, last[2][0])
            negated = bool(excepted and last and _joined(line, last[2][-1], index))  # 除了江苏省以及零食
            groups.append((dimension, negated or _negated(line, index), [index]))
        line.use(index)
    return groups


def _by_exception(line: Line, first: int) -> bool:
    """Return whether "except" or 除了 stands before a list: it holds for all of it, whatever its members are."""
    return any(
        line.has(at, Tag.NOT) and line.items[at].text.startswith(_EXCEPT)
        for at in range(max(0, first - 3), first)
    )


def _joined(line: Line, left: int, right: int) -> bool:
    """Return whether two values belong to one list: only joining words stand between them."""
    between = range(left + 1, right)
    joins = (Tag.AND, Tag.OR, Tag.COMPARE, Tag.OF, Tag.IS)
    if not all(line.has(at, *joins) or line.is_filler(at) for at in between):
        return False
    line.use(*(at for at in between if line.has(at, *joins)))
    return True


def _negated(line: Line, index: int) -> bool:
    """Return whether a "not", "除了" or "非" governs the value, and mark it used."""
    at = line.before(index, Tag.OF, Tag.IS)
    if line.is_role(at, "dimension"):
        assert at is not None
        before_dimension = line.before(at, Tag.OF, Tag.IS)
        if line.has(before_dimension, Tag.NOT):
            at = before_dimension
    end = _set_aside(line, index)
    if end is not None:
        line.use(end)
        return True
    end = line.after(index, Tag.OF)
    if not line.has(at, Tag.NOT) and line.has(end, Tag.NOT_END):
        line.use(end)  # 华东以外
        return True
    if line.has(at, Tag.NEVER) and at is not None and not line.items[at].text.isascii():
        line.use(at)  # 没请假的
        return True
    if at is None or (not line.has(at, Tag.NOT) and not line.has(at, Tag.CMP)):
        return False
    if line.has(at, Tag.CMP) and line.items[at].payload(Tag.CMP) != "!=":
        if line.items[at].payload(Tag.CMP) == "=":
            line.use(at)
        return False
    line.use(at)
    end = line.after(index, Tag.OF, Tag.AND, Tag.OR)
    while end is not None and line.is_role(end, "value"):
        end = line.after(end, Tag.OF, Tag.AND, Tag.OR)
    if line.has(end, Tag.NOT_END):
        line.use(end)
    return True


def _set_aside(line: Line, index: int) -> int | None:
    """Return the "out" of 把北坡和南坡排除掉, behind the list that a value stands in."""
    joins = (Tag.OF, Tag.AND, Tag.OR)
    first = line.before(index, *joins)
    while line.is_role(first, "value") and first is not None:
        first = line.before(first, *joins)
    start = index if first is None else first
    if not any(line.items[at].text in ("把", "将") for at in range(max(start - 1, 0), index)):
        return None
    end = line.after(index, *joins)
    while line.is_role(end, "value") and end is not None:
        end = line.after(end, *joins)
    return end if line.has(end, Tag.NOT) else None


def _total(line: Line) -> bool:
    """Return whether the sum over all that is named was asked: 合计, 总和, in total."""
    summed = any(line.payload(at, Tag.AGG) == "sum" for at in line.tagged(Tag.AGG))
    return summed or bool(line.tagged(Tag.TOTAL))


def _kept_apart(line: Line, indexes: list[int]) -> bool:
    """Return whether "A and B" asks for each of them: joined by and, nothing else splits, no total asked."""
    if _total(line) or line.tagged(Tag.TOP, Tag.SUPER, Tag.BY, Tag.OR, Tag.WHICH):
        return False
    if line.of_role("dimension") and not all(_beside(line, indexes, at) for at in line.of_role("dimension")):
        return False
    return not any(line.has(at, Tag.TREND) for at in range(len(line))) and not line.tagged(
        Tag.SHARE, Tag.HOW_MANY
    )


def _beside(line: Line, indexes: list[int], at: int) -> bool:
    before = line.before(at, Tag.OF)
    if line.is_role(before, "number") and before is not None:
        before = line.before(before, Tag.OF)  # 上海、北京两个城市
    return line.after(at, Tag.OF, Tag.IS) in indexes or before in indexes


_EXCEPT = (
    "除",
    "except",
    "excluding",
    "exclude",
    "other than",
    "without",
    "apart",
    "aside",
    "排除",
    "剔除",
    "去掉",
    "but",
    "besides",
)


def _use_context(line: Line, dimension: str, indexes: list[int]) -> None:
    """Use up the dimension's own name beside its value (城市是上海, city of Berlin, 抖音渠道), and its joints.

    Behind "each" or "which", and before an exception (all hubs except X), the dimension is grouped by instead.
    """
    first, last = indexes[0], indexes[-1]
    before = line.before(first, Tag.OF, Tag.IS, Tag.NOT, Tag.CMP)
    after = line.after(last, Tag.NOT_END)
    for at in (before, after):
        if at is None or not line.is_role(at, "dimension"):
            continue
        if dimension not in {term.name for term in line.roles[at].terms}:
            continue
        if line.has(line.before(at), Tag.BY, Tag.WHICH, Tag.LIST, Tag.TOP):
            continue
        between = range(at + 1, first) if at < first else range(first)
        if any(line.has(mid, Tag.NOT) and line.items[mid].text.startswith(_EXCEPT) for mid in between):
            continue
        line.use(at)
    line.use(*(at for at in range(first, last) if line.has(at, Tag.AND, Tag.OR)))


def _say(line: Line, draft: Draft, scene: Scene, dimension: str, indexes: list[int], negated: bool) -> None:
    known = scene.dimension(dimension)
    labels = [value_label(scene, dimension, line.roles[index].terms[0].code) for index in indexes]
    zh = "、".join(label.zh for label in labels)
    en = ", ".join(label.en for label in labels)
    sign_zh, sign_en = ("不是", "is not") if negated else ("是", "is")
    draft.say(
        "filter",
        f"{known.label.zh}{sign_zh}{zh}",
        f"{known.label.en} {sign_en} {en}",
        scene.words(line, *indexes),
    )
    for index in indexes:
        term = line.roles[index].terms[0]
        if term.source in ("part", "typo"):
            words = scene.words(line, index)[0]
            label = value_label(scene, dimension, term.code)
            draft.note(f"「{words}」按「{label.zh}」理解。", f"“{words}” was read as “{label.en}”.")


def value_label(scene: Scene, dimension: str, code: Scalar | None) -> Text:
    """Return what a reader sees for a stored value."""
    for value in scene.dimension(dimension).values:
        if value.code == code:
            return value.label
    return Text.same(str(code) if str(code).strip() else "∅")
