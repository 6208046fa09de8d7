"""Judges a model's summary: every figure a cell or a stated derivation, every name there, every direction true.

What cannot be vouched for is refused: a digit or a number word of the model's own, a word outside a small vocabulary of
telling words (so no cause, no invented name), a figure without the name of its row, a direction against its sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from bot.planners.llm.prompts import prompt
from bot.planners.llm.prose.facts import Fact, Facts
from semantic_layer.text import Locale

_SLOT = re.compile(r"\{([^{}]*)\}")
_DERIVED = re.compile(r"(diff|ratio|growth):\s*(r\d+c\d+)\s*,\s*(r\d+c\d+)")
_CLAUSE = re.compile(r"[,,;;。!?!?::]|\.(?=\s|$)")
_SENTENCE = re.compile(r"(?<=[。!?!?])|(?<=\.)(?=\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*|[\u3400-\u9fff]+")
_OTHER = re.compile(r"[^\s\w,,;;。!?!?::.、()()“”\"'‘’-]|[\d_]")
LONGEST = 400
UP, DOWN = 1, -1
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Judged:
    """A summary with its figures filled in, or what is wrong with it."""

    text: str = ""
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Slots:
    """What the placeholders of one clause stand for."""

    facts: list[Fact] = field(default_factory=list)
    signs: list[float] = field(default_factory=list)


def judged(written: str, facts: Facts, locale: Locale) -> Judged:
    """Return the summary with figures, or its problems in words that a model can act on."""
    text = written.strip()
    problems: list[str] = []
    if not text or len(text) > LONGEST:
        return Judged(problems=(f"write one to three sentences, at most {LONGEST} characters",))
    problems += _words(_SLOT.sub(" ", text), facts, locale)
    filled: list[str] = []
    for sentence in (part for part in _SENTENCE.split(text) if part.strip()):
        problems += _rows_named(sentence, facts)
        filled += [_filled(piece, facts, locale, problems) for piece in _pieces(sentence)]
    return Judged(problems=tuple(dict.fromkeys(problems))) if problems else Judged("".join(filled).strip())


def _pieces(sentence: str) -> list[str]:
    """Return the clauses of a sentence with their marks; one without a name belongs to the clause before it."""
    hidden = _SLOT.sub(lambda slot: "\0" * len(slot[0]), sentence)  # marks inside a placeholder end no clause
    ends = [mark.end() for mark in _CLAUSE.finditer(hidden)]
    found: list[str] = []
    for start, end in pairwise((0, *ends, len(sentence))):
        piece = sentence[start:end]
        if found and not re.search(r"\{r\d+c0\}", piece):
            found[-1] += piece
        elif piece:
            found.append(piece)
    return found


def _filled(clause: str, facts: Facts, locale: Locale, problems: list[str]) -> str:
    """Return a clause with its figures; what is wrong with it goes to `problems`."""
    slots = _Slots()
    plain = _SLOT.sub(" ", clause).casefold()
    up, down = _has(plain, "up", locale), _has(plain, "down", locale)

    def value(slot: re.Match[str]) -> str:
        fact = facts.cells.get(slot[1].strip())
        if fact is not None:
            slots.facts.append(fact)
            if fact.is_signed and fact.number is not None:
                slots.signs.append(fact.number)
                return _unsigned(fact.shown) if (up or down) else fact.shown
            return fact.shown
        shown = _derivation(slot[1].strip(), facts, slots, bare=up or down)
        if shown is None:
            problems.append(f"{{{slot[1][:40]}}} is no cell and no derivation")
            return ""
        return shown

    text = _SLOT.sub(value, clause)
    if up and down:
        problems.append(f"“{clause.strip()[:60]}”: one direction in a clause")
    elif up or down:
        wanted = UP if up else DOWN
        if not slots.signs:
            problems.append(
                f"“{clause.strip()[:60]}”: a direction needs the change beside it (growth or diff)"
            )
        elif any(sign * wanted <= 0 for sign in slots.signs):
            problems.append(f"“{clause.strip()[:60]}”: the direction contradicts the sign of the change")
    named = [fact.row for fact in slots.facts if fact.number is None]
    for kind, best in (("highest", max), ("lowest", min)):
        if _has(plain, kind, locale) and not any(
            fact.number is not None
            and fact.number == best(facts.whole.get(fact.column.name, (float("nan"),)))
            and fact.row == (named[0] if named else fact.row)
            for fact in slots.facts
        ):
            problems.append(f"“{clause.strip()[:60]}”: no cell in it is the {kind}")
    return text


def _derivation(written: str, facts: Facts, slots: _Slots, *, bare: bool) -> str | None:
    """Return a stated derivation of two cells of one column as it is shown; None where there is no such thing."""
    from tools.render import cell

    read = _DERIVED.fullmatch(written)
    if read is None:
        return None
    first, second = facts.cells.get(read[2]), facts.cells.get(read[3])
    if first is None or second is None or first.number is None or second.number is None:
        return None
    if first.column.name.split("__")[0] != second.column.name.split("__")[0] or (
        first.is_signed != second.is_signed
    ):
        return None
    slots.facts += [first, second]
    if read[1] == "diff":
        change = first.number - second.number
        slots.signs.append(change)
        return cell(
            abs(change) if bare else change, first.column, "zh-CN" if _is_han(first.shown) else "en-US"
        )
    if second.number <= 0:
        return None
    if read[1] == "ratio":
        return f"{first.number / second.number:.2f}"
    growth = first.number / second.number - 1
    slots.signs.append(growth)
    return f"{abs(growth) if bare else growth:.1%}"


def _rows_named(sentence: str, facts: Facts) -> list[str]:
    """Return the figures of a table of several rows that stand in a sentence without the name of their row."""
    if facts.rows < 2:
        return []
    found = [facts.cells[name] for name in re.findall(r"r\d+c\d+", sentence) if name in facts.cells]
    named = {fact.row for fact in found if fact.number is None}
    lost = sorted({fact.row for fact in found if fact.number is not None} - named)
    return [f"name row {row} in the sentence that gives its figure" for row in lost]


def _words(literal: str, facts: Facts, locale: Locale) -> list[str]:
    """Return the words and marks of the model's own that it may not use."""
    problems = []
    marks = sorted(set(_OTHER.findall(literal)))
    if marks:
        problems.append(f"no figures and no such marks of your own: {' '.join(marks)[:60]}")
    rest = literal
    for label in sorted(facts.labels, key=len, reverse=True):
        rest = re.sub(re.escape(label), " ", rest, flags=re.IGNORECASE)
    known = vocabulary(locale)
    unknown: list[str] = []
    for word in _WORD.findall(rest):
        unknown += (
            _unknown_han(word, known) if _is_han(word) else ([] if word.casefold() in known else [word])
        )
    if unknown:
        problems.append("words that may not be used: " + ", ".join(dict.fromkeys(unknown))[:200])
    return problems


def _unknown_han(run: str, known: frozenset[str]) -> list[str]:
    """Return the stretches of a Chinese run that no words of the vocabulary cover."""
    covered = [0] * (len(run) + 1)  # how many characters up to here are left over, at best
    for end in range(1, len(run) + 1):
        covered[end] = covered[end - 1] + 1
        for size in range(1, min(6, end) + 1):
            if run[end - size : end] in known:
                covered[end] = min(covered[end], covered[end - size])
    return [run] if covered[-1] else []


@lru_cache(maxsize=4)
def _lists(locale: Locale) -> dict[str, frozenset[str]]:
    found = {}
    for section in prompt("prose_words", locale).split("## ")[1:]:
        title, _, body = section.partition("\n")
        found[title.strip()] = frozenset(re.split(r"[\s,、]+", body.strip().casefold()))
    return found


def vocabulary(locale: Locale) -> frozenset[str]:
    """Return every word that a summary may use beside the labels of the result."""
    return frozenset().union(*_lists(locale).values())


def _has(plain: str, kind: str, locale: Locale) -> bool:
    words = _lists(locale)[kind]
    if locale == "zh-CN":
        return any(word in plain for word in words)
    return bool(words & set(_WORD.findall(plain)))


def _unsigned(shown: str) -> str:
    return shown.lstrip("+-−")


def _is_han(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)
