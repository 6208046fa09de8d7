"""Comparisons, grains, recurrences, notes and contexts of the time grammar."""

from __future__ import annotations

from datetime import date

import pytest

from bot.language.normalise import normalise
from bot.language.time import (
    CalendarEvent,
    TimeContext,
    TimeReading,
    baseline_of,
    find_time,
    resolve,
    scan_time,
)
from semantic_layer.period import Grain, Period
from semantic_layer.text import Text

TODAY = date(2025, 11, 19)
CONTEXT = TimeContext(TODAY, TODAY)


def read(text: str, context: TimeContext = CONTEXT) -> TimeReading:
    return find_time(text, context)


@pytest.mark.parametrize(
    ("text", "kind", "grain"),
    [
        ("上个月销售额环比", "previous_period", None),
        ("上月环比", "previous_period", None),
        ("周环比", "previous_period", Grain.WEEK),
        ("月环比增长率", "previous_period", Grain.MONTH),
        ("WoW growth of orders", "previous_period", Grain.WEEK),
        ("month over month", "previous_period", Grain.MONTH),
        ("QoQ revenue", "previous_period", Grain.QUARTER),
        ("昨天的订单数比前一天", "previous_period", Grain.DAY),
        ("本月销售额较上期", "previous_period", None),
        ("this week vs the previous period", "previous_period", None),
        ("本周比上周涨了多少", "previous_period", Grain.WEEK),
        ("本月销售额较上月", "previous_period", Grain.MONTH),
        ("this quarter vs last quarter", "previous_period", Grain.QUARTER),
        ("compare sales this month to last month", "previous_period", Grain.MONTH),
        ("how did last week compare to the week before", "previous_period", Grain.WEEK),
        ("上周 vs 上上周", "previous_period", Grain.WEEK),
        ("最近30天销售额与前30天相比", "previous_period", None),
        ("10月比上个月", "previous_period", Grain.MONTH),
        ("上周GMV同比增长率", "previous_year", None),
        ("上半年同比", "previous_year", None),
        ("今年同比", "previous_year", None),
        ("YoY revenue in Q3 2025", "previous_year", None),
        ("year over year", "previous_year", None),
        ("跟去年同期比怎么样", "previous_year", None),
        ("sales vs the same period last year", "previous_year", None),
        ("this month vs same month last year", "previous_year", None),
        ("今年销售额比去年", "previous_year", Grain.YEAR),
        ("今年与去年各月销售额对比", "previous_year", Grain.YEAR),
        ("昨天销售额较上周同日", "same_weekday_last_week", None),
        ("yesterday vs the same day last week", "same_weekday_last_week", None),
        ("双11销售额活动同期", "event", None),
        ("今年双11比去年双11", "event", None),
        ("双11同比", "event", None),
        ("sales in April vs March", "period", None),
        ("6月和7月的销售额对比", "period", None),
        ("2023 vs 2024", "period", None),
    ],
)
def test_comparison_words_are_read_as_comparisons(text: str, kind: str, grain: Grain | None) -> None:
    reading = read(text)
    assert [(found.kind, found.grain) for found in reading.comparisons] == [(kind, grain)]
    assert not reading.unresolved
    assert not reading.several


@pytest.mark.parametrize(
    ("text", "main", "baseline"),
    [
        ("2023 vs 2024", ("2024-01-01", "2025-01-01"), ("2023-01-01", "2024-01-01")),
        ("2024 vs 2023", ("2024-01-01", "2025-01-01"), ("2023-01-01", "2024-01-01")),
        ("6月和7月的销售额对比", ("2025-07-01", "2025-08-01"), ("2025-06-01", "2025-07-01")),
        ("对比6月和7月", ("2025-07-01", "2025-08-01"), ("2025-06-01", "2025-07-01")),
        ("6月比7月", ("2025-06-01", "2025-07-01"), ("2025-07-01", "2025-08-01")),
        ("sales in April compared to March", ("2025-04-01", "2025-05-01"), ("2025-03-01", "2025-04-01")),
        # 18 days of November have passed: 18 days of October
        ("11月和10月对比", ("2025-11-01", "2025-11-19"), ("2025-10-01", "2025-10-19")),
        ("本月环比", ("2025-11-01", "2025-11-19"), ("2025-10-01", "2025-10-19")),
        ("本周环比", ("2025-11-17", "2025-11-19"), ("2025-11-10", "2025-11-12")),
        ("本月比上月", ("2025-11-01", "2025-11-19"), ("2025-10-01", "2025-10-19")),
        ("今年比去年", ("2025-01-01", "2025-11-19"), ("2024-01-01", "2024-11-19")),
        ("近7天环比", ("2025-11-12", "2025-11-19"), ("2025-11-05", "2025-11-12")),
        ("近7天同比", ("2025-11-12", "2025-11-19"), ("2024-11-12", "2024-11-19")),
        ("昨天比前一天", ("2025-11-18", "2025-11-19"), ("2025-11-17", "2025-11-18")),
        ("昨天较上周同日", ("2025-11-18", "2025-11-19"), ("2025-11-11", "2025-11-12")),
        ("上周同比", ("2025-11-10", "2025-11-17"), ("2024-11-11", "2024-11-18")),
        ("Q3比Q2", ("2025-07-01", "2025-10-01"), ("2025-04-01", "2025-07-01")),
        ("最近30天与前30天相比", ("2025-10-20", "2025-11-19"), ("2025-09-20", "2025-10-20")),
        ("今年双11比去年双11", ("2025-11-01", "2025-11-12"), ("2024-11-01", "2024-11-12")),
        # the lunar calendar moves: 2025 from 28 January, 2024 from 10 February
        ("春节销售额同比", ("2025-01-28", "2025-02-05"), ("2024-02-10", "2024-02-18")),
        ("去年中秋活动同期", ("2024-09-17", "2024-09-18"), ("2023-09-29", "2023-09-30")),
    ],
)
def test_baseline_has_the_dates_of_the_design(
    text: str, main: tuple[str, str], baseline: tuple[str, str]
) -> None:
    reading = read(text)
    period = reading.periods[0]
    other = baseline_of(period, reading.comparisons[0], CONTEXT, rolling=reading.rolling[0])
    assert (period.start.isoformat(), period.end.isoformat()) == main
    assert (other.start.isoformat(), other.end.isoformat()) == baseline


def test_an_event_that_is_not_over_is_compared_day_by_day() -> None:
    context = TimeContext(date(2025, 11, 6), date(2025, 11, 6))
    reading = read("今年双11活动同期", context)
    assert reading.periods == (Period(date(2025, 11, 1), date(2025, 11, 6), date(2025, 11, 12)),)
    baseline = reading.comparisons[0].period
    assert baseline is not None
    assert (baseline.start, baseline.end) == (date(2024, 11, 1), date(2024, 11, 6))


def test_an_event_comparison_without_an_event_is_asked_back() -> None:
    assert [span.words for span in read("上周活动同期").unresolved] == ["活动同期"]


@pytest.mark.parametrize(
    ("text", "grain", "average"),
    [
        ("按周看销售额趋势", Grain.WEEK, False),
        ("每天的订单数", Grain.DAY, False),
        ("上个月每天的销售额", Grain.DAY, False),
        ("逐月销售额", Grain.MONTH, False),
        ("月度销售额", Grain.MONTH, False),
        ("今年各月GMV", Grain.MONTH, False),
        ("今年每个月的GMV", Grain.MONTH, False),
        ("季度销售额趋势", Grain.QUARTER, False),
        ("2024年每季度销售额", Grain.QUARTER, False),
        ("年度销售额", Grain.YEAR, False),
        ("哪天销售额最高", Grain.DAY, False),
        ("which month had the highest sales", Grain.MONTH, False),
        ("weekly sales this year", Grain.WEEK, False),
        ("sales by month", Grain.MONTH, False),
        ("daily orders", Grain.DAY, False),
        ("revenue per quarter", Grain.QUARTER, False),
        ("annual revenue", Grain.YEAR, False),
        ("按小时看访客", Grain.HOUR, False),
        ("日均销售额", Grain.DAY, True),
        ("月均销售额", Grain.MONTH, True),
        ("平均每天的订单数", Grain.DAY, True),
        ("average daily revenue last month", Grain.DAY, True),
        ("average orders per day last week", Grain.DAY, True),
        ("monthly average orders in 2024", Grain.MONTH, True),
    ],
)
def test_grain_words_give_buckets_or_averages(text: str, grain: Grain, *, average: bool) -> None:
    assert [(found.grain, found.average) for found in read(text).grains] == [(grain, average)]


@pytest.mark.parametrize(
    ("text", "weekdays", "by_weekday"),
    [
        ("每周一的销售额", (0,), False),
        ("sales on Mondays", (0,), False),
        ("每个周末的销售额", (5, 6), False),
        ("工作日的订单", (0, 1, 2, 3, 4), False),
        ("按星期几看订单", (), True),
        ("orders by day of the week", (), True),
    ],
)
def test_recurrences_restrict_or_group_by_weekday(
    text: str, weekdays: tuple[int, ...], *, by_weekday: bool
) -> None:
    reading = read(text)
    assert (reading.weekdays, reading.by_weekday, reading.periods) == (weekdays, by_weekday, ())


def test_two_recurrences_at_once_are_two_sets_of_days() -> None:
    reading = read("周末和工作日的销售额对比")
    assert (reading.weekdays, reading.other_weekdays) == ((5, 6), ((0, 1, 2, 3, 4),))


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("环比增长率", ("growth",)),
        ("同比涨了多少", ("delta",)),
        ("growth vs last month", ("growth",)),
        ("本月销售额比上月多多少", ("delta",)),
        ("环比", ()),
    ],
)
def test_a_comparison_says_whether_a_rate_or_a_difference_is_wanted(
    text: str, wants: tuple[str, ...]
) -> None:
    assert read(text).wants == wants


# ---- what is said


def test_a_cut_week_is_said_with_its_dates() -> None:
    reading = read("本周")
    assert reading.codes == ("cut",)
    assert reading.notes[0].zh == "“本周”取 2025/11/17–2025/11/18(2 天),数据到 2025/11/18。"
    assert "17 Nov 2025 – 18 Nov 2025 (2 days)" in reading.notes[0].en


def test_an_empty_week_names_the_last_complete_one() -> None:
    monday = date(2025, 11, 17)
    reading = read("本周", TimeContext(monday, monday))
    assert reading.codes == ("last_complete",)
    assert "2025/11/10–2025/11/16" in reading.notes[0].zh


def test_yesterday_without_data_names_the_last_day_with_data() -> None:
    reading = read("昨天", TimeContext(TODAY, date(2025, 11, 18)))
    assert reading.periods == (Period.of(date(2025, 11, 18), TODAY),)
    assert reading.codes == ("no_data",)
    assert "2025/11/17" in reading.notes[0].zh


def test_a_future_period_is_kept_and_said() -> None:
    reading = read("下周")
    assert reading.periods == (Period.of(date(2025, 11, 24), date(2025, 12, 1)),)
    assert reading.codes == ("future",)


def test_a_period_before_the_data_is_said() -> None:
    reading = read("2019年", TimeContext(TODAY, TODAY, data_start=date(2023, 1, 1)))
    assert reading.codes == ("before_data",)


def test_a_loose_word_says_how_it_was_read() -> None:
    reading = read("10月底")
    assert reading.codes == ("read_as",)
    assert "21 Oct 2025 – 31 Oct 2025" in reading.notes[0].en


def test_spans_keep_the_users_own_words() -> None:
    text = "上個月ＧＭＶ同比"
    spans = read(text).spans
    assert [(span.kind, span.words) for span in spans] == [("period", "上個月"), ("comparison", "同比")]
    assert normalise(text).text[spans[0].start : spans[0].end] == "上个月"


# ---- contexts


def test_tokens_need_no_clock_and_resolve_against_any_data_end() -> None:
    tokens = scan_time("本月销售额")
    early = resolve(tokens, TimeContext(TODAY, date(2025, 11, 10)))
    late = resolve(tokens, TimeContext(TODAY, date(2025, 11, 19)))
    assert (early.periods[0].end, late.periods[0].end) == (date(2025, 11, 10), date(2025, 11, 19))


def test_weeks_may_start_on_sunday() -> None:
    context = TimeContext(TODAY, TODAY, week_start=6)
    assert read("上周", context).periods == (Period.of(date(2025, 11, 9), date(2025, 11, 16)),)


def test_fiscal_words_follow_the_fiscal_year_and_plain_ones_do_not() -> None:
    context = TimeContext(TODAY, TODAY, fiscal_year_start=4)
    assert read("FY25", context).periods == (Period.of(date(2024, 4, 1), date(2025, 4, 1)),)
    assert read("FY25 Q2", context).periods == (Period.of(date(2024, 7, 1), date(2024, 10, 1)),)
    assert read("本财年", context).periods[0].start == date(2025, 4, 1)
    assert read("2024年", context).periods == (Period.of(date(2024, 1, 1), date(2025, 1, 1)),)


MEMBER_DAY = CalendarEvent(
    "member_day",
    Text(zh="会员日", en="member day"),
    ("宠粉节",),
    {2024: (date(2024, 8, 8), date(2024, 8, 11)), 2025: (date(2025, 8, 8), date(2025, 8, 12))},
)


@pytest.mark.parametrize("text", ["会员日", "今年会员日", "宠粉节期间", "member day", "Member Day 2025"])
def test_a_workspace_adds_its_own_events(text: str) -> None:
    context = TimeContext(TODAY, TODAY, events=(MEMBER_DAY,))
    assert read(text, context).periods == (Period.of(date(2025, 8, 8), date(2025, 8, 12)),)


def test_a_workspace_overrides_a_built_in_event_year_by_year() -> None:
    longer = CalendarEvent(
        "double_11", Text(zh="双11", en="Singles' Day"), (), {2025: (date(2025, 10, 9), date(2025, 11, 15))}
    )
    context = TimeContext(TODAY, TODAY, events=(longer,))
    assert read("今年双11", context).periods == (Period.of(date(2025, 10, 9), date(2025, 11, 15)),)
    assert read("去年双11", context).periods == (Period.of(date(2024, 11, 1), date(2024, 11, 12)),)
    assert read("双11当天", context).periods == (Period.of(date(2025, 11, 11), date(2025, 11, 12)),)


def test_an_event_of_an_unknown_year_is_asked_back() -> None:
    context = TimeContext(TODAY, TODAY, events=(MEMBER_DAY,))
    assert [span.words for span in read("2020年会员日", context).unresolved] == ["2020年会员日"]


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "。", "的" * 50, "-" * 200, "9" * 500, "一" * 500, "\ud800", "\U0001f600"]
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read(text).periods == ()


def test_a_very_long_text_is_read() -> None:
    assert len(read("上周" * 2000).periods) == 2000


def test_nested_phrases_have_a_bound() -> None:
    read("the week before " * 300 + "christmas")


def test_a_workspace_s_event_is_the_built_in_one_of_any_of_its_words() -> None:
    from bot.language.time.calendars import known_as

    # Whatever the YAML calls it: its label or a synonym says which event it is.
    assert known_as("mid_year_fest", ("618", "mid year")) == "618"
    assert known_as("our_birthday", ("店庆", "anniversary")) == "our_birthday"


@pytest.mark.parametrize(("question", "asked_back"), [
    ("2025年13月支付金额", ["13月"]), ("2025年第五季度", ["第五季度"]), ("0月的销售", ["0月"]),
    ("近13个月", []), ("13月龄", []), ("上个零售月", []), ("2025年12月", []),
])  # fmt: skip
def test_a_month_or_quarter_that_no_year_has_is_asked_back(question: str, asked_back: list[str]) -> None:
    assert [span.words for span in read(question).unresolved] == asked_back
