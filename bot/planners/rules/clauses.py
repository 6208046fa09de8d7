"""English clauses that say whose numbers are asked, and the sentence that repeats what to return.

"ACP of customers who joined in 2022", "sent by users from Canada", "the success rate for wallet transactions";
"Return their name, ID and the counts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.language.rule import Rule
from bot.planners.rules.asides import MAKE
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.frequent import counts, read_frequent
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric
from semantic_layer.query import AnyOf, Condition, Expression, GroupBy

_PRONOUNS = (
    "who",
    "whose",
    "that",
    "which",
    "that are",
    "who are",
    "which are",
    "that have",
    "who have",
    "who has",
)
_PASSIVE = Rule(r"(?:ed|made|sent|done|bought|sold|paid|spent|taken|given)$")
_ATTRIBUTES = Rule(r"^(?:names?|ids?|titles?|identifiers?|codes?|counts?|respective counts?|details)$")
_JOINTS = (
    "of",
    "for",
    "across all",
    "for all",
    "for all the",
    "only",
    "include only",
    "only include",
    "only for",
    "just",
)
_SECOND = Rule(
    r"[.?!;,]\s*(?:and )?how many (?:of|among) (?:these|those|them|the(?:se|m))\b|其中(?:又)?有多少"
)
_PARTS = re.compile(r"[,/&]|\band\b|\btheir\b|\bthe\b|\bits\b")


def read_clauses(line: Line, draft: Draft, scene: Scene) -> None:
    """Take relative pronouns and the nouns they belong to; runs before metrics are read."""
    for index in line.of_role("dimension", "metric"):
        _decide(line, index, scene)
    verbs = [found.span(1) for found in MAKE.finditer(scene.question.text)]
    for index in line.of_role("dimension"):
        if (line.items[index].start, line.items[index].end) in verbs:  # how many did each seller make
            line.roles[index] = Role("grammar")
            line.use(index)
    for index in line.of_role("value"):
        _beside_noun(line, index, scene)
    for index in range(1, len(line)):
        if line.items[index].text in _PRONOUNS and line.is_role(
            index - 1, "dimension", "metric", "value", "model"
        ):
            line.roles[index] = Role("sign")
            line.use(index)
            _population(line, scene, index - 1)
    for index in line.of_role("dimension", "metric"):
        after = index + 1
        origin = after < len(line) and line.has(after, Tag.OF) and line.items[after].text in ("from", "in")
        if origin and line.is_role(line.after(after), "value") and _agent(line, index):
            _population(line, scene, index)
    if _SECOND.search(scene.question.text) and line.of_role("metric"):
        draft.refuse(
            "not_supported",
            "这里有两个问题,第二个只问其中一部分。请分开问。",
            "These are two questions, the second about a part of the first. Please ask them one by one.",
        )
    _of_rows(line, draft, scene)
    _texts_inside(line, draft, scene)
    read_frequent(line, draft, scene)


def _decide(line: Line, index: int, scene: Scene) -> None:
    """Keep one of several names for the same column, and of a count and a sum what "how many" asks for."""
    role = line.roles[index]
    terms = role.terms
    if role.kind == "dimension" and len(terms) > 1:
        columns = {
            term.name: frozenset((b.model, b.expr) for b in scene.dimension(term.name).bindings)
            for term in terms
        }
        kept = tuple(
            term
            for at, term in enumerate(terms)
            if not any(
                columns[other.name] < columns[term.name]
                or (columns[other.name] == columns[term.name] and number < at)
                for number, other in enumerate(terms)
            )
        )  # the key of a table and the column of the same name are one thing
        if 0 < len(kept) < len(terms):
            line.roles[index] = Role("dimension", kept)
    if role.kind == "metric" and len(terms) > 1:
        marker = line.before(index, Tag.OF)
        counted = line.has(marker, Tag.HOW_MANY, Tag.NEVER) and line.items[marker or 0].text != "how much"
        kept = tuple(term for term in terms if (counts(scene, term.name) is not None) == counted)
        if kept and (counted or line.tagged(Tag.TOTAL, Tag.AGG)):
            line.roles[index] = Role("metric", kept)
        decided = {
            line.roles[at].name
            for at in line.of_role("metric")
            if at < index and len(line.roles[at].terms) == 1
        }
        said = tuple(term for term in terms if term.name in decided)
        if not counted and said:
            line.roles[index] = Role("metric", said)  # named before in this question
    if role.kind == "metric":
        _reaching(line, index, scene)


def _reaching(line: Line, index: int, scene: Scene) -> None:
    """Read "customers" as those of the transactions, where their own count cannot be split as asked."""
    role = line.roles[index]
    kind = counts(scene, role.name)
    asked = [line.roles[at].name for at in line.of_role("dimension") if len(line.roles[at].terms) == 1]
    if kind is None or kind.agg != "count" or all(scene.reach.reaches([role.name], name) for name in asked):
        return
    keys = [
        one.name for one in scene.catalog.models[kind.model].entities if one.type in ("primary", "unique")
    ]
    places = {
        (binding.model, binding.expr)
        for name in keys if name in scene.catalog.dimensions
        for binding in scene.dimension(name).bindings
    }  # fmt: skip
    for metric in scene.catalog.metrics.values():
        other = counts(scene, metric.name)
        if other is None or other.agg != "count_distinct" or metric.filters or metric.hidden:
            continue
        if (other.model, other.expr) in places and all(
            scene.reach.reaches([metric.name], name) for name in asked
        ):
            line.roles[index] = Role("metric", (replace(role.terms[0], name=metric.name),))
            return


def _beside_noun(line: Line, index: int, scene: Scene) -> None:
    """Keep of a value's columns those of the noun behind it: active merchants."""
    terms = line.roles[index].terms
    at = line.after(index)
    while line.is_role(at, "value") and at is not None:
        at = line.after(at)
    if len(terms) < 2 or at is None or not line.is_role(at, "dimension", "metric", "model"):
        return
    role = line.roles[at]
    homes: set[str] = {role.name}
    if role.kind == "dimension":
        homes = {binding.model for binding in scene.dimension(role.name).bindings}
    elif role.kind == "metric":
        homes = set(scene.reach.models(role.name))
    kept = tuple(t for t in terms if {b.model for b in scene.dimension(t.name).bindings} & homes)
    if kept:
        line.roles[index] = Role("value", kept)


def _population(line: Line, scene: Scene, index: int) -> None:
    """Use up a noun that only says whose numbers are asked, where another metric is asked."""
    if not line.is_role(index, "dimension", "metric", "model"):
        return
    others = [at for at in line.of_role("metric") if at != index]
    before = line.before(index)
    while before is not None and line.is_role(before, "value", "segment"):
        before = line.before(before)  # for all active merchants whose …
    if not others or before is None:
        return
    joined = line.has(before, Tag.OF) or line.items[before].text in ("for all", "for all the")
    if not joined and not _agent(line, index):
        return
    if line.is_role(index, "metric") and not counts(scene, line.roles[index].name):
        return
    line.roles[index] = Role("grammar")
    line.use(index, before)
    if not line.has(before, Tag.OF):
        line.roles[before] = Role("sign")


def _agent(line: Line, index: int) -> bool:
    """Return whether the noun does what was counted: made by customers, by users who joined."""
    by = line.before(index)
    if by is None or line.items[by].text != "by":
        return False
    follows = index + 1 < len(line) and line.items[index + 1].text in ("who", "whose")
    return follows or (by > 0 and _PASSIVE.search(line.items[by - 1].text) is not None)


def _of_rows(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "the success rate for wallet transactions": the count names the rows that the metric before is about.

    A count with a condition (successful transactions) passes the condition on.
    """
    for index in line.of_role("metric"):
        joint = line.before(index)
        while line.is_role(joint, "value") and joint is not None:
            joint = line.before(joint)  # average hours for urgent tickets
        noun = joint if line.is_role(joint, "dimension") else None  # for all car sales
        joint = line.before(noun) if noun is not None else joint
        while line.is_role(joint, "value") and joint is not None:
            joint = line.before(joint)  # sales of critical priority orders
        if joint is None or line.items[joint].text not in _JOINTS:
            continue
        narrowed = any(line.is_role(at, "value") for at in range(joint, index))
        if line.items[joint].text == "of" and not narrowed:
            continue
        first = line.before(joint)
        if first is not None and line.items[first].text in "()":
            first = line.before(first)
        if "only" in line.items[joint].text or line.items[joint].text == "just":
            first = next((at for at in line.of_role("metric") if at != index), None)
        if first is None or not line.is_role(first, "metric"):
            continue
        rows = scene.metric(line.roles[index].name)
        kind = counts(scene, rows.name)
        asked = line.roles[first].name
        if (
            kind is None
            or (kind.agg != "count" and not narrowed)
            or scene.reach.models(asked) != {kind.model}
            or asked == rows.name
        ):
            continue
        for at in (index, *([noun] if noun is not None else [])):
            line.roles[at] = Role("grammar")
            line.use(at)
        line.use(joint)
        _condition(rows, draft)


def _texts_inside(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "that has 'M5' in its VIN" as the text it contains; several joined by or are alternatives."""
    found: list[tuple[int, Condition]] = []
    for index in line.of_role("quote"):
        joint = line.after(index)
        at = line.after(joint) if joint is not None and line.items[joint].text == "in" else None
        if at is None or not line.is_role(at, "dimension"):
            continue
        text = scene.words(line, index)[0].strip("'\"‘’“”`")
        name = line.roles[at].name
        found.append((index, Condition(dimension=name, operator="contains", values=(text,))))
        line.use(index, joint, at)
        line.roles[at] = Role("grammar")
        label = scene.dimension(name).label
        draft.say("filter", f"{label.zh}包含 {text}", f"{label.en} contains {text}", scene.words(line, index))
    marks = [index for index, _ in found]
    if len(found) > 1 and any(line.has(at, Tag.OR) for at in range(marks[0], marks[-1])):
        line.use(*(at for at in range(marks[0], marks[-1]) if line.has(at, Tag.OR)))
        draft.where.append(AnyOf(conditions=tuple(condition for _, condition in found)))
    else:
        draft.where += [condition for _, condition in found]


def _condition(rows: Metric, draft: Draft) -> None:
    for part in rows.filters:
        draft.where.append(Expression(sql=part.sql))
        draft.say("filter", rows.label.zh, rows.label.en)


def read_attributes(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "their name", "ID" of what is grouped by; a name that has a column of its own is shown beside it."""
    grouped = [group.dimension for group in draft.group_by if group.grain is None and group.part is None]
    if not grouped:
        return
    for index in line.of_role("unknown"):
        parts = [part.strip() for part in _PARTS.split(line.items[index].text) if part.strip()]
        if not parts or not all(_ATTRIBUTES.match(part) for part in parts):
            continue
        if any(part.endswith(("count", "counts")) for part in parts) and not draft.metrics:
            continue
        line.use(index)
        for part in parts:
            _beside(part.removesuffix("s"), grouped, draft, scene)


def _beside(noun: str, grouped: list[str], draft: Draft, scene: Scene) -> None:
    """Add the column of the same table whose label ends in the noun, if there is exactly one."""
    if noun not in ("id", "name"):
        return
    models = {binding.model for binding in scene.dimension(grouped[0]).bindings}
    found = [
        one.name
        for one in scene.catalog.dimensions.values()
        if {binding.model for binding in one.bindings} & models
        and one.kind == "categorical"
        and not one.hidden
        and one.label.en.lower().endswith(f" {noun}")
    ]
    if len(found) == 1 and found[0] not in grouped:
        draft.add_group(GroupBy(dimension=found[0]))
