"""Numbers with the counter behind them as items: 1万元, 30%, 三百个, 30 years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.numbers import find_numbers

_COUNTER = re.compile(
    r"\s?(个|件|人|元|块钱|块|岁|单|次|家|名|位|款|条|倍|种|"
    r"dollars?|yuan|rmb|usd|cny|eur|euros?|points?|years? old)(?![a-z])"
)
_MONEY = re.compile(r"[¥$€£]\s?$")


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
