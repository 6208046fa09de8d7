"""Numbers as a marketer writes them: 万/亿 in Chinese, K/M in English. Rounding happens only here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from semantic_layer.table import Cell, Column
from semantic_layer.text import Locale, Text
from tools.render_dates import bucket_label

MINUS = "−"
NO_VALUE = Text(zh="无数据", en="no data")
EMPTY_GROUP = Text(zh="(未填写)", en="(not set)")
SYMBOLS = {"CNY": "¥", "RMB": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}
CURRENCIES = (*SYMBOLS, "AUD", "CAD", "CHF", "INR", "KRW", "SGD", "THB", "BRL", "MXN", "SEK", "NOK", "DKK")
HOME_CURRENCIES = ("CNY", "RMB")  # a Chinese reader needs no symbol before 万
# Measure words of counted things: 1,234单. A unit that is not here is left out in Chinese.
COUNTED = {
    "orders": "单", "order": "单", "people": "人", "persons": "人", "users": "人", "customers": "人",
    "buyers": "人", "visitors": "人", "members": "人", "sessions": "次", "visits": "次", "clicks": "次",
    "impressions": "次", "views": "次", "times": "次", "events": "次", "days": "天", "hours": "小时",
    "minutes": "分钟", "seconds": "秒", "items": "件", "units": "件", "pieces": "件", "products": "个",
    "lines": "行", "rows": "行", "stars": "星", "points": "分", "reviews": "条", "households": "户",
    "weeks": "周", "months": "个月", "years": "年", "stores": "家", "baskets": "单", "campaigns": "个",
}  # fmt: skip
_PATTERN = re.compile(r"^(?P<before>[^0#]*)(?P<digits>[#0,]*0(?:\.(?P<decimals>[0#]+))?)(?P<after>.*)$")


@dataclass(frozen=True, slots=True)
class Style:
    """How one column's numbers read: percent or plain, decimals (None: three figures), what surrounds it."""

    percent: bool = False
    decimals: int | None = None
    before: str = ""
    after_zh: str = ""
    after_en: str = ""
    multiple: bool = False  # written with an x in tables: 2.84x


Currency = Literal["auto", "symbol", "code", "none"]


@dataclass(frozen=True, slots=True)
class Writing:
    """How a reader wants numbers: the scale words of a language (None: the text's own), and the currency."""

    scale: Locale | None = None
    currency: Currency = "auto"


AS_EVER = Writing()
_WRITING: ContextVar[Writing] = ContextVar("writing", default=AS_EVER)


@contextmanager
def writing(how: Writing) -> Iterator[None]:
    """Write the numbers of the block as `how` says; in this thread or task only."""
    token = _WRITING.set(how)
    try:
        yield
    finally:
        _WRITING.reset(token)


def style_of(column: Column) -> Style:
    """Return the style of a metric or derived column, from its format, else its unit, else its name."""
    if column.name.rpartition("__")[2] in ("share", "growth") or "__growth__" in column.name:
        return Style(percent=True)
    if column.format:
        return _style_of_format(column.format, column.unit)
    if column.unit in ("%", "percent") or re.search(r"_(rate|share)(__|$)", column.name):
        return Style(percent=True)
    return Style(False, None, *_around(column.unit))


def _style_of_format(pattern: str, unit: str | None) -> Style:
    match = _PATTERN.match(pattern.strip())
    around = _around(unit)
    if match is None:
        return Style("%" in pattern, None, *around)
    decimals = len(match["decimals"] or "")
    tail = match["after"].strip()
    if tail == "%":
        return Style(percent=True, decimals=decimals)
    if tail.lower() == "x":
        return Style(decimals=decimals, multiple=True)
    if not any(around):
        around = (match["before"].strip(), tail, tail)
    return Style(False, decimals, *around)


def _around(unit: str | None) -> tuple[str, str, str]:
    """Return what stands before a number of this unit, and after it in Chinese and in English."""
    if unit is None:
        return "", "", ""
    code = unit.upper()
    if code in CURRENCIES:
        return SYMBOLS.get(code, f"{code} "), "", ""
    return "", COUNTED.get(unit.lower(), ""), f" {unit}"


def prose(value: Cell, column: Column, *, sign: bool = False) -> Text:
    """Return a number for a sentence, three figures and 万 or K: `18.6万`, `186 K`, `8.8%`. None: 无数据."""
    return Text(zh=_number(value, column, "zh-CN", sign=sign), en=_number(value, column, "en-US", sign=sign))


def short(value: Cell, column: Column, locale: Locale) -> str:
    """Return a number for a chart's label or axis: as in prose, without counted things."""
    return _number(value, column, locale, counted=False)


def cell(value: Cell, column: Column, locale: Locale) -> str:
    """Return one table cell as a reader sees it: labels for codes, all figures with thousands marks."""
    if column.kind in ("dimension", "time") or isinstance(value, (str, bool, date)):
        return group_label(value, column).at(locale) if value is not None else EMPTY_GROUP.at(locale)
    number = as_float(value)
    if number is None:
        return "–"
    style = style_of(column)
    if style.percent and "__delta" in column.name:
        return f"{MINUS if number < 0 else '+' if number > 0 else ''}{points(number).at(locale)}"
    if style.percent:
        return percent(number, style.decimals)
    decimals = style.decimals
    if decimals is None:
        decimals = 0 if float(number).is_integer() or abs(number) >= 1000 else 2
    tail = "x" if style.multiple and locale == "en-US" else ""
    return _minus(f"{number:,.{decimals}f}") + tail


def percent(fraction: float, decimals: int | None = None, *, sign: bool = False) -> str:
    """Return a fraction as a percentage: one decimal, two figures below 1 %; `−12.3%`."""
    scaled = fraction * 100
    if decimals is None:
        decimals = 1
        if 0 < abs(scaled) < 1:
            decimals = min(4, 1 - math.floor(math.log10(abs(scaled))))
        elif abs(scaled) >= 1000:
            decimals = 0
    text = f"{scaled:,.{decimals}f}"
    if decimals > 1 and abs(scaled) < 1:
        text = text.rstrip("0").rstrip(".")
    plus = "+" if sign and scaled > 0 else ""
    return f"{plus}{_minus(text)}%"


def points(difference: float) -> Text:
    """Return the size of a difference of two rates: 1.3个百分点 / 1.3 pp."""
    scaled = abs(difference) * 100
    decimals = 1 if scaled >= 0.95 or scaled == 0 else min(4, 1 - math.floor(math.log10(scaled)))
    text = f"{scaled:,.{decimals}f}"
    if decimals > 1:
        text = text.rstrip("0").rstrip(".")
    return Text(zh=f"{text}个百分点", en=f"{text} pp")


def as_float(value: Cell) -> float | None:
    """Return a numeric cell as a finite float; None for nulls, texts, dates, NaN and infinity."""
    if value is None or isinstance(value, (str, date, datetime)):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def date_before(day: date) -> date:
    """Return the last date of a half-open range that ends at `day`."""
    return day - timedelta(days=1)


def exact(value: Cell) -> str | int | float | bool | None:
    """Return a cell as JSON holds it: numbers exactly, dates in ISO form, NaN and infinity as null."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        # A bucket of a day or more comes back as a midnight timestamp: readers expect its start date.
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def group_label(value: Cell, column: Column) -> Text:
    """Return what a reader sees for a stored code, a date bucket, a boolean or a missing group value."""
    if value is None:
        return EMPTY_GROUP
    for code, label in column.value_labels:
        if code == str(value) or (isinstance(value, bool) and code.lower() == str(value).lower()):
            return label
    if isinstance(value, bool):
        return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
    if isinstance(value, (date, datetime)):
        return bucket_label(value, column.grain)
    # A number that only names somebody: 14646, not 14646.0.
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    return Text.same(text) if text else EMPTY_GROUP


def spoken_label(value: Cell, column: Column) -> Text:
    """Return a group value as it stands inside a sentence: 会员 and 非会员 for a truth value, a bare number in quotes.

    「客单价最高的是是」 says nothing, and a member called 3 would run into the figure behind it.
    """
    known = any(code.lower() == str(value).lower() for code, _ in column.value_labels)
    if isinstance(value, bool) and not known:
        zh = column.label.zh.removeprefix("是否为").removeprefix("是否").removeprefix("有无")
        en = column.label.en.lower().removeprefix("is ").removeprefix("whether ")
        return Text(zh=f"「{zh}」", en=en) if value else Text(zh=f"「非{zh}」", en=f"not {en}")
    label = group_label(value, column)
    if label.zh.replace(".", "").isdigit() and not isinstance(value, (date, datetime)):
        return Text(zh=f"「{label.zh}」", en=f"“{label.en}”")
    return label


def _number(value: Cell, column: Column, locale: Locale, *, sign: bool = False, counted: bool = True) -> str:
    number = as_float(value)
    if number is None:
        return NO_VALUE.at(locale)
    style = style_of(column)
    if style.percent and "__delta" in column.name:  # a difference of rates is in points, not in percent
        return f"{MINUS if number < 0 else '+' if number > 0 else ''}{points(number).at(locale)}"
    if style.percent:
        return percent(number, style.decimals, sign=sign)
    plus = "+" if sign and number > 0 else MINUS if number < 0 else ""
    wanted = _WRITING.get()
    size, scale = _scaled(abs(number), wanted.scale or locale, style.decimals)
    if wanted.currency != "auto" and (column.unit or "").upper() in CURRENCIES:
        return f"{plus}{_with_currency(f'{size}{scale}', str(column.unit).upper(), wanted.currency)}"
    before = style.before
    after = (style.after_zh if locale == "zh-CN" else style.after_en) if counted else ""
    if locale == "zh-CN" and (column.unit or "").upper() in HOME_CURRENCIES:
        # An axis writes 0, not 0元: it is the same in every unit.
        before, after = "", "" if scale or not (number or counted) else "元"
    if style.multiple and not counted and locale == "en-US":
        after = "x"
    return f"{plus}{before}{size}{scale}{after}"


def _with_currency(number: str, code: str, currency: Currency) -> str:
    if currency == "none":
        return number
    return f"{number} {code}" if currency == "code" else f"{SYMBOLS.get(code, f'{code} ')}{number}"


def _scaled(number: float, locale: Locale, decimals: int | None) -> tuple[str, str]:
    """Return figures and scale word: 18.6 + 万, 186 + K. Below ten thousand there is no scale word."""
    steps = ((1e8, "亿"), (1e4, "万")) if locale == "zh-CN" else ((1e9, " B"), (1e6, " M"), (1e3, " K"))
    for step, word in steps:
        # The smallest English word starts at ten thousand: 9,870 reads better than 9.87 K. The half keeps
        # a number that rounds up to the next word from reading 10,000万.
        if number >= max(step, 1e4) * (1 - 5e-4):
            return _figures(number / step), word
    if decimals is not None and number < 1000:
        return f"{number:,.{decimals}f}", ""
    return _figures(number), ""


def _figures(number: float) -> str:
    """Return three figures without trailing zeros; a whole number from 100 on."""
    if number == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(number))) if number < 100 else 0
    text = f"{number:,.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(text: str) -> str:
    if text.startswith("-"):
        return MINUS + text[1:] if text.strip("-0.,") else text[1:]  # −0.0 is 0.0
    return text
