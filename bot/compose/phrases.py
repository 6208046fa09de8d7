"""The small phrases that headlines share: when, against which period, how much more or less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.compose.view import Scene, UsedPeriod
from semantic_layer.period import ONE_DAY, Grain, Period, calendar_unit
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.render import MINUS, percent, points, prose, style_of
from tools.render_dates import dates_label, day_label, period_label, period_name

_BEFORE = {
    Grain.DAY: Text(zh="前一天", en="the day before"),
    Grain.WEEK: Text(zh="前一周", en="the week before"),
    Grain.MONTH: Text(zh="前一个月", en="the month before"),
    Grain.QUARTER: Text(zh="前一季度", en="the quarter before"),
    Grain.YEAR: Text(zh="前一年", en="the year before"),
}
# A period that is not over is compared with the same days of the one before.
_SAME_DAYS = {
    Grain.WEEK: Text(zh="上周同期", en="on the same days last week"),
    Grain.MONTH: Text(zh="上月同期", en="on the same days last month"),
    Grain.QUARTER: Text(zh="上季度同期", en="on the same days last quarter"),
    Grain.YEAR: Text(zh="去年同期", en="on the same days last year"),
}
NO_CHANGE = 0.0005  # smaller than what three figures can show
EVERYTHING = Text(zh="全部数据", en="all data")


def join(sentences: Iterable[Text | None]) -> Text:
    """Return the sentences one after another, each ended by its language's full stop."""
    kept = [sentence for sentence in sentences if sentence is not None]
    zh = "".join(f"{text.zh.rstrip('。')}。" for text in kept)
    en = " ".join(f"{_capital(text.en.rstrip('.'))}." for text in kept)
    return Text(zh=zh, en=en)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def figure_of(label: str, value: str) -> str:
    """Return a Chinese label with its figure: 支付金额412万, but GMV 1,132万, where the two would run into one word."""
    runs_on = label[-1:].isascii() and label[-1:].isalnum()
    return f"{label} {value}" if runs_on else f"{label}{value}"


def list_of(names: Iterable[Text]) -> Text:
    """Return names in a row: A、B和C / A, B and C."""
    texts = list(names)
    if len(texts) == 1:
        return texts[0]
    zh = "、".join(text.zh for text in texts[:-1])
    en = ", ".join(text.en for text in texts[:-1])
    return Text(zh=f"{zh}和{texts[-1].zh}", en=f"{en} and {texts[-1].en}")


def when(scene: Scene, period: Period | None) -> Text:
    """Return the period for a sentence: 本周(11/16–11/19,4天) / this week (16–19 Nov, 4 days).

    English carries its preposition. None is all data through the last day that has any, said so.
    """
    if period is None:
        if scene.data_start is None or scene.data_end is None:
            return Text(zh="全部数据里", en="in all data")
        dates = dates_label(Period.of(scene.data_start, scene.data_end), scene.today)
        return Text(zh=f"全部数据({dates.zh})里", en=f"in all data ({dates.en})")
    label, name = label_of(scene, period), name_of(scene, period)
    if name is None:
        return Text(zh=f"{label.zh}", en=f"{'on' if period.days == 1 else 'over'} {label.en}")
    without = name.en.startswith(("this ", "last ", "today", "yesterday", "the day "))
    return Text(zh=label.zh, en=label.en if without else f"in {label.en}")


def label_of(scene: Scene, period: Period) -> Text:
    """Return a period with its name, if it has one, and its dates."""
    name = name_of(scene, period)
    return period_label(period, scene.today, scene.week_start, scene.fiscal_year_start, name)


def name_of(scene: Scene, period: Period) -> Text | None:
    """Return what people call a period: a calendar event of the workspace, else 本周, 上月, 最近7天; or None."""
    for event in scene.catalog.events:
        for year, start, end in event.years:
            if _is_edition(period, start, end):
                if year == scene.today.year:
                    return event.label
                return Text(zh=f"{year}年{event.label.zh}", en=f"{event.label.en} {year}")
    return period_name(period, scene.today, scene.week_start, scene.fiscal_year_start)


def _is_edition(period: Period, start: date, end: date) -> bool:
    """Return whether a period is an event's dates, or its first days where it is compared like for like."""
    return period.start == start and period.requested_end == end


def edition_before(scene: Scene, period: Period) -> Period | None:
    """Return the same event a year earlier, day for day where it is not over; None where the period is no event."""
    for event in scene.catalog.events:
        for year, start, end in event.years:
            if not _is_edition(period, start, end):
                continue
            earlier = next((dates for other, *dates in event.years if other == year - 1), None)
            if earlier is not None:
                begin, whole = earlier
                last = min(whole, begin + period.days * ONE_DAY) if period.is_partial else whole
                return Period(begin, last, whole)
    return None


def is_event(scene: Scene, period: Period) -> bool:
    """Return whether a period is an event of the calendar: the days before it are nothing to compare it with."""
    return any(
        _is_edition(period, start, end) for event in scene.catalog.events for _, start, end in event.years
    )


def against(scene: Scene, used: UsedPeriod, main: Period) -> Text:
    """Return what a period is compared with, always with its dates: 上周同期(11/9–11/12).

    English carries its preposition: on the same days last week (9–12 Nov).
    """
    dates = dates_label(used.period, scene.today)
    name = _against_name(scene, used, main)
    if name is None:
        return Text(zh=dates.zh, en=f"{'on' if used.period.days == 1 else 'over'} {dates.en}")
    return Text(zh=f"{name.zh}({dates.zh})", en=f"{name.en} ({dates.en})")


def versus(other: Text) -> Text:
    """Return a compared period as a clause of its own: 对比上周同期(…) / against the same days last week (…)."""
    return Text(zh=f"对比{other.zh}", en=f"against {bare(other.en)}")


def bare(phrase: str) -> str:
    """Return an English period without its preposition."""
    for preposition in ("in ", "over ", "on "):
        if phrase.startswith(preposition):
            return phrase.removeprefix(preposition)
    return phrase


def _against_name(scene: Scene, used: UsedPeriod, main: Period) -> Text | None:
    suffix = used.suffix
    if suffix.startswith("period"):
        name = name_of(scene, used.period)
        return Text(zh=name.zh, en=f"in {name.en}") if name is not None else None
    if suffix.startswith("previous_year"):
        return Text(zh="去年同期", en="on the same dates a year earlier")
    if suffix.startswith("same_weekday"):
        return Text(zh="上周同日", en="on the same weekday a week earlier")
    unit = calendar_unit(main, scene.week_start, scene.fiscal_year_start)
    if unit is None or unit[1] > 1:
        zh, en = f"前{main.days}天", f"in the {main.days} days before"
        return Text(zh=zh, en=en)
    return _SAME_DAYS.get(unit[0], _BEFORE[unit[0]]) if main.is_partial else _BEFORE[unit[0]]


def change(
    now: float | None, then: float | None, column: Column, *, adds: bool, good: str = "none"
) -> Text | None:
    """Return how `now` differs from `then`, without naming it: 高8.8%, 少58万(−12.3%), 低1.3个百分点.

    Amounts are more or fewer, quotients higher or lower, rates differ by percentage points. None where either
    is missing. For a metric that should fall the direction is judged (变好 / better): it reads against habit.
    """
    if now is None or then is None:
        return None
    delta = now - then
    if abs(delta) <= NO_CHANGE * max(abs(now), abs(then)):
        return Text(zh="持平", en="level")
    up = delta > 0
    judged = _judged(up, good)
    if style_of(column).percent:
        size = points(delta)
        text = Text(zh=f"{'高' if up else '低'}{size.zh}", en=f"{'up' if up else 'down'} {size.en}")
    elif then <= 0:
        size = prose(abs(delta), column)
        text = Text(zh=f"{'多' if up else '少'}{size.zh}", en=f"{'up' if up else 'down'} {size.en}")
    elif adds:
        size, growth = prose(abs(delta), column), percent(delta / then, sign=True)
        text = Text(
            zh=f"{'多' if up else '少'}{size.zh}({growth})",
            en=f"{'up' if up else 'down'} {size.en} ({growth})",
        )
    else:
        growth = percent(abs(delta) / then)
        text = Text(zh=f"{'高' if up else '低'}{growth}", en=f"{'up' if up else 'down'} {growth}")
    if judged is None:
        return text
    return Text(zh=f"{text.zh},{judged.zh}", en=f"{text.en} ({judged.en})")


def growth(now: float | None, then: float | None, column: Column) -> Text | None:
    """Return a change as one figure with its sign, for brackets: +34.1%, −6.8%, +0.5个百分点."""
    if now is None or then is None:
        return None
    sign = "+" if now > then else MINUS if now < then else ""
    if style_of(column).percent:
        size = points(now - then)
        return Text(zh=f"{sign}{size.zh}", en=f"{sign}{size.en}")
    if then <= 0:
        return prose(now - then, column, sign=True)
    return Text.same(percent(now / then - 1, sign=True))


def _judged(up: bool, good: str) -> Text | None:
    if good != "down":
        return None
    return Text(zh="变差", en="worse") if up else Text(zh="变好", en="better")


def compared(
    now: float | None,
    then: float | None,
    column: Column,
    other: Text,
    *,
    adds: bool,
    good: str = "none",
) -> Text | None:
    """Return a comparison with its base: 比上周同期(…)的2.61高8.8% / up 8.8% on … (2.61)."""
    text = change(now, then, column, adds=adds, good=good)
    if text is None:
        return None
    base = prose(then, column)
    if text.zh == "持平":
        return Text(zh=f"与{other.zh}的{base.zh}持平", en=f"level with {base.en} {other.en}")
    return Text(zh=f"比{other.zh}的{base.zh}{text.zh}", en=f"{text.en} from {base.en} {other.en}")


def still_open(scene: Scene, days: int, period: Period | None) -> Text | None:
    """Return the caveat that the last days still change, where the period reaches into them."""
    end = period.end if period is not None else scene.data_end
    if days <= 0 or end is None or end <= scene.today - days * ONE_DAY:
        return None
    last = "the last day is" if days == 1 else f"the last {days} days are"
    return Text(
        zh=f"近{days}天的数据还没走完,这个数之后还会变"
        if days > 1
        else "最后一天的数据还没走完,这个数之后还会变",
        en=f"{last} still open, so this figure will change",
    )


def through(scene: Scene, period: Period | None) -> Text | None:
    """Return the note that data end before the period does, or None."""
    if period is None or scene.data_end is None or scene.data_end >= period.end:
        return None
    last = day_label(scene.data_end - ONE_DAY, scene.today)
    return Text(zh=f"数据只到{last.zh}", en=f"the data end on {last.en}")


def as_sentence(text: Text) -> Text:
    """Return a text that begins with a capital in English; a first word of its own spelling (iOS) stays."""
    first = text.en.split(" ", 1)[0]
    if not (first.isascii() and first.isalpha() and first.islower()):
        return text
    return replace(text, en=text.en[:1].upper() + text.en[1:])
