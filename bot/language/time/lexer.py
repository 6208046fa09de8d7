"""Folded text to lexemes: numbers, numeric dates and time words with their places. Linear in the text."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.numbers_en import START, english_number
from bot.language.numbers_zh import CHARACTERS, chinese_number
from bot.language.rule import Rule
from bot.language.time.lexicon import UNITS, Entry, Lexicon
from bot.language.time.numeric import lunar_words, numeric_date

_NUMERAL = Rule(r"[一二三四五六七八九十]+[月日号]$")
_ASCII_DIGITS = "0123456789"
_ZH_NUMBER = Rule(rf"第?\s?[{CHARACTERS}]{{1,20}}")
_DIGITS = Rule(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_ORDINAL = Rule(r"(\d{1,3})(?:st|nd|rd|th)(?![a-z0-9])")
_NTH_DIGITS = Rule(r"第\s?(\d{1,3})")
_LETTERS = Rule(r"[a-z]+(?:'[a-z]+)?")
_MONTH_DIGITS = Rule(r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|"
    r"april|"
                           r"august|september|october|november|december)(?=\.?[-/]?\d)")  # fmt: skip
_SHORT_NAMES = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun".split()
)
# What is counted is no date: 618元, 2000单, "2024 orders". 个 opens a count unless a time unit follows.
_COUNTED = Rule(
    r"\s?(?:(?!单[量价均品数店]|支[付出]|人[群均数]|次[日数]|件[单数]|分[布析渠城省店品别类]|页面|级别|家[数电具居]|名[单称次]|票[房据]|位[置次]|步[骤数])[元块单件人次万千亿台家笔条名位倍款瓶盒袋套支双%‰分岁斤克吨米级折页步只间座辆张颗票折美刀]|"
    r"个(?!月|季|星期|礼拜|周|自然|完整|整|财|工作|小时|双|618)|"
    r"(?:k|m|bn|w|x|kg|g|ml|l|yuan|rmb|cny|usd|eur|gbp|dollars?|euros?|pounds?|orders?|units?|users?|"
    r"customers?|buyers?|items?|"
    r"people|persons?|visits?|visitors?|clicks?|sessions?|stores?|products?|skus?|times|points?|percent|"
    r"pct|brands?|"
    r"cities|countries|categories|channels?|campaigns?|members?|rows?|records?|leads|employees|impressions|"
    r"transactions|reviews|views|results?|bytes|kb|mb|or more|or less|or fewer)(?![a-z]))"
)
_PREFIXED = Rule(r"(?:top|bottom|no\.?|#|[$¥€£><+]|[><]=|more than|less than|over|under|above|below|"
    r"at least|"
                       r"大于|小于|超过|不足|不到|高于|低于|至少|至多|多于|少于|等于|满|编号|型号|id)\s?$")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One time word or number; `glued` says that only a space lies between it and the one before."""

    start: int
    end: int
    word: str
    entries: tuple[Entry, ...]
    glued: bool
    counted: bool = False

    def get(self, kind: str) -> Entry | None:
        """Return the entry of that kind, or None."""
        for entry in self.entries:
            if entry.kind == kind:
                return entry
        return None


def lex(text: str, words: Lexicon) -> list[Lexeme]:
    """Return the lexemes of folded text in order; everything else in the text is left out."""
    lexemes: list[Lexeme] = []
    index, size = 0, len(text)
    last_end = 0
    while index < size:
        found = _at(text, index, words, lexemes)
        if found is None:
            index = _skip(text, index)
            continue
        end, entries = found
        if text[end : end + 1] == "." and text[index:end] in _SHORT_NAMES:
            end += 1
        gap = text[last_end:index]
        glued = bool(lexemes) and (not gap or gap.isspace())
        counted = any(entry.kind in ("number", "date", "event", "maybe_date") for entry in entries) and (
            _COUNTED.match(text, end) is not None
            or _PREFIXED.search(text, max(0, index - 12), index) is not None
        )
        lexemes.append(Lexeme(index, end, text[index:end].rstrip("."), entries, glued, counted))
        index = last_end = end
    return lexemes


def _skip(text: str, index: int) -> int:
    """Return where to look next: after the whole word for Latin letters and digits, else after one character."""
    found = _LETTERS.match(text, index) or _DIGITS.match(text, index)
    return found.end() if found is not None else index + 1


def _at(text: str, index: int, words: Lexicon, before: list[Lexeme]) -> tuple[int, tuple[Entry, ...]] | None:
    """Return the end and the readings of the lexeme at `index`, or None."""
    char = text[index]
    if char == " ":
        return None
    in_word = index > 0 and text[index - 1].isascii() and text[index - 1].isalnum()
    if char in _ASCII_DIGITS or (char in "'fcqhw" and not in_word):
        after_month = (
            bool(before)
            and before[-1].get("month") is not None
            and text[before[-1].end : index].strip() == ""
        )
        found = _number(text, index, words, in_word=in_word, after_month=after_month)
        if found is not None:
            return found
        if char in _ASCII_DIGITS:
            return None
    after_number = (
        bool(before) and before[-1].get("number") is not None and text[before[-1].end : index].strip() == ""
    )
    if after_number:
        unit = _unit(text, index)
        if unit is not None:
            return unit
    if in_word and char.isascii() and char.isalpha() and not after_number:
        return None
    return _word(text, index, words)


def _number(
    text: str, index: int, words: Lexicon, *, in_word: bool, after_month: bool
) -> tuple[int, tuple[Entry, ...]] | None:
    """Return a numeric date, an ordinal, an event written in digits, or a plain number."""
    if in_word and not _glued_to_month(text, index):
        return None
    date = numeric_date(text, index)
    event = _dictionary(text, index, words, "event")
    if date is not None and date[1][0].kind == "maybe_date" and after_month and "-" in text[index : date[0]]:
        date = None  # "Nov 1-10" is a range of days, not 10 January
    if event is not None and (date is None or event[0] >= date[0]):
        return event
    if date is not None:
        return date
    if text[index] not in _ASCII_DIGITS:
        return None
    ordinal = _ORDINAL.match(text, index)
    if ordinal is not None:
        return ordinal.end(), (Entry("ordinal", number=int(ordinal.group(1))),)
    found = _DIGITS.match(text, index)
    assert found is not None
    digits = found.group()
    if not digits.isdecimal() or len(digits) > 9:
        return None
    return found.end(), (Entry("number", number=int(digits), text=digits),)


def _glued_to_month(text: str, index: int) -> bool:
    """Return whether the digits at `index` follow a month's name (oct2) or are no part of a word."""
    start = index
    while start > 0 and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    return start < index and _MONTH_DIGITS.match(text, start) is not None


def _unit(text: str, index: int) -> tuple[int, tuple[Entry, ...]] | None:
    """Return the unit of time right after a number; it goes before any other word (2021年前三季度)."""
    for length in (17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1):
        word = text[index : index + length]
        if len(word) == length and word in UNITS and _ends_word(text, index + length):
            return index + length, (Entry("unit", text=UNITS[word]),)
    return None


def _word(text: str, index: int, words: Lexicon) -> tuple[int, tuple[Entry, ...]] | None:
    """Return the longest time word or number word at `index`."""
    best = _dictionary(text, index, words)
    if text[index].isascii():
        if best is None:
            month = _MONTH_DIGITS.match(text, index)
            if month is not None:
                best = month.end(), words.words[month.group(1)]
        letters = _LETTERS.match(text, index)
        if letters is not None and letters.group().split("'")[0] in START:
            number = english_number(text, index)
            if number is not None and (best is None or number[0] >= best[0]):
                kind = "ordinal" if number[2] else "number"
                entry = Entry(kind, number=number[1], text="words")
                same = best[1] if best is not None and best[0] == number[0] else ()
                return number[0], (entry, *same)
        return best
    lunar = lunar_words(text, index)
    if lunar is not None and (best is None or lunar[0] > best[0]):
        return lunar
    nth = _NTH_DIGITS.match(text, index)
    if nth is not None:
        return nth.end(), (Entry("ordinal", number=int(nth.group(1)), text="第"),)
    number_words = _ZH_NUMBER.match(text, index)
    longer = number_words is not None and (best is None or number_words.end() > best[0])
    ordinal = number_words is not None and number_words.group().startswith("第")
    if number_words is not None and (
        longer or (ordinal and best is not None and number_words.end() == best[0])
    ):
        numeral = number_words.group()
        value = chinese_number(numeral.lstrip("第 "))
        if value is not None and value == value.to_integral_value() and value < 10**9:
            kind, mark = ("ordinal", "第") if numeral.startswith("第") else ("number", numeral)
            same = best[1] if best is not None and not longer else ()  # 第一 is "the first" too
            return number_words.end(), (Entry(kind, number=int(value), text=mark), *same)
    return best


def _dictionary(
    text: str, index: int, words: Lexicon, kind: str = ""
) -> tuple[int, tuple[Entry, ...]] | None:
    """Return the longest word of the lexicon at `index` that ends where a word may end."""
    for length in words.lengths.get(text[index], ()):
        if index + length > len(text):
            continue
        entries = words.words.get(text[index : index + length])
        if entries is None or not _ends_word(text, index + length):
            continue
        if _NUMERAL.match(text[index : index + length + 1]) and any(e.kind == "event" for e in entries):
            continue  # 十一 may be a holiday, 十一月 and 十一号 are not
        if kind:
            entries = tuple(entry for entry in entries if entry.kind == kind)
            if not entries:
                continue
        return index + length, entries
    return None


def _ends_word(text: str, end: int) -> bool:
    """Return whether a word may end at `end`: not between two Latin letters, nor inside a number."""
    if end >= len(text) or end == 0:
        return True
    last, following = text[end - 1], text[end]
    if not (last.isascii() and last.isalnum()):
        return True
    if last.isdigit():
        return not (
            (following.isascii() and following.isdigit())
            or (following == "." and text[end + 1 : end + 2].isdigit())
        )
    return not (following.isascii() and following.isalnum())
