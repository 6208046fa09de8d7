"""A read-only view of the lexemes that the grammar walks over."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.language.rule import Rule
from bot.language.time.expressions import Expression
from bot.language.time.lexer import Lexeme
from bot.language.time.lexicon import Entry

Found = tuple[Expression, int]
"""What was read and the index of the next lexeme."""

_FILLERS = ("of", "comma")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The lexemes of one question, with the text they came from.

    `first_sign` and `last_sign` are the places of its first and last letter or digit. `known` remembers what
    was read at an index and `nesting` how deep one expression lies in others, so that no input is slow.
    """

    text: str
    original: str
    starts: tuple[int, ...]
    lexemes: list[Lexeme]
    first_sign: int
    last_sign: int
    known: dict[int, Found | None] = field(default_factory=dict)
    nesting: list[int] = field(default_factory=list)

    @staticmethod
    def over(text: str, original: str, starts: tuple[int, ...], lexemes: list[Lexeme]) -> Cursor:
        """Return a cursor over the lexemes of `text`."""
        signs = [index for index, char in enumerate(text) if char.isalnum()]
        return Cursor(text, original, starts, lexemes, signs[0] if signs else 0, signs[-1] if signs else 0)

    def has(self, index: int, kind: str, *, glued: bool = True) -> bool:
        """Return whether the lexeme at `index` may be of `kind` (and touches the one before, unless first)."""
        return self.entry(index, kind, glued=glued) is not None

    def entry(self, index: int, kind: str, *, glued: bool = True) -> Entry | None:
        """Return the entry of `kind` at `index`, or None."""
        if index >= len(self.lexemes) or index < 0:
            return None
        lexeme = self.lexemes[index]
        if glued and not lexeme.glued:
            return None
        return lexeme.get(kind)

    def first(self, index: int, kind: str) -> Entry | None:
        """Return the entry of `kind` at `index` whether or not it touches the lexeme before."""
        return self.entry(index, kind, glued=False)

    def word(self, index: int) -> str:
        """Return the folded word at `index`, "" beyond the end."""
        return self.lexemes[index].word if 0 <= index < len(self.lexemes) else ""

    def skip(self, index: int, *kinds: str, limit: int = 2) -> int:
        """Return the index after at most `limit` glued lexemes of the kinds (default: 的, of, a comma)."""
        wanted = kinds or _FILLERS
        for _ in range(limit):
            if not any(self.has(index, kind) for kind in wanted):
                break
            index += 1
        return index

    def unit(self, index: int, *, glued: bool = True) -> str:
        """Return the unit of time at `index`, "" if there is none. "week of" is a week too."""
        entry = self.entry(index, "unit", glued=glued)
        if entry is not None:
            return entry.text
        return (
            "week" if self.has(index, "week_of", glued=glued) and self.word(index).endswith("week of") else ""
        )

    def follows(self, index: int, pattern: Rule) -> bool:
        """Return whether the text right after lexeme `index` matches."""
        return pattern.match(self.text, self.lexemes[index].end) is not None

    def whole(self, first: int, end: int) -> bool:
        """Return whether the lexemes `[first, end)` are all the text there is, apart from marks."""
        return self.lexemes[first].start <= self.first_sign and self.lexemes[end - 1].end > self.last_sign
