"""Words about time that are no period: comparisons (环比, YoY), grains (按周, monthly), recurrences (每周一)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.language.rule import Rule
from bot.language.time.reading import Comparison, Want
from semantic_layer.period import Grain

_EN = r"(?<![a-z])"
_END = r"(?![a-z])"
_LEAD = Rule(
    r"(?:比|较|和|与|跟|同|对比|相较于|相比于|相对于|相对|环比|(?<![a-z])(?:vs\.?|versus|against|"
    r"compared? (?:to|with)|than|over|from|"
    r"relative to))\s*(?:the\s+)?$"
)
# 上月环比 is 上月 and 环比; only a 月 that belongs to no period goes with 环比
_FREE = r"(?<![上本这当下个每各前昨今明年度0-9零一二三四五六七八九十])"
_COUNT_ZH = r"(?:[0-9]{1,3}|[一二三四五六七八九十两]{1,3})个?(?:天|日|周|星期|月|季度|年)"
_SOME = r"(?:[0-9]{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty)"
_COUNT_EN = rf"{_SOME} (?:day|week|month|quarter|year)s"
_THAN = r"(?:相比|比较|比起来|对比|比|相比较)?"


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal found in the text. Exactly one of comparison, grain or weekdays applies."""

    start: int
    end: int
    kind: str
    grain: Grain | None = None
    comparison: Comparison | None = None
    back: int = 1
    average: bool = False
    weekdays: tuple[int, ...] = ()


_COMPARISONS: tuple[tuple[str, Comparison, str], ...] = (
    ("same_weekday", "same_weekday_last_week",
     rf"(?:上周|上星期|上礼拜|上个星期|上个礼拜|前一周|上一周)(?:的)?(?:同日|同期|同一天|同天|同一日|"
     rf"同星期|同一时间){_THAN}"
     rf"|{_EN}(?:same day|same weekday|same days)(?: of)?(?: the)? (?:last|previous|prior) week"
     rf"|{_EN}same weekday (?:a|one|last) week (?:ago|earlier)?|{_EN}same (?:day|time|"
     rf"period) a week (?:ago|earlier)"),
    ("year2", "previous_year", rf"(?:前年|两年前)(?:的)?(?:同期|同日|同月|同一时期){_THAN}"
                               rf"|{_EN}same (?:period|time) two years (?:ago|earlier)"),
    ("event", "event",
     rf"(?:去年|上一年|上年|上届|上次)?(?:的)?(?:活动同期|大促同期|活动同比|同期活动|同活动日|活动对齐|"
     rf"按活动天数对齐|节日同期){_THAN}"
     rf"|{_EN}same (?:day|days|stage|point) of (?:the )?(?:event|promotion|campaign|festival|"
     rf"sale)(?: last year)?"
     rf"|{_EN}event[- ]aligned{_END}"
     rf"|(?:vs\.?|versus|against|than|compared? (?:to|with)) (?:the )?(?:last|previous) (?:year(?:'s)? )?"
     rf"(?:event|edition|festival){_END}"),
    ("year", "previous_year",
     rf"(?:去年|上年|上一年|去年度)(?:的)?(?:同期|同日|同月|同一时期|同时期|同一时间|同一天|同一个?月|同一周|同一个?季度?|同周|"
     rf"同季度?|同个月|这个时候|此时){_THAN}"
     rf"|(?:按年|年度)同比|同比|历史同期|(?:比|较|与|和|跟)?往年同期|(?:比|较|与|和|跟|同)同期{_THAN}"
     rf"|{_EN}(?:yoy|y/y|y-o-y|y2y|yr/yr){_END}"
     rf"|{_EN}year[- ](?:over|on|to)[- ]year|{_EN}year[- ]vs[- ]year"
     rf"|{_EN}(?:same|corresponding|equivalent|comparable|matching) (?:period|time|month|months|quarter|"
     rf"week|weeks|day|days|"
     rf"date|dates|timeframe|time frame|time period|span|point)(?: of| in| from)?(?: the)?"
     rf" (?:last|previous|prior|preceding) year"
     rf"|{_EN}(?:same|corresponding) (?:period|time|month|quarter|week|day) (?:a|one) year (?:ago|earlier|"
     rf"before|prior)"
     rf"|{_EN}(?:a|one) year (?:ago|earlier|before){_END}(?=\s*(?:$|[?.,!？。，]|by|per|in|for))"
     rf"|{_EN}(?:prior|previous) year(?:'s)? (?:same )?(?:period|month|quarter|week|day)"
     rf"|(?:compared? (?:to|with)|vs\.?|versus|than|over|from) the year before(?! last| [a-z0-9])"
     rf"|{_EN}(?:(?:last|prior|previous)(?: year(?:'s)?)? ytd|ytd (?:of |in )?last year|prior[- ]year ytd|pytd"
     rf"|lytd){_END}"
     rf"|{_EN}this time last year"),
    ("month_same", "previous_period",
     rf"(?:上月|上个月|前一个月)(?:的)?(?:同期|同日|同一时期|同一天){_THAN}"
     rf"|{_EN}(?:same|corresponding) (?:period|time|day|days|dates)(?: of| in)?(?: the)? (?:last|previous|"
     rf"prior) month"
     rf"|{_EN}(?:(?:last|prior|previous)(?: month(?:'s)?)? mtd|mtd (?:of |in )?last month|pmtd){_END}"),
    ("quarter_same", "previous_period",
     rf"(?:上季|上季度|上个季度)(?:的)?(?:同期|同一时期){_THAN}"
     rf"|{_EN}(?:same|corresponding) (?:period|time|days)(?: of| in)?(?: the)? (?:last|previous|"
     rf"prior) quarter"
     rf"|{_EN}(?:(?:last|prior|previous)(?: quarter(?:'s)?)? qtd|qtd (?:of |in )?last quarter|pqtd){_END}"),
    ("day", "previous_period",
     rf"{_FREE}日环比|按日环比|{_EN}(?:dod|d/d){_END}|{_EN}day[- ](?:over|on|to)[- ]day"
     rf"|(?:比|较|跟|和|与|同|对比|相较于|环比)\s*(?:前一天|前一日|上一天|上一日|前日){_THAN}"
     rf"|(?:compared (?:to|with)|vs\.?|versus|than|over|from) (?:the )?(?:previous|prior|preceding) day"
     rf"|(?:compared (?:to|with)|vs\.?|versus|than|over|from) the day before(?! yesterday)"),
    ("week", "previous_period",
     rf"{_FREE}周环比|按周环比|(?:compared? (?:to|with)|vs\.?|versus|than|over|"
     rf"from) the week before(?! last| [a-z0-9])|{_EN}(?:wow|w/w|w-o-w){_END}|{_EN}week[- ](?:over|on|"
     rf"to)[- ]week"),
    ("month", "previous_period",
     rf"{_FREE}月环比|按月环比|月度环比|(?:compared? (?:to|with)|vs\.?|versus|than|over|"
     rf"from) the month before(?! last| [a-z0-9])|{_EN}(?:mom|m/m|m-o-m){_END}|{_EN}month[- ](?:over|on|"
     rf"to)[- ]month"),
    ("quarter", "previous_period",
     rf"{_FREE}季度?环比|按季环比|(?:compared? (?:to|with)|vs\.?|versus|than|over|"
     rf"from) the quarter before(?! last| [a-z0-9])|{_EN}(?:qoq|q/q|q-o-q){_END}|{_EN}quarter[- ](?:over|"
     rf"on|to)[- ]quarter"),
    ("pop", "previous_period",
     rf"环比|(?:比|较|跟|和|与|同|对比|相较于|相比于)\s*(?:上一期|上期|上一周期|上个周期|前一周期|前一期|"
     rf"前期|上一个周期|上一阶段|之前一期|"
     rf"前一个周期|上一时期){_THAN}|{_EN}(?:pop|p/p){_END}(?! up)|{_EN}period[- ](?:over|on|to)[- ]period"
     rf"|{_EN}(?:previous|prior|preceding|last|earlier) (?:comparable )?period(?! of)"
     rf"|(?:比|较|跟|和|与|同|对比|相较于|相比于)\s*(?:再之前|在此之前|此前|之前|更早)的?(?:那?{_COUNT_ZH}){_THAN}"
     rf"|(?:compared? (?:to|with)|vs\.?|versus|against|than|over|from) (?:the |those )?{_COUNT_EN} "
     rf"(?:before|prior|earlier)(?: that| those)?(?! last| [a-z0-9])"),
)  # fmt: skip
_COMPARISON_GRAINS = {"day": Grain.DAY, "week": Grain.WEEK, "month": Grain.MONTH, "quarter": Grain.QUARTER,
                      "month_same": Grain.MONTH, "quarter_same": Grain.QUARTER}  # fmt: skip
_COMPARISON = Rule("|".join(f"(?P<{name}>{pattern})" for name, _, pattern in _COMPARISONS))
_KINDS = {name: kind for name, kind, _ in _COMPARISONS}

_ZH_GRAIN = {"小时": Grain.HOUR, "天": Grain.DAY, "日": Grain.DAY, "周": Grain.WEEK, "星期": Grain.WEEK,
             "礼拜": Grain.WEEK,
             "月": Grain.MONTH, "季": Grain.QUARTER, "年": Grain.YEAR}  # fmt: skip
_EN_GRAIN = {"hour": Grain.HOUR, "da": Grain.DAY, "day": Grain.DAY, "dai": Grain.DAY, "week": Grain.WEEK,
             "month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR, "annual": Grain.YEAR,
             "yr": Grain.YEAR, "mo": Grain.MONTH, "date": Grain.DAY}  # fmt: skip
_ZU = r"(天|日|周|星期|礼拜|月|季|年|小时)"
_EU = r"(hour|day|week|month|quarter|year|date)"
_NOT_UNIT = r"(?![一二三四五六日末1-7]|龄|轻|货|糕|嫂|饼|环比|同比|边|期性)"
_AVERAGE = Rule(
    rf"(?<![0-9零一二三四五六七八九十上本当前去昨今个]){_ZU}度?(?:平)?均(?!衡|每)|平均每(?:个|一)?{_ZU}|每(?:个|"
    rf"一)?{_ZU}度?的?平均(?!每)|平均(?:到)?每{_ZU}|"
    rf"{_EN}(?:average|avg|mean|averaged)(?!\s+[a-z]+ly\s)(?:\s+[a-z]+){{0,3}}?\s+(?:per|by|each|a|every)\s+{_EU}{_END}|"
    rf"{_EN}(?:average|avg|mean)\s+(hour|dai|week|month|quarter|year)ly{_END}|"
    rf"{_EN}(hour|dai|week|month|quarter|year)ly\s*(?:(?:\s(?:average|avg|mean)s?){_END}|的?平均)|"
    rf"{_EN}(?:per|a|each)\s+{_EU}\s+on average{_END}|{_EN}on average (?:per|each|every|a) {_EU}{_END}|"
    rf"{_EN}{_EU}(?:ly)? averages?{_END}"
)
_GRAIN = Rule(
    rf"(?:按|分|逐|各|每|每个|每一|每一个|分别按|以|隔){_ZU}(?:度|份)?(?:为单位|为粒度|来看|来|统计|汇总|"
    rf"拆分|拆|展示|看|的?趋势)?{_NOT_UNIT}|"
    rf"(?:按|分|各|逐)(?:自然)?个?{_ZU}{_NOT_UNIT}|每个{_ZU}{_NOT_UNIT}|(?:哪|哪一|哪个|哪几|哪几个|"
    rf"哪一个){_ZU}(?:份|度)?{_NOT_UNIT}|"
    rf"(?<![0-9零一二三四五六七八九十两个本上下这当每前去今半第]){_ZU}度(?!假|过|末|初|底)|"
    rf"(?<![0-9零一二三四五六七八九十两个本上下这当每前去今半第节生昨明后]){_ZU}(?:趋势|走势|报|维度|粒度)|"
    rf"{_EN}(hour|dai|week|month|quarter|year|annual)ly{_END}(?! active)|"
    rf"{_EN}(?:by|per|each|every|for each|split by|grouped by|across)\s+(?:the\s+|"
    rf"calendar\s+)?{_EU}s?{_END}(?! of)|"
    rf"{_EN}(?:which|what)\s+{_EU}s?{_END}(?! of)|"
    rf"{_EN}(?<!last )(?<!this )(?<!past )(?<!prior )(?<!previous )(?<!current )"
    rf"{_EU}[- ](?:by|over)[- ](?:hour|day|week|month|"
    rf"quarter|year){_END}|"
    rf"{_EN}over (time){_END}|{_EN}(annual){_END}|"
    rf"{_EN}{_EU}[- ](?:level|grain|granularity|trend){_END}"
)
_BY_WEEKDAY = Rule(
    r"(?:按|分|各个?|每个?)?(?:星期几|周几|礼拜几)|按星期(?!一|二|三|四|五|六|日|天)分布|"
    r"(?<![a-z])(?:by |per |each |which |what |across |every )?(?:days? of (?:the )?week|day of week|"
    r"dow)(?![a-z])|"
    r"(?<![a-z])(?:by|per|which|what|across) weekdays?(?![a-z])"
)
_DAY_OF_EACH = Rule(
    r"每(?:个)?月(?:的)?(?:第?[0-9一二三四五六七八九十]+[号日天]|初|底|末|中旬|上旬|"
    r"下旬)|每年(?:的)?\d{1,2}月|"
    r"(?<![a-z])(?:first|last|\d{1,2}(?:st|nd|rd|th)) (?:day )?of (?:each|"
    r"every) (?:month|week|year)"
)
_RECUR = Rule(
    r"(?:每|每个|每逢|逢)(?:周|星期|礼拜)(?P<zh>[一二三四五六日天末](?:[、和到至,]?(?:周|"
    r"星期)?[一二三四五六日天末])*)|"
    r"(?P<weekend>(?:每个?|所有|逢)周末|(?<![a-z])(?:(?:on |every |each )?weekends|weekend(?= (?:vs\.?|"
    r"versus|and|or|compared to|against|than) (?:on )?weekday))(?![a-z])|周末(?=.{0,12}工作日)|"
    r"(?<=工作日)[和与跟vs比、]+周末)|"
    r"(?P<work>(?:每个?|所有)?(?:工作日|平日)(?![0-9])|(?<![a-z])(?:on )?(?:weekdays?|working days|"
    r"workdays|business days)(?![a-z]))|"
    r"(?<![a-z])(?P<en>(?:on |every |each |all )?(?:mondays|tuesdays|wednesdays|thursdays|fridays|"
    r"saturdays|sundays)|"
    r"(?:every|each) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday))(?![a-z]| ago)"
)
_ZH_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WANTS: tuple[tuple[Want, Rule], ...] = (
    ("growth", Rule(r"增长率|增速|涨幅|增幅|跌幅|降幅|增长了?(?:多少|几)(?:个百分点|%)|增长百分比|"
        r"变化率|增减幅|下降率|涨跌幅|"
                          r"(?<![a-z])(?:growth|% change|percent(?:age)? change|pct change|change %|"
                          r"growth rate)")),
    ("delta", Rule(r"(?:涨|增加|增长|减少|下降|跌|掉|降|升|多|少|差|变化|提升|提高|上升|下滑|上涨|"
        r"下跌)了?(?:多少|几)|差值|差额|增量|变化量|"
                         r"增减|相差|差多少|变化|(?<![a-z])(?:difference|change|increase|decrease|delta|"
                         r"gap|how much (?:more|less|higher|lower))"
                         r"(?![a-z])")),
    ("value", Rule(r"同期值|上期值|上期数|同期数|去年同期(?:是|为|的值)|环比值|同比值|previous value|"
        r"prior value|last year's value")),
)  # fmt: skip

MARKER = Rule(
    r"(?:相比于|相较于|相对于|相较|对比|(?:比起|比)|较之|较|环比|"
    r"vs\.?|versus|against|(?:as )?compared? (?:to|"
    r"with|against)|compare (?:it|that|this|them|these|those) (?:to|with|against)|in comparison (?:to|with)|"
    r"relative to|than(?: in| on| for| during)?|differs? from|up from|down from|change from)(?:\s+(?:the|"
    r"in|on|for|during|that of|last))?\s*$"
)
AFTER_MARKER = Rule(
    r"\s*(?:的)?[^,，。;；]{0,8}?(?:相比|相较|比较|对比|比起来|做对比|作对比|相比较|比(?=呢|怎么样|如何|一下|吗"
    r"|是|有|变|涨|$|[?!,.]))"
)
WITH = Rule(r"(?:和|与|跟|同|以)\s*$")


def find_signals(text: str) -> list[Signal]:
    """Return comparisons, grains and recurrences in order; none overlaps another."""
    found: list[Signal] = []
    taken = [False] * len(text)

    def add(signal: Signal) -> None:
        if signal.end > signal.start and not any(taken[signal.start : signal.end]):
            taken[signal.start : signal.end] = [True] * (signal.end - signal.start)
            found.append(signal)

    for match in _COMPARISON.finditer(text):
        name = match.lastgroup or "pop"
        start = match.start()
        lead = _LEAD.search(text, max(0, start - 20), start)
        if lead is not None:
            start = lead.start()
        add(Signal(start, match.end(), "comparison", _COMPARISON_GRAINS.get(name), _KINDS[name],
                   2 if name == "year2" else 1))  # fmt: skip
    for match in _DAY_OF_EACH.finditer(text):
        add(Signal(*match.span(), "unresolved"))
    for match in _BY_WEEKDAY.finditer(text):
        add(Signal(*match.span(), "recurrence"))
    for match in _RECUR.finditer(text):
        add(Signal(*match.span(), "recurrence", weekdays=_weekdays(match)))
    for average, pattern in ((True, _AVERAGE), (False, _GRAIN)):
        for match in pattern.finditer(text):
            unit = next(group for group in match.groups() if group is not None)
            grain = Grain.DAY if unit == "time" else _ZH_GRAIN.get(unit) or _EN_GRAIN[unit]
            if unit != "time":
                add(Signal(*match.span(), "grain", grain, average=average))
    return sorted(found, key=lambda signal: signal.start)


def _weekdays(match: re.Match[str]) -> tuple[int, ...]:
    """Return the weekdays a recurrence names, 0 is Monday."""
    if match["weekend"]:
        return (5, 6)
    if match["work"]:
        return (0, 1, 2, 3, 4)
    if match["zh"]:
        words = match["zh"]
        days = [_ZH_DAYS[char] for char in words if char in _ZH_DAYS]
        if "末" in words:
            return (5, 6)
        ranged = re.search(r"[到至]", words) is not None and len(days) == 2 and days[0] < days[1]
        return tuple(range(days[0], days[1] + 1)) if ranged else tuple(days)
    return tuple(number for number, name in enumerate(_EN_DAYS) if name in match["en"])


def find_wants(text: str) -> tuple[Want, ...]:
    """Return whether a change is asked as a difference, a rate, or the earlier value itself."""
    return tuple(want for want, pattern in _WANTS if pattern.search(text))
