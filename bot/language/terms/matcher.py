"""Where the words of a question name something: every match, longest first, over folded text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.terms.lexicon import Lexicon, Term
from bot.language.terms.tokens import Token, join_key
from bot.language.terms.values import ValueHit, ValueIndex

_BREAKS = frozenset(",、;。?!:()\"'<>=|")
_MAX_TOKENS = 16
_MAX_SHARED = 8  # the same value in more dimensions than this says nothing


@dataclass(frozen=True, slots=True)
class Match:
    """What the tokens `[first, last)` may name, strongest first; never empty."""

    first: int
    last: int
    terms: tuple[Term, ...]


class Matcher:
    """Finds declared terms and data values in tokens; safe to share between threads."""

    def __init__(self, lexicon: Lexicon, values: ValueIndex) -> None:
        self.lexicon = lexicon
        self.values = values

    def matches(self, tokens: Sequence[Token]) -> list[Match]:
        """Return every match, also those inside others, in order of their start."""
        found: list[Match] = []
        for first, token in enumerate(tokens):
            if token.kind != "sign":
                found += self._matches_from(tokens, first)
        return found

    def at(self, key: str) -> tuple[Term, ...]:
        """Return what a key names, strongest source first, each thing once."""
        return merge(self.lexicon.at(key), self.values.exact(key) if key else ())

    def _matches_from(self, tokens: Sequence[Token], first: int) -> list[Match]:
        found: list[Match] = []
        run: list[Token] = []
        declared = self.lexicon.longest.get(tokens[first].key, 0)
        joined_limit = 3
        values_open = True
        for last in range(first, min(len(tokens), first + _MAX_TOKENS)):
            token = tokens[last]
            if token.kind == "sign":
                if token.key in _BREAKS and not _in_number(tokens, last) and not _in_name(tokens, last):
                    break
                continue
            run.append(token)
            size = len(run)
            try_joined = 1 < size <= joined_limit and all(part.kind == "word" for part in run)
            if size > declared and not values_open and not try_joined:
                break
            key = join_key(run)
            terms = self.lexicon.at(key) if size <= declared else ()
            hits: tuple[ValueHit, ...] = ()
            if values_open:
                hits, values_open = self.values.look_up(key)
            if not terms and not hits and try_joined:
                terms = self.lexicon.at(key.replace(" ", ""))
            if terms or hits:
                found.append(Match(first, last + 1, merge(terms, hits)))
        return found


def _in_number(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a comma parts the digits of one number: 1,000."""
    if tokens[at].key != "," or not 0 < at < len(tokens) - 1:
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    glued = before.end == tokens[at].start and tokens[at].end == after.start
    return glued and before.key.isdigit() and after.key.isdigit()


def _in_name(tokens: Sequence[Token], at: int) -> bool:
    """Return whether an apostrophe stands inside a word: O'Hara."""
    if tokens[at].key != "'" or not 0 < at < len(tokens) - 1:
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    return (
        before.end == tokens[at].start
        and tokens[at].end == after.start
        and before.kind == after.kind == "word"
    )


def merge(terms: tuple[Term, ...], hits: tuple[ValueHit, ...]) -> tuple[Term, ...]:
    """Return declared terms and data values together; a declared value hides its own code from the data."""
    if not hits or len(hits) > _MAX_SHARED:
        return terms
    known = {term.identity for term in terms}
    found = [Term("value", hit.dimension, "data", hit.code) for hit in hits]
    return terms + tuple(term for term in found if term.identity not in known)
