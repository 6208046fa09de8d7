"""Numbers in questions: digits, Chinese numerals, English words, units of size, percentages, ordinals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from bot.language.numbers_en import START, english_number
from bot.language.numbers_zh import BIG_UNITS, CHARACTERS, DIGITS, chinese_number
from bot.language.rule import Rule

Unit = Literal["percent"]


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number in folded text at `[start, end)`.

    `unit` "percent": `value` is the fraction, 30% and 三成 are 0.3 (ratios are fractions everywhere).
    `ordinal`: 第三, 2nd, third. `approximate`: 十多万, 三百余, 二十几万; the value is the stated floor, and whoever
    filters by it must say so. 十几 and 几十 have no floor worth using and are not found at all.
    """

    start: int
    end: int
    value: Decimal
    unit: Unit | None = None
    ordinal: bool = False
    approximate: bool = False


_SIZES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "mil": 10**6, "million": 10**6,
          "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "tn": 10**12,
          "trillion": 10**12, "w": 10**4, "hundred": 100, "dozen": 12}  # fmt: skip
_ZH = re.escape(CHARACTERS)
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_BODY = Rule(
    rf"(?P<sign>(?<![\d\w)])[-+]\s?|负)?(?P<nth>第\s?)?(?P<body>(?:{_ARABIC}|[{_ZH}])"
    rf"(?:(?:(?<!\d)\s)?(?:[{_ZH}]|(?<=\d)\s[十百千万亿]|点(?=\s?[{_ZH}])|(?<=[{_ZH}点])\s?(?:{_ARABIC})|"
    rf"(?<=[点{_ZH}])\s(?=[{_ZH}])|"
    rf"[多余几](?=\s?[十百千万亿])|零几(?=[万亿]))){{0,40}})"
)
_SIZE = Rule(r"\s?(k|thousand|mm|mn|mil|millions?|m|bn|billion|b|tn|trillion|t|w|hundred|dozen)(?![a-z])")
_EXPONENT = Rule(r"e([-+]?\d{1,2})(?![\da-z])")
_PERCENT = Rule(
    r"\s?(?:%|‰|个?\s?百分\s?点|percent(?:age points?)?(?![a-z])|per cent(?![a-z])|"
    r"pct(?![a-z])|pp(?![a-z]))"
)
_TENTHS = Rule(rf"\s?成(?!交|本|功|为|立|员|品|长|效|都|人|年|绩|果)\s?(?P<more>半|[{_ZH}])?")
_DISCOUNT = Rule(r"\s?折(?!扣|线|叠|算)")
_OF_HUNDRED = Rule(
    rf"(?P<base>[百千万仟佰][\s百千万亿仟佰]*)\s?分\s?之\s?(?P<sign>负)?(?P<body>(?:{_ARABIC}|"
    rf"[{_ZH}])(?:\s?(?:{_ARABIC}|[{_ZH}]|点(?=\s?[{_ZH}])))*)(?P<size>k(?![a-z]))?"
)
_FRACTION = Rule(rf"\s?分\s?之\s?(?P<sign>负)?(?P<body>(?:{_ARABIC}|[{_ZH}])(?:\s?[{_ZH}])*)")
_AND_FRACTION = Rule(
    rf"\s?又\s?(?P<base>(?:{_ARABIC}|"
    rf"[{_ZH}])(?:\s?[{_ZH}])*)\s?分\s?之\s?(?P<body>(?:{_ARABIC}|[{_ZH}])(?:\s?[{_ZH}])*)"
)
_APPROXIMATE = Rule(r"[多余](?!少|个渠道)")
_ORDINAL = Rule(r"(\d{1,6})(?:st|nd|rd|th)(?![a-z])")
_WORD = Rule(r"[a-z]+")
_HALF = Rule(r"半百|半(?=数|成)|对折|half(?= (?:of|a))")
_EACH = Rule(r"打(?!折|包|开|算|造|电|法|卡|赏|.?折)")

# Words in which the first numeral is no number; "X" stands for it.
_NOT_AFTER = {
    "一": "看下样共起些直般定旦致同边再向切律概贯面度经键站体次性线块儿方带道瓶览些旁股笔流", "四": "川",
    "三": "星亚角国", "百": "度货联", "千": "川牛方金", "万": "圣科达一里元户家物能", "十": "足分字堰", "五": "角",
    "九": "阳牧", "七": "夕", "八": "卦", "两": "者侧难", "肆": "意无", "拾": "取起到", "陆": "续", "零": "售食钱件星",
    "伍": "时", "六": "神", "亿": "滋", "二": "维手次级", "壹": "",
}  # fmt: skip
_NOT_BEFORE = {
    "一": "唯统同单专万第每逐某另任之周期星拜", "十": "双", "二": "周期拜", "三": "周期拜再", "四": "周期拜",
    "五": "周期拜",
    "六": "周期拜", "拾": "收", "陆": "大海登着", "伍": "队入退", "九": "", "七": "", "零": "飘凋", "千": "", "万": "",
    "两": "", "百": "", "八": "",
}  # fmt: skip


def find_numbers(text: str) -> list[NumberSpan]:
    """Return the numbers in folded text, in order and without overlap; linear in its length."""
    found: list[NumberSpan] = []
    index, size = 0, len(text)
    while index < size:
        span = _at(text, index)
        if span is None:
            index = _next(text, index)
            continue
        found.append(span)
        index = span.end
    return found


def _next(text: str, index: int) -> int:
    word = _WORD.match(text, index)
    if word is None and text[index] in CHARACTERS:
        # a numeral that is no number (七八百, 一起) is passed over whole, not read from its second half
        word = _BODY.match(text, index)
    return max(index + 1, word.end()) if word is not None else index + 1


def _at(text: str, index: int) -> NumberSpan | None:
    char = text[index]
    if char.isascii() and char.isalpha():
        return _english(text, index)
    if char in "打对半":
        return _half(text, index)
    of_hundred = _OF_HUNDRED.match(text, index)
    if of_hundred is not None:
        return _per(of_hundred)
    body = _BODY.match(text, index)
    if (
        body is None
        or not body["body"]
        or (index > 0 and text[index - 1].isascii() and text[index - 1].isalpha())
    ):
        return None
    return _numeral(text, index, body)


def _english(text: str, index: int) -> NumberSpan | None:
    if index > 0 and text[index - 1].isascii() and text[index - 1].isalnum():
        return None
    half = _HALF.match(text, index)
    if half is not None:
        return NumberSpan(index, half.end(), Decimal("0.5"), "percent")
    word = _WORD.match(text, index)
    if word is None or word.group() not in START:
        return None
    read = english_number(text, index)
    if read is None:
        return None
    end, value, ordinal = read
    return (
        NumberSpan(end=end, start=index, value=Decimal(value), ordinal=True)
        if ordinal
        else _percent(text, index, end, Decimal(value))
    )


def _half(text: str, index: int) -> NumberSpan | None:
    found = _HALF.match(text, index)
    if found is None:
        return None
    if found.group() == "半百":
        return NumberSpan(index, found.end(), Decimal(50))
    return NumberSpan(index, found.end(), Decimal("0.5"), "percent")


def _per(found: re.Match[str]) -> NumberSpan | None:
    """百分之三十, 千分之一: fractions by their nature."""
    base = chinese_number(re.sub(r"\s", "", found["base"]))
    value = _value(found["body"])
    if base is None or value is None:
        return None
    if found["size"]:
        value *= 1000
    return NumberSpan(found.start(), found.end(), (-value if found["sign"] else value) / base, "percent")


def _value(words: str) -> Decimal | None:
    plain = re.sub(r"[\s,]", "", words)
    try:
        return Decimal(plain) if plain.isascii() else chinese_number(plain)
    except InvalidOperation:
        return None


def _numeral(text: str, index: int, found: re.Match[str]) -> NumberSpan | None:
    words, end = found["body"].rstrip(), found.start("body") + len(found["body"].rstrip())
    if _is_word(text, found.start("body"), end, words):
        return None
    rough = [char for char in "多余几" if char in words]
    value = _value(re.sub(r"零?[多余几]", "", words))
    if value is None or words[-1] in "多余几" or not _is_number(words):
        return None
    if text[end : end + 1] == "几" or text[max(0, index - 1) : index] == "几":
        return None
    if found["nth"]:
        return NumberSpan(index, end, value, ordinal=True)
    ordinal = _ORDINAL.match(text, found.start("body"))
    if ordinal is not None and not found["sign"]:
        return NumberSpan(index, ordinal.end(), Decimal(ordinal[1]), ordinal=True)
    if found["sign"]:
        value = -value
    return _fraction(text, index, end, value, bool(rough)) or _percent(
        text, index, end, value, rough=bool(rough)
    )


def _is_number(words: str) -> bool:
    """Return whether the characters hold an amount: 万 alone does not, 百三 does."""
    plain = words.replace(" ", "")
    return any(char not in BIG_UNITS for char in plain) and plain not in ("千", "仟", "百", "佰")


def _is_word(text: str, start: int, end: int, words: str) -> bool:
    """Return whether a numeral is part of a word: 一起, 统一, 千川, 双十一."""
    if len(words) > 2 or words[0].isascii():
        return False
    following, before = text[end : end + 1], text[start - 1 : start] if start else ""
    last = words[-1]
    if following and following in _NOT_AFTER.get(last, ""):
        return True
    return (bool(before) and before in _NOT_BEFORE.get(words[0], "")) or (before == "阳" and words == "九九")


def _fraction(text: str, start: int, end: int, value: Decimal, rough: bool) -> NumberSpan | None:
    """三分之一, 一又二分之一."""
    mixed = _AND_FRACTION.match(text, end)
    if mixed is not None:
        base, part = _value(mixed["base"]), _value(mixed["body"])
        if base and part is not None:
            return NumberSpan(start, mixed.end(), value + (part / base).copy_sign(value), approximate=rough)
    simple = _FRACTION.match(text, end)
    if simple is not None and value:
        part = _value(simple["body"])
        if part is not None:
            return NumberSpan(
                start, simple.end(), (-part if simple["sign"] else part) / value, approximate=rough
            )
    return None


def _percent(text: str, start: int, end: int, value: Decimal, *, rough: bool = False) -> NumberSpan:
    """Return the number with its size (k, million), its percent sign, 成 or 折 taken in."""
    exponent = _EXPONENT.match(text, end)
    if exponent is not None and text[end - 1].isdigit():
        value, end = value.scaleb(int(exponent[1])), exponent.end()
    size = _SIZE.match(text, end)
    if size is not None and (len(size[1]) > 1 or text[end - 1].isdigit()) and not text[end:].startswith(" t"):
        value, end = value * _SIZES[size[1]], size.end()
    dozen = _EACH.match(text, end)
    if dozen is not None:
        return NumberSpan(start, dozen.end(), value * 12)
    percent = _PERCENT.match(text, end)
    if percent is not None:
        base = 1000 if "‰" in percent.group() else 100
        return NumberSpan(start, percent.end(), value / base, "percent", approximate=rough)
    tenths = _TENTHS.match(text, end)
    if tenths is not None and abs(value) <= 10:
        more = tenths["more"]
        extra = Decimal("0.5") if more == "半" else Decimal(DIGITS.get(more or "", 0))
        stop = (
            tenths.end()
            if more and (more == "半" or more in DIGITS)
            else end + tenths.group().index("成") + 1
        )
        return NumberSpan(start, stop, (value + (extra if more == "半" else extra / 10)) / 10, "percent")
    discount = _DISCOUNT.match(text, end)
    if discount is not None and 0 < value < 100 and value != 10:
        return NumberSpan(start, discount.end(), value / (10 if value < 10 else 100), "percent")
    after = _APPROXIMATE.match(text, end)
    if after is not None and value % 10 == 0 and value:
        return NumberSpan(start, end, value, approximate=True)
    return NumberSpan(start, end, value, approximate=rough)
