"""English number words as values: twenty-five, two thousand and fourteen, nineteen ninety three, third."""

from __future__ import annotations

from bot.language.rule import Rule

_UNITS = {word: value for value, word in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen".split()
)}  # fmt: skip
_TENS = {word: 10 * value for value, word in enumerate(
    "twenty thirty forty fifty sixty seventy eighty ninety".split(), 2
)}  # fmt: skip
_TENS["fourty"] = 40
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {word: value for value, word in enumerate(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1
)} | {"thirtieth": 30, "hundredth": 100}  # fmt: skip
START = frozenset((*_UNITS, *_TENS, *ORDINALS))
"""Words that may begin a number."""

_WORD = Rule(r"[a-z]+")
_JOINT = Rule(r"(?:\s+and\s+|\s*-\s*|\s+)(?=[a-z])")


def english_number(text: str, start: int) -> tuple[int, int, bool] | None:
    """Return `(end, value, is_ordinal)` of the number words at `start`, longest first, or None.

    "nineteen ninety three" and "twenty twenty four" read as years; "and" joins only after hundred or
    thousand ("two and three" are two numbers); an ordinal ends the number.
    """
    found = _WORD.match(text, start)
    if found is None or found.group() not in START:
        return None
    total, section, value_words = 0, 0, 0
    previous = ""
    end = start
    while found is not None:
        word = found.group()
        step = _step(word, previous, section)
        if step is None:
            break
        section, carried, ordinal = step
        total += carried
        end, previous, value_words = found.end(), word, value_words + 1
        if ordinal:
            return end, total + section, True
        joint = _JOINT.match(text, end)
        if joint is None or ("and" in joint.group() and word not in _SCALES):
            break
        found = _WORD.match(text, joint.end())
    return end, total + section, False


def _step(  # noqa: PLR0911 - one return per kind of word
    word: str, previous: str, section: int
) -> tuple[int, int, bool] | None:
    """Return (new section, amount carried to the total, is ordinal) after `word`, None if it cannot follow."""
    if word in _SCALES:
        if not previous:
            return None
        return (section * 100, 0, False) if word == "hundred" else (0, section * _SCALES[word], False)
    if word in ORDINALS:
        value = ORDINALS[word]
        if previous in _UNITS or (value >= 10 and previous in _TENS):
            return None
        return section + value, 0, True
    if word in _TENS:
        if previous in _TENS or previous in _UNITS:
            # "nineteen ninety", "twenty twenty" are years; "five twenty" is two numbers
            return (section * 100 + _TENS[word], 0, False) if 19 <= section <= 20 else None
        return section + _TENS[word], 0, False
    if word in _UNITS:
        value = _UNITS[word]
        if previous in _TENS and value >= 10:
            return (section * 100 + value, 0, False) if section in (19, 20) else None
        if previous in _UNITS or (previous in _TENS and value == 0):
            return (section * 100 + value, 0, False) if 19 <= section <= 20 and value >= 10 else None
        return section + value, 0, False
    return None
