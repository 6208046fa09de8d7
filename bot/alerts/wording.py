"""Sentences about alerts: what is wanted, and the condition rewritten into words that the rules planner reads.

Only the frame of the sentence is read here (alert me when, over 7 days, against the same weekday). Metric, filters and
the comparison with a number are the planner's, so that a word means the same here as in a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from semantic_layer.watching import Against

_EDGES = " ,,。"
Wish = Literal["create", "list", "pause", "resume", "delete"]
_ASK_ZH = (
    r"(?:请|麻烦|记得|马上|立刻|及时)*(?:叫我|喊我|提醒我|通知我|告诉我|告警|报警|"
    r"预警|发预警|提醒一下|通知一下|提醒|通知)(?:一下|一声)?"
)
_CREATE_ZH = re.compile(
    rf"^(?:如果|当|一旦|要是|若|每当|帮我盯着|盯着|帮我看着)?(?P<what>.+?)(?:的时候|"
    rf"的话|时)?[,,\s]*(?:就|则|马上|立刻|请)?[,,\s]*{_ASK_ZH}[。!.!]*$"
)
_CREATE_ZH_FIRST = re.compile(
    r"^(?:请|帮我)?(?:设|设置|建|新建|加|创建)(?:一个|一条|个|条)?(?:预警|提醒|"
    r"告警)[::,,\s]*(?P<what>.+?)(?:的时候|时)?[。!.!]*$"
)
_CREATE_EN = re.compile(
    r"^(?:please\s+)?(?:(?:alert|notify|tell|warn|ping|message|email)\s+me|"
    r"let\s+me\s+know|send\s+me\s+an?\s+alert|"
    r"(?:set|create|add)\s+(?:up\s+)?an?\s+alert)\s+(?:when(?:ever)?|if|once|"
    r"as soon as|for when)\s+(?P<what>.+?)[.!]*$",
    re.IGNORECASE,
)
_CREATE_EN_LAST = re.compile(
    r"^(?:when(?:ever)?|if|"
    r"once)\s+(?P<what>.+?),?\s*(?:then\s+)?(?:please\s+)?(?:(?:alert|notify|tell|"
    r"warn|ping)\s+me|let\s+me\s+know)[.!]*$",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:(?:列出|查看|看看|看一下|显示)?(?:我)?(?:现在)?(?:有|设了|设置了|"
    r"都有)?(?:哪些|什么|的|所有)*(?:预警|告警|提醒)(?:有哪些|列表)?[??。]*|"
    r"(?:list|show|show me|what are|which are)\s+(?:all\s+)?(?:my|the|our)?\s*alerts[?.]*|"
    r"(?:which|what)\s+alerts\s+(?:do i have|are there|are set)[?.]*)$",
    re.IGNORECASE,
)
_VERBS: tuple[tuple[Wish, str, str], ...] = (
    ("delete", r"删除|删掉|取消|去掉|撤掉", r"delete|remove|cancel|drop"),
    ("pause", r"暂停|停掉|先停|停用|关掉|关闭|别再发", r"pause|stop|mute|disable|turn off"),
    ("resume", r"恢复|启用|打开|继续|重新打开", r"resume|restart|enable|unmute|turn on"),
)
_ALERT_ZH, _ALERT_EN = r"(?:的)?(?:那条|这条)?(?:预警|告警|提醒)", r"alerts?"
YES = re.compile(
    r"^(?:是|是的|好|好的|对|对的|确认|可以|行|嗯|没错|ok|okay|yes|y|yep|sure|confirm|correct|do it)[。.!!]*$",
    re.IGNORECASE,
)
NO = re.compile(
    r"^(?:不|不是|不用|不要|取消|算了|不对|no|n|nope|cancel|never mind|don't)[。.!!]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence wants: the words of the condition, or of the alert that is meant."""

    wish: Wish
    words: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """The condition without its frame: words for the planner, days, comparison, and the kind it hints at."""

    words: str
    days: int | None = None
    against: Against | None = None
    hint: Literal["anomaly", "pacing", "freshness", "quality"] | None = None
    side: Literal["up", "down", "any"] = "any"
    number: int | None = None


def read(text: str) -> Asked | None:
    """Return what a sentence wants of alerts, None where it is a question like any other."""
    said = text.strip()
    if _LIST.match(said):
        return Asked("list")
    for wish, zh, en in _VERBS:
        found = re.match(rf"^(?:请|帮我|把)*(?:{zh})(?P<a>.*?){_ALERT_ZH}[。!]*$", said) or re.match(
            rf"^(?:把|将)(?P<a>.*?){_ALERT_ZH}(?:{zh})[。!]*$", said
        )
        found = found or re.match(
            rf"^(?:please\s+)?(?:{en})\s+(?:the\s+|my\s+)?(?P<a>.*?)\s*{_ALERT_EN}(?P<b>.*?)[.!]*$",
            said,
            re.IGNORECASE,
        )
        if found:
            rest = [part or "" for part in found.groups()]
            return Asked(wish, " ".join(" ".join(rest).split()))
    for pattern in (_CREATE_EN, _CREATE_EN_LAST, _CREATE_ZH_FIRST, _CREATE_ZH):
        if found := pattern.match(said):
            what = found["what"].strip(_EDGES)
            if pattern is _CREATE_ZH and not _is_condition(what):
                return None  # 「把上周的销售额告诉我」 is a question
            return Asked("create", what)
    return None


_CONDITION = re.compile(
    r"低于|高于|超过|少于|多于|不足|不到|大于|小于|跌破|跌到|掉到|降到|突破|涨破|下降|"
    r"上升|下跌|上涨|降了|涨了|跌了|异常|不正常|"
    r"完不成|达不成|完成不了|没更新|没有更新|断更|晚到|有问题|[<>≤≥]|以下|以上"
)


def _is_condition(words: str) -> bool:
    return _CONDITION.search(words) is not None


_DAY = re.compile(
    r"每天的?|每日的?|单日的?|当日的?|当天的?|(?<![上同昨今近\d几])日(?=新|均)|"
    r"\bdaily\b|\beach day\b|\bevery day\b|\b(?:per|a) day\b|\bin a day\b",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"每周的?|单周的?|一周的?|周度|^\s*周(?![一二三四五六日末])|\bweekly\b|"
    r"\beach week\b|\bevery week\b|\b(?:per|a) week\b",
    re.IGNORECASE,
)
_MONTH = re.compile(r"每月的?|单月的?|月度|\bmonthly\b|\bper month\b", re.IGNORECASE)
_N_DAYS = re.compile(
    r"(?:最近|近|过去|连续)?\s*(\d{1,3})\s*天的?(?:累计|合计|平均)?|\b(?:over|in|"
    r"for)?\s*(?:the\s+)?(?:last|past)\s+(\d{1,3})\s+days\b|"
    r"\b(\d{1,3})[- ]day\b",
    re.IGNORECASE,
)  # fmt: skip
_AGAINST: tuple[tuple[Against, re.Pattern[str]], ...] = (
    ("same_weekday", re.compile(
        r"(?:比|较|和|与|跟)?上周(?:的)?同(?:一)?[天日](?:相比|比)?|(?:against|vs\.?|"
        r"versus|compared (?:with|to)|than|from|over|"
        r"on)?\s*the\s+same\s+(?:week)?day(?:s)?(?:\s+of)?(?:\s+last\s+week|"
        r"\s+a\s+week\s+(?:ago|earlier))?", re.IGNORECASE)),
    ("previous_year", re.compile(
        r"(?:比|较|和|与|跟)?去年同期(?:相比|比)?|同比|(?:against|vs\.?|versus|"
        r"compared (?:with|to)|than|from|over|on)?\s*(?:the\s+same\s+(?:dates|"
        r"time)\s+)?last\s+year|\byear[- ]over[- ]year\b|\byoy\b", re.IGNORECASE)),
    ("previous_period", re.compile(
        r"环比|(?:比|较|和|与|跟)(?:前一天|昨天|前一日|上期|前一周|上周|上一周)(?:相比|"
        r"比)?|\b(?:day|week)[- ]over[- ](?:day|week)\b|\bwow\b|\bdod\b|"
        r"(?:against|vs\.?|versus|compared (?:with|to)|than|from|over|"
        r"on)\s+(?:the\s+)?(?:previous|prior|preceding|last)\s+(?:day|week|period)|"
        r"(?:against|vs\.?|than|from)\s+yesterday", re.IGNORECASE)),
)  # fmt: skip
_A_WEEK = re.compile(r"上周(?!.{0,2}同)|前一周|week", re.IGNORECASE)
_HINTS: tuple[tuple[Literal["anomaly", "pacing", "freshness", "quality"], re.Pattern[str]], ...] = (
    ("quality", re.compile(r"数据质量(?:有问题|变差|出问题)?|数据有问题|\bdata quality\b.*", re.IGNORECASE)),
    ("freshness", re.compile(
        r"(?:数据)?(?:超过)?\s*(?P<n>\d+)?\s*(?:天)?(?:没有更新|没更新|不更新|断更|晚到|"
        r"延迟)(?:超过)?\s*(?P<m>\d+)?\s*(?:天)?|"
        r"\b(?:data\s+)?(?:is|are|has|have)?\s*(?:late|stale|not (?:been )?updated|"
        r"out of date)(?:\s+(?:for|by))?(?:\s+(?:more than|"
        r"over))?\s*(?P<k>\d+)?\s*(?:days?)?", re.IGNORECASE)),
    ("pacing", re.compile(
        r"(?:可能|预计|会)?(?:完不成|达不成|达不到|完成不了)(?:季度|月度|本月|"
        r"本季度)?目标|\b(?:(?:is|are) (?:likely )?(?:going )?to|will|"
        r"would)?\s*miss(?:es)?\s+(?:the|its|our)\s+target\b|\b(?:is|are|falls?)\s+(?:off|"
        r"behind)\s+(?:track|target)\b", re.IGNORECASE)),
    ("anomaly", re.compile(
        r"(?:出现|有)?(?:异常|不正常)(?P<low>偏低|下降|低)?(?P<high>偏高|上升|高)?|"
        r"\b(?:is|are|looks?|becomes?|gets?)\s+(?:unusual(?:ly)?|anomalous|"
        r"abnormal(?:ly)?|strange|odd)(?:\s+(?P<elow>low))?(?:\s+(?P<ehigh>high))?", re.IGNORECASE)),
)  # fmt: skip
_REWRITE = tuple(
    (re.compile(pattern, re.IGNORECASE), text)
    for pattern, text in (
        (r"任[一何意](?:一?[个家款种])?", "各"),
        (r"(?:跌|掉|降|减少?)到\s*([^以]+?)\s*以下", r"低于\1"),
        (r"(?:涨|升|增加?)到\s*([^以]+?)\s*以上", r"高于\1"),
        (r"跌破|跌穿|少于|不足|不到|小于|<", "低于"),
        (
            r"突破|涨破|多于|大于|"
            r"(?<!下降)(?<!上升)(?<!下跌)(?<!上涨)超过(?=\s*[\d一二三四五六七八九十百千万两])(?!.*%$)|"
            r">", "高于"),
        (r"(下降|下跌|上升|上涨)了?(?:超过|超|达到?)?\s*(?=[\d一二三四五六七八九十])", r"\1超过"),
        (
            r"\b(?:falls?|drops?|declines?|decreases?|goes down|is down|are down|"
            r"sinks?)\s+(?:by\s+)?(?:(?:more than|over)\s+)?(?=[\d.]+\s*(?:%|percent))", "is down more than "),
        (
            r"\b(?:rises?|grows?|increases?|jumps?|goes up|is up|are up|"
            r"climbs?)\s+(?:by\s+)?(?:(?:more than|over)\s+)?(?=[\d.]+\s*(?:%|percent))", "is up more than "),
        (r"\b(?:falls?|drops?|goes?|dips?|sinks?|gets?)\s+(?:under|below|to less than)\b", "is below"),
        (
            r"\b(?:rises?|goes?|climbs?|jumps?|gets?|grows?)\s+(?:over|above|to more than)\b|"
            r"\b(?:exceeds?|tops)\b", "is over"),
    )
)  # fmt: skip


def frame_of(words: str) -> Frame:
    """Return the condition taken apart: days, comparison and kind are read, the rest is left for the planner."""
    days, against, rest = None, None, f" {words} "
    for name, pattern in _AGAINST:
        if found := pattern.search(rest):
            against = name
            days = 7 if name == "previous_period" and _A_WEEK.search(found.group()) else None
            rest = rest[: found.start()] + " " + rest[found.end() :]
            break
    hint, side, number = None, "any", None
    for kind, pattern in _HINTS:
        if found := pattern.search(rest):
            hint, groups = kind, found.groupdict()
            side = "down" if groups.get("low") or groups.get("elow") else side
            side = "up" if groups.get("high") or groups.get("ehigh") else side
            given = next((groups[key] for key in ("n", "m", "k") if groups.get(key)), None)
            number = int(given) if given else None
            rest = rest[: found.start()] + " " + rest[found.end() :]
            break
    for pattern, length in ((_DAY, 1), (_WEEK, 7), (_MONTH, 30)):
        if found := pattern.search(rest):
            days, rest = length, rest[: found.start()] + " " + rest[found.end() :]
            break
    else:
        if found := _N_DAYS.search(rest):
            days = int(next(part for part in found.groups() if part))
            rest = rest[: found.start()] + " " + rest[found.end() :]
    for pattern, text in _REWRITE:
        rest = pattern.sub(text, rest)
    return Frame(" ".join(rest.split()).strip(_EDGES).removesuffix("的"), days, against, hint, side, number)  # type: ignore[arg-type]  # the loop's own words
