"""The small phrases: periods by their names, what they are compared with, changes and their judgement."""

from datetime import date

import pytest

from bot.compose.phrases import (
    against,
    change,
    edition_before,
    figure_of,
    growth,
    join,
    label_of,
    list_of,
    still_open,
    when,
)
from bot.compose.side import before
from bot.compose.view import UsedPeriod
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text

MONEY = Column("m", Text.same("m"), "metric", "CNY")
RATE = Column("m", Text.same("m"), "metric", None, "0.0%")
FAIR = Period.of(date(2025, 9, 10), date(2025, 9, 20))


@pytest.mark.parametrize(
    ("now", "then", "column", "adds", "zh", "en"),
    [
        (412, 470, MONEY, True, "少58元(−12.3%)", "down ¥58 (−12.3%)"),
        (284, 261, MONEY, False, "高8.8%", "up 8.8%"),
        (0.026, 0.039, RATE, False, "低1.3个百分点", "down 1.3 pp"),
        (5, 5.001, MONEY, True, "持平", "level"),
        (5, 0, MONEY, True, "多5元", "up ¥5"),
        (5, -5, MONEY, True, "多10元", "up ¥10"),
    ],
)
def test_a_change_is_said_in_the_way_of_its_kind(now, then, column, adds, zh, en):
    text = change(now, then, column, adds=adds)
    assert (text.zh, text.en) == (zh, en)


def test_a_change_without_one_of_its_ends_is_not_said():
    assert change(None, 1, MONEY, adds=True) is None
    assert change(1, None, MONEY, adds=True) is None
    assert growth(1, None, MONEY) is None


def test_a_growth_from_nothing_is_an_amount_not_a_percentage():
    assert growth(5, 0, MONEY).zh == "+5元"


def test_an_event_of_the_calendar_goes_by_its_name(scene):
    assert label_of(scene, FAIR).zh == "集市节(9/10–9/19)"
    assert (
        label_of(scene, Period.of(date(2024, 9, 3), date(2024, 9, 8))).en == "Fair days 2024 (3–7 Sep 2024)"
    )
    assert when(scene, FAIR).en == "in Fair days (10–19 Sep)"


def test_an_event_is_compared_with_its_last_edition_not_with_the_days_before(scene, view):
    asked = view([], ["paid"], [(5,)], main=FAIR, period=PeriodRange.of(FAIR))
    natural = before(asked, scene)
    assert natural.kind == "period"
    assert (natural.period.start, natural.period.end) == (date(2024, 9, 3), date(2024, 9, 8))


def test_a_running_event_is_compared_day_for_day(scene):
    third_day = Period(date(2025, 9, 10), date(2025, 9, 13), date(2025, 9, 20))
    assert edition_before(scene, third_day) == Period(date(2024, 9, 3), date(2024, 9, 6), date(2024, 9, 8))


def test_the_first_edition_is_compared_with_nothing(scene, view):
    first = Period.of(date(2024, 9, 3), date(2024, 9, 8))
    assert before(view([], ["paid"], [(5,)], main=first, period=PeriodRange.of(first)), scene) is None


@pytest.mark.parametrize(
    ("suffix", "start", "end", "zh"),
    [
        ("previous_period", "2025-11-10", "2025-11-13", "上周同期(11/10–11/12)"),
        ("previous_year", "2024-11-18", "2024-11-21", "去年同期(2024/11/18–11/20)"),
        ("same_weekday", "2025-11-10", "2025-11-13", "上周同日(11/10–11/12)"),
        ("period", "2025-03-01", "2025-04-01", "2025年3月(3/1–3/31)"),
        ("period", "2025-03-05", "2025-03-08", "3/5–3/7"),
    ],
)
def test_what_is_compared_is_always_said_with_its_dates(scene, suffix, start, end, zh):
    this_week = Period(date(2025, 11, 17), date(2025, 11, 20), date(2025, 11, 24))
    used = UsedPeriod("comparison", Period.of(date.fromisoformat(start), date.fromisoformat(end)), suffix)
    assert against(scene, used, this_week).zh == zh


def test_days_that_are_still_open_are_said_only_where_the_period_reaches_them(scene):
    assert "近3天" in still_open(scene, 3, Period.of(date(2025, 11, 17), date(2025, 11, 20))).zh
    assert still_open(scene, 3, Period.of(date(2025, 11, 10), date(2025, 11, 17))) is None
    assert still_open(scene, 0, None) is None


def test_sentences_and_lists_are_joined_as_each_language_does():
    assert join([Text(zh="甲", en="one"), None, Text(zh="乙。", en="two.")]) == Text(
        zh="甲。乙。", en="One. Two."
    )
    names = [Text(zh="甲", en="a"), Text(zh="乙", en="b"), Text(zh="丙", en="c")]
    assert list_of(names) == Text(zh="甲、乙和丙", en="a, b and c")


def test_a_figure_stands_apart_from_a_label_in_latin_letters():
    assert figure_of("GMV", "1,132万") == "GMV 1,132万"
    assert figure_of("支付金额", "412万") == "支付金额412万"
    assert figure_of("退后金额(GSV)", "86.1万") == "退后金额(GSV)86.1万"
