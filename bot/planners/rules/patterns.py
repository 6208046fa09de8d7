"""Grammar that holds a number inside: top 5, 前三名, 7-day moving average, the 2 best, 哪个月."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.planners.rules.grammar import Tags
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain

_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_EN_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_N = r"(\d{1,4}|[一二三四五六七八九十百两]{1,4}|(?:" + "|".join(_EN_NUMBERS) + r")\b)"
_COUNTER = r"(?:名|个|位|大|家|款|强|条|种|类|甲|项)?"
_UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "月份": "month", "个月": "month",
    "季度": "quarter", "季": "quarter", "年": "year", "年份": "year", "日子": "day", "日期": "day", "小时": "hour", "钟头": "hour",
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year", "hour": "hour", "date": "day",
}  # fmt: skip
_UNIT_ZH = r"(天|日|星期|周|个月|月份|月|季度|季|年份|年|小时)"
_UNIT_EN = r"(day|week|month|quarter|year|hour|date)s?"

GRAINS = {name: Grain(name) for name in ("hour", "day", "week", "month", "quarter", "year")}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One place in the folded text where a pattern holds: its tags, its number and its grain."""

    start: int
    end: int
    tags: Tags
    number: float | None = None
    unit: str | None = None


_RULES: tuple[tuple[re.Pattern[str], Tag, str], ...] = (
    (re.compile(rf"\b(?:the )?(?:top|first|best|leading)[ -]?{_N}(?![\d.%]| ?(?:day|week|month|quarter|year|hour))(?: best| largest| biggest| highest| most)?"), Tag.TOP, "desc"),
    (re.compile(rf"(?:排名)?(?:最?靠?前|头)\s*{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "desc"),
    (re.compile(rf"(?:排行|排名)?top\s*{_N}"), Tag.TOP, "desc"),
    (re.compile(rf"\b(?:the )?(?:bottom|last|worst|lowest|least|fewest|smallest)[ -]?{_N}(?![\d.%]| ?(?:full |whole |complete |calendar )?(?:day|week|month|quarter|year|hour|minute))"), Tag.TOP, "asc"),
    (re.compile(rf"(?:排名)?(?:最后|倒数前?|垫底|末|后)的?\s*{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "asc"),
    (re.compile(rf"{_N}\s*{_COUNTER}最(?:高|多|大|贵|长)的?"), Tag.TOP, "desc"),
    (re.compile(rf"{_N}\s*{_COUNTER}最(?:低|少|小|便宜|短)的?"), Tag.TOP, "asc"),
    (re.compile(rf"最(?:高|多|大|贵|长)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "desc"),
    (re.compile(rf"最(?:低|少|小|便宜|短)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "asc"),
    (re.compile(rf"最(?:好|佳|优)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "best"),
    (re.compile(rf"最(?:差|糟|不理想)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "worst"),
    (re.compile(rf"\b{_N} (?:most|highest|largest|biggest|greatest|top|leading)\b"), Tag.TOP, "desc"),
    (re.compile(rf"\b{_N} (?:least|lowest|smallest|fewest)\b"), Tag.TOP, "asc"),
    (re.compile(rf"\b{_N} best(?: performing)?\b"), Tag.TOP, "best"),
    (re.compile(rf"\b{_N} worst(?: performing)?\b"), Tag.TOP, "worst"),
    (re.compile(rf"\b(?:highest|largest|biggest|greatest|most) {_N}\b(?![.%])"), Tag.TOP, "desc"),
)  # fmt: skip

_MOVING: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:最近|近|过去)?{_N}\s*{_UNIT_ZH}的?(?:移动|滑动|滚动)(?:平均值?|均值|均线)"),
    re.compile(rf"{_N}\s*{_UNIT_ZH}均线"),
    re.compile(rf"\b{_N}[ -]{_UNIT_EN}[ -](?:moving|rolling)[ -](?:average|avg|mean)\b"),
    re.compile(rf"\b(?:moving|rolling)[ -]{_N}[ -]{_UNIT_EN}[ -](?:average|avg|mean)\b"),
    re.compile(
        rf"\b(?:moving|rolling) (?:average|avg|mean) (?:of|over|for) (?:the )?(?:last |past )?{_N} {_UNIT_EN}\b"
    ),
)
_MOVING_SUM: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:最近|近|过去)?{_N}\s*{_UNIT_ZH}的?(?:移动|滑动|滚动)(?:求和|合计|累计|总和)"),
    re.compile(rf"\b{_N}[ -]{_UNIT_EN}[ -](?:moving|rolling)[ -](?:sum|total)\b"),
    re.compile(rf"\brolling {_N}[ -]{_UNIT_EN}[ -](?:sum|total)\b"),
)
_WHICH_TIME: tuple[re.Pattern[str], ...] = (
    re.compile(rf"哪(?:一)?个?{_UNIT_ZH}"),
    re.compile(rf"哪(?:几|些)个?{_UNIT_ZH}"),
    re.compile(
        rf"\b(?:which|what|on which|in which|on what|in what) {_UNIT_EN}\b(?! (?:of the (?:week|month|year)))"
    ),
    re.compile(r"(?<=最[高低多少大小好差])的?(?:那一?个?|一个?|那个)?(月份|月|天|日子|日期|季度|年份|年|周|星期)(?![一二三四五六日均度])"),
    re.compile(rf"\b(?:the )?{_UNIT_EN}(?= (?:with|that (?:had|has)|when|had|having|which had|in which) (?:\w+ ){{0,4}}(?:highest|lowest|most|least|best|worst|largest|smallest|fewest|peak))"),
    re.compile(rf"\b(?:best|worst|peak|top|highest|lowest|busiest) {_UNIT_EN}\b"),
)
_AND_TIME: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\band (?:by )?{_UNIT_EN}\b(?! of| \d)"),
    re.compile(r"[和与及、](?:按)?(月份|月|季度|年份|日期)(?![一二三四五六七八九十0-9初末底度均])"),
)
_DAY_OF_WEEK = re.compile(
    r"(?:按|每个?|各个?|分|不同)?(?:星期几|周几|礼拜几)|(?:by |per |for each |each |which |what |on which )?(?:day|days) of (?:the )?week"
    r"|\b(?:by|which|per|each|what|on which) weekdays?\b"
)
_SIGNED: tuple[tuple[re.Pattern[str], Tag, str], ...] = (
    (re.compile(r"(?:what |as a |as )?% ?(?:of )?(?:the )?(?:grand )?(?:total|overall)\b|what % of|% (?:share )?of\b"), Tag.SHARE, ""),
    (re.compile(r"% ?(?:change|growth|increase|decrease|变化|增长)"), Tag.GROWTH, "rate"),
    (re.compile(r"# ?of\b"), Tag.HOW_MANY, ""),
    (re.compile(r"(?:为|是)?负(?:的|数|值)?(?![责债担荷])|小于零|低于零|\bnegative\b(?! growth)|below zero"), Tag.SIGNED, "<"),
    (re.compile(r"为正(?:的|数|值)?|大于零|\bpositive\b(?! growth)|above zero"), Tag.SIGNED, ">"),
    (re.compile(r"# ?1\b|no\.? ?1\b"), Tag.SUPER, "desc"),
)
_ORDINAL = re.compile(rf"排?名?第{_N}(?:名|位|高|多|大)?的?")


def pattern_matches(text: str) -> Iterator[Pattern]:
    """Yield every pattern of a folded text, also those inside others."""
    for rule, tag, payload in _RULES:
        for match in rule.finditer(text):
            number = small_number(match[1])
            if number and 0 < number <= 9999:
                yield Pattern(match.start(), match.end(), ((tag, payload),), float(number))
    for rules, payload in ((_MOVING, "mean"), (_MOVING_SUM, "sum")):
        for rule in rules:
            for match in rule.finditer(text):
                number = small_number(match[1])
                if number and number >= 2:
                    tags = ((Tag.MOVING, payload),)
                    yield Pattern(match.start(), match.end(), tags, float(number), _UNITS[match[2]])
    for rule in _WHICH_TIME:
        for match in rule.finditer(text):
            tags = _which_tags(match[0])
            yield Pattern(match.start(), match.end(), tags, None, _UNITS[match[1]])
    for rule in _AND_TIME:
        for match in rule.finditer(text):
            yield Pattern(match.start(), match.end(), ((Tag.BY, ""),), None, _UNITS[match[1]])
    for match in _DAY_OF_WEEK.finditer(text):
        yield Pattern(
            match.start(), match.end(), ((Tag.BY, "day_of_week"), (Tag.WHICH, "")), None, "day_of_week"
        )
    for rule, tag, payload in _SIGNED:
        for match in rule.finditer(text):
            yield Pattern(match.start(), match.end(), ((tag, payload),))
    for match in _ORDINAL.finditer(text):
        number = small_number(match[1])
        if number and 2 <= number <= 100:
            yield Pattern(match.start(), match.end(), ((Tag.ORDINAL, str(number)),))


def _which_tags(words: str) -> Tags:
    first = words.split(maxsplit=1)[0]
    if first in ("best", "worst"):
        return (Tag.WHICH, ""), (Tag.SUPER, first)
    if first in ("peak", "top", "highest", "busiest"):
        return (Tag.WHICH, ""), (Tag.SUPER, "desc")
    if first == "lowest":
        return (Tag.WHICH, ""), (Tag.SUPER, "asc")
    return ((Tag.WHICH, ""),)


def small_number(word: str) -> int | None:
    """Return the value of a short count (5, 三, 十二, twenty), None for anything else."""
    if word.isdigit():
        return int(word)
    if word in _EN_NUMBERS:
        return _EN_NUMBERS.index(word) + 1
    total, section = 0, 0
    for char in word:
        if char in _HAN_DIGITS:
            section = _HAN_DIGITS[char]
        elif char == "十":
            total, section = total + (section or 1) * 10, 0
        elif char == "百":
            total, section = total + (section or 1) * 100, 0
        else:
            return None
    return total + section
