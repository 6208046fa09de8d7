"""Dates and periods as a marketer writes them: 本周(11/16–11/19,4天), this week (16–19 Nov, 4 days)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from semantic_layer.period import ONE_DAY, Grain, Period, bucket, calendar_unit, shift, truncate
from semantic_layer.text import Text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# The current and the previous calendar period, by grain.
_NAMED = {
    Grain.WEEK: (Text(zh="本周", en="this week"), Text(zh="上周", en="last week")),
    Grain.MONTH: (Text(zh="本月", en="this month"), Text(zh="上月", en="last month")),
    Grain.QUARTER: (Text(zh="本季度", en="this quarter"), Text(zh="上季度", en="last quarter")),
    Grain.YEAR: (Text(zh="今年", en="this year"), Text(zh="去年", en="last year")),
}
_GRAIN_UNITS = {
    Grain.WEEK: ("周", "week"),
    Grain.MONTH: ("个月", "month"),
    Grain.QUARTER: ("个季度", "quarter"),
}


def day_label(day: date, today: date) -> Text:
    """Return one date; the year is said where it is not this one: 11/16, 2024/11/16 / 16 Nov 2024."""
    year_zh, year_en = (f"{day.year}/", f" {day.year}") if day.year != today.year else ("", "")
    return Text(zh=f"{year_zh}{day.month}/{day.day}", en=f"{day.day} {_MONTHS[day.month - 1]}{year_en}")


def dates_label(period: Period, today: date) -> Text:
    """Return the dates of a period, both ends included: 11/16–11/19 / 16–19 Nov. Empty: its start."""
    first, last = period.start, max(period.start, period.end - ONE_DAY)
    if first == last:
        return day_label(first, today)
    begin, end = day_label(first, today), day_label(last, today)
    if first.year == last.year:
        month = "" if first.month == last.month else f" {_MONTHS[first.month - 1]}"
        return Text(zh=f"{begin.zh}–{last.month}/{last.day}", en=f"{first.day}{month}–{end.en}")
    months = _MONTHS[first.month - 1], _MONTHS[last.month - 1]
    return Text(
        zh=f"{first.year}/{first.month}/{first.day}–{last.year}/{last.month}/{last.day}",
        en=f"{first.day} {months[0]} {first.year}–{last.day} {months[1]} {last.year}",
    )


def period_label(
    period: Period, today: date, week_start: int = 0, fiscal_year_start: int = 1, name: Text | None = None
) -> Text:
    """Return a period by its name where it has one, always with its dates.

    The name (default: `period_name`) is worked out from the dates and `today`, never from the question:
    本周(11/16–11/19,4天), 最近30天(10/23–11/21), 2025年3月(3/1–3/31). Without a name: 3/5–3/8(4天).
    """
    dates = dates_label(period, today)
    name = name or period_name(period, today, week_start, fiscal_year_start)
    days = Text(zh=f"{period.days}天", en=f"{period.days} day{'' if period.days == 1 else 's'}")
    if name is None and period.days <= 1:
        at = period.start.weekday()
        return Text(zh=f"{dates.zh}(周{'一二三四五六日'[at]})", en=f"{_WEEKDAYS[at]} {dates.en}")
    if name is None:
        return Text(zh=f"{dates.zh}({days.zh})", en=f"{dates.en} ({days.en})")
    if period.is_partial:
        dates = Text(zh=f"{dates.zh},{days.zh}", en=f"{dates.en}, {days.en}")
    return Text(zh=f"{name.zh}({dates.zh})", en=f"{name.en} ({dates.en})")


def period_name(period: Period, today: date, week_start: int = 0, fiscal_year_start: int = 1) -> Text | None:
    """Return what people call the period on `today`, or None: 本周, 上月, 最近7天, 2025年3月, 昨天."""
    unit = calendar_unit(period, week_start, fiscal_year_start)
    if unit is not None and unit[0] is not Grain.DAY:
        grain, count = unit
        this = bucket(today, grain, week_start, fiscal_year_start)
        if count == 1 and period.start == this.start:
            return _NAMED[grain][0]
        if count == 1 and period.start == shift(this.start, -1, grain):
            return _NAMED[grain][1]
        if count == 1 and not (grain is Grain.YEAR and fiscal_year_start != 1):
            return _calendar_name(period.start, grain, fiscal_year_start)
        if count > 1 and period.requested_end == this.start and grain in _GRAIN_UNITS:
            zh, en = _GRAIN_UNITS[grain]
            return Text(zh=f"前{count}{zh}", en=f"the last {count} {en}s")
    if period.days == 1 and not period.is_partial:
        return {
            today: Text(zh="今天", en="today"),
            today - ONE_DAY: Text(zh="昨天", en="yesterday"),
            today - 2 * ONE_DAY: Text(zh="前天", en="the day before yesterday"),
        }.get(period.start)
    if period.requested_end == today and period.days > 1 and not period.is_partial:
        weeks, rest = divmod(period.days, 7)
        if rest == 0 and weeks >= 4:
            return Text(zh=f"最近{weeks}周", en=f"the past {weeks} weeks")
        return Text(zh=f"最近{period.days}天", en=f"the last {period.days} days")
    return None


def _calendar_name(start: date, grain: Grain, fiscal_year_start: int) -> Text | None:
    if grain is Grain.MONTH:
        return Text(zh=f"{start.year}年{start.month}月", en=f"{_MONTHS[start.month - 1]} {start.year}")
    if grain is Grain.QUARTER and fiscal_year_start == 1:
        number = (start.month + 2) // 3
        return Text(zh=f"{start.year}年第{number}季度", en=f"Q{number} {start.year}")
    if grain is Grain.YEAR:
        return Text(zh=f"{start.year}年", en=str(start.year))
    return None


def bucket_label(start: date | datetime, grain: str | None) -> Text:
    """Return one time bucket by its grain: 2025年3月, 2025-W47 by its first day, 2025/11/16."""
    day = start.date() if isinstance(start, datetime) else start
    if isinstance(start, datetime) and grain in ("hour", "minute", "second"):
        return Text(
            zh=f"{day.month}/{day.day} {start:%H:%M}", en=f"{day.day} {_MONTHS[day.month - 1]} {start:%H:%M}"
        )
    if grain == "year":
        return Text(zh=f"{day.year}年", en=str(day.year))
    if grain == "quarter":
        number = (day.month + 2) // 3
        return Text(zh=f"{day.year}年Q{number}", en=f"Q{number} {day.year}")
    if grain == "month":
        return Text(zh=f"{day.year}年{day.month}月", en=f"{_MONTHS[day.month - 1]} {day.year}")
    dated = Text(zh=f"{day.year}/{day.month}/{day.day}", en=f"{day.day} {_MONTHS[day.month - 1]} {day.year}")
    if grain == "week":
        return Text(zh=f"{dated.zh}起的一周", en=f"week of {dated.en}")
    return dated


def bucket_phrase(start: date, grain: str | None, today: date) -> Text:
    """Return one bucket for a sentence: shorter than its label where the year is this one."""
    label = bucket_label(start, grain)
    if start.year != today.year or grain in ("quarter", "year"):
        return label
    day = day_label(start, today)
    if grain == "month":
        return Text(zh=f"{start.month}月", en=label.en)
    if grain == "week":
        last = start + timedelta(days=6)
        end = day_label(last, today)
        return Text(zh=f"{day.zh}–{end.zh}这周", en=f"the week of {day.en}")
    return day


def bucket_end(start: date, grain: Grain, week_start: int = 0, fiscal_year_start: int = 1) -> date:
    """Return the exclusive end of the calendar bucket that starts at `start`."""
    return shift(truncate(start, grain, week_start, fiscal_year_start), 1, grain)
