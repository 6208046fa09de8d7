"""Numbers and dates as marketers write them, in both languages."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from semantic_layer.period import Period
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.render import cell, exact, group_label, percent, points, prose, short
from tools.render_dates import bucket_label, dates_label, period_label

THURSDAY = date(2025, 11, 20)


def column(unit: str | None = None, form: str | None = None, name: str = "m") -> Column:
    return Column(name, Text.same("m"), "metric", unit, form, "m")


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (186_000, "CNY", "18.6万", "¥186 K"),
        (4_120_000, "CNY", "412万", "¥4.12 M"),
        (32_600_000, "CNY", "3,260万", "¥32.6 M"),
        (123_456_789, "CNY", "1.23亿", "¥123 M"),
        (99_999_999, "CNY", "1亿", "¥100 M"),
        (9_870, "CNY", "9,870元", "¥9,870"),
        (86, "CNY", "86元", "¥86"),
        (-58_000, "CNY", "−5.8万", "−¥58 K"),
        (1_234_567, "USD", "$123万", "$1.23 M"),
        (1_234, "orders", "1,234单", "1,234 orders"),
        (123_456, "orders", "12.3万单", "123 K orders"),
        (0, "orders", "0单", "0 orders"),
        (None, "CNY", "无数据", "no data"),
        (float("nan"), "CNY", "无数据", "no data"),
        (Decimal("2.50"), None, "2.5", "2.5"),
    ],
)
def test_an_amount_reads_with_three_figures_and_its_scale(value, unit, zh, en):
    text = prose(value, column(unit))
    assert (text.zh, text.en) == (zh, en)


@pytest.mark.parametrize(
    ("value", "form", "zh", "en"),
    [
        (2.8412, "0.00x", "2.84", "2.84"),
        (0.1234, "0.0%", "12.3%", "12.3%"),
        (0.0351, "0.00%", "3.51%", "3.51%"),
        (1234.5, "#,##0", "1,234", "1,234"),
        (3.14159, "0.0", "3.1", "3.1"),
    ],
)
def test_a_format_of_the_yaml_decides_decimals_and_percent(value, form, zh, en):
    text = prose(value, column(None, form))
    assert (text.zh, text.en) == (zh, en)


def test_a_multiple_has_its_x_only_in_english_tables_and_charts():
    roas = column(None, "0.00x")
    assert cell(2.8412, roas, "en-US") == "2.84x"
    assert cell(2.8412, roas, "zh-CN") == "2.84"
    assert short(2.8412, roas, "en-US") == "2.84x"


def test_a_metric_called_rate_or_share_is_a_percentage_without_a_format():
    assert prose(0.351, column(name="refund_rate")).en == "35.1%"
    assert prose(0.351, column(name="m__share")).en == "35.1%"


def test_a_small_percentage_keeps_two_figures():
    assert percent(0.0035) == "0.35%"
    assert percent(0.00012) == "0.012%"
    assert percent(-0.1234) == "−12.3%"


def test_a_difference_of_rates_is_in_percentage_points():
    assert points(0.013) == Text(zh="1.3个百分点", en="1.3 pp")
    delta = column(None, "0.0%", "cvr__delta")
    assert cell(-0.013, delta, "zh-CN") == "−1.3个百分点"


def test_a_table_cell_shows_every_figure_and_the_label_of_a_code():
    channel = Column("c", Text.same("c"), "dimension", value_labels=(("xhs", Text(zh="小红书", en="RED")),))
    assert cell(5_280_134, column("CNY"), "zh-CN") == "5,280,134"
    assert cell("xhs", channel, "zh-CN") == "小红书"
    assert cell("other", channel, "zh-CN") == "other"
    assert cell(None, channel, "zh-CN") == "(未填写)"
    assert cell(None, column("CNY"), "en-US") == "–"
    assert group_label(True, channel).zh == "是"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("12.00"), 12),
        (Decimal("12.25"), 12.25),
        (Decimal("NaN"), None),
        (float("inf"), None),
        (date(2025, 11, 17), "2025-11-17"),
        (datetime(2025, 11, 17), "2025-11-17"),
        (datetime(2025, 11, 17, 8, 30), "2025-11-17T08:30:00"),
        ("a", "a"),
        (True, True),
        (None, None),
    ],
)
def test_a_cell_leaves_as_an_exact_json_value(value, expected):
    assert exact(value) == expected
    assert type(exact(value)) is type(expected)


@pytest.mark.parametrize(
    ("start", "end", "requested_end", "zh", "en"),
    [
        ("2025-11-17", "2025-11-20", "2025-11-24", "本周(11/17–11/19,3天)", "this week (17–19 Nov, 3 days)"),
        ("2025-11-10", "2025-11-17", None, "上周(11/10–11/16)", "last week (10–16 Nov)"),
        ("2025-11-01", "2025-11-20", "2025-12-01", "本月(11/1–11/19,19天)", "this month (1–19 Nov, 19 days)"),
        ("2025-10-21", "2025-11-20", None, "最近30天(10/21–11/19)", "the last 30 days (21 Oct–19 Nov)"),
        ("2025-08-28", "2025-11-20", None, "最近12周(8/28–11/19)", "the past 12 weeks (28 Aug–19 Nov)"),
        ("2025-11-19", "2025-11-20", None, "昨天(11/19)", "yesterday (19 Nov)"),
        ("2025-03-01", "2025-04-01", None, "2025年3月(3/1–3/31)", "Mar 2025 (1–31 Mar)"),
        ("2024-01-01", "2025-01-01", None, "去年(2024/1/1–12/31)", "last year (1 Jan–31 Dec 2024)"),
        ("2025-08-01", "2025-11-01", None, "前3个月(8/1–10/31)", "the last 3 months (1 Aug–31 Oct)"),
        ("2025-03-05", "2025-03-09", None, "3/5–3/8(4天)", "5–8 Mar (4 days)"),
        ("2025-03-05", "2025-03-06", None, "3/5(周三)", "Wed 5 Mar"),
        ("2024-11-30", "2025-01-03", None, "2024/11/30–2025/1/2(34天)", "30 Nov 2024–2 Jan 2025 (34 days)"),
    ],
)
def test_a_period_has_its_name_and_always_its_dates(start, end, requested_end, zh, en):
    ends = date.fromisoformat(end), date.fromisoformat(requested_end or end)
    label = period_label(Period(date.fromisoformat(start), *ends), THURSDAY)
    assert (label.zh, label.en) == (zh, en)


def test_a_bucket_is_named_by_its_grain():
    monday = date(2025, 11, 17)
    assert bucket_label(monday, "week").zh == "2025/11/17起的一周"
    assert bucket_label(date(2025, 10, 1), "quarter").en == "Q4 2025"
    assert bucket_label(date(2025, 10, 1), "month").zh == "2025年10月"


def test_dates_of_another_year_say_the_year():
    assert dates_label(Period.of(date(2024, 3, 1), date(2024, 3, 8)), THURSDAY).zh == "2024/3/1–3/7"
