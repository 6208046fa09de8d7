"""Filters on the text of a value: contains, starts with, ends with; and equality with what no index holds."""

from __future__ import annotations

from dataclasses import replace

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.query import Condition, Operator

_OPERATORS: dict[str, Operator] = {
    "contains": "contains", "not contains": "not contains", "starts with": "starts with", "ends with": "ends with",
    "not starts with": "not starts with", "not ends with": "not ends with",
}  # fmt: skip
_WORDS = {
    "contains": ("包含", "contains"),
    "not contains": ("不包含", "does not contain"),
    "starts with": ("开头是", "starts with"),
    "not starts with": ("开头不是", "does not start with"),
    "ends with": ("结尾是", "ends with"),
    "not ends with": ("结尾不是", "does not end with"),
    "=": ("是", "is"),
    "!=": ("不是", "is not"),
}


_LISTING = frozenset("includes include including 包括".split())


def read_text_filters(line: Line, draft: Draft, scene: Scene) -> None:
    """Read `name contains "x"`, 名称以A开头, product starting with b. Runs before values are read."""
    for index in line.tagged(Tag.TEXT_OP):
        if index in line.used:
            continue
        asked = line.payload(index, Tag.TEXT_OP)
        leading_negation = line.before(index, Tag.IS)
        postfix = asked in ("starts with", "ends with") and _is_han(line, index) and not _says_is(line, index)
        literal = (
            _literal_before(line, index) if postfix else _until_of(line, index) or _literal_after(line, index)
        )
        if not literal:
            continue
        edge = literal[0] if postfix else index
        target = _target(line, edge, literal[-1] if not postfix else index)
        if target is None:
            continue
        _by_name(line, target, scene)
        lists = line.items[index].text.rsplit(maxsplit=1)[-1] in _LISTING
        if asked == "contains" and lists and _lists_values(line, literal, line.roles[target].name):
            continue
        negation = next((at for at in (leading_negation, edge - 1, edge - 2) if line.has(at, Tag.NOT)), None)
        if negation is not None and f"not {asked}" in _OPERATORS:
            asked = f"not {asked}"
            line.use(negation)
        text = _spelling(scene, line, literal)
        name = line.roles[target].name
        draft.where.append(Condition(dimension=name, operator=_OPERATORS[asked], values=(text,)))
        _say(line, draft, scene, name, asked, text, (target, index, *literal))


def _by_name(line: Line, target: int, scene: Scene) -> None:
    """Read "accounts whose name contains x" over the column that names them, where `account` itself is a key."""
    role = line.roles[target]
    homes = [
        model for model in scene.catalog.models.values() for entity in model.entities
        if entity.name == role.name and entity.type in ("primary", "unique")
    ]  # fmt: skip
    for suffix in ("name", "title"):
        known = scene.catalog.dimensions.get(f"{role.name}_{suffix}")
        if homes and known is not None and any(b.model == homes[0].name for b in known.bindings):
            line.roles[target] = Role("dimension", (replace(role.terms[0], name=known.name),))
            return


def read_equalities(line: Line, draft: Draft, scene: Scene) -> None:
    """Read `order id is 1001`, `plan = "x"`: a dimension whose values are not looked up in questions."""
    for index in line.of_role("dimension"):
        if index in line.used:
            continue
        dimension = scene.dimension(line.roles[index].name)
        if dimension.kind == "time":
            continue
        joint = line.after(index)
        earlier = line.before(index, Tag.OF)
        negated = line.has(joint, Tag.NOT) or line.has(earlier, Tag.NOT)
        linked = line.has(joint, Tag.IS, Tag.NOT) or (
            line.has(joint, Tag.CMP) and joint is not None and line.payload(joint, Tag.CMP) in ("=", "!=")
        )
        if joint is not None and line.items[joint].text == "of" and dimension.kind == "number":
            linked = line.is_role(line.after(joint), "number")  # a score of 5
        at = line.after(joint, Tag.IS) if linked and joint is not None else joint
        if at is None or at in line.used:
            continue
        item = line.items[at]
        if (
            line.is_role(at, "quote")
            or (line.is_role(at, "number") and item.number is not None and linked)
            or (line.is_role(at, "number") and item.number is not None and not dimension.index_values)
        ):
            pass
        elif not (linked and line.is_role(at, "unknown") and not dimension.index_values):
            continue
        if joint is not None and line.has(joint, Tag.CMP):
            negated = line.payload(joint, Tag.CMP) == "!="
        value = _number_or_text(scene, line, at, dimension.kind == "number")
        operator: Operator = "!=" if negated else "="
        draft.where.append(Condition(dimension=dimension.name, operator=operator, values=(value,)))
        marks = (index, joint if linked else None, at, earlier if line.has(earlier, Tag.NOT) else None)
        _say(line, draft, scene, dimension.name, operator, str(value), marks)


def _number_or_text(scene: Scene, line: Line, at: int, numeric: bool) -> int | float | str:
    item = line.items[at]
    if item.number is not None and (numeric or item.text.strip().isdigit()):
        number = item.number
        return int(number) if float(number).is_integer() else number
    return _spelling(scene, line, [at])


def _says_is(line: Line, index: int) -> bool:
    """Return whether a Chinese word for the beginning or the end is followed by its text: 开头是A, 结尾为B."""
    after = index + 1
    joined = line.items[index].text.endswith(("是", "为"))
    return joined or (after < len(line) and line.items[after].text in ("是", "为"))


def _until_of(line: Line, index: int) -> list[int]:
    """Return the items of a Chinese text between the operator and 的 (名称包含日用的…), whatever they may name."""
    first = index + 1
    if first < len(line) and line.items[first].text in ("是", "为"):
        first += 1
    found = list(range(first, min(first + 6, len(line))))
    ends = [at for at in found if line.items[at].text == "的"]
    if not _is_han(line, index) or not ends or ends[0] == first or line.items[first].kind == "quote":
        return []
    inner = list(range(first, ends[0]))
    glued = all(line.items[at].end == line.items[at + 1].start for at in inner[:-1])
    plain = not any(
        line.is_role(at, "time", "metric", "quote") or line.has(at, Tag.AND, Tag.OR) for at in inner
    )
    return inner if glued and plain else []


def _literal_after(line: Line, index: int) -> list[int]:
    """Return the items of the text that follows an operator: a quote, or words up to the next joint."""
    found: list[int] = []
    for at in range(index + 1, len(line)):
        if line.is_role(at, "quote") or (not found and line.items[at].kind == "quote"):
            return [at]
        if not found and line.items[at].text in ("字", "the", "word", "letter"):
            continue
        if line.is_role(at, "unknown", "value", "number", "segment", "model"):
            found.append(at)
            continue
        single = (
            len(line.items[at].text) == 1 and line.items[at].text.isalnum() and line.items[at].text.isascii()
        )
        if not found and (single or (at == len(line) - 1 and line.items[at].text.isascii())):
            return [at]  # "contains an"
        break
    return found


def _literal_before(line: Line, index: int) -> list[int]:
    """Return the items of the text before 开头 or 结尾: what follows 以, or one item."""
    found: list[int] = []
    for at in range(index - 1, -1, -1):
        if line.items[at].text in ("以", "用", "由", "是"):
            line.use(at)
            return found
        if line.is_role(at, "dimension", "metric") and found:
            return found
        found.insert(0, at)
        if line.items[at].kind == "quote" or len(found) > 4:
            return found
    return found


def _is_han(line: Line, index: int) -> bool:
    return not line.items[index].text[0].isascii()


def _target(line: Line, edge: int, last: int) -> int | None:
    """Return the dimension the operator is about: the nearest before, else the one right after."""
    for at in range(edge - 1, -1, -1):
        if line.is_role(at, "dimension"):
            return at
        if line.is_role(at, "metric", "value", "number", "time"):
            break
    after = line.after(last, Tag.OF)
    return after if line.is_role(after, "dimension") else None


def _lists_values(line: Line, literal: list[int], dimension: str) -> bool:
    """Return whether "including A and B" names whole values of the dimension (then it is a list, not a search)."""
    return (
        len(literal) == 1
        and line.is_role(literal[0], "value")
        and line.items[literal[0]].kind != "quote"
        and dimension in {term.name for term in line.roles[literal[0]].terms}
    )


def _spelling(scene: Scene, line: Line, literal: list[int]) -> str:
    start, end = line.items[literal[0]].start, line.items[literal[-1]].end
    return scene.question.words(start, end).strip().strip("\"'“”‘’「」『』《》")


def _say(
    line: Line,
    draft: Draft,
    scene: Scene,
    name: str,
    operator: str,
    text: str,
    indexes: tuple[int | None, ...],
) -> None:
    label = scene.dimension(name).label
    zh, en = _WORDS[operator]
    draft.say("filter", f"{label.zh}{zh}「{text}」", f"{label.en} {en} “{text}”", scene.words(line, *indexes))
    line.use(*indexes)
    target = indexes[0]
    if target is not None and (
        line.has(line.before(target), Tag.BY, Tag.WHICH) or line.has(line.before(target, Tag.OF), Tag.LIST)
    ):
        line.used.discard(target)  # "which products starting with A": it is grouped by as well
