"""What a word is by its place: annual plans, lost parcels, flights from here to there."""

from __future__ import annotations

from bot.language.terms.lexicon import Term
from bot.planners.rules.line import Line
from bot.planners.rules.reach import Reach
from bot.planners.rules.tags import Tag


def truths_of(line: Line, index: int) -> tuple[Term, ...]:
    """Return the truth value that a time word names in its place: non-annual, annual plans (of is_annual)."""
    found = tuple(term for term in line.items[index].of_kind("dimension") if term.source == "variant")
    after = index + 1 if index + 1 < len(line) else index
    noun = line.items[after].kind == "term" and line.items[after].of_kind("dimension")
    negated = any(line.items[at].has(Tag.NOT) for at in (index - 1, index - 2) if at >= 0)
    listed = any(item.has(Tag.NOT) for item in line.items[index:]) and line.items[after].has(
        Tag.AND, Tag.COMPARE
    )
    return found if found and (noun or negated or listed) else ()


def adjective(line: Line, index: int) -> tuple[Term, ...]:
    """Return the values of the data that a grammar word is right before a noun: lost parcels, 头部主播.

    Behind a noun or "which" it stays what the grammar says: which stores lost sales.
    """
    item, after = line.items[index], index + 1
    if not item.has(Tag.GREW, Tag.TOP, Tag.VERB) or not item.of_kind("value") or after >= len(line):
        return ()
    noun = line.items[after]
    named = any(noun.of_kind(kind) for kind in ("metric", "dimension", "model"))
    before = line.items[index - 1] if index else None
    subject = before is not None and (before.kind in ("term", "number") or before.has(Tag.WHICH, Tag.SUPER))
    return item.of_kind("value") if named and not subject and noun.kind == "term" else ()


_AWAY = ("from", "leaving", "departing", "out of", "从", "由", "自")


_TOWARDS = (
    "to",
    "into",
    "arriving",
    "towards",
    "到",
    "至",
    "往",
    "飞往",
    "发往",
    "前往",
    "去",
    "寄往",
    "运往",
    "开往",
)


_STARTS = tuple("origin from depart source start sender 出发 始发 起飞 起点 起运 发货 寄件".split())


_ENDS = tuple("destination arriv target end receiv 到达 目的 抵达 终点 收货 收件 落地".split())


def directed(line: Line, index: int, terms: tuple[Term, ...], reach: Reach) -> tuple[Term, ...]:
    """Return the terms of the place that "from" or "to" before the value means: flights from JFK to LHR."""
    if len(terms) < 2:
        return ()
    said = [line.items[at].text for at in range(max(0, index - 2), index) if line.items[at].kind != "term"]
    side = _STARTS if any(text.startswith(_AWAY) for text in said[-1:]) else None
    side = _ENDS if side is None and any(text.startswith(_TOWARDS) for text in said[-1:]) else side
    if side is None:
        return ()
    return tuple(term for term in terms if any(word in reach.words(term.name) for word in side))


def completed(line: Line, index: int, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the metric that a name may mean and that half of another label names beside it: 按退款日的退款金额."""
    if line.tagged(Tag.AND, Tag.COMPARE) or len(terms) == 1:
        return ()
    beside = {
        line.roles[at].name for at in line.of_role("metric") if at != index and len(line.roles[at].terms) == 1
    }
    return tuple(term for term in terms if term.name in beside)


def linked(line: Line, index: int, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the terms of the dimension that the list's other members belong to: A and B."""
    for neighbour in (
        line.before(index, Tag.AND, Tag.OR, Tag.COMPARE),
        line.after(index, Tag.AND, Tag.OR, Tag.COMPARE),
    ):
        if line.is_role(neighbour, "value"):
            assert neighbour is not None
            names = {term.name for term in line.roles[neighbour].terms}
            if len(names) == 1:
                return tuple(term for term in terms if term.name in names)
    return ()
