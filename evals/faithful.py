"""Numbers in the text: each must be a cell of the row it stands beside, or a stated derivation of cells."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.accounted import Accounted, accounted

if TYPE_CHECKING:
    from bot.answer import Answer
    from semantic_layer.text import Locale
    from semantic_layer.workspace import SemanticLayer

# A date in any of the forms that answers write; what they say is checked through the plan's period.
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATES = re.compile(
    r"\d{4}[-/年]\d{1,2}(?:[-/月]\d{1,2}日?|月)?|\d{1,2}/\d{1,2}|\d{1,2}月(?:\d{1,2}日)?|(?<!\d)(?:19|20)\d\d年?(?![\d,.])"
    rf"|\d{{1,2}}(?:[–-]\d{{1,2}})? (?:{_MONTHS})[a-z]*(?: \d{{4}})?|(?:{_MONTHS})[a-z]* \d{{4}}"
    r"|\d{1,2}:\d\d|第?\d{1,2}周|week \d+|Q[1-4]|H[12]|\d+季度"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z\d.])([+−-]?)[¥£$€]?(\d(?:[\d,]*\d)?(?:\.\d+)?)\s*(万|亿|k|K|M|B|bn|m(?![a-z])|pp|个百分点|%)?(?![A-Za-z\d])"
)
_SCALE = {"万": 1e4, "亿": 1e8, "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "B": 1e9, "bn": 1e9, "%": 0.01, "pp": 0.01,
          "个百分点": 0.01}  # fmt: skip
_HIDDEN = "\x00"


@dataclass(frozen=True, slots=True)
class Printed:
    """A number of a text: its place, what it says, half of its last digit, and its sign where one is printed."""

    start: int
    end: int
    shown: str
    value: float
    step: float
    signed: bool


def unfaithful(answer: Answer, layer: SemanticLayer) -> tuple[str, ...]:
    """Return the numbers of the headline that neither the row named before them nor the whole answer accounts for."""
    if answer.headline is None:
        return ()
    text = answer.headline.at(answer.locale)
    known = accounted(answer, layer)
    labels = (event.label.at(answer.locale) for event in layer.catalog.events)
    events = frozenset(
        label for label in labels if re.search(r"[^\W\d_]", label)
    )  # 双11 is no eleven of anything
    return tuple(one.shown for one in missing(text, known, hidden_words(answer, answer.locale) | events))


def missing(text: str, known: Accounted, words: frozenset[str] = frozenset()) -> Iterator[Printed]:
    """Yield the numbers of a text that nothing accounts for; `words` are names that may hold digits."""
    bare, names = _without(text, known, words)
    for one in printed(bare):
        before = [name for at, name in names if at <= one.start]
        own = known.by_name.get(before[-1], []) if before else []
        if not _near(one, own) and not _near(one, known.anywhere):
            yield one


def printed(text: str) -> Iterator[Printed]:
    """Yield the numbers of a text that are no dates."""
    for match in _NUMBER.finditer(_DATES.sub(lambda found: _HIDDEN * len(found[0]), text)):
        sign, digits, unit = match[1], match[2], match[3] or ""
        scale = _SCALE.get(unit, 1.0)
        places = len(digits.partition(".")[2])
        value = float(digits.replace(",", "")) * scale * (-1 if sign in ("−", "-") else 1)
        step = 0.5000001 * 10.0**-places * scale
        start, end = match.start(2), match.end(3) if unit else match.end(2)
        yield Printed(start, end, text[match.start() : end], value, step, bool(sign))


def hidden_words(answer: Answer, locale: Locale) -> frozenset[str]:
    """Return what is named in a text and may hold digits: columns, members, filters, periods with a name."""
    found = {slot.text.at(locale) for slot in answer.interpretation}
    for part in answer.parts:
        for table in (part.table, *part.further):
            for column in table.columns if table is not None else ():
                found.add(column.label.at(locale))
                found.update(label.at(locale) for _, label in column.value_labels)
            for row in table.rows if table is not None else ():
                found.update(cell for cell in row if isinstance(cell, str))
    for used in answer.periods:
        label = used.label.at(locale)
        found |= {label, label.partition("(")[0].partition(" (")[0].strip()}
    return frozenset(
        label for label in found if re.search(r"[^\W\d_]|\d\D*\d", label) and re.search(r"\d", label)
    )


def caught(text: str, known: Accounted, words: frozenset[str], seed: int = 1) -> Iterator[bool]:
    """Yield, for each number of a true text, whether another one in its place would be noticed.

    Another: of the same length, unit and sign, with every digit drawn anew, and one with a single digit changed.
    """
    draw = random.Random(f"{seed} {text}")
    bare, _ = _without(text, known, words)
    for one in printed(bare):
        digits = [at for at in range(one.start, one.end) if text[at].isdigit()]
        for changed in ([draw.choice(digits)], digits):
            other = list(text)
            for at in changed:
                other[at] = draw.choice(
                    [d for d in "0123456789"[at == digits[0] :] if d != text[at] or len(changed) > 1]
                )
            said = "".join(other)
            if said != text:
                yield any(
                    _.start <= one.start < _.end or _.start == one.start for _ in missing(said, known, words)
                )


def _without(text: str, known: Accounted, words: frozenset[str]) -> tuple[str, list[tuple[int, str]]]:
    """Return the text with its names made unreadable, and where each row is named, in order."""
    names: list[tuple[int, str]] = []
    folded = text.casefold()  # of thousands of products a text names a few
    told = {name for name in (*known.by_name, *(word.casefold() for word in words)) if name in folded}
    for name in sorted(told, key=len, reverse=True):
        pattern = re.escape(name)
        edge = r"(?<![\d.])" if name[:1].isdigit() else ""
        tail = r"(?![\d]|[,.]\d\d\d)" if name[-1:].isdigit() else ""
        for found in (
            reversed(list(re.finditer(edge + pattern + tail, text, re.IGNORECASE))) if name.strip() else ()
        ):
            if name in known.by_name:
                names.append((found.start(), name))
            text = text[: found.start()] + _HIDDEN * len(name) + text[found.end() :]
    return text, sorted(names)


def _near(one: Printed, candidates: list[float]) -> bool:
    """Return whether a candidate rounds to the printed number; without a printed sign a fall is written as a rise."""
    for other in candidates:
        value, told = (one.value, other) if one.signed else (abs(one.value), abs(other))
        if abs(value - told) <= one.step + 1e-9 * abs(told):
            return True
    return False
