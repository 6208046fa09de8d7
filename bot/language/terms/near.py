"""Near matches for words that match nothing exactly: parts of names, and typos of one letter."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from bot.language.terms.lexicon import Term
from bot.language.terms.matcher import Matcher
from bot.language.terms.tokens import Token, join_key

_MAX_HAN_TAIL = 6  # 上海 -> 上海市, 天猫 -> 天猫官方旗舰店
_MAX_TYPO_KEYS = 60_000  # above this the values are too dense for one-letter guesses
_MIN_TYPO = 5
_MAX_CHOICES = 4


# What says something of many things by itself: "new" asks for no coupon whose name happens to begin so.
_ADJECTIVES = frozenset(
    "new old first last next best worst top bottom big small high low free full open more less most least early late "
    "returning repeat existing former previous current recent active inactive good bad real other own".split()
)


class NearMatcher:
    """Proposes one reading for an unknown run of tokens, or none where several are as near."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def part(self, run: Sequence[Token]) -> tuple[Term, ...]:
        """Return the values whose names start with the run: one, or up to four to choose from."""
        key = join_key(run)
        if len(key) < 2 or key.isdigit() or key in _ADJECTIVES:
            return ()
        hits = [hit for hit in self._matcher.values.starting_with(key, 16) if _is_whole_part(hit.key, key)]
        if not hits or len({hit.key for hit in hits}) > _MAX_CHOICES:
            return ()
        return tuple(Term("value", hit.dimension, "part", hit.code) for hit in hits)

    def inside(self, run: Sequence[Token]) -> tuple[Term, ...]:
        """Return the value that has the run's one Latin word as a later word of its name (Ruiz), if only one has."""
        if (
            len(run) != 1
            or run[0].kind != "word"
            or len(run[0].key) < _MIN_TYPO - 1
            or not run[0].key.isalpha()
        ):
            return ()
        if run[0].key in self._matcher.lexicon.words:  # "ads" says no more of Tencent Ads than of ad spend
            return ()
        keys = self._later_words.get(run[0].key, ())
        hits = self._matcher.values.exact(keys[0]) if len(keys) == 1 else ()
        declared = self._matcher.lexicon.at(keys[0]) if len(keys) == 1 else ()
        found = {
            term.identity: term
            for term in (*declared, *(Term("value", h.dimension, "part", h.code) for h in hits))
        }
        return tuple(replace(term, source="part") for term in found.values() if term.kind == "value")

    def ending(self, run: Sequence[Token]) -> tuple[Term, ...]:
        """Return the dimensions whose label of several words ends with the run: 产品 of 贷款产品, company size."""
        key = join_key(run)
        return self._label_ends.get(key, ()) if len(key) > 1 else ()

    def mended(self, word: str, letters: int, grammar: Container[str]) -> str | None:
        """Return the word that a Latin word of five letters or more is one slip away from, if that is clear.

        `word` is a folded word that was written with `letters` letters; `grammar` are further words that are
        spelt right as they are.
        """
        if letters < _MIN_TYPO - 1 or not word.isalpha() or not word.isascii() or word in grammar:
            return None
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        close = extract(word, self._vocabulary, scorer=OSA.distance, score_cutoff=1, limit=3)
        keys = {choice for choice, _, _ in close}
        if letters < _MIN_TYPO:  # four letters: only two of them swapped
            keys = {key for key in keys if sorted(key) == sorted(word)}
        return keys.pop() if len(keys) == 1 and word not in keys else None

    def terms(self, key: str) -> tuple[Term, ...]:
        """Return what a key names."""
        return self._matcher.at(key)

    def suggestions(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return keys of declared terms that look most like a text, best first; empty when none is close."""
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extract

        close = extract(text, tuple(self._matcher.lexicon.terms), scorer=ratio, score_cutoff=60, limit=limit)
        return tuple(choice for choice, _, _ in close)

    @cached_property
    def _label_ends(self) -> Mapping[str, tuple[Term, ...]]:
        """Dimensions by what their labels and synonyms end with: a whole word, two or more Chinese characters."""
        ends: dict[str, dict[str, Term]] = {}
        for key, terms in self._matcher.lexicon.terms.items():
            named = [
                term for term in terms if term.kind == "dimension" and term.rank <= 2 and term.code is None
            ]
            if not named:
                continue
            words = key.split()
            tails = [" ".join(words[at:]) for at in range(1, len(words))]
            if not key.isascii():
                tails = [key[at:] for at in range(2, len(key) - 1)]
            tails += _beginnings(key, words)
            for tail in tails:
                for term in named:
                    ends.setdefault(tail, {})[term.name] = replace(term, source="part")
        return {tail: tuple(found.values()) for tail, found in ends.items() if len(found) <= _MAX_CHOICES}

    @cached_property
    def _later_words(self) -> Mapping[str, tuple[str, ...]]:
        """The Latin words that stand second or later in a value's name, with up to two of those names."""
        words: dict[str, list[str]] = {}
        values = self._matcher.values
        keys = set(values.all_keys()) if len(values) <= _MAX_TYPO_KEYS else set()
        for key in keys:
            for word in key.split()[1:]:
                known = words.setdefault(word, [])
                if len(known) < 2 and key not in known:
                    known.append(key)
        return {word: tuple(known) for word, known in words.items()}

    @cached_property
    def _vocabulary(self) -> tuple[str, ...]:
        """Every word of four letters or more in the catalog, and in the data where they hold not too many."""
        words = set(self._matcher.lexicon.words)
        values = self._matcher.values
        if len(values) <= _MAX_TYPO_KEYS:
            for key in values.all_keys():
                words.update(key.split())
        usable = (word for word in words if len(word) >= _MIN_TYPO - 1 and word.isalpha() and word.isascii())
        return tuple(sorted(usable))


_PLACES = frozenset("origin destination departure arrival source target".split())


def _beginnings(key: str, words: Sequence[str]) -> list[str]:
    """Return what a label says by itself: destination of destination city, 来源 of 来源渠道.

    No other first word does: a product category is no product.
    """
    if len(words) == 2 and words[0] in _PLACES:
        return [words[0]]
    return ["来源"] if key.startswith("来源") and len(key) == _WITH_SOURCE else []


_WITH_SOURCE = 4


def _is_whole_part(name: str, part: str) -> bool:
    """Return whether `part` ends at a word's border in `name`, or leaves a short Chinese tail."""
    rest = name[len(part) :]
    if not rest:
        return False
    if rest[0] == " " or part[-1].isascii() != rest[0].isascii():
        return True
    return not rest[0].isascii() and len(rest) <= _MAX_HAN_TAIL
