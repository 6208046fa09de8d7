"""Values that are probably one value written in two ways: case, width, spaces, and single misspelt words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

CLOSE_WORD = 80.0  # similarity (0-100) of two spellings of one word
LEAST_LETTERS = 4
_WORD = re.compile(r"[\w']+")
_DIGITS = re.compile(r"\d")


def folded(value: str) -> str:
    """Return a value without what does not tell values apart: width, case, outer and repeated spaces, marks."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", value).casefold().replace("_", " ")))


def one_misspelling(first: str, second: str) -> bool:
    """Return whether two folded values differ in one word only, by a letter or two.

    Words with a digit must be equal (size 3 is not size 8), and so must words of fewer than four letters.
    Similarity is the normalised InDel ratio of rapidfuzz; the first letter must agree.
    """
    from rapidfuzz.fuzz import ratio

    one, two = first.split(), second.split()
    if len(one) != len(two):
        return False
    different = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
    if len(different) != 1:
        return False
    a, b = different[0]
    if _DIGITS.search(a + b) or min(len(a), len(b)) < LEAST_LETTERS or a[0] != b[0]:
        return False
    return ratio(a, b) >= CLOSE_WORD and not _inflected(a, b)


def _inflected(one: str, two: str) -> bool:
    """Return whether the two are a singular and its plural: two values more often than two spellings."""
    short, long = sorted((one, two), key=len)
    return long in (f"{short}s", f"{short}es")


def variants(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return (rarer, commoner) spellings of one value, those with the most rows first.

    Every value stands at most once on the left. Values equal after folding count; a misspelling only where
    it is at least ten times rarer than the other. Pairs are looked for among values that share all words but
    one, so that the work grows with the number of values, not with its square.
    """
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    leaders: dict[str, str] = {}
    holed: dict[tuple[str, ...], list[str]] = {}
    found: list[tuple[str, str]] = []
    for value in ordered:
        plain = folded(value)
        if not plain:
            continue
        if plain in leaders:
            found.append((value, leaders[plain]))
            continue
        words = plain.split()
        holes = [(*words[:at], "", *words[at + 1 :]) for at in range(len(words))]
        near = next(
            (
                other
                for hole in holes
                for other in holed.get(hole, ())
                if counts[leaders[other]] >= 10 * counts[value] and one_misspelling(plain, other)
            ),
            None,
        )
        leaders[plain] = value
        if near is not None:
            found.append((value, leaders[near]))
        for hole in holes:
            holed.setdefault(hole, []).append(plain)
    return sorted(found, key=lambda pair: (-counts[pair[0]], pair))
