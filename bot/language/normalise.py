"""One written form for a question: width, case, traditional characters, spaces and quotes are folded.

Everything after this works on the folded text; offsets lead back to the user's own words.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

# Dashes, quotes and wavy lines that NFKC keeps apart although people type them for the same thing.
_SAME = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"',
    "‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "－": "-",
    "〜": "~", "∼": "~", "〇": "零", "○": "零",
}  # fmt: skip
_CJK_FIRST = "\u3400"


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text and the way back to the original.

    `starts[i]` is the offset in `original` of the character that `text[i]` came from; it never decreases.
    """

    original: str
    text: str
    starts: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in `original` of `text[start:end]`; an empty span is empty there too."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.starts[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """Return what the user wrote for `text[start:end]`."""
        first, last = self.original_span(start, end)
        return self.original[first:last]


def normalise(text: str) -> Normalised:
    """Return `text` folded: NFKC width, lower case, simplified characters, single spaces, plain quotes.

    Runs of white space and control characters become one space, none at either end; zero-width characters
    vanish. Linear in the length of the text; any text is accepted.
    """
    folded: list[str] = []
    starts: list[int] = []
    fold = _folds()
    pending_space = -1
    for index, char in enumerate(text):
        form = fold[char]
        if form == " ":
            if pending_space < 0:
                pending_space = index
            continue
        if not form:
            continue
        if pending_space >= 0:
            if folded:
                folded.append(" ")
                starts.append(pending_space)
            pending_space = -1
        folded.append(form)
        starts.extend([index] * len(form))
    return Normalised(text, "".join(folded), tuple(starts))


@lru_cache(maxsize=16_384)
def folded_name(name: str) -> str:
    """Return the folded text of a name that is looked at with every question."""
    return normalise(name).text


class _Folds(dict[str, str]):
    """The folded form per character, worked out at first sight."""

    def __missing__(self, char: str) -> str:
        form = self[char] = _fold(char)
        return form


@cache
def _folds() -> _Folds:
    return _Folds()


def _fold(char: str) -> str:
    """Return the folded form of one character: "" drops it, " " is any space."""
    if char in _SAME:
        return _SAME[char]
    category = unicodedata.category(char)
    if category == "Cf" or (category == "Mn" and char in "\ufe0e\ufe0f"):
        return ""
    if category in ("Cc", "Cs", "Zs", "Zl", "Zp"):
        return " "
    form = unicodedata.normalize("NFKC", char).lower()
    if any(part.isspace() for part in form):
        form = "".join(part for part in form if not part.isspace()) or " "
    if form >= _CJK_FIRST:
        form = form.translate(_simplified())
    return form


@cache
def _simplified() -> dict[int, int]:
    """Return the map from traditional to simplified characters.

    Its source is OpenCC's `TSCharacters` (Apache-2.0), first choice per character. Single characters are
    enough here: labels of the catalog go through the same fold, and users see their own words.
    """
    lines = resources.files("bot.language").joinpath("traditional.txt").read_text("utf-8").splitlines()
    traditional, simplified = (line for line in lines if line and not line.startswith("#"))
    return {ord(old): ord(new) for old, new in zip(traditional, simplified, strict=True)}
