r"""Regular expressions in their hundreds, cheaply: compiled on first use, and tried only where they could match.

From the source of a pattern the words are read of which one must stand in any text that it matches (of
`(?:top|best) \d+`: "top" or "best"). A text without any of them is told from the words alone, a hundred times as fast
as trying the pattern, and most patterns are never compiled: no question is about everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from sys import maxsize

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|P<\w+>)|[()|]|[*+?]\??|\{\d*,?\d*\}\??"
    r"|[\u2e80-\uffef]+(?=[\u2e80-\uffef])|[a-z ]+(?=[a-z ])|.",
    re.DOTALL,
)
_UNKNOWN = re.compile(r"\(\?[^:=!<P]|\\[1-9]")  # flags and references: such a pattern is always tried
_OPTIONAL = ("?", "*", "{0", "{,")
_ESCAPED_SIGNS = frozenset(".()[]{}+*?|^$-/\\#&~'\"")

_Words = tuple[str, ...]


class Rule:
    """A regular expression over folded text, to be used like a compiled one."""

    __slots__ = ("_compiled", "_heads", "_words", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None
        self._words: _Words | None = None
        self._heads: frozenset[str] = frozenset()

    @property
    def compiled(self) -> re.Pattern[str]:
        """Return the compiled expression."""
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled

    @property
    def words(self) -> _Words:
        """Return words of which every match holds one; empty where none is known."""
        if self._words is None:
            self._words = words_of(self.source)
            self._heads = frozenset(word[:2] for word in self._words)
        return self._words

    def may_match(self, text: str) -> bool:
        """Return False only where the text holds no match."""
        words = self.words if self._words is None else self._words
        if not words:
            return True
        if self._heads.isdisjoint(_pairs(text)):  # one look for all words: most rules end here
            return False
        for word in words:  # noqa: SIM110 - any() over a generator takes three times as long
            if word in text:
                return True
        return False

    def search(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """Return the first match in `[start, end)`."""
        return self.compiled.search(text, start, end) if self.may_match(text) else None

    def match(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """Return the match at `start`."""
        return self.compiled.match(text, start, end) if self.may_match(text) else None

    def fullmatch(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """Return the match of the whole of `[start, end)`."""
        return self.compiled.fullmatch(text, start, end) if self.may_match(text) else None

    def finditer(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """Return every match in order, none inside another."""
        return self.compiled.finditer(text, start) if self.may_match(text) else iter(())

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return the text with every match replaced."""
        return self.compiled.sub(by, text) if self.may_match(text) else text


class RuleIndex:
    """Many rules by what their words begin with: which of them a text may hold is one look, not one per rule."""

    __slots__ = ("_always", "_heads", "_places", "rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._always: frozenset[int] = frozenset()
        self._heads: frozenset[str] | None = None
        self._places: dict[str, list[int]] = {}

    def possible(self, text: str) -> list[int]:
        """Return the numbers of the rules that may match somewhere in a text, in order."""
        if self._heads is None:
            for number, rule in enumerate(self.rules):
                for head in {word[:2] for word in rule.words}:
                    self._places.setdefault(head, []).append(number)
            self._always = frozenset(number for number, rule in enumerate(self.rules) if not rule.words)
            self._heads = frozenset(self._places)
        found = set(self._always)
        for head in self._heads & _pairs(text):
            found.update(self._places[head])
        return sorted(found)


@lru_cache(maxsize=64)
def _pairs(text: str) -> frozenset[str]:
    """Return the characters of a text and its pairs of neighbours: what any word in it begins with."""
    return frozenset((*text, *(text[at : at + 2] for at in range(len(text) - 1))))


@dataclass(slots=True)
class _Group:
    """A group that is being read: the words of its alternatives so far, and the best of the present one."""

    opened_by: str
    words: list[str] = field(default_factory=list)
    unknown: bool = False  # an alternative shows no word, so the whole group shows none
    best: _Words = ()
    weight: int = 0

    def offer(self, words: _Words) -> None:
        """Take words that every match of the present alternative holds one of, if they tell more."""
        weight = min(map(_weight, words), default=0)
        if weight > self.weight:
            self.best, self.weight = words, weight

    def close(self) -> None:
        """End the present alternative."""
        self.words += self.best
        self.unknown |= not self.best
        self.best, self.weight = (), 0


def words_of(source: str) -> _Words:
    """Return words of which every match of a pattern holds one, the most telling that its source shows."""
    if _UNKNOWN.search(source):
        return ()
    open_groups = [_Group("")]
    run = last = ""  # literal characters in a row; the last one counts once it is known to be no optional one
    tokens = _TOKEN.findall(source)
    for part, behind in zip(tokens, (*tokens[1:], ""), strict=True):
        group, first = open_groups[-1], part[0]
        literal = _literal(part, first)
        if literal:
            run, last = run + last, literal
            continue
        quantifier = first in "?*+" or (first == "{" and len(part) > 1)
        kept = run if quantifier and part.startswith(_OPTIONAL) else run + last
        if kept:
            group.offer((kept,))
        run = last = ""
        if first == "(":
            open_groups.append(_Group(part))
        elif first == "|":
            group.close()
        elif first == ")" and len(open_groups) > 1:
            group.close()
            open_groups.pop()
            if not (group.unknown or group.opened_by.endswith(("=", "!")) or behind.startswith(_OPTIONAL)):
                open_groups[-1].offer(tuple(group.words))
    whole = open_groups[0]
    if run + last:
        whole.offer((run + last,))
    whole.close()
    return () if whole.unknown else tuple(dict.fromkeys(whole.words))


def _literal(part: str, first: str) -> str:
    """Return the characters that a token stands for; empty for classes, anchors, brackets and quantifiers."""
    if first == "\\":
        return part[1:] if part[1:] in _ESCAPED_SIGNS else ""
    if first in ".^$[()|?*+" or (first == "{" and len(part) > 1):
        return ""
    return part


def _weight(word: str) -> int:
    """Return how much a word tells: a Chinese character three times a Latin letter, a space nothing."""
    return 3 * len(word) if word > "\u2e80" else len(word) - word.count(" ")
