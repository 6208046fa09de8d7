"""What questions say about how to compute or print a result, and that changes no number: joins, rounding, casts."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.rule import Rule

ASIDES = Rule(
    r",? ?(?:by|based on|using|via|through|with) (?:doing |performing |using )?(?:an? |the )?(?:left |right "
    r"|inner |outer |full )*"
    r"join(?:ing|s)?\b[^.?!]{0,80}?\btables?\b"
    r"|\brepresent(?:ing|ed)? (?:each|the|every) \w+ as (?:the )?[^.?!]{0,50}"
    r"|\(?\bas an? (?:date|integer|whole number|number|float|decimal|string|boolean|boolean value)\b\)?"
    r"|,? ?rounded to \w+ (?:decimals?|decimal places?|digits?)|四舍五入(?:到|保留)?\w{0,4}位?小数?|保留\w{1,2}位小数"
    r"|\bin (?:your|the) (?:final )?(?:answer|output|results?(?: you return)?|query)\b"
    r"|,? ?starting (?:from|with) the (?:earliest|oldest|first)(?: (?:date|month|week|day|one))?\b"
    r"|\brecords\b|\(based on [^)]{1,40}\)"
    r"|\b(?:the )?combinations? of\b|\b(?:in|of) the \w+ tables?\b|,? ?\bshowing\b|,? ?\bconsidering\b"
)

MAKE = Rule(r"\b(?:did|does|do|can|could|will|would) (?:each |every |the |our |a )?[\w ]{1,30}? (make)\b")
_FIRST = Rule(
    r"(?:with|starting with) the (highest|longest|largest|biggest|most|greatest|lowest|shortest|smallest|least"
    r"|fewest)(?: \w+){0,3} first\b"
)
_DOWN = ("highest", "longest", "largest", "biggest", "most", "greatest")


def asides(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of words about computing or printing."""
    for found in ASIDES.finditer(text):
        yield found.span()


def directions(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield "with the longest duration first" with its direction."""
    for found in _FIRST.finditer(text):
        yield *found.span(), "desc" if found[1] in _DOWN else "asc"
