"""A why-question that takes a fall for granted is told first that it rose, and the other way round."""

from __future__ import annotations

import pytest

from bot.compose.premise import corrected, premise_of
from semantic_layer.text import Text
from tools.result import Finding

HEADLINE = Text(zh="支付金额109万。", en="Paid amount 1.09 M.")


def _change(value: float) -> list[Finding]:
    return [Finding("change", HEADLINE, "paid_amount", value)]


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("为什么上周支付金额跌了", "down"),
        ("why did roas drop in october", "down"),
        ("支付金额怎么涨了", "up"),
        ("why did sales go up last week", "up"),
        ("为什么变了", None),
        ("为什么有涨有跌", None),
    ],
)
def test_the_direction_is_read_from_the_words(question, premise):
    assert premise_of(question) == premise


@pytest.mark.parametrize(
    ("premise", "change", "first"),
    [
        ("down", 5.0, "没有跌,反而涨了。"),
        ("up", -5.0, "没有涨,反而跌了。"),
        ("down", 0.0, "没有跌,持平。"),
        ("down", -5.0, ""),
        ("up", 5.0, ""),
        (None, 5.0, ""),
    ],
)
def test_a_contradicted_premise_comes_first(premise, change, first):
    assert corrected([HEADLINE], premise, _change(change)).zh == first + HEADLINE.zh
