"""Numbers with the counter behind them as items: 1万元, 30%, 三百个, 30 years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.numbers import find_numbers
from bot.language.rule import Rule

_COUNTER = Rule(
    r"\s?(人次|个|件|人|元|块钱|块|岁|单(?![价品])|次|家|名|位|款|条|倍|种|笔|票|场|份|台|辆|张|间|套|箱|席|晚|"
    r"星(?!期)|分(?![之店析类组布期钟公])|公斤|千克|斤|吨|公里|千米|小时|分钟|英镑|美元|美金|欧元|日元|港币|港元|"
    r"dollars?|bucks|yuan|rmb|usd|cny|eur|euros?|gbp|pounds?|jpy|hkd|points?|years? old|"
    r"kgs?|kilos?|kilograms?|lbs?|tons?|tonnes?|km|kilomet(?:er|re)s?|miles?|hours?|hrs?|minutes?|mins?)(?![a-z])"
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
        if counter:
            yield Quantity(start, counter.end(), float(span.value), unit or counter[1])
