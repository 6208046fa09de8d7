"""The chart follows from the plan's shape."""

from datetime import date

import pytest

from bot.compose.charting import chart_for
from bot.compose.side import Side
from semantic_layer.period import Period
from semantic_layer.query import Share

LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEK_BEFORE = Period.of(date(2025, 11, 3), date(2025, 11, 10))
WEEKS = [date(2025, 11, 3), date(2025, 11, 10), date(2025, 11, 17)]
THREE_WEEKS = Period(date(2025, 11, 3), date(2025, 11, 20), date(2025, 11, 24))


def test_one_number_is_a_big_figure_with_the_value_before(view, scene):
    detail = view([], ["paid"], [(90, 100)], main=LAST_WEEK, before=WEEK_BEFORE)
    chart = chart_for(view([], ["paid"], [(90,)], main=LAST_WEEK), Side(detail), scene)
    assert (chart.kind, chart.options["before"]) == ("number", {"paid": "paid__previous_period"})


def test_a_ranking_is_bars_from_the_winner_down(view, scene):
    shown = view(["channel"], ["paid"], [("qc", 5), ("xhs", 9)])
    chart = chart_for(shown, Side(shown), scene)
    assert chart.kind == "bar"
    assert chart.table.rows == (("xhs", 9), ("qc", 5))


def test_more_than_twenty_groups_are_cut_and_counted(view, scene):
    shown = view(["channel"], ["paid"], [(f"c{n}", n) for n in range(30)])
    chart = chart_for(shown, Side(shown), scene)
    assert (len(chart.table.rows), chart.options["left_out"]) == (20, 10)


def test_time_is_a_line_and_the_running_bucket_is_marked(view, scene):
    shown = view(["week"], ["paid"], list(zip(WEEKS, (5, 6, 1), strict=True)), main=THREE_WEEKS)
    chart = chart_for(shown, Side(), scene)
    assert (chart.kind, chart.partial_from) == ("line", "2025-11-17")


def test_a_whole_last_bucket_is_not_marked(view, scene):
    main = Period.of(date(2025, 11, 3), date(2025, 11, 17))
    shown = view(["week"], ["paid"], list(zip(WEEKS[:2], (5, 6), strict=True)), main=main)
    assert chart_for(shown, Side(), scene).partial_from is None


def test_time_by_group_draws_the_eight_largest_series(view, scene):
    rows = [(day, f"c{n}", n) for day in WEEKS for n in range(11)]
    chart = chart_for(view(["week", "channel"], ["paid"], rows, main=THREE_WEEKS), Side(), scene)
    assert (chart.kind, chart.series, chart.options["left_out"]) == ("line", "channel", 3)
    assert {row[1] for row in chart.table.rows} == {f"c{n}" for n in range(3, 11)}


@pytest.mark.parametrize(("asked", "kind"), [(None, "pie"), ("bar", "bar"), ("table", "table")])
def test_a_share_of_few_parts_is_a_ring_unless_asked_otherwise(view, scene, asked, kind):
    rows = [("xhs", 60, 0.6), ("qc", 40, 0.4)]
    shown = view(["channel"], ["paid"], rows, derived=("paid__share",), transforms=(Share(metric="paid"),))
    assert chart_for(shown, Side(shown), scene, asked).kind == kind


def test_a_comparison_by_group_is_pairs_of_bars_with_the_other_period_pale(view, scene, compare):
    rows = [("xhs", 150, 100), ("qc", 40, 60)]
    shown = view(["channel"], ["paid"], rows, main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    chart = chart_for(shown, Side(shown), scene)
    assert (chart.kind, chart.y) == ("grouped_bar", ("paid", "paid__previous_period"))
    assert chart.options["muted"] == ("paid__previous_period",)


def test_the_subtitle_says_the_period_and_what_it_is_compared_with(view, scene, compare):
    shown = view(["channel"], ["paid"], [("xhs", 1, 2)], main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    subtitle = chart_for(shown, Side(shown), scene).options["subtitle"]
    assert subtitle.zh == "上周(11/10–11/16),对比前一周(11/3–11/9)"


def test_nothing_is_drawn_of_an_empty_result(view, scene):
    assert chart_for(view([], ["paid"], [(None,)]), Side(), scene) is None


def test_only_what_adds_up_to_a_whole_may_be_a_ring(view, scene):
    adds = view(["channel"], ["paid"], [("qc", 5), ("xhs", 9)])
    below_zero = view(["channel"], ["paid"], [("qc", -5), ("xhs", 9)])
    ratio = view(["channel"], ["roas"], [("qc", 2.0), ("xhs", 3.0)])

    kinds = [chart_for(shown, Side(shown), scene).options["kinds"] for shown in (adds, below_zero, ratio)]

    assert kinds == [("bar", "pie"), ("bar",), ("bar",)]


def test_a_trend_may_be_bars_and_an_area_only_where_it_adds_up(view, scene):
    adds = view(["week"], ["paid"], list(zip(WEEKS, (5, 6, 1), strict=True)), main=THREE_WEEKS)
    ratio = view(["week"], ["roas"], list(zip(WEEKS, (5.0, 6.0, 1.0), strict=True)), main=THREE_WEEKS)

    kinds = [chart_for(shown, Side(), scene).options["kinds"] for shown in (adds, ratio)]

    assert kinds == [("line", "bar", "area"), ("line", "bar")]
