"""Chinese numerals as values: 十二, 两千, 一百零五, 肆佰陸拾, 1.2亿, 3万5千, 二零二五, 廿."""

from __future__ import annotations

from decimal import Decimal

DIGITS = {char: value for value, chars in enumerate(
    ("零〇○", "一壹弌", "二贰两俩弍", "三叁仨弎", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for char in chars}  # fmt: skip
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
TENS = {"廿": 20, "卅": 30}

CHARACTERS = "".join((*DIGITS, *SMALL_UNITS, *BIG_UNITS, *TENS))


def chinese_number(words: str) -> Decimal | None:
    """Return the value of a Chinese numeral, which may hold Arabic digits (3万5千), or None if it is none.

    Rules: bare digits read by place (二零二五); a last digit without unit counts in tenths of the unit before
    it (两千四百五 is 2450, 九万四 is 94000) unless 零 stands between; 万亿 multiply; 点 starts decimals.
    `words` is folded text without spaces. Words of doubt (几, 多, 余) are not read here.
    """
    whole, dot, fraction = words.partition("点")
    if dot:
        decimals = _places(fraction)
        value = _whole(whole)
        if decimals is None or value is None or not fraction:
            return None
        return value + Decimal(decimals).scaleb(-len(decimals))
    return _whole(words)


def _places(words: str) -> str | None:
    """Return bare digits as a string of Arabic ones, or None."""
    digits = [char if char.isdigit() and char.isascii() else str(DIGITS.get(char, "")) for char in words]
    return "".join(digits) if all(digits) and digits else None


def _whole(words: str) -> Decimal | None:  # noqa: C901, PLR0912 - one branch per kind of character
    by_place = _places(words)
    if by_place is not None:
        return Decimal(by_place)
    total, section = Decimal(0), Decimal(0)
    number: Decimal | None = None
    last_unit, zero_before = 1, False
    index = 0
    while index < len(words):
        char = words[index]
        if char.isascii():
            end = index
            while end < len(words) and words[end].isascii():
                end += 1
            number, index = Decimal(words[index:end].replace(",", "")), end
            continue
        index += 1
        if char in TENS:
            section, number, last_unit = section + TENS[char], None, 10
        elif char in DIGITS:
            if DIGITS[char] == 0:
                zero_before = True
                continue
            if number is not None:
                return None  # 二三十, 七八百: a guess between two, not a number
            number = Decimal(DIGITS[char])
        elif char in SMALL_UNITS:
            unit = SMALL_UNITS[char]
            if number is None and section:
                return None
            section, number, last_unit, zero_before = section + (number or 1) * unit, None, unit, False
        elif char in BIG_UNITS:
            unit = BIG_UNITS[char]
            part = section + (number or 0)
            if total and (part == 0 or unit > total):
                total = (total + part) * unit
            else:
                total += (part or 1) * unit
            section, number, last_unit, zero_before = Decimal(0), None, unit, False
        else:
            return None
    if number is not None:
        tail = number < 10 and last_unit > 10 and not zero_before and number == number.to_integral_value()
        section += number * last_unit / 10 if tail else number
    return total + section
