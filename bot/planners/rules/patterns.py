"""Grammar that holds a number inside: top 5, 前三名, 7-day moving average, the 2 best, 哪个月."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.planners.rules.asides import asides, directions
from bot.planners.rules.grammar import Tags
from bot.planners.rules.tags import Tag
from bot.planners.rules.words_patterns import (
    AND_TIME,
    COUNTERS,
    DAY_OF_WEEK,
    EN_NUMBERS,
    LAST_ORDINAL,
    MOVING,
    MOVING_SUM,
    ORDINAL,
    RULES,
    SIGNED,
    SINGLE_TIME,
    TOP_TIME,
    UNITS,
    WHICH_TIME,
)
from semantic_layer.period import Grain

_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
GRAINS = {name: Grain(name) for name in ("hour", "day", "week", "month", "quarter", "year")}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One place in the folded text where a pattern holds: its tags, its number and its grain."""

    start: int
    end: int
    tags: Tags
    number: float | None = None
    unit: str | None = None


def pattern_matches(text: str) -> Iterator[Pattern]:
    """Yield every pattern of a folded text, also those inside others."""
    for start, end in asides(text):
        yield Pattern(start, end, ((Tag.STOP, ""),))
    for start, end, direction in directions(text):
        yield Pattern(start, end, ((Tag.ORDER, direction),))
    yield from _ranks(text)
    yield from _windows(text)
    yield from _buckets(text)
    for counter, tag in COUNTERS:
        for match in counter.finditer(text):
            yield Pattern(match.start(), match.end(), ((tag, ""),))
    for rule, tag, payload in SIGNED:
        for match in rule.finditer(text):
            yield Pattern(match.start(), match.end(), ((tag, payload),))


def _ranks(text: str) -> Iterator[Pattern]:
    """Yield top 5, 前三名, 第二."""
    for rule, tag, payload in RULES:
        for match in rule.finditer(text):
            number = small_number(match[1])
            if number and 0 < number <= 9999:
                yield Pattern(match.start(), match.end(), ((tag, payload),), float(number))
    for match in ORDINAL.finditer(text):
        number = small_number(match[1])
        if number and 2 <= number <= 100:
            yield Pattern(match.start(), match.end(), ((Tag.ORDINAL, str(number)),))
    for match in LAST_ORDINAL.finditer(text):
        number = small_number(match[1])
        if number and 2 <= number <= 100:
            yield Pattern(match.start(), match.end(), ((Tag.ORDINAL, str(number)),))


def _windows(text: str) -> Iterator[Pattern]:
    """Yield 7-day moving average, 近3个月滚动合计."""
    for rules, payload in ((MOVING, "mean"), (MOVING_SUM, "sum")):
        for rule in rules:
            for match in rule.finditer(text):
                number = small_number(match[1])
                if number and number >= 2:
                    tags = ((Tag.MOVING, payload),)
                    yield Pattern(match.start(), match.end(), tags, float(number), UNITS[match[2]])


def _buckets(text: str) -> Iterator[Pattern]:
    """Yield 哪个月, best month, "and month", day of the week."""
    for which in WHICH_TIME:
        for match in which.finditer(text):
            yield Pattern(match.start(), match.end(), _which_tags(match[0]), None, UNITS[match[1]])
    for rule, payload in TOP_TIME:
        for match in rule.finditer(text):
            number = small_number(match[1])
            if number:
                one = number == 1  # 最高的一天 is the highest day
                tags: Tags = ((Tag.SUPER if one else Tag.TOP, payload), (Tag.WHICH, ""))
                yield Pattern(
                    match.start(), match.end(), tags, None if one else float(number), UNITS[match[2]]
                )
    for match in SINGLE_TIME.finditer(text):
        yield Pattern(match.start(), match.end(), ((Tag.WHICH, ""),), None, UNITS[match[1]])
    for further in AND_TIME:
        for match in further.finditer(text):
            yield Pattern(match.start(), match.end(), ((Tag.BY, ""),), None, UNITS[match[1]])
    for match in DAY_OF_WEEK.finditer(text):
        yield Pattern(
            match.start(), match.end(), ((Tag.BY, "day_of_week"), (Tag.WHICH, "")), None, "day_of_week"
        )


_LOW = ("lowest", "slowest", "quietest", "weakest")


def _which_tags(words: str) -> Tags:
    """Return what "which month" and "best month" ask: a bucket, perhaps with its rank."""
    which = (Tag.WHICH, "")
    first = words.split(maxsplit=1)[0]
    rank = {"best": "best", "worst": "worst", **dict.fromkeys(_LOW, "asc")}.get(first)
    if rank is None and first in ("peak", "top", "highest", "busiest", "strongest", "biggest"):
        rank = "desc"
    return (which,) if rank is None else (which, (Tag.SUPER, rank))


def small_number(word: str) -> int | None:
    """Return the value of a short count (5, 三, 十二, twenty), None for anything else."""
    if word.isdigit():
        return int(word)
    if word in EN_NUMBERS:
        return EN_NUMBERS.index(word) + 1
    total, section = 0, 0
    for char in word:
        if char in _HAN_DIGITS:
            section = _HAN_DIGITS[char]
        elif char == "十":
            total, section = total + (section or 1) * 10, 0
        elif char == "百":
            total, section = total + (section or 1) * 100, 0
        else:
            return None
    return total + section
