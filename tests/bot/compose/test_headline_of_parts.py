"""Headlines that must not speak of another question's rows: a place, several wholes, a condition, a day to come."""

from dataclasses import replace
from datetime import date

from bot.compose.headline import headline
from bot.compose.side import Side
from bot.compose.view import View
from semantic_layer.compiler.columns import key_column
from semantic_layer.compiler.facts import Key
from semantic_layer.compiler.names import Name
from semantic_layer.period import Period
from semantic_layer.query import GroupBy, Having, Limit, MetricQuery, Share
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.render import group_label

LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEK_BEFORE = Period.of(date(2025, 11, 3), date(2025, 11, 10))


def test_the_second_highest_is_not_called_the_highest(view, scene):
    shown = view(["channel"], ["paid"], [("qc", 7)], main=LAST_WEEK, limit=Limit(n=1, offset=1))
    detail = view(["channel"], ["paid"], [("xhs", 9), ("qc", 7), ("bd", 5)], main=LAST_WEEK)
    said = headline(shown, Side(detail), scene)
    assert said.zh == "上周(11/10–11/16)支付金额第2高的是千川,7元。最高的是小红书,9元。"
    assert said.en == (
        "Qianchuan is number 2 of the highest paid amount last week (10–16 Nov): ¥7. Highest is RED at ¥9."
    )


def test_shares_within_several_groups_are_not_added_up(scene):
    plain = Text.same
    columns = (
        Column("shop", Text(zh="店铺", en="store"), "dimension"),
        Column("source", Text(zh="来源", en="source"), "dimension"),
        Column("paid", Text(zh="支付金额", en="paid amount"), "metric", "CNY", None, "paid"),
        Column("paid__share", plain("share"), "derived", None, "0.0%", "paid"),
    )
    rows = (
        ("small", "walk-in", 10, 1.0),
        ("large", "search", 60, 0.6),
        ("large", "live", 40, 0.4),
    )
    asked = MetricQuery(
        metrics=("paid",),
        group_by=(GroupBy(dimension="shop"), GroupBy(dimension="source")),
        transforms=(Share(metric="paid", within=("shop",)),),
    )
    said = headline(View(asked, Table(columns, rows, len(rows))), Side(), scene)
    # The larger store first: 100 against 10.
    assert "每个店铺里占支付金额最多的:large × search60.0%、small × walk-in100.0%。" in said.zh
    assert "large × search 60.0%, small × walk-in 100.0%." in said.en
    assert "160" not in said.zh


def test_groups_under_a_condition_are_listed_and_not_the_total_of_all(view, scene, compare):
    having = (Having(column="paid__previous_period", operator="<", values=(90,)),)
    kept = {"main": LAST_WEEK, "before": WEEK_BEFORE, "compare": compare}
    shown = view(["channel"], ["paid"], [("qc", 40, 60), ("bd", 10, 80)], having=having, **kept)
    detail = view(["channel"], ["paid"], [("xhs", 150, 100), ("qc", 40, 60), ("bd", 10, 80)], **kept)
    said = headline(shown, Side(detail), scene)
    assert "符合条件的渠道有2个:百度80元、千川60元。" in said.zh
    assert "2 meet the condition, Baidu" in said.en
    assert "合计" not in said.zh
    assert "小红书" not in said.zh


def test_a_count_of_days_to_come_is_no_zero(view, scene):
    next_week = Period(date(2025, 11, 24), date(2025, 11, 24), date(2025, 12, 1))
    said = headline(view([], ["orders"], [(0,)], main=next_week), Side(), scene)
    assert said.zh == "没有数据:11/24–11/30(7天)在现有数据之后。现有数据从2024/1/1到2025/11/19。"
    assert "24–30 Nov (7 days) lies after the last day with data" in said.en


def test_days_of_the_week_and_months_go_by_their_names():
    week = key_column(Key("metric_time__day_of_week", Name("metric_time", part="day_of_week")))
    assert [group_label(day, week).zh for day in (1, 3, 7)] == ["周一", "周三", "周日"]
    assert group_label(3, week).en == "Wednesday"
    month = key_column(Key("metric_time__month", Name("metric_time", part="month")))
    assert (group_label(10, month).zh, group_label(10, month).en) == ("10月", "October")
    year = key_column(Key("metric_time__year", Name("metric_time", part="year")))
    assert group_label(2025, year).zh == "2025"


def test_a_group_is_found_in_the_table_that_the_view_holds_now(view):
    shown = view(["channel"], ["paid"], [("xhs", 9), ("qc", 7), ("xhs", 1)])
    assert shown.row_of(("xhs",)) == ("xhs", 9)  # the first of its name
    assert shown.row_of(("bd",)) is None
    other = replace(shown, table=replace(shown.table, rows=(("bd", 5),)))
    assert (other.row_of(("bd",)), other.row_of(("xhs",))) == (("bd", 5), None)
