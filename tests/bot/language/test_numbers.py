"""Numbers in Chinese, English and digits."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from bot.language.normalise import normalise
from bot.language.numbers import NumberSpan, find_numbers


def numbers(text: str) -> list[NumberSpan]:
    return find_numbers(normalise(text).text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", "12"), ("两千", "2000"), ("一百零五", "105"), ("1.2亿", "120000000"), ("3万5千", "35000"),
        ("廿一", "21"),
        ("肆佰陸拾", "460"), ("两千四百五", "2450"), ("九万四", "94000"), ("一千零三", "1003"),
        ("4.78万亿", "4780000000000"),
        ("二零二五", "2025"), ("10万", "100000"), ("1,234.5", "1234.5"), ("12.5k", "12500"), ("3M", "3000000"),
        ("2bn", "2000000000"), ("2.5 million", "2500000"), ("5w", "50000"), ("twenty-five", "25"),
        ("two thousand", "2000"), ("one hundred and five", "105"), ("负三十二", "-32"), ("-5", "-5"),
        ("三分之一", "0.3333"),
        ("半百", "50"), ("２０００", "2000"), ("3千", "3000"), ("一万五千亿", "1500000000000"), ("壹佰伍拾", "150"),
    ],
)  # fmt: skip
def test_amount(text: str, value: str) -> None:
    found = numbers(text)
    assert [round(one.value, 4) for one in found] == [Decimal(value)]
    assert found[0].unit is None
    assert not found[0].ordinal


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("30%", "0.3"), ("５．５％", "0.055"), ("百分之三十", "0.3"), ("三成", "0.3"), ("三成半", "0.35"),
        ("打九折", "0.9"),
        ("75折", "0.75"), ("千分之一", "0.001"), ("5 percent", "0.05"), ("twenty-five percent", "0.25"),
        ("2个百分点", "0.02"),
        ("百分之一点五", "0.015"), ("百分之百", "1"), ("5‰", "0.005"), ("对折", "0.5"), ("half of", "0.5"),
    ],
)  # fmt: skip
def test_percentages_are_fractions(text: str, fraction: str) -> None:
    assert [(one.value, one.unit) for one in numbers(text)] == [(Decimal(fraction), "percent")]


@pytest.mark.parametrize(
    ("text", "value"), [("第三", 3), ("第12名", 12), ("2nd", 2), ("third", 3), ("the 21st", 21)]
)
def test_ordinal(text: str, value: int) -> None:
    assert [(one.value, one.ordinal) for one in numbers(text)] == [(Decimal(value), True)]


@pytest.mark.parametrize(
    "text",
    ["十几个", "几十单", "百分之二三十", "七八百", "万", "统一", "一起看看", "千川", "唯一", "四川", "零售"],
)
def test_what_is_no_number_is_not_found(text: str) -> None:
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "floor"), [("三百多", 300), ("十多万", 100000), ("二十几万", 200000), ("500余万", 5000000)]
)
def test_an_approximate_number_is_marked(text: str, floor: int) -> None:
    assert [(one.value, one.approximate) for one in numbers(text)] == [(Decimal(floor), True)]


def test_places_point_at_the_number_and_its_unit() -> None:
    text = "销售额大于1.5万的城市"
    found = numbers(text)[0]
    assert text[found.start : found.end] == "1.5万"


@pytest.mark.needs_data("numbers_zh.jsonl")
def test_practice_numbers_are_read(data_set: Path) -> None:
    """Amounts, percentages and ordinals; ranges and currencies are the question grammar's."""
    right = total = 0
    for line in data_set.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["model"] not in ("NumberModel", "PercentModel", "OrdinalModel"):
            continue
        gold = [_gold(entry["value"]) for entry in row["gold_values"]]
        found = [one for one in numbers(row["question"]) if row["model"] != "PercentModel" or one.unit]
        same = len(found) == len(gold) and all(
            abs(one.value - value) <= abs(value) * Decimal("1e-9")
            for one, value in zip(found, gold, strict=True)
        )
        total, right = total + 1, right + same
    assert total > 250
    assert right / total >= 0.91


def _gold(text: str) -> Decimal:
    return Decimal(text.rstrip("%")) / 100 if text.endswith("%") else Decimal(text)
