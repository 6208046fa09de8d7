"""The items a question is cut into: terms, grammar words, numbers, times, quotes and unknown runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.language.terms.lexicon import Term
from bot.language.terms.tokens import Token
from bot.planners.rules.grammar import Tags
from bot.planners.rules.tags import Tag

ItemKind = Literal["term", "grammar", "number", "time", "quote", "sign", "unknown"]

_UNKNOWN_COST = 10.0
_SIGN_COST = 1.5  # more than a sign of the grammar (>, 、), so that those are read
_COST: dict[ItemKind, float] = {
    "term": 1.0, "time": 0.9, "number": 1.0, "grammar": 1.2, "quote": 0.4, "sign": 0.0, "unknown": _UNKNOWN_COST,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a question. `start`/`end` are offsets in the folded text, `first`/`last` token indexes.

    A span may be several things at once (a value called "Other"): `terms` and `tags` then both stand, and
    the reading decides. `number` is set on numbers, `time` on times (an index into the scan).
    """

    kind: ItemKind
    start: int
    end: int
    first: int
    last: int
    terms: tuple[Term, ...] = ()
    tags: Tags = ()
    number: float | None = None
    unit: str | None = None
    time: int | None = None
    text: str = ""

    def has(self, *tags: Tag) -> bool:
        """Return whether the item may be one of the grammar words."""
        return any(tag in tags for tag, _ in self.tags)

    def payload(self, tag: Tag) -> str | None:
        """Return the payload of a tag, None where the item does not carry it."""
        return next((payload for own, payload in self.tags if own is tag), None)

    def of_kind(self, kind: str) -> tuple[Term, ...]:
        """Return the terms of one kind."""
        return tuple(term for term in self.terms if term.kind == kind)


def cover(tokens: Sequence[Token], candidates: Iterable[Item], text: str) -> tuple[Item, ...]:
    """Return the cheapest cover of the tokens by non-overlapping items, in order.

    Fewest unknown tokens first, then fewest and strongest items. Unknown neighbours are one item.
    """
    by_last: dict[int, list[Item]] = {}
    for item in _merged(candidates):
        by_last.setdefault(item.last, []).append(item)
    best: list[float] = [0.0]
    chosen: list[Item] = []
    for last in range(1, len(tokens) + 1):
        token = tokens[last - 1]
        sign = token.kind == "sign"
        pick = Item(
            "sign" if sign else "unknown",
            token.start,
            token.end,
            last - 1,
            last,
            text=text[token.start : token.end],
        )
        cost = best[last - 1] + (_SIGN_COST if sign else _UNKNOWN_COST)
        for item in by_last.get(last, ()):
            item_cost = best[item.first] + _cost(item)
            if item_cost < cost:
                cost, pick = item_cost, item
        best.append(cost)
        chosen.append(pick)
    items: list[Item] = []
    at = len(tokens)
    while at > 0:
        item = chosen[at - 1]
        items.append(item)
        at = item.first
    items.reverse()
    return _join_unknown(items, text)


def _cost(item: Item) -> float:
    if item.kind == "term":
        return 1.0 + 0.05 * min(term.rank for term in item.terms)
    return _COST[item.kind]


_STRENGTH: dict[ItemKind, int] = {
    "quote": 0, "time": 1, "number": 2, "term": 3, "grammar": 4, "sign": 5, "unknown": 6,
}  # fmt: skip


def _merged(candidates: Iterable[Item]) -> Iterable[Item]:
    """Return one item per span: the strongest kind, carrying what the others of the span may be."""
    by_span: dict[tuple[int, int], Item] = {}
    for item in candidates:
        span = item.first, item.last
        known = by_span.get(span)
        if known is None:
            by_span[span] = item
            continue
        strong, weak = (known, item) if _STRENGTH[known.kind] <= _STRENGTH[item.kind] else (item, known)
        by_span[span] = replace(
            strong,
            terms=strong.terms or weak.terms,
            tags=strong.tags or weak.tags,
            number=weak.number if strong.number is None else strong.number,
            unit=strong.unit or weak.unit,
        )
    return by_span.values()


def _join_unknown(items: Sequence[Item], text: str) -> tuple[Item, ...]:
    joined: list[Item] = []
    for item in items:
        before = joined[-1] if joined else None
        if item.kind == "unknown" and before is not None and before.kind == "unknown":
            joined[-1] = replace(before, end=item.end, last=item.last, text=text[before.start : item.end])
        else:
            joined.append(replace(item, text=text[item.start : item.end]))
    return tuple(joined)
