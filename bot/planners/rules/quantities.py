"""Numbers with the counter behind them as items: 1万元, 30%, 三百个, 30 years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.numbers import find_numbers
from bot.language.rule import Rule

_COUNTER = Rule(
    r"\s?(人次|个(?!月)|件|人|元|块钱|块|岁|单(?![价品])|次|家|名|位|款|条|倍|种|笔|票|场|份|台|辆|张|间|套|箱|席|晚|"
    r"星(?!期)|分(?!之[0-9一二三四五六七八九十百千万]|[店析类组布期钟公])|公斤|千克|斤|吨|公里|千米|小时|分钟|个月|天(?![猫津河山然气才空])|英镑|美元|美金|欧元|日元|港币|港元|"
    r"dollars?|bucks|yuan|rmb|usd|cny|eur|euros?|gbp|pounds?|jpy|hkd|points?|years? old|"
    r"kgs?|kilos?|kilograms?|lbs?|tons?|tonnes?|km|kilomet(?:er|re)s?|miles?|hours?|hrs?|minutes?|mins?|days?|weeks?|months?)(?![a-z])"
)
_SPANS = frozenset(
    "天 个月 day days week weeks month months".split()
)  # time, unless something is compared with it
_BEFORE = Rule(
    r"(?:大于|小于|超过|高于|低于|多于|少于|不足|不到|不超过|至少|至多|等于|达到|[到至和在~<>=-]|"
    r"\b(?:over|above|below|under|than|least|most|exceed(?:s|ing)?|equals?|to|and|between|is|of))\s*$"
)
_BEHIND = Rule(
    r"\s*(?:及|或)?(?:以上|以下|以内)|\s*(?:or|and) (?:more|less|longer|shorter|above|below|fewer)"
)
_MONEY = Rule(r"[¥$€£]\s?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `[start, end)` of the folded text. A percentage is a fraction with the unit %."""

    start: int
    end: int
    value: float
    unit: str | None


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the numbers of a folded text, with and without the counter behind; ordinals are left out."""
    for span in find_numbers(text):
        if span.ordinal:
            continue
        money = _MONEY.search(text, 0, span.start)
        start = money.start() if money else span.start
        unit = "%" if span.unit == "percent" else None
        yield Quantity(start, span.end, float(span.value), unit)
        counter = _COUNTER.match(text, span.end)
        if counter and (counter[1] not in _SPANS or _compared(text, start, counter.end())):
            yield Quantity(start, counter.end(), float(span.value), unit or counter[1])


def _compared(text: str, start: int, end: int) -> bool:
    return _BEFORE.search(text, max(0, start - 16), start) is not None or _BEHIND.match(text, end) is not None
