"""Chinese short forms that only their place makes clear: 各国 of 国家, 哪个店 of 店铺, 多少单 of 订单数."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.language.terms.lexicon import MEMBERS, Term
from bot.language.terms.matcher import Matcher
from bot.language.terms.tokens import is_han
from bot.planners.rules.items import Item
from bot.planners.rules.tags import Tag

_SEXES = ("男", "女")  # one character, yet never a chance match: 男性, 女客户, 男女
_WORD = 2  # a name of two characters may be cut to one of them
_LEAD = ("各", "每", "哪", "分", "按", "不同", "该")


def abbreviated(items: Sequence[Item], matcher: Matcher) -> tuple[Item, ...]:
    """Return the items with the first character of an unknown run read as a dimension or a metric cut short.

    Behind 各/每/哪/按 it is a dimension whose name of two characters begins or ends with it; behind 多少/几 a count
    called so and 数 or 量.
    """
    out: list[Item] = []
    for item in (_sexed(one) for one in items):
        before = out[-1] if out else None
        if (
            before is not None
            and item.kind == "unknown"
            and before.text in _SEXES
            and item.text[0] in "性士生"
        ):
            out[-1] = replace(
                before, end=before.end + 1, last=before.last + 1, text=before.text + item.text[0]
            )
            if len(item.text) > 1:
                out.append(replace(item, start=item.start + 1, first=item.first + 1, text=item.text[1:]))
            continue
        terms = _terms(before, item, matcher) if before is not None and item.kind == "unknown" else ()
        if not terms:
            out.append(item)
            continue
        out.append(
            replace(
                item, kind="term", terms=terms, end=item.start + 1, last=item.first + 1, text=item.text[0]
            )
        )
        if item.last - item.first > 1:
            out.append(replace(item, start=item.start + 1, first=item.first + 1, text=item.text[1:]))
    return tuple(out)


def _sexed(item: Item) -> Item:
    values = item.of_kind("value") if item.text in _SEXES else ()
    return replace(item, terms=tuple(replace(term, source="variant") for term in values)) if values else item


def _terms(before: Item, item: Item, matcher: Matcher) -> tuple[Term, ...]:
    char = item.text[0]
    if not is_han(char) or before.end != item.start:
        return ()
    if (before.has(Tag.BY, Tag.WHICH) and before.text.startswith(_LEAD)) or before.text == "该":
        return _named(char, matcher, "dimension", front=True)
    if before.has(Tag.HOW_MANY):
        return _named(char, matcher, "metric", front=False)
    return ()


def _named(char: str, matcher: Matcher, kind: str, *, front: bool) -> tuple[Term, ...]:
    found: dict[str, Term] = {}
    for key, terms in matcher.lexicon.terms.items():
        if len(key) != _WORD or not is_han(key[0]):
            continue
        fits = char in key if front else key[0] == char and key[1] in "数量"
        for term in terms if fits else ():
            if term.kind == kind and (term.rank <= 1 or term.code == MEMBERS):
                found.setdefault(term.name, replace(term, source="part"))
    return tuple(found.values())
