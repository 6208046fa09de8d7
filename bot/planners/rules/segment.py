"""From a question to its items: every candidate, the cheapest cover, then parts of names and typos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.language.normalise import Normalised, normalise
from bot.language.rule import Rule
from bot.language.terms.lexicon import Term
from bot.language.terms.matcher import Match, Matcher
from bot.language.terms.near import NearMatcher
from bot.language.terms.tokens import Token, key_of, tokenise
from bot.language.time import CalendarEvent, TimeToken, scan_time
from bot.language.time.expressions import Event, Point
from bot.language.time.fields import finest
from bot.planners.rules.abbreviations import abbreviated
from bot.planners.rules.grammar import grammar, grammar_matches
from bot.planners.rules.items import Item, ItemKind, cover
from bot.planners.rules.patterns import pattern_matches
from bot.planners.rules.quantities import quantities
from bot.planners.rules.rejoining import rejoined
from bot.planners.rules.tags import Tag
from semantic_layer.text import Text

_LOOSE_END = Rule(r"[a-z] (?:on|at|in|by|of|to|from)$")
_AVERAGE_TAIL = Rule(r"(?<=\s)(?:per|by|each|a|every)\s+[a-z]+$")
_UNIT_HEAD = Rule(r"(day|week|month|quarter|year)s? (?:in|of|during|for) ")
_COMPARED_BEFORE = Rule(
    r"(?:大于|小于|超过|高于|低于|多于|少于|不足|不到|至少|至多|等于|[<>=]|\b(?:over|above|below|under|than|least|most|"
    r"exceed(?:s|ing)?|equals?|is|to|and|between)|\d\s*(?:到|至|-|~|和))\s*$"
)
_COMPARED_METRIC = Rule(r"\b(?:to|and|between)\s*$|[到至和~-]\s*$")
_ORDERS = Rule(r"(?:order|rank) by")
_SINGLE = frozenset("per each every an a one this that single of".split())
_QUOTED = Rule(r"\"([^\"]{1,80})\"|(?<![a-z0-9])'([^']{1,80})'(?![a-z0-9])|《([^》]{1,80})》")


@dataclass(frozen=True, slots=True)
class Segmented:
    """A question cut into items, with the time tokens in it and what was mended on the way."""

    question: Normalised
    items: tuple[Item, ...]
    times: tuple[TimeToken, ...]
    notes: tuple[Text, ...]
    named: tuple[
        Item, ...
    ] = ()  # every name that stands in the question as it was written, also inside others


def segment(
    text: str | Normalised, matcher: Matcher, near: NearMatcher, events: tuple[CalendarEvent, ...]
) -> Segmented:
    """Return the items of a question."""
    question = normalise(text) if isinstance(text, str) else text
    tokens = tokenise(question.text)
    words = tuple(_words(question.text, tokens, matcher, question))
    names = [(item.start, item.end) for item in words if item.kind == "term" or item.has(Tag.SHARE)]
    scanned = scan_time(question, events, names)
    covered = _crossed(scanned, words, question)
    if covered:
        scanned = scan_time(_masked(question, covered), events, names)
    times = tuple(token for token in scanned if not _is_amount(token, question.text))
    fixed = [
        *_times(times, tokens, question.text, words),
        *_numbers(question.text, tokens),
        *_quotes(question.text, tokens, matcher),
    ]
    fixed += _patterns(question.text, tokens)
    items = cover(tokens, [*fixed, *words], question.text)
    mended, notes = _mended(tokens, items, near, question)
    if mended is not None:
        items = cover(mended, [*fixed, *_words(question.text, mended, matcher, question)], question.text)
    items = rejoined(abbreviated(items, matcher), tokens, matcher, near)
    items = tuple(_completed(item, tokens, near) for item in _elliptic(items, matcher))
    return Segmented(question, items, times, notes, tuple(item for item in words if item.terms))


_HALF_OF = Rule(r"(?:late|early|mid|start|end)$")


def _crossed(
    times: Iterable[TimeToken], words: Iterable[Item], question: Normalised
) -> list[tuple[int, int]]:
    """Return the spans that are no time although a time token holds them: 1星 in 10月1星, the declared name "late"."""
    counted = [(one.start, one.end) for one in quantities(question.text) if one.unit and one.unit != "%"]
    modifiers = [
        (item.start, item.end) for item in words
        if any(term.rank <= 1 for term in item.terms) and _HALF_OF.fullmatch(question.text, item.start, item.end)
    ]  # fmt: skip
    periods = [token for token in times if token.kind in ("period", "unresolved")]
    found = [
        span for span in counted if any(token.start < span[0] < token.end < span[1] for token in periods)
    ]
    return found + [span for span in modifiers if any(token.start == span[0] for token in periods)]


def _masked(question: Normalised, spans: Iterable[tuple[int, int]]) -> Normalised:
    """Return the question with some spans blanked for the time grammar."""
    text = question.text
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return replace(question, text=text)


def _is_amount(token: TimeToken, text: str) -> bool:
    """Return whether a bare number was read as a year although the words before compare an amount."""
    digits = text[token.start : token.end]
    if token.kind != "period" or not digits.isdigit() or isinstance(token.expression, Event):
        return False  # 双11和618 are two festivals
    before = text[max(0, token.start - 16) : token.start]
    if not _COMPARED_BEFORE.search(before):
        return False
    joined = _COMPARED_METRIC.search(before)  # "between 500 and 2000": an amount only beside another amount
    earlier = re.findall(r"\d+(?:\.\d+)?", before)
    return not joined or (bool(earlier) and not 1900 <= float(earlier[-1]) <= 2100)


def _bounds(tokens: Sequence[Token], match: Match) -> tuple[int, int]:
    return tokens[match.first].start, tokens[match.last - 1].end


def _as_written(term: Term, said: str) -> Term:
    """Return a value of the data that is spelt as it is stored, with its capital, as called by its name.

    Else "Business" in "upgrades to Business" would only be a word that carries nothing.
    """
    spelt = term.kind == "value" and term.source == "data" and said == term.code and said[:1].isupper()
    return replace(term, source="name") if spelt else term


def _words(
    text: str, tokens: Sequence[Token], matcher: Matcher, original: Normalised | None = None
) -> Iterable[Item]:
    for match in matcher.matches(tokens):
        span = text[tokens[match.first].start : tokens[match.last - 1].end]
        if _LOOSE_END.search(span) and all(term.source == "name" for term in match.terms):
            continue  # "first orders on Mars" is not the column first_order_on
        terms = match.terms
        if match.first and span in grammar().tags and original is not None:
            terms = tuple(_as_written(term, original.words(*_bounds(tokens, match))) for term in terms)
        yield _item("term", tokens, match.first, match.last, terms=terms)
    for first, last, tags in grammar_matches(tokens, text):
        if first and _ORDERS.match(text, tokens[first].start) and tokens[first - 1].key in _SINGLE:
            continue  # sales per order by segment: no order of the rows
        yield Item("grammar", tokens[first].start, tokens[last - 1].end, first, last, tags=tags)


def _item(
    kind: ItemKind, tokens: Sequence[Token], first: int, last: int, terms: tuple[Term, ...] = ()
) -> Item:
    return Item(kind, tokens[first].start, tokens[last - 1].end, first, last, terms=terms)


def _spanning(tokens: Sequence[Token], start: int, end: int, text: str = "") -> tuple[int, int] | None:
    """Return the token indexes `[first, last)` of a span of text; None where it cuts a token or holds none."""
    inside = [index for index, token in enumerate(tokens) if token.start < end and start < token.end]
    if not inside or tokens[inside[0]].start < start:
        return None
    if tokens[inside[-1]].end > end and not text.startswith("'s", end):  # "last month's"
        return None
    return inside[0], inside[-1] + 1


def _times(
    times: tuple[TimeToken, ...], tokens: Sequence[Token], text: str, words: Iterable[Item]
) -> list[Item]:
    found: dict[tuple[int, int], Item] = {}
    metrics = [item for item in words if item.of_kind("metric")]
    for number, token in enumerate(times):
        start, end = token.start, token.end
        if token.kind == "grain" and token.average and not token.words.isascii():  # 每月平均利率
            end = min((item.start for item in metrics if start < item.start < end < item.end), default=end)
        if (
            token.kind == "grain" and token.average
        ):  # "average zarn per month": the words inside are read apart
            tail = _AVERAGE_TAIL.search(token.words.lower())
            start = token.end - len(tail[0]) if tail else start
        if token.kind == "period" and isinstance(token.expression, Point):
            head = _UNIT_HEAD.match(token.words.lower())  # "by hub and month in 2025": the month is a bucket
            if head and finest(token.expression) != head[1]:
                start += len(head[0])
        span = _spanning(tokens, start, end, text)
        if span is not None and span not in found:
            found[span] = replace(_item("time", tokens, *span), time=number)
    return list(found.values())


def _numbers(text: str, tokens: Sequence[Token]) -> list[Item]:
    found = []
    for quantity in quantities(text):
        span = _spanning(tokens, quantity.start, quantity.end)
        if span is not None:
            found.append(replace(_item("number", tokens, *span), number=quantity.value, unit=quantity.unit))
    return found


def _quotes(text: str, tokens: Sequence[Token], matcher: Matcher) -> list[Item]:
    found = []
    for match in _QUOTED.finditer(text):
        span = _spanning(tokens, match.start(), match.end())
        inner = next(group for group in match.groups() if group is not None)
        if span is not None and inner.strip():
            found.append(_item("quote", tokens, *span, terms=matcher.at(key_of(inner))))
    return found


def _patterns(text: str, tokens: Sequence[Token]) -> list[Item]:
    found = []
    for pattern in pattern_matches(text):
        span = _spanning(tokens, pattern.start, pattern.end)
        if span is not None:
            item = _item("grammar", tokens, *span)
            found.append(replace(item, tags=pattern.tags, number=pattern.number, unit=pattern.unit))
    return found


def _mended(
    tokens: Sequence[Token], items: Sequence[Item], near: NearMatcher, question: Normalised
) -> tuple[list[Token] | None, tuple[Text, ...]]:
    """Return the tokens with one-letter typos mended, None where there are none, and what to say about them."""
    changed = list(tokens)
    notes: list[Text] = []
    for item in items:
        if item.kind != "unknown" or (
            item.last - item.first > 1 and near.part(tokens[item.first : item.last])
        ):
            continue
        for index in range(item.first, item.last):
            token = tokens[index]
            key = (
                near.mended(token.key, token.end - token.start, grammar().longest)
                if token.kind == "word"
                else None
            )
            if key is not None:
                changed[index] = replace(token, key=key)
                said = question.words(token.start, token.end)
                notes.append(Text(zh=f"「{said}」按「{key}」理解。", en=f"“{said}” was read as “{key}”."))
    return (changed, tuple(notes)) if notes else (None, ())


def _elliptic(items: Sequence[Item], matcher: Matcher) -> tuple[Item, ...]:
    """Return the items with the first of "ancillary and ticket revenue" read as the metric that ends alike."""
    out = list(items)
    for index in range(len(items) - 2):
        short, joint, whole = items[index : index + 3]
        if short.kind != "unknown" or not joint.has(Tag.AND) or not whole.of_kind("metric"):
            continue
        text = whole.text
        space = "" if not text.isascii() else " "
        ends = [at for at in range(1, len(text)) if not space or text[at - 1] == space]
        for at in ends:
            terms = matcher.lexicon.at(key_of(f"{short.text}{space}{text[at:]}"))
            metrics = tuple(term for term in terms if term.kind == "metric")
            if metrics:
                out[index] = replace(short, kind="term", terms=metrics)
                break
    return tuple(out)


def _completed(item: Item, tokens: Sequence[Token], near: NearMatcher) -> Item:
    """Return an unknown run as the value it is the beginning of; a value also keeps what its name begins elsewhere.

    上海 may be a province and the beginning of the city 上海市: which one is meant is for the roles to decide.
    """
    if item.kind == "term" and item.of_kind("value") and not item.tags:
        known = {term.name for term in item.terms}
        parts = near.part(tokens[item.first : item.last])
        return replace(item, terms=item.terms + tuple(term for term in parts if term.name not in known))
    if item.kind != "unknown":
        return item
    run = tokens[item.first : item.last]
    terms = near.part(run) or near.inside(run) or near.ending(run)
    return replace(item, kind="term", terms=terms) if terms else item
