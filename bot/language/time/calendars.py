"""Holidays, festivals and shopping events: what is built in, and what a workspace's `calendars:` adds.

Built-in windows are conventions, not a shop's own plan: 618 is 1-18 June, 双11 is 1-11 November. A workspace
that sells on other dates says so in YAML; its event of the same name replaces the built-in one year by year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.language.time.lunar import lunar_date, qingming
from semantic_layer.period import ONE_DAY
from semantic_layer.text import Text

Days = tuple[date, date]
"""`[start, end)`."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event of a workspace: per year its half-open dates. `synonyms` are further words in any language."""

    name: str
    label: Text
    synonyms: tuple[str, ...] = ()
    periods: Mapping[int, Days] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An event that everybody knows. `window` and `day` give None where a year is not known.

    `window` is what the bare name means, `day` its one day (双11当天), `holiday` the days off (国庆假期)
    where they differ from the window.
    """

    name: str
    label: Text
    words: tuple[str, ...]
    window: Callable[[int], Days | None]
    day: Callable[[int], date | None]
    holiday: Callable[[int], Days | None] | None = None


def _one(day: Callable[[int], date | None]) -> Callable[[int], Days | None]:
    """Return the window that is just the day."""

    def window(year: int) -> Days | None:
        found = day(year)
        return None if found is None else (found, found + ONE_DAY)

    return window


def _fixed(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int, years_back: int = 0) -> Callable[[int], date | None]:
    return lambda year: lunar_date(year - years_back, month, day)


def _nth_weekday(month: int, weekday: int, nth: int, plus: int = 0) -> Callable[[int], date | None]:
    """Return the nth weekday of a month (negative: from the end), `plus` days later."""

    def day(year: int) -> date | None:
        if nth > 0:
            first = date(year, month, 1)
            found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        else:
            last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - ONE_DAY
            found = last - timedelta(days=(last.weekday() - weekday) % 7)
        return found + timedelta(days=plus)

    return day


def _easter(plus: int = 0) -> Callable[[int], date | None]:
    """Return Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8)."""

    def day(year: int) -> date | None:
        golden, century, rest = year % 19, year // 100, year % 100
        correction = (8 * century + 13) // 25
        moon = (19 * golden + century - century // 4 - correction + 15) % 30
        weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
        shift = (golden + 11 * moon + 22 * weekday) // 451
        month, number = divmod(moon + weekday - 7 * shift + 114, 31)
        return date(year, month, number + 1) + timedelta(days=plus)

    return day


def _days(first: tuple[int, int], count: int) -> Callable[[int], Days | None]:
    return lambda year: (date(year, *first), date(year, *first) + timedelta(days=count))


def _around(day: Callable[[int], date | None], before: int, after: int) -> Callable[[int], Days | None]:
    """Return the window from `before` days before the day through `after` days after it."""

    def window(year: int) -> Days | None:
        found = day(year)
        if found is None:
            return None
        return found - timedelta(days=before), found + timedelta(days=after + 1)

    return window


# Published days off that the rule "the eve and the first six days" does not give.
_SPRING_HOLIDAYS = {
    2020: (date(2020, 1, 24), date(2020, 2, 3)),
    2024: (date(2024, 2, 10), date(2024, 2, 18)),
    2025: (date(2025, 1, 28), date(2025, 2, 5)),
    2026: (date(2026, 2, 15), date(2026, 2, 24)),
}


def _spring_festival(year: int) -> Days | None:
    """Return the days off of the Spring Festival: as published, else the eve and the first six days."""
    return _SPRING_HOLIDAYS.get(year) or _around(_lunar(1, 1), 1, 5)(year)


def _new_year_eve(year: int) -> date | None:
    new_year = lunar_date(year, 1, 1)
    return None if new_year is None else new_year - ONE_DAY


def _long_weekend(day: Callable[[int], date | None]) -> Callable[[int], Days | None]:
    """Return the usual days off around a one-day festival: with the weekend it touches, else the day alone."""

    def window(year: int) -> Days | None:
        found = day(year)
        if found is None:
            return None
        # Monday takes the weekend before, Thursday bridges Friday, Friday to Sunday form one block.
        back, length = {0: (2, 3), 3: (0, 3), 4: (0, 3), 5: (0, 3), 6: (1, 3)}.get(found.weekday(), (0, 1))
        start = found - timedelta(days=back)
        return start, start + timedelta(days=length)

    return window


def _event(
    name: str,
    zh: str,
    en: str,
    words: str,
    day: Callable[[int], date | None],
    window: Callable[[int], Days | None] | None = None,
    holiday: Callable[[int], Days | None] | None = None,
) -> BuiltIn:
    return BuiltIn(name, Text(zh=zh, en=en), tuple(words.split("|")), window or _one(day), day, holiday)


BUILT_IN: tuple[BuiltIn, ...] = (
    # shopping events
    _event("618", "618", "618", "618|618大促|六一八|6.18|6·18|618 festival|618 sale", _fixed(6, 18), _days((6, 1), 18)),
    _event(
        "double_11", "双11", "Singles' Day",
        "双11|双十一|双11大促|双十一大促|11·11|11.11|1111|double 11|double eleven|double11|singles day|"
        "singles' day|single's day|11.11 sale|光棍节",
        _fixed(11, 11), _days((11, 1), 11),
    ),
    _event("double_12", "双12", "Double 12", "双12|双十二|12.12|1212|double 12|double twelve|double12",
           _fixed(12, 12), _days((12, 10), 3)),
    _event("38", "38节", "Women's Day",
           "38节|三八|三八节|38大促|三八大促|38女王节|三八女王节|女王节|女神节|妇女节|三八妇女节|38妇女节|"
           "3.8节|"
           "international women's day|women's day|womens day",
           _fixed(3, 8), _days((3, 1), 8)),
    _event("520", "520", "520", "520|520大促|五二零|网络情人节|520 festival", _fixed(5, 20)),
    _event("818", "818", "818", "818|818大促", _fixed(8, 18)),
    _event("99", "99大促", "9.9 sale", "99大促|99划算节|9.9大促|9.9 sale", _fixed(9, 9)),
    _event("black_friday", "黑色星期五", "Black Friday", "黑色星期五|黑五|black friday|blackfriday",
           _nth_weekday(11, 3, 4, 1)),
    _event("cyber_monday", "网络星期一", "Cyber Monday", "网络星期一|网一|cyber monday",
           _nth_weekday(11, 3, 4, 4)),
    _event("bfcm", "黑五网一", "BFCM", "黑五网一|bfcm|black friday weekend|black friday cyber monday|"
        "cyber week",
           _nth_weekday(11, 3, 4, 1), _around(_nth_weekday(11, 3, 4, 1), 0, 3)),
    # Chinese holidays
    _event("new_year", "元旦", "New Year's Day", "元旦|元旦节|new year's day|new years day|new year day",
           _fixed(1, 1), None, _days((1, 1), 3)),
    _event("spring_festival", "春节", "Spring Festival",
           "春节|过年|农历新年|spring festival|chinese new year|lunar new year|cny holiday",
           _lunar(1, 1), _spring_festival),
    _event("new_years_eve_lunar", "除夕", "Chinese New Year's Eve", "除夕|大年三十|年三十|"
        "chinese new year's eve",
           _new_year_eve),
    _event("new_years_day_lunar", "大年初一", "Chinese New Year's Day", "大年初一|正月初一|年初一", _lunar(1, 1)),
    _event("lantern", "元宵节", "Lantern Festival", "元宵节|元宵|正月十五|lantern festival", _lunar(1, 15)),
    _event("qingming", "清明节", "Qingming", "清明节|清明|qingming festival|qingming|tomb sweeping day|"
           "tomb-sweeping day", qingming, None, _long_weekend(qingming)),
    _event("labour_day", "劳动节", "Labour Day holiday", "劳动节|五一劳动节|五一国际劳动节|五一|五一黄金周|"
        "51假期|5.1假期|"
           "may day holiday", _fixed(5, 1), _days((5, 1), 5)),
    _event("workers_day", "国际劳动节", "International Workers' Day",
           "国际劳动节|international workers' day|international workers day|workers' day|workers day|may day",
           _fixed(5, 1)),
    _event("childrens_day", "儿童节", "Children's Day", "六一儿童节|儿童节|六一|61儿童节|children's day|"
        "childrens day",
           _fixed(6, 1)),
    _event("dragon_boat", "端午节", "Dragon Boat Festival", "端午节|端午|dragon boat festival|dragon boat",
           _lunar(5, 5), None, _long_weekend(_lunar(5, 5))),
    _event("qixi", "七夕", "Qixi", "七夕节|七夕|七夕情人节|qixi festival|qixi|chinese valentine's day", _lunar(7, 7)),
    _event("ghost", "中元节", "Ghost Festival", "中元节|ghost festival", _lunar(7, 15)),
    _event("teachers_day", "教师节", "Teachers' Day", "教师节|teachers' day|teachers day", _fixed(9, 10)),
    _event("mid_autumn", "中秋节", "Mid-Autumn Festival",
           "中秋节|中秋|mid-autumn festival|mid autumn festival|mid-autumn|moon festival",
           _lunar(8, 15), None, _long_weekend(_lunar(8, 15))),
    _event("national_day", "国庆节", "National Day",
           "国庆节|国庆|十一国庆|国庆黄金周|十一黄金周|十一假期|十一长假|golden week|china national day|"
           "national day|"
           "national day holiday", _fixed(10, 1), _days((10, 1), 7)),
    _event("double_ninth", "重阳节", "Double Ninth Festival", "重阳节|重阳|double ninth festival", _lunar(9, 9)),
    _event("laba", "腊八节", "Laba Festival", "腊八节|腊八|laba festival", _lunar(12, 8, 1)),
    _event("little_new_year", "小年", "Little New Year", "小年|little new year", _lunar(12, 23, 1)),
    # Western holidays
    _event("valentines", "情人节", "Valentine's Day", "情人节|214情人节|valentine's day|valentines day|"
        "valentine's",
           _fixed(2, 14)),
    _event("st_patricks", "圣帕特里克节", "St Patrick's Day", "圣帕特里克节|st patrick's day|st. patrick's day|"
           "st patricks day", _fixed(3, 17)),
    _event("good_friday", "耶稣受难日", "Good Friday", "耶稣受难日|good friday", _easter(-2)),
    _event("easter", "复活节", "Easter", "复活节|easter sunday|easter", _easter(), None, _around(_easter(), 2, 1)),
    _event("easter_monday", "复活节星期一", "Easter Monday", "复活节星期一|easter monday", _easter(1)),
    _event("easter_weekend", "复活节假期", "Easter weekend", "复活节周末|easter weekend", _easter(),
           _around(_easter(), 2, 1)),
    _event("mlk", "马丁·路德·金日", "Martin Luther King Day", "martin luther king day|mlk day", _nth_weekday(1, 0, 3)),
    _event("presidents_day", "总统日", "Presidents' Day", "总统日|presidents' day|presidents day|"
        "president's day",
           _nth_weekday(2, 0, 3)),
    _event("mothers_day", "母亲节", "Mother's Day", "母亲节|mother's day|mothers day|mothers' day",
           _nth_weekday(5, 6, 2)),
    _event("memorial_day", "阵亡将士纪念日", "Memorial Day", "阵亡将士纪念日|memorial day", _nth_weekday(5, 0, -1)),
    _event("juneteenth", "六月节", "Juneteenth", "juneteenth", _fixed(6, 19)),
    _event("fathers_day", "父亲节", "Father's Day", "父亲节|father's day|fathers day|fathers' day",
           _nth_weekday(6, 6, 3)),
    _event("independence_day", "美国独立日", "Independence Day", "独立日|美国独立日|independence day|"
        "fourth of july",
           _fixed(7, 4)),
    _event("us_labor_day", "美国劳动节", "Labor Day", "美国劳动节|labor day|labour day", _nth_weekday(9, 0, 1)),
    _event("columbus_day", "哥伦布日", "Columbus Day", "columbus day|indigenous peoples' day", _nth_weekday(10, 0, 2)),
    _event("halloween", "万圣节", "Halloween", "万圣节|万圣夜|halloween", _fixed(10, 31)),
    _event("veterans_day", "退伍军人节", "Veterans Day", "退伍军人节|veterans day|veterans' day", _fixed(11, 11)),
    _event("thanksgiving", "感恩节", "Thanksgiving", "感恩节|thanksgiving day|thanksgiving", _nth_weekday(11, 3, 4)),
    _event("christmas_eve", "平安夜", "Christmas Eve", "平安夜|圣诞前夜|christmas eve|xmas eve", _fixed(12, 24)),
    _event("christmas", "圣诞节", "Christmas", "圣诞节|圣诞|christmas day|christmas|xmas", _fixed(12, 25)),
    _event("boxing_day", "节礼日", "Boxing Day", "节礼日|boxing day", _fixed(12, 26)),
    _event("new_years_eve", "跨年夜", "New Year's Eve", "跨年夜|跨年|new year's eve|new years eve|nye", _fixed(12, 31)),
)  # fmt: skip

BY_NAME: dict[str, BuiltIn] = {event.name: event for event in BUILT_IN}
BY_WORD: dict[str, BuiltIn] = {word: event for event in reversed(BUILT_IN) for word in event.words}


def known_as(name: str, words: tuple[str, ...]) -> str:
    """Return the built-in name of an event that a workspace calls `name`, found by any of its (folded) words.

    618 is no legal YAML name and 双11 may be called anything there: people know an event by its words. An
    event that nobody else knows keeps its name.
    """
    if name in BY_NAME:
        return name
    return next((BY_WORD[word].name for word in words if word in BY_WORD), name)


def event_window(
    name: str, year: int, events: tuple[CalendarEvent, ...], mode: str = "window"
) -> Days | None:
    """Return the dates of an event in `year`, None where nobody knows them.

    `mode`: "window" (the bare name), "day" (当天: its one day) or "holiday" (假期). A workspace's event goes
    before the built-in one of the same name.
    """
    own = next(
        (event.periods[year] for event in events if event.name == name and year in event.periods), None
    )
    known = BY_NAME.get(name)
    if mode == "day" and known is not None:
        return _one(known.day)(year)
    if own is not None:
        return own if mode != "day" or (own[1] - own[0]).days == 1 else None
    if known is None or mode == "day":
        return None
    if mode == "holiday" and known.holiday is not None:
        return known.holiday(year)
    return known.window(year)


def event_label(name: str, events: tuple[CalendarEvent, ...]) -> Text:
    """Return how an event is called in both languages."""
    own = next((event.label for event in events if event.name == name), None)
    if own is not None:
        return own
    known = BY_NAME.get(name)
    return known.label if known is not None else Text.same(name)
