"""The named segments: one narrows the rows, two that are listed or compared are sides of their own."""

from __future__ import annotations

from itertools import pairwise

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene, Side
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.query import Expression, GroupBy

_TRUTH = Rule(r"^(?P<no>not )?\(?(?P<name>[a-z_][a-z0-9_]*)\)?$")


def read_segments(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn named segments into the plan's segments; a negated one becomes its opposite as an expression.

    Two that are listed ("new and returning customers", 重灯和非重灯) are set side by side, never required at
    once: grouped by the truth value that both speak of, else one plan for each.
    """
    marks = line.of_role("segment")
    negated = {index: _negated(line, draft, scene, index) for index in marks}
    line.use(*marks)
    distinct = {(line.roles[index].name, negated[index]) for index in marks}
    if len(distinct) > 1 and all(_listed(line, *edge) for edge in pairwise(marks)):
        _side_by_side(line, marks, negated, draft, scene)
        return
    for index in marks:
        side = _side(line, index, scene, negated=negated[index])
        draft.where += [part for part in side.where if part not in draft.where]
        draft.segments += [name for name in side.segments if name not in draft.segments]


def _side_by_side(line: Line, marks: list[int], negated: dict[int, bool], draft: Draft, scene: Scene) -> None:
    line.use(*(at for at in range(marks[0], marks[-1]) if line.has(at, Tag.AND, Tag.OR, Tag.COMPARE)))
    if any(line.has(at, Tag.OR) for at in range(marks[0], marks[-1])) or line.tagged(Tag.TOTAL):
        either = [_sql(line, index, scene, negated=negated[index]) for index in marks]
        draft.where.append(Expression(sql=" OR ".join(f"({sql})" for sql in either)))
        return
    truths = [_truth(_sql(line, index, scene, negated=negated[index]), scene) for index in marks]
    names = {truth[0] for truth in truths if truth is not None}
    if None not in truths and len(names) == 1:
        draft.add_group(GroupBy(dimension=names.pop()))
        return
    line.use(*line.tagged(Tag.EACH))
    draft.sides += [_side(line, index, scene, negated=negated[index]) for index in marks]


def _listed(line: Line, left: int, right: int) -> bool:
    """Return whether only joining words and a negation stand between two segments."""
    joints = [at for at in range(left + 1, right) if line.has(at, Tag.AND, Tag.OR, Tag.COMPARE)]
    passed = (Tag.AND, Tag.OR, Tag.COMPARE, Tag.NOT, Tag.IS, Tag.OF)
    return bool(joints) and all(line.is_filler(at) or line.has(at, *passed) for at in range(left + 1, right))


def _negated(line: Line, draft: Draft, scene: Scene, index: int) -> bool:
    segment = scene.catalog.segments[line.roles[index].name]
    words = scene.words(line, index)
    before = line.before(index, Tag.OF, Tag.IS)
    if not line.has(before, Tag.NOT):
        draft.say("filter", segment.label.zh, segment.label.en, words)
        return False
    line.use(before)
    end = line.after(index, Tag.OF)
    line.use(end if line.has(end, Tag.NOT_END) else None)
    draft.say("filter", f"非{segment.label.zh}", f"not {segment.label.en}", words)
    return True


def _side(line: Line, index: int, scene: Scene, *, negated: bool) -> Side:
    if negated:
        return Side(where=(Expression(sql=_sql(line, index, scene, negated=True)),))
    return Side(segments=(line.roles[index].name,))


def _sql(line: Line, index: int, scene: Scene, *, negated: bool) -> str:
    where = scene.catalog.segments[line.roles[index].name].where.sql
    return f"NOT ({where})" if negated else where


def _truth(sql: str, scene: Scene) -> tuple[str, bool] | None:
    """Return the truth-value dimension that a condition is about, None for any other condition."""
    match = _TRUTH.match(sql.strip().lower())
    if match is None or match["name"] not in scene.catalog.dimensions:
        return None
    known = scene.dimension(match["name"])
    return (known.name, match["no"] is None) if known.kind == "boolean" else None
