"""The grammar words as one lookup over tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.terms.tokens import Token, tokenise
from bot.planners.rules.tags import Tag
from bot.planners.rules.words_en import WORDS_EN
from bot.planners.rules.words_zh import WORDS_ZH

Tags = tuple[tuple[Tag, str], ...]

_SIGNS: Mapping[str, tuple[Tag, str]] = {
    ">": (Tag.CMP, ">"), ">=": (Tag.CMP, ">="), "<": (Tag.CMP, "<"), "<=": (Tag.CMP, "<="),
    "=": (Tag.CMP, "="), "==": (Tag.CMP, "="), "!=": (Tag.CMP, "!="), "<>": (Tag.CMP, "!="),
    "≥": (Tag.CMP, ">="), "≤": (Tag.CMP, "<="), "≠": (Tag.CMP, "!="),
    "、": (Tag.AND, ""), ",": (Tag.AND, ","), "&": (Tag.AND, ""), "+": (Tag.AND, ""), "/": (Tag.AND, "/"),
    ":": (Tag.IS, ":"), "#": (Tag.HOW_MANY, "#"), "%": (Tag.SHARE, "%"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grammar:
    """Tags by key, and per first token the length of the longest key that starts with it."""

    tags: Mapping[str, Tags]
    longest: Mapping[str, int]


@cache
def grammar() -> Grammar:
    """Return the lookup of both languages' grammar words; built once."""
    found: dict[str, dict[tuple[Tag, str], None]] = {}
    longest: dict[str, int] = {}
    for word, tag, payload in _entries():  # the tables are written folded
        parts = _words(tokenise(word), word)
        if not parts or "%" in word or "#" in word:  # signs make no key: these are patterns
            continue
        found.setdefault(_key(parts), {})[tag, payload] = None
        longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    return Grammar({key: tuple(tags) for key, tags in found.items()}, longest)


def grammar_matches(tokens: Sequence[Token], text: str) -> list[tuple[int, int, Tags]]:
    """Return (first, last, tags) of every grammar word or sign in the tokens."""
    lookup = grammar()
    found: list[tuple[int, int, Tags]] = []
    for first, token in enumerate(tokens):
        if token.kind == "sign":
            found += _sign_matches(tokens, first, text)
            continue
        run: list[str] = []
        limit = lookup.longest.get(_word(token, text), 0)
        for last in range(first, len(tokens)):
            if len(run) == limit:
                break
            if tokens[last].kind == "sign":
                if tokens[last].key not in "-/'#%":
                    break
                continue
            run.append(_word(tokens[last], text))
            if tags := lookup.tags.get(_key(run)):
                found.append((first, last + 1, tags))
    return found


def _word(token: Token, text: str) -> str:
    """Return a token as written: the grammar knows its plurals, and "orders by" is not "order by"."""
    return text[token.start : token.end]


def _words(tokens: Sequence[Token], text: str) -> list[str]:
    return [_word(token, text) for token in tokens if token.kind != "sign"]


def _key(words: Sequence[str]) -> str:
    return "\n".join(words)


def _sign_matches(tokens: Sequence[Token], first: int, text: str) -> list[tuple[int, int, Tags]]:
    token = tokens[first]
    found: list[tuple[int, int, Tags]] = []
    if first + 1 < len(tokens) and tokens[first + 1].start == token.end:
        pair = _SIGNS.get(text[token.start : tokens[first + 1].end])
        if pair:
            found.append((first, first + 2, (pair,)))
    if token.key in _SIGNS:
        found.append((first, first + 1, (_SIGNS[token.key],)))
    return found


def _entries() -> list[tuple[str, Tag, str]]:
    entries = [(word, tag, payload) for tag, payload, words in WORDS_ZH for word in words.split()]
    entries += [(word, tag, payload) for tag, payload, words in WORDS_EN for word in words.split("|")]
    return entries
