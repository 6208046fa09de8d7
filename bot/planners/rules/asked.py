"""Which analysis a question asks for by its wording, and what is left of the question for the grammar.

The words that ask ("why did", 漏斗里哪一步) are masked; metrics, filters, periods and splits stay to be read. A word
that is neither is named as not understood, as everywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pydantic import JsonValue

from bot.language.normalise import Normalised
from bot.language.numbers_zh import chinese_number
from bot.language.rule import Rule, RuleIndex
from bot.planners.rules.words_analyses import ASKED, FILLER

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_GAP = Rule(r"\.\{\d+,\d+\}\??")
_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an|one)"
_EN = dict(zip("a an one two three four five six seven eight nine ten"
    " twelve".split(), (1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12),
               strict=True))  # fmt: skip
_DAYS = {
    "天": 1,
    "日": 1,
    "day": 1,
    "周": 7,
    "星期": 7,
    "week": 7,
    "个月": 30,
    "月": 30,
    "month": 30,
    "年": 365,
    "year": 365,
}
_TIMES = {"亿": 1e8, "万": 1e4, "千": 1e3, "k": 1e3, "m": 1e6}
_BACK = r"(?<![\d.近去上前])(?<!last )(?<!past )(?<!previous )(?<!recent )(?<!prior )"  # those are periods
_LENGTH = rf"{_BACK}{_N}\s*(天|周|星期|个月|年|days?\b|weeks?\b|months?\b|years?\b)(?!前|ago)"
LENGTH = Rule(_LENGTH)
# How a question says a number that an analysis takes, by what kind of number its declaration calls for.
_NUMBERS: dict[str, Rule] = {
    "groups": Rule(rf"(?:分成|分为|聚成|归成|归为|划分成?|拆成|into|分)\s*{_N}\s*(?:大)?(?:个)?(?:群|类|组|种|groups?"
        rf"|clusters?|segments?|kinds?|types?|buckets?)|{_N} (?:clusters|groups|segments)"),
    "length": Rule(rf"(?:未来|接下来|今后|over|within|in|for|next|after)?\s*(?:the )?(?:next |first"
        rf" )?{_LENGTH}(?:内|以内|之内|里|的|后)?"),
    "weekly_amount": Rule(r"(?:每周|一周|每个?星期)(?:的|总)?(?:有)?\s*([\d.,]+)\s*(亿|万|千|k|m)?(?:元"
        r"|块)?(?:的)?|([\d.,]+)\s*(k|m)?(?: dollars| euros| yuan)? (?:a|per|each|every) week"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The analysis asked for, the question without the words that ask, their places, and inputs read from numbers."""

    tool: str
    left: Normalised
    words: tuple[str, ...]
    inputs: dict[str, JsonValue]
    quiet: tuple[
        tuple[int, int], ...
    ] = ()  # places whose words, where nothing reads them, narrow nothing down
    people: tuple[tuple[int, int], ...] = ()  # places that only say about whom the analysis is


_BARE = Rule(r"归因(?!模型|到|于|窗口|周期|贡献|对比|逻辑|收入|订单|成交|金额|口径|表)")
_OF_CHANNELS = Rule(r"渠道|触点|点击|首次|末次|线性|时间衰减|马尔可夫|沙普利|助攻|模型|贡献|markov|shapley")
_OF_CHANGES = Rule(r"下降|上升|下滑|下跌|波动|变化|异动|增长|上涨|涨|跌|掉|变动|原因|为什么")


def bare_attribution(question: Normalised, tools: Registry) -> Normalised | None:
    """Return the rest of a question that says 归因 without saying whether of channels or of a change, else None.

    It is never taken for one of the two: the question is asked back.
    """
    text = question.text
    match = _BARE.search(text)
    if match is None or _OF_CHANNELS.search(text) or _OF_CHANGES.search(text):
        return None
    if "attribution" not in tools or "change_drivers" not in tools:
        return None
    masked = blank(text, [match.span(), *(found.span() for found in re.finditer("做个?|分析|结果", text))])
    return replace(question, text=blank(masked, [filler.span() for filler in _filler().finditer(masked)]))


def asked_analysis(question: Normalised, tools: Registry) -> Asked | None:
    """Return the analysis that the question's wording asks for, among `tools`; None where it asks for none."""
    text = question.text
    if _BARE.search(text) and _OF_CHANGES.search(text) and not _OF_CHANNELS.search(text):
        text = _BARE.sub("原因", text)  # 支付金额下降归因: of the change
    for number in _asked_index().possible(text):
        tool, pattern = _asked()[number]
        if tool not in tools:
            continue
        match = pattern.search(text)
        if match is None or not match[0].strip():
            continue
        spans = [
            span
            for own, rule in _asked()
            if own == tool
            for found in rule.finditer(text)
            for span in literal(found)
        ]
        inputs, taken = inputs_of(tools.get(tool), text)
        masked = blank(text, [*spans, *taken])
        masked = blank(masked, [filler.span() for filler in _filler().finditer(masked)])
        words = (question.words(*match.span()),)
        return Asked(tool, replace(question, text=masked), words, inputs)
    return None


@cache
def _asked() -> tuple[tuple[str, Rule], ...]:
    return tuple((tool, gapped(pattern)) for tool, pattern in ASKED)


@cache
def _asked_index() -> RuleIndex:
    return RuleIndex(pattern for _, pattern in _asked())


def gapped(pattern: str) -> Rule:
    """Return a pattern whose gaps (`.{0,6}`) are its groups."""
    return Rule(_GAP.sub(r"(\g<0>)", pattern))


def literal(match: re.Match[str]) -> list[tuple[int, int]]:
    """Return the parts of a match outside its gaps."""
    start, end = match.span()
    spans = []
    for group in range(1, (match.re.groups or 0) + 1):
        first, last = match.span(group)
        if start <= first < last <= end:
            spans.append((start, first))
            start = last
    return [span for span in (*spans, (start, end)) if span[0] < span[1]]


@cache
def _filler() -> Rule:
    return Rule(FILLER)


def inputs_of(tool: Tool, text: str) -> tuple[dict[str, JsonValue], list[tuple[int, int]]]:
    """Return the inputs that numbers of the text fill (4 groups, over 12 months), and the places of those numbers."""
    inputs: dict[str, JsonValue] = {}
    taken: list[tuple[int, int]] = []
    for name, kind in tool.asks.numbers:
        match = _NUMBERS[kind].search(text)
        if match is None:
            continue
        found = [group for group in match.groups() if group]
        if kind == "weekly_amount":
            inputs[name] = float(found[0].replace(",", "")) * _TIMES.get(
                found[1] if len(found) > 1 else "", 1
            )
            taken.append(match.span())
            continue
        value = _number(found[0])
        if value is None:
            continue
        if kind == "length":
            unit = found[1].removesuffix("s") if found[1].isascii() else found[1]
            value = 365 if (value, unit) in ((12, "month"), (12, "个月"), (12, "月")) else value * _DAYS[unit]
        inputs[name] = value
        taken.append(match.span())
    return inputs, taken


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    if word in _EN:
        return _EN[word]
    value = chinese_number(word)
    return int(value) if value is not None else None


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with the spans replaced by spaces of the same length."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
