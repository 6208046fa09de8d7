"""Dates written in digits: 2024-03-05, 2024/3, Q3 2025, 2025H1, FY25, 2024-W07, 11/16, 5.12, '24, 1990s."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

from bot.language.numbers_zh import chinese_number
from bot.language.rule import Rule
from bot.language.time.expressions import Expression, Lunar, Point, Ref, Years
from bot.language.time.lexicon import MONTHS, Entry

FIRST, LAST = 1900, 2099

_Y, _MD, _NO = r"(\d{4})", r"(\d{1,2})", r"(?![\d])"
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)[a-z]*"


def full_year(digits: str) -> int:
    """Return a year from two or four digits; two digits above 69 belong to the last century."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _date(year: int, month: int, day: int) -> Point | None:
    if not (FIRST <= year <= LAST and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return Point(year=Ref(year), month=Ref(month), day=day)


def _ymd(found: re.Match[str]) -> Expression | None:
    return _date(int(found[1]), int(found[2]), int(found[3]))


def _name_ymd(found: re.Match[str]) -> Expression | None:
    return _date(int(found[1]), MONTHS[found[2]], int(found[3]))


def _name_dmy(found: re.Match[str]) -> Expression | None:
    return _date(full_year(found[3]), MONTHS[found[2]], int(found[1]))


def _mdy(found: re.Match[str]) -> Expression | None:
    first, second, year = int(found[1]), int(found[3]), full_year(found[4])
    if first > 12 or found[2] == ".":
        return _date(year, second, first)
    return _date(year, first, second)


def _short_mdy(found: re.Match[str]) -> Expression | None:
    """Two-digit years: only where one reading is possible, or with the strokes of m/d/yy."""
    first, second, year = int(found[1]), int(found[3]), full_year(found[4])
    if first > 12 >= second:
        return _date(year, second, first)
    if second > 12 >= first or found[2] == "/":
        return _date(year, first, second)
    return None


def _year_month(found: re.Match[str]) -> Expression | None:
    year, month = int(found[1]), int(found[2])
    if not (1990 <= year <= 2059 and 1 <= month <= 12):
        return None
    return Point(year=Ref(year), month=Ref(month))


def _month_year(found: re.Match[str]) -> Expression | None:
    year, month = int(found[2]), int(found[1])
    if not (1990 <= year <= 2059 and 1 <= month <= 12):
        return None
    return Point(year=Ref(year), month=Ref(month))


def _week(found: re.Match[str]) -> Expression | None:
    number = int(found[2])
    return Point(year=Ref(full_year(found[1])), week=Ref(number)) if 1 <= number <= 53 else None


def _week_year(found: re.Match[str]) -> Expression | None:
    number = int(found[1])
    year = Ref(full_year(found[2])) if found[2] else None
    return Point(year=year, week=Ref(number)) if 1 <= number <= 53 else None


def _year_quarter(found: re.Match[str]) -> Expression | None:
    return Point(year=Ref(full_year(found[1])), quarter=Ref(int(found[2])))


def _quarter_year(found: re.Match[str]) -> Expression | None:
    return Point(year=Ref(full_year(found[2])) if found[2] else None, quarter=Ref(int(found[1])))


def _year_half(found: re.Match[str]) -> Expression | None:
    return Point(year=Ref(full_year(found[1])), half=int(found[2]))


def _half_year(found: re.Match[str]) -> Expression | None:
    return Point(year=Ref(full_year(found[2])) if found[2] else None, half=int(found[1]))


def _fiscal(found: re.Match[str]) -> Expression | None:
    digits = found[2] or found[1]
    year = full_year(digits)
    quarter = Ref(int(found[3])) if found[3] else None
    return Point(year=Ref(year), quarter=quarter, fiscal=True)


def _calendar_year(found: re.Match[str]) -> Expression | None:
    return Point(year=Ref(full_year(found[1])))


def _decade(found: re.Match[str]) -> Expression | None:
    year = full_year(found[1])
    return Years(year, 10) if year % 10 == 0 else None


def _month_day(found: re.Match[str]) -> Expression | None:
    first, second = int(found[1]), int(found[2])
    if 1 <= first <= 12 and 1 <= second <= monthrange(2024, first)[1]:
        return Point(month=Ref(first), day=second)
    if 1 <= second <= 12 and 13 <= first <= monthrange(2024, second)[1]:
        return Point(month=Ref(second), day=first)
    return None


_Reader = Callable[[re.Match[str]], Expression | None]

# In order: the first that fits and is a real date wins. Kind "maybe_date" needs the grammar's consent.
_FORMS: tuple[tuple[str, Rule, _Reader], ...] = tuple(
    (kind, Rule(pattern), reader)
    for kind, pattern, reader in (
        ("date", rf"{_Y}[-/.]{_MD}[-/.]{_MD}{_NO}", _ymd),
        ("date", rf"{_Y} (\d\d) (\d\d){_NO}", _ymd),
        ("date", rf"(\d{{4}})(\d\d)(\d\d){_NO}", _ymd),
        ("date", rf"{_Y}[-/ ]{_NAME}[-/ ]{_MD}{_NO}", _name_ymd),
        ("date", rf"{_MD}[-/]{_NAME}[-/](\d{{4}}|\d\d){_NO}", _name_dmy),
        ("date", rf"{_MD}([-/.]){_MD}\2{_Y}{_NO}", _mdy),
        ("date", rf"{_MD}([-/]){_MD}\2(\d\d){_NO}", _short_mdy),
        ("vague", rf"{_MD}([-/]){_MD}\2(\d\d){_NO}", lambda _: Point()),
        ("date", rf"{_Y}[- /]?w(?:k|eek)?[- ]?{_MD}{_NO}", _week),
        ("date", rf"w(?:k|eek)?\s?-?{_MD}(?:[-/ ,]+(?:of )?'?(\d{{4}}))?(?![\da-z])", _week_year),
        ("date", r"(\d{4}|\d\d)年?[-/ ]?q([1-4])(?![\da-z])", _year_quarter),
        ("date", r"q([1-4])(?:(?:\s?[-/,]\s?|\s+(?:of |in )?)?'?(\d{4}|(?<=')\d\d|(?<=fy)\d\d)(?!\d))(?![\da-z])",
         _quarter_year),
        ("date", r"q([1-4])(?:\s?[-/]?\s?'?(\d\d))?(?![\da-z])", _quarter_year),
        ("date", r"([1-4])q(?:[-/ ]?'?(\d{4}|\d\d))?(?![\da-z])", _quarter_year),
        ("date", r"(\d{4}|\d\d)年?[-/ ]?h([12])(?![\da-z])", _year_half),
        ("date", r"h([12])(?:[-/ ]?(?:of )?'?(\d{4}|(?<=')\d\d|(?<=h1)\d\d|(?<=h2)\d\d)(?!\d))?(?![\da-z])",
         _half_year),
        ("date", r"([12])h(?:[-/ ]?'?(\d{4}|\d\d))?(?![\da-z])", _half_year),
        ("date", r"fy[ -]?'?(\d{4}|\d\d)(?:[/-](\d{4}|\d\d))?(?:[ -]?q([1-4]))?(?![\da-z])", _fiscal),
        ("date", r"cy[ -]?'?(\d{4}|\d\d)(?!\d)", _calendar_year),
        ("date", r"'(\d\d)(?![\d'a-z])", _calendar_year),
        ("date", r"(\d{4}|\d0)'?s(?![a-z\d])", _decade),
        ("date", r"'(\d0)s(?![a-z\d])", _decade),
        ("date", r"(\d{4}|\d0)年代", _decade),
        ("date", rf"{_Y}\s?[-/.]\s?{_MD}(?![\d.%])(?!\s?[-/]\s?\d{{1,2}}(?!\d))", _year_month),
        ("date", rf"{_MD}\s?[-/]\s?{_Y}{_NO}", _month_year),
        ("maybe_date", rf"{_MD}/{_MD}(?![\d/%])", _month_day),
        ("maybe_date", rf"{_MD}\.{_MD}(?![\d.%])", _month_day),
        ("maybe_date", rf"{_MD}-{_MD}(?![\d-]|\s?[a-z月日号周天季年个])", _month_day),
    )
)  # fmt: skip


_LUNAR = Rule(
    r"(?P<calendar>农历|阴历|旧历)?的?(?P<month>正|腊|冬|十[一二]?|[一二三四五六七八九])月"
    r"(?P<new>初)?(?P<day>[一二三四五六七八九十廿]{1,3}|\d{1,2})?日?"
)
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def lunar_words(text: str, index: int) -> tuple[int, tuple[Entry, ...]] | None:
    """Return a lunar date in words at `index`: 正月初五, 腊月二十三, 农历八月十五; None without a sign of it."""
    if text[index] not in "农阴旧正腊冬十一二三四五六七八九":
        return None
    found = _LUNAR.match(text, index)
    if found is None or found["day"] is None:
        return None
    month, day = found["month"], chinese_number(found["day"])
    if not (found["calendar"] or found["new"] or month in _LUNAR_MONTHS) or day is None or not 1 <= day <= 30:
        return None
    number = _LUNAR_MONTHS.get(month) or int(chinese_number(month) or 0)
    return found.end(), (Entry("ready", expression=Lunar(number, int(day))),)


def numeric_date(text: str, index: int) -> tuple[int, tuple[Entry, ...]] | None:
    """Return the end and the reading of a date in digits at `index`, or None.

    `maybe_date` is a month and a day that may as well be a fraction, a decimal or a range of days.
    """
    for kind, pattern, reader in _FORMS:
        found = pattern.match(text, index)
        if found is None:
            continue
        expression = reader(found)
        if expression is not None:
            mark = found.group()
            return found.end(), (Entry(kind, text=mark, expression=expression),)
    return None
