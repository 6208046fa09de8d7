"""Two plans that differ only in their rows: one sentence and one chart, days of the week per day."""

from datetime import date

import pytest

from bot.compose.sides import against_each_other
from bot.compose.view import UsedPeriod, View
from semantic_layer.period import Period
from semantic_layer.query import Condition, GroupBy, MetricQuery
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.render_weekdays import weekdays_label, weekdays_of

LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEKEND = Condition(dimension="metric_time__day_of_week", operator="in", values=(6, 7))
WORKING = Condition(dimension="metric_time__day_of_week", operator="in", values=(1, 2, 3, 4, 5))
PAID = Column("paid", Text(zh="支付金额", en="paid amount"), "metric", "CNY")
CVR = Column("cvr", Text(zh="转化率", en="conversion"), "metric", None, "0.0%")


def side(
    condition: Condition, value: float, column: Column = PAID, period: Period | None = LAST_WEEK
) -> View:
    used = (UsedPeriod("main", period),) if period is not None else ()
    query = MetricQuery(metrics=(column.name,), where=(condition,))
    return View(query, Table((column,), ((value,),), 1), used)


def test_days_of_the_week_are_held_against_each_other_per_day(scene):
    sides = against_each_other([side(WEEKEND, 2_400), side(WORKING, 5_000)], scene)
    said, chart = sides.said, sides.chart
    # 2400 / 2 days = 1200, 5000 / 5 days = 1000: the five days sum to more and sell less.
    assert said.zh == (
        "上周(11/10–11/16)支付金额按日均看:周末1,200元(合计2,400元),周一至周五1,000元(合计5,000元)。"
        "日均周末比周一至周五多200元(+20.0%)。"
    )
    assert said.en == (
        "Paid amount per day last week (10–16 Nov): weekends ¥1,200 (¥2,400 in all), Mondays to Fridays ¥1,000 "
        "(¥5,000 in all). Per day, weekends are ¥200 (+20.0%) above Mondays to Fridays."
    )
    assert chart is not None
    assert chart.kind == "bar"
    assert chart.options["kinds"] == ("bar",)
    # The chart shows what the sentence compares; the table has both.
    assert [row[1] for row in chart.table.rows] == [1_200, 1_000]
    assert sides.table.rows == (("0", 2_400, 1_200), ("1", 5_000, 1_000))
    assert [column.label.zh for column in sides.table.columns] == ["分组", "支付金额", "日均支付金额"]


def test_a_rate_of_days_of_the_week_is_not_divided_by_their_number(scene):
    sides = against_each_other([side(WEEKEND, 0.05, CVR), side(WORKING, 0.04, CVR)], scene)
    assert sides.said.zh.startswith("上周(11/10–11/16)转化率:周末5.0%,周一至周五4.0%。")


def test_two_groups_of_rows_become_one_sentence_and_name_their_difference(scene):
    dear = Condition(dimension="channel", operator="=", values=("千川",))
    other = Condition(dimension="channel", operator="!=", values=("千川",))
    sides = against_each_other([side(dear, 150), side(other, 100)], scene)
    assert (
        sides.said.zh == "上周(11/10–11/16)支付金额:千川150元,千川以外100元。千川比千川以外多50元(+50.0%)。"
    )
    assert sides.chart is not None
    assert sides.chart.table == sides.table
    assert len(sides.table.rows) == 2


def test_plans_of_other_metrics_or_with_groups_are_no_sides(scene):
    assert against_each_other([side(WEEKEND, 1)], scene) is None
    assert against_each_other([side(WEEKEND, 1), side(WORKING, 0.1, CVR)], scene) is None
    grouped = MetricQuery(metrics=("paid",), where=(WORKING,), group_by=(GroupBy(dimension="channel"),))
    other = View(grouped, Table((PAID,), ((3,),), 1), side(WORKING, 1).periods)
    assert against_each_other([side(WEEKEND, 1), other], scene) is None


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        ((1,), "周一", "Mondays"),
        ((7, 6), "周末", "weekends"),
        ((1, 2, 3, 4, 5), "周一至周五", "Mondays to Fridays"),
        ((1, 3), "周一、周三", "Mondays and Wednesdays"),
        ((1, 3, 5), "周一、周三、周五", "Mondays, Wednesdays and Fridays"),
    ],
)
def test_days_of_the_week_have_names(days: tuple[int, ...], zh: str, en: str) -> None:
    assert weekdays_label(days) == Text(zh=zh, en=en)


def test_days_that_are_left_out_leave_the_others() -> None:
    without = Condition(dimension="paid_at__day_of_week", operator="not in", values=(6, 7))
    assert weekdays_of(without) == (1, 2, 3, 4, 5)
    assert weekdays_of(Condition(dimension="channel", operator="=", values=("6",))) == ()
