"""The words of time in both languages. Longest word first; what a word means in context is the grammar's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.language.time.calendars import BUILT_IN
from bot.language.time.expressions import (
    Ago,
    AllTime,
    DataEdge,
    Expression,
    Point,
    Ref,
    Rolling,
    Whole,
)
from bot.language.time.vocabulary import CLOCK, NOISE, PLAIN, VAGUE
from semantic_layer.period import Grain


@dataclass(frozen=True, slots=True)
class Entry:
    """What one word may be: a kind, and as the kind needs a number, a string or a ready expression."""

    kind: str
    number: int = 0
    text: str = ""
    expression: Expression | None = None


D, W, M, Q, Y = Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR

UNITS: dict[str, str] = {
    "天": "day", "日": "day", "号": "date", "周": "week", "星期": "week", "礼拜": "week", "个周": "week", "个星期": "week",
    "个礼拜": "week", "月": "month", "个月": "month", "个自然月": "month", "自然月": "month", "季": "quarter",
    "季度": "quarter", "个季度": "quarter", "个季": "quarter", "年": "year", "个年": "year", "年度": "year",
    "个自然周": "week", "自然周": "week", "自然日": "day", "个自然日": "day", "整天": "day", "个整月": "month",
    "个完整月": "month", "个完整周": "week", "小时": "hour", "个小时": "hour", "分钟": "hour",
    "周年": "none", "年级": "none", "个工作日": "workday", "工作日": "workday", "交易日": "none",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "wk": "week", "wks": "week",
    "month": "month", "months": "month", "mo": "month", "mos": "month", "mth": "month", "mths": "month",
    "quarter": "quarter", "quarters": "quarter", "qtr": "quarter", "qtrs": "quarter",
    "year": "year", "years": "year", "yr": "year", "yrs": "year", "hour": "hour", "hours": "hour",
    "hrs": "hour", "minutes": "hour", "fortnight": "fortnight", "decade": "decade", "decades": "decade",
    "calendar week": "week", "calendar month": "month", "calendar year": "year", "calendar quarter": "quarter",
    "calendar days": "day", "calendar weeks": "week", "calendar months": "month", "full weeks": "week",
    "full months": "month", "full days": "day", "complete months": "month", "complete weeks": "week",
    "full month": "month", "full week": "week", "complete month": "month", "complete week": "week",
    "fiscal year": "fiscal_year", "fiscal quarter": "fiscal_quarter", "financial year": "fiscal_year",
    "财年": "fiscal_year", "财政年度": "fiscal_year", "财季": "fiscal_quarter", "weekend": "weekend",
    "weekends": "weekend", "business days": "workday", "working days": "workday", "half-year": "half",
    "half year": "half", "half": "half",
}  # fmt: skip

GRAINS: dict[str, Grain] = {"day": D, "week": W, "month": M, "quarter": Q, "year": Y}

_ZH_UNITS: dict[Grain, tuple[str, ...]] = {
    W: ("周", "星期", "礼拜", "个星期", "个礼拜", "一周", "一个星期", "一个礼拜", "自然周", "个自然周"),
    M: ("月", "个月", "月份", "一个月", "自然月", "个自然月", "整月", "个整月", "一月份"),
    Q: ("季", "季度", "个季度", "一季度", "一个季度", "个季"),
    Y: ("年度", "一年", "一年度"),
}


def _relative_point(grain: Grain, offset: int) -> Point:
    ref = Ref(offset, relative=True)
    if grain is W:
        return Point(week=ref)
    if grain is M:
        return Point(month=ref)
    if grain is Q:
        return Point(quarter=ref)
    return Point(year=ref)


def _chinese_relative() -> Iterable[tuple[str, Entry]]:
    """Yield 本周, 上个月, 上上季度, 去年 …"""
    prefixes = {
        "本": 0, "这": 0, "这个": 0, "当": 0, "当前": 0, "今个": 0, "今": 0, "此": 0, "上": -1, "上一": -1, "上个": -1,
        "前一": -1, "前一个": -1, "上一个": -1, "上上": -2, "上上个": -2, "上上上": -3, "大上": -2, "下": 1, "下个": 1,
        "下一": 1, "下一个": 1, "下下": 2, "下下个": 2, "这一": 0, "这一个": 0,
    }  # fmt: skip
    for grain, units in _ZH_UNITS.items():
        for prefix, offset in prefixes.items():
            for unit in units:
                if prefix == "今" and grain in (M, Q) and unit not in ("月", "季"):
                    continue
                if unit.startswith("一") and prefix not in ("上", "这", "前", "本", "下"):
                    continue
                if prefix.endswith("个") and unit.startswith("个"):
                    continue
                yield prefix + unit, Entry("point", expression=_relative_point(grain, offset))
    years = {
        "今年": 0, "本年": 0, "当年": 0, "这年": 0, "去年": -1, "上年": -1, "前年": -2, "大前年": -3, "上一年": -1,
        "明年": 1, "后年": 2, "来年": 1, "上上年": -2, "下年": 1, "今年度": 0, "本年度": 0, "去年度": -1, "上年度": -1,
        "上个年度": -1, "今岁": 0,
    }  # fmt: skip
    for word, offset in years.items():
        yield word, Entry("point", expression=_relative_point(Y, offset))
    for word, offset in (
        ("本财年", 0),
        ("今财年", 0),
        ("上财年", -1),
        ("上个财年", -1),
        ("这个财年", 0),
        ("下财年", 1),
    ):
        yield word, Entry("point", expression=Point(year=Ref(offset, True), fiscal=True))
    days = {
        "今天": 0, "今日": 0, "本日": 0, "当日": 0, "昨天": -1, "昨日": -1, "昨儿": -1, "前天": -2, "前日": -2,
        "大前天": -3, "大前日": -3, "明天": 1, "明日": 1, "后天": 2, "大后天": 3, "前一天": -1, "前一日": -1,
        "上一天": -1, "上一日": -1, "今儿": 0, "昨": -1,
    }  # fmt: skip
    for word, offset in days.items():
        if word != "昨":
            yield word, Entry("point", expression=Point(days=offset))


def _chinese_weekdays() -> Iterable[tuple[str, Entry]]:
    names = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "1": 0, "2": 1, "3": 2, "4": 3,
             "5": 4, "6": 5, "7": 6, "末": 7}  # fmt: skip
    week_words = ("周", "星期", "礼拜", "个周", "个星期", "个礼拜")
    prefixes = {"": None, "本": 0, "这": 0, "今": 0, "今个": 0, "当": 0, "上": -1, "上上": -2, "下": 1, "下下": 2,
                "上一": -1, "这个": 0, "上个": -1, "下个": 1}  # fmt: skip
    for prefix, offset in prefixes.items():
        for week in week_words:
            if week.startswith("个") and (not prefix or prefix.endswith("个")):
                continue
            for name, weekday in names.items():
                if name.isdigit() and (week != "周" or not prefix):
                    continue
                if name == "天" and week.endswith(
                    "周"
                ):  # Sunday is 周日 or 星期天; 上周天 is last week and a name: 上周天河
                    continue
                ref = None if offset is None else Ref(offset, True)
                if weekday == 7:
                    point = Point(week=ref, weekend=True)
                    kind = "weekend" if ref is None else "point"
                else:
                    point = Point(week=ref, weekday=weekday)
                    kind = "weekday" if ref is None else "point"
                yield prefix + week + name, Entry(kind, number=weekday, expression=point)


MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), 1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon mondays", "tuesday tue tues tuesdays", "wednesday wed weds wednesdays",
         "thursday thu thur thurs thursdays", "friday fri fridays", "saturday sat saturdays",
         "sunday sun sundays")
    )
    for name in names.split()
}  # fmt: skip


def _english_relative() -> Iterable[tuple[str, Entry]]:
    units = {"week": W, "month": M, "quarter": Q, "qtr": Q, "year": Y, "calendar year": Y, "calendar month": M,
             "calendar week": W, "calendar quarter": Q, "wk": W, "yr": Y}  # fmt: skip
    prefixes = {"this": 0, "current": 0, "the current": 0, "last": -1, "previous": -1, "prior": -1, "the last": -1,
                "the previous": -1, "the prior": -1, "preceding": -1, "next": 1, "the next": 1, "coming": 1,
                "the coming": 1, "present": 0, "all": 0, "this whole": 0}  # fmt: skip
    for unit, grain in units.items():
        for prefix, offset in prefixes.items():
            yield f"{prefix} {unit}", Entry("point", expression=_relative_point(grain, offset))
        for words in ("{} before last", "the {} before last", "the {} before the last one"):
            yield words.format(unit), Entry("point", expression=_relative_point(grain, -2))
    for prefix, offset in prefixes.items():
        for unit in ("fiscal year", "financial year", "fy"):
            yield f"{prefix} {unit}", Entry("point", expression=Point(year=Ref(offset, True), fiscal=True))
        yield (
            f"{prefix} fiscal quarter",
            Entry("point", expression=Point(quarter=Ref(offset, True), fiscal=True)),
        )
        yield f"{prefix} weekend", Entry("point", expression=Point(week=Ref(offset, True), weekend=True))
    for word, days in (
        ("today", 0), ("this day", 0), ("yesterday", -1), ("tomorrow", 1), ("the day before yesterday", -2),
        ("day before yesterday", -2), ("last day", -1), ("the last day", -1), ("past day", -1), ("previous day", -1),
        ("the previous day", -1), ("the day before", -1), ("prior day", -1), ("the prior day", -1),
        ("day after tomorrow", 2), ("the day after tomorrow", 2), ("ytd's yesterday", -1),
    ):  # fmt: skip
        yield word, Entry("point", expression=Point(days=days))
    for word, grain in (
        ("mtd", M), ("month to date", M), ("month-to-date", M), ("wtd", W), ("week to date", W), ("week-to-date", W),
        ("qtd", Q), ("quarter to date", Q), ("quarter-to-date", Q), ("ytd", Y), ("year to date", Y),
        ("year-to-date", Y),
    ):  # fmt: skip
        yield word, Entry("point", expression=_relative_point(grain, 0))
    yield "ttm", Entry("ready", expression=Rolling(M, 12))
    yield "ltm", Entry("ready", expression=Rolling(M, 12))
    for word in ("fortnight", "past fortnight", "last fortnight", "the last fortnight", "the past fortnight"):
        yield word, Entry("ready" if " " in word else "none", expression=Rolling(D, 14))
    for word in ("all time", "all-time", "since the beginning", "from the beginning", "lifetime to date", "to date",
                 "so far", "until now", "till now", "up to now", "since inception", "ever since launch",
                 "the whole history", "all history", "entire history"):  # fmt: skip
        yield word, Entry("all", expression=AllTime())
    yield "last decade", Entry("ready", expression=Rolling(Y, 10))
    yield "the past decade", Entry("ready", expression=Rolling(Y, 10))


_DECADES = {
    "twenties": 2020,
    "noughties": 2000,
    "two thousand and tens": 2010,
    "eighties": 1980,
    "nineties": 1990,
}

_READY: tuple[tuple[str, str, str, Expression], ...] = (
    ("all", "", "历史|历史上|全部时间|有史以来|所有时间|至今|迄今为止|到目前为止|截至目前|截止目前|目前为止|整个历史|建店以来|历史至今|"
                "全时段|全周期", AllTime()),
    ("ready", "", "最新一天|最近一天|最后一天数据|latest day|the latest day|most recent day|the most recent day|最新日期",
     DataEdge(D)),
    ("ready", "", "最近一个完整月|最近一个整月|last full month|last complete month|the last full month|the last complete month",
     Whole(M, -1, 1)),
    ("ready", "", "最近一个完整周|last full week|last complete week|the last full week", Whole(W, -1, 1)),
    ("ready", "", "最近一个完整季度|last full quarter", Whole(Q, -1, 1)),
    ("ready", "", "去年今天|去年的今天|去年今日|this day last year|today last year|去年的这一天|去年这一天", Ago(Y, 1)),
    ("ready", "", "上个月今天|上个月的今天|上月今天|上月今日|上月的今天|this day last month", Ago(M, 1)),
    ("ready", "", "上周今天|上周的今天|上周今日|this day last week", Ago(W, 1)),
    ("point", "", "年初至今|年初到现在|年初以来|开年以来|开年至今|年初到今天|年初到昨天|年初截至目前|入年以来|开年到现在|本年累计|年累计|年至今",
     _relative_point(Y, 0)),
    ("point", "", "月初至今|月初到现在|月初以来|月初到今天|月初到昨天|本月累计|月累计", _relative_point(M, 0)),
    ("point", "", "季初至今|季度初至今|本季累计", _relative_point(Q, 0)),
    ("point", "", "周初至今", _relative_point(W, 0)),
    ("part", "begin", "月初|bom|the bom", _relative_point(M, 0)),
    ("part", "begin", "年初|boy|the boy", _relative_point(Y, 0)),
    ("part", "begin", "周初", _relative_point(W, 0)),
    ("part", "begin", "季初|季度初", _relative_point(Q, 0)),
    ("part", "end", "月底|月末|eom|the eom", _relative_point(M, 0)),
    ("part", "end", "年底|年末|eoy|the eoy|岁末", _relative_point(Y, 0)),
    ("part", "end", "季末|季度末", _relative_point(Q, 0)),
    ("part", "middle", "月中", _relative_point(M, 0)),
    ("part", "middle", "年中", _relative_point(Y, 0)),
    ("now", "", "now|现在|目前|如今|today|当下", Point(days=0)),
)  # fmt: skip
_DURATIONS: tuple[tuple[str, int, str], ...] = (
    ("半年|半个年|半个财年|half a year|six months|half year", 6, "month"), ("一年半", 18, "month"),
    ("两年半", 30, "month"), ("半个月|半月", 15, "day"), ("半个季度", 45, "day"), ("半周", 3, "day"),
)  # fmt: skip


def _entries() -> Iterable[tuple[str, Entry]]:
    """Yield every built-in word with one of its readings."""
    yield from _chinese_relative()
    yield from _chinese_weekdays()
    yield from _english_relative()
    yield from ((word, Entry("unit", text=unit)) for word, unit in UNITS.items())
    yield from ((word, Entry("month", number=number)) for word, number in MONTHS.items())
    for word, number in WEEKDAYS.items():
        plural = "s" if word.endswith("days") else ""
        yield word, Entry("weekday", number=number, text=plural, expression=Point(weekday=number))
    for word, first in _DECADES.items():
        yield word, Entry("decade", number=first)
        yield f"the {word}", Entry("decade", number=first)
    for kind, words in (*PLAIN.items(), ("vague", VAGUE), ("clock", CLOCK), ("noise", NOISE)):
        yield from ((word, Entry(kind)) for word in words.split("|"))
    for kind, text, words, expression in _READY:
        yield from ((word, Entry(kind, text=text, expression=expression)) for word in words.split("|"))
    for words, number, unit in _DURATIONS:
        yield from ((word, Entry("duration", number=number, text=unit)) for word in words.split("|"))


def _event_entries(events: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterable[tuple[str, Entry]]:
    for built_in in BUILT_IN:
        for word in built_in.words:
            yield word, Entry("event", text=built_in.name)
    for name, words in events:
        for word in words:
            yield word, Entry("event", text=name)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with everything each may be, and per first character the lengths that occur, longest first."""

    words: dict[str, tuple[Entry, ...]]
    lengths: dict[str, tuple[int, ...]]


@lru_cache(maxsize=8)
def lexicon(events: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Lexicon:
    """Return the lexicon with the words of a workspace's events, given as (name, words)."""
    words: dict[str, list[Entry]] = {}
    for word, entry in (*_entries(), *_event_entries(events)):
        found = words.setdefault(word, [])
        if entry not in found:
            found.append(entry)
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return Lexicon(
        {word: tuple(entries) for word, entries in words.items()},
        {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
    )
