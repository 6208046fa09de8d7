"""Headlines over time that lead with what was asked: the best month, how months differ from last year's."""

from datetime import date

from bot.compose.headline import headline
from bot.compose.side import Side, before
from bot.compose.view import UsedPeriod, View
from semantic_layer.period import Grain, Period
from semantic_layer.query import Compare, GroupBy, MetricQuery, OrderBy
from semantic_layer.table import Column, Table
from semantic_layer.text import Text

QUARTER = Period.of(date(2025, 7, 1), date(2025, 10, 1))
YEAR_BEFORE = Period.of(date(2024, 7, 1), date(2024, 10, 1))
MONTHS = [date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1)]
TIME = Column("metric_time__month", Text(zh="月", en="month"), "time")
PAID = Column("paid", Text(zh="支付金额", en="paid amount"), "metric", "CNY", None, "paid")
OTHER = Column("paid__previous_year", Text(zh="去年同期", en="a year earlier"), "metric", "CNY", None, "paid")


def monthly(values: list[tuple[float, ...]], **asked: object) -> View:
    rows = tuple((month, *more) for month, more in zip(MONTHS, values, strict=True))
    columns = (TIME, PAID, OTHER)[: len(rows[0])]
    group = GroupBy(dimension="metric_time", grain=Grain.MONTH)
    query = MetricQuery(metrics=("paid",), group_by=(group,), **asked)
    used = [UsedPeriod("main", QUARTER)]
    if query.compare:
        used.append(UsedPeriod("comparison", YEAR_BEFORE, "previous_year"))
    return View(query, Table(columns, rows, 3), tuple(used))


def test_the_best_month_is_named_first_and_once(scene):
    said = headline(monthly([(5,), (9,), (2,)], order_by=(OrderBy(column="paid"),)), Side(), scene)
    assert said.zh == "上季度(7/1–9/30)支付金额最高的是8月,9元。最低9月,2元。"
    assert (
        said.en
        == "Aug 2025 has the highest paid amount last quarter (1 Jul–30 Sep): ¥9. The low was Sep 2025 (¥2)."
    )


def test_the_worst_month_is_the_lowest(scene):
    order = (OrderBy(column="paid", descending=False),)
    said = headline(monthly([(5,), (9,), (2,)], order_by=order), Side(), scene)
    assert said.zh == "上季度(7/1–9/30)支付金额最低的是9月,2元。最高8月,9元。"


def test_months_against_last_year_are_counted_and_the_largest_changes_named(scene):
    compare = (Compare(kind="previous_year"),)
    said = headline(monthly([(12, 10), (9, 10), (20, 10)], compare=compare), Side(), scene)
    # +20 %, -10 %, +100 %
    assert said.zh == (
        "上季度(7/1–9/30)支付金额对比去年同期(2024/7/1–9/30):3个月里2个月升、1个月降。"
        "升得最多的是9月(+100.0%),降得最多的是8月(−10.0%)。"
    )
    assert (
        "up in 2 of 3 months, down in 1. Sep 2025 rose most (+100.0%), Aug 2025 fell most (−10.0%)."
        in said.en
    )


def test_a_year_so_far_is_held_against_the_same_dates_of_last_year(scene):
    so_far = Period(date(2025, 1, 1), date(2025, 11, 20), date(2026, 1, 1))
    last_month = Period.of(date(2025, 10, 1), date(2025, 11, 1))
    for period, kind in ((so_far, "previous_year"), (last_month, "previous_period")):
        query = MetricQuery(metrics=("paid",), period={"start": period.start, "end": period.end})
        view = View(query, Table((PAID,), ((1,),), 1), (UsedPeriod("main", period),))
        found = before(view, scene)
        expected = None if kind == "previous_year" and scene.data_start > date(2024, 1, 1) else kind
        assert (found.kind if found else None) == expected
