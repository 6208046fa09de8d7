"""Headlines: conclusion first, every figure from the result, the caveats that matter."""

from datetime import date

from bot.compose.headline import headline
from bot.compose.side import Side
from semantic_layer.period import Grain, Period
from semantic_layer.query import (
    AveragePer,
    Condition,
    Having,
    Limit,
    OrderBy,
    PeriodRange,
    Rolling,
    RunningTotal,
    Share,
)

LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEK_BEFORE = Period.of(date(2025, 11, 3), date(2025, 11, 10))
SAME_DAYS = Period(date(2025, 11, 10), date(2025, 11, 13), date(2025, 11, 17))


def test_a_number_is_said_with_its_change_on_the_period_before_and_the_dates(view, scene):
    shown = view([], ["paid"], [(4_120_000,)], main=LAST_WEEK)
    detail = view([], ["paid"], [(4_120_000, 4_700_000)], main=LAST_WEEK, before=WEEK_BEFORE)
    said = headline(shown, Side(detail), scene)
    assert said.zh == "上周(11/10–11/16)支付金额412万,比前一周(11/3–11/9)的470万少58万(−12.3%)。"
    assert said.en == (
        "Paid amount last week (10–16 Nov): ¥4.12 M, down ¥580 K (−12.3%) from ¥4.7 M the week before (3–9 Nov)."
    )


def test_a_rate_changes_by_percentage_points(view, scene):
    shown = view([], ["cvr"], [(0.026,)], main=LAST_WEEK)
    detail = view([], ["cvr"], [(0.026, 0.039)], main=LAST_WEEK, before=WEEK_BEFORE)
    said = headline(shown, Side(detail), scene)
    assert "比前一周(11/3–11/9)的3.9%低1.3个百分点" in said.zh
    assert "down 1.3 pp from 3.9% the week before" in said.en


def test_a_cost_that_falls_is_said_to_be_better(view, scene):
    detail = view([], ["cpo"], [(90, 100)], main=LAST_WEEK, before=WEEK_BEFORE)
    said = headline(view([], ["cpo"], [(90,)], main=LAST_WEEK), Side(detail), scene)
    assert "低10.0%,变好" in said.zh
    assert "down 10.0% (better)" in said.en


def test_a_ratio_shows_what_it_was_divided_from(view, scene):
    detail = view([], ["roas", "paid", "spend"], [(2.84, 528_000, 186_000)])
    said = headline(view([], ["roas"], [(2.84,)]), Side(detail), scene)
    assert "投产比2.84:花费18.6万,支付金额52.8万" in said.zh
    assert "(spend ¥186 K, paid amount ¥528 K)" in said.en


def test_several_numbers_share_one_sentence(view, scene):
    detail = view([], ["paid", "cvr"], [(110, 0.04, 100, 0.03)], main=LAST_WEEK, before=WEEK_BEFORE)
    said = headline(view([], ["paid", "cvr"], [(110, 0.04)], main=LAST_WEEK), Side(detail), scene)
    assert said.zh == (
        "上周(11/10–11/16):支付金额110元(+10.0%);转化率4.0%(+1.0个百分点)。括号里是和前一周(11/3–11/9)比。"
    )


def test_a_ranking_names_winner_parts_change_and_runner_up(view, scene):
    shown = view(["channel"], ["roas"], [("xhs", 2.84), ("qc", 2.31), ("bd", 0.8)])
    rows = [
        ("xhs", 2.84, 528_000, 186_000, 2.61, 1, 1),
        ("qc", 2.31, 1, 1, 2.4, 1, 1),
        ("bd", 0.8, 1, 1, 0.9, 1, 1),
    ]
    detail = view(["channel"], ["roas", "paid", "spend"], rows, before=SAME_DAYS)
    said = headline(shown, Side(detail), scene)
    assert said.zh == (
        "本周(11/17–11/19,3天)投产比最高的是小红书,2.84:花费18.6万,支付金额52.8万。"
        "比上周同期(11/10–11/12)的2.61高8.8%;第二名千川,2.31。近3天的数据还没走完,这个数之后还会变。"
    )
    assert said.en == (
        "RED has the highest ROAS this week (17–19 Nov, 3 days): 2.84 (spend ¥186 K, paid amount ¥528 K), "
        "up 8.8% from 2.61 on the same days last week (10–12 Nov); Qianchuan is second at 2.31. "
        "The last 3 days are still open, so this figure will change."
    )


def test_the_runner_up_is_found_behind_a_limit(view, scene):
    shown = view(["channel"], ["paid"], [("xhs", 9)], limit=Limit(n=1))
    detail = view(["channel"], ["paid"], [("xhs", 9), ("qc", 5)])
    assert "第二名千川,5元" in headline(shown, Side(detail), scene).zh


def test_a_condition_on_the_result_keeps_hidden_groups_out_of_the_sentence(view, scene):
    having = (Having(column="paid", operator=">", values=(6,)),)
    shown = view(["channel"], ["paid"], [("xhs", 9), ("bd", 7)], having=having)
    detail = view(["channel"], ["paid"], [("xhs", 9), ("qc", 5), ("bd", 7)])
    said = headline(shown, Side(detail), scene)
    assert "支付金额大于6元的渠道有2个,最高的是小红书,9元。第二名百度" in said.zh
    assert "2 meet the condition (paid amount above ¥6)" in said.en
    assert "千川" not in said.zh


def test_a_tie_is_named_as_one(view, scene):
    shown = view(["channel"], ["paid"], [("xhs", 9), ("qc", 9), ("bd", 5)])
    said = headline(shown, Side(shown), scene)
    assert "支付金额最高的并列:小红书和千川,都是9元" in said.zh
    assert "RED and Qianchuan share the highest paid amount" in said.en


def test_a_group_without_a_name_that_leads_is_said_beside_the_first_named(view, scene):
    shown = view(["channel"], ["paid"], [(None, 9), ("qc", 5)])
    said = headline(shown, Side(shown), scene).zh
    assert "最高的是(未填写),9元" in said
    assert "有渠道名字的里面,最高的是千川,5元" in said


def test_a_winner_without_a_value_is_passed_over(view, scene):
    shown = view(["channel"], ["roas"], [("xhs", None), ("qc", 2.0), ("bd", 1.0)])
    assert "投产比最高的是千川" in headline(shown, Side(shown), scene).zh


def test_a_small_sample_is_flagged_with_its_count_and_the_first_that_is_not(view, scene):
    rows = [("xhs", 0.5, 6, 12), ("qc", 0.04, 400, 10_000)]
    shown = view(["channel"], ["cvr"], [row[:2] for row in rows])
    detail = view(["channel"], ["cvr", "orders", "visits"], rows)
    said = headline(shown, Side(detail), scene)
    assert "小红书样本太小(n=6),这个数只能参考;样本够的里面最高的是千川,4.0%" in said.zh
    assert "very small sample (n=6)" in said.en


def test_another_metric_with_another_winner_is_said(view, scene):
    shown = view(["channel"], ["roas"], [("xhs", 2.84), ("qc", 2.31)])
    other = view(["channel"], ["cpo"], [("qc", 86), ("xhs", 112)])
    said = headline(shown, Side(shown, (other,)), scene)
    assert "若看单均成本,最低的是千川(86元,小红书112元),结论不同" in said.zh
    assert "By cost per order Qianchuan comes first instead (¥86, RED ¥112)" in said.en


def test_a_cost_of_zero_wins_nothing(view, scene):
    shown = view(["channel"], ["roas"], [("xhs", 2.84), ("qc", 2.31)])
    other = view(["channel"], ["cpo"], [("bd", 0), ("xhs", 80), ("qc", 90)])
    assert "看单均成本也是它领先" in headline(shown, Side(shown, (other,)), scene).zh


def test_the_lowest_is_asked_for_and_said(view, scene):
    shown = view(
        ["channel"], ["paid"], [("bd", 1), ("qc", 5)], order_by=(OrderBy(column="paid", descending=False),)
    )
    said = headline(shown, Side(shown), scene)
    assert "支付金额最低的是百度,1元。其次是千川,5元" in said.zh
    assert "Baidu has the lowest paid amount" in said.en


WEEKS = [date(2025, 10, 27), date(2025, 11, 3), date(2025, 11, 10), date(2025, 11, 17)]
FOUR_WEEKS = Period(date(2025, 10, 27), date(2025, 11, 20), date(2025, 11, 24))


def test_a_trend_goes_from_the_first_to_the_last_whole_bucket_and_the_running_one_is_no_fall(view, scene):
    rows = [(day, value) for day, value in zip(WEEKS, (100, 80, 120, 30), strict=True)]
    said = headline(view(["week"], ["paid"], rows, main=FOUR_WEEKS), Side(), scene)
    assert said.zh == (
        "10/27–11/19(24天)支付金额从100元(10/27–11/2这周)到120元(11/10–11/16这周),升20.0%。"
        "最高11/10–11/16这周,120元;最低11/3–11/9这周,80元。"
        "11/17–11/23这周只到11/19,目前30元,不和整段比较。"
    )
    assert "runs only to 19 Nov so far (¥30) and is not compared" in said.en
    assert "down" not in said.en


def test_a_trend_of_one_whole_bucket_claims_nothing(view, scene):
    rows = [(WEEKS[2], 120), (WEEKS[3], 30)]
    said = headline(
        view(["week"], ["paid"], rows, main=Period(WEEKS[2], date(2025, 11, 20), date(2025, 11, 24))),
        Side(),
        scene,
    )
    assert "看不出趋势" in said.zh


def test_an_asked_comparison_says_which_side_of_the_ratio_moved(view, scene, compare):
    rows = [(2.0, 80, 40, 4.0, 160, 40)]
    shown = view([], ["roas"], [(2.0, 4.0)], main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    detail = view([], ["roas", "paid", "spend"], rows, main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    said = headline(shown, Side(detail), scene)
    assert "投产比2.00,比前一周(11/3–11/9)的4.00低50.0%" in said.zh
    assert "变化主要来自支付金额(−50.0%),花费0.0%" in said.zh


def test_a_comparison_without_data_before_says_so(view, scene, compare):
    shown = view([], ["paid"], [(5, None)], main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    assert "对比期没有数据" in headline(shown, Side(shown), scene).zh


def test_a_comparison_by_group_names_what_moved_the_total(view, scene, compare):
    rows = [("xhs", 150, 100), ("qc", 40, 60), ("bd", 10, None)]
    shown = view(["channel"], ["paid"], rows, main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    said = headline(shown, Side(shown), scene)
    assert "支付金额合计200元,比前一周(11/3–11/9)的160元多40元(+25.0%)" in said.zh
    assert "小红书+50元、千川−20元、百度+10元" in said.zh


def test_a_comparison_of_rates_by_group_does_not_add_them_up(view, scene, compare):
    rows = [("xhs", 0.05, 0.03), ("qc", 0.02, 0.04)]
    shown = view(["channel"], ["cvr"], rows, main=LAST_WEEK, before=WEEK_BEFORE, compare=compare)
    said = headline(shown, Side(shown), scene).zh
    assert "合计" not in said
    assert "升得最多的是小红书,5.0%(+2.0个百分点);降得最多的是千川,2.0%(−2.0个百分点)" in said


def test_a_share_says_part_value_and_the_first_three(view, scene):
    rows = [("xhs", 50, 0.5), ("qc", 30, 0.3), ("bd", 15, 0.15), (None, 5, 0.05)]
    shown = view(["channel"], ["paid"], rows, derived=("paid__share",), transforms=(Share(metric="paid"),))
    said = headline(shown, Side(), scene)
    assert "小红书占支付金额的50.0%,50元。前三名合计95.0%,共4个渠道" in said.zh


def test_two_named_members_are_held_against_each_other(view, scene):
    where = (Condition(dimension="channel", operator="in", values=("xhs", "qc")),)
    shown = view(["channel"], ["paid"], [("xhs", 120), ("qc", 100)], where=where)
    said = headline(shown, Side(), scene)
    assert "小红书120元,千川100元。小红书比千川多20元(+20.0%)" in said.zh
    assert "RED is ¥20 (+20.0%) above Qianchuan" in said.en


def test_an_empty_result_says_where_the_data_are(view, scene):
    period = PeriodRange(start=date(2020, 1, 1), end=date(2021, 1, 1))
    shown = view([], ["paid"], [(None,)], main=period.period())
    said = headline(shown, Side(), scene)
    assert (
        said.zh
        == "没有数据:2020年(2020/1/1–12/31)没有符合条件的支付金额记录。现有数据从2024/1/1到2025/11/19。"
    )


def test_no_period_means_all_data_and_the_sentence_says_so(view, scene):
    said = headline(view([], ["paid"], [(5,)], main=None), Side(), scene)
    assert said.zh == "全部数据(2024/1/1–2025/11/19)里支付金额5元。"


def test_no_headline_shouts(view, scene):
    shown = view(["channel"], ["paid"], [("xhs", 9), ("qc", 5)])
    said = headline(shown, Side(shown), scene)
    assert not set("!！") & set(said.zh + said.en)


def test_a_filter_is_part_of_the_sentence_so_that_a_part_is_not_taken_for_the_whole(view, scene):
    only = (Condition(dimension="channel", operator="=", values=("xhs",)),)
    said = headline(view([], ["paid"], [(5,)], main=LAST_WEEK, where=only), Side(), scene)
    assert said.zh == "上周(11/10–11/16)xhs的支付金额5元。"
    assert said.en == "Paid amount last week (10–16 Nov) for xhs: ¥5."


def test_a_filter_that_leaves_out_says_what_it_leaves_out(view, scene):
    others = (Condition(dimension="channel", operator="!=", values=("xhs",)),)
    said = headline(view([], ["paid"], [(5,)], main=LAST_WEEK, where=others), Side(), scene)
    assert said.zh == "上周(11/10–11/16)xhs以外的支付金额5元。"
    assert said.en == "Paid amount last week (10–16 Nov) for all but xhs: ¥5."


def test_a_filter_without_a_plain_value_is_said_whole(view, scene):
    at = (Condition(dimension="channel", operator="=", values=("0.3",)),)
    said = headline(view([], ["paid"], [(5,)], main=LAST_WEEK, where=at), Side(), scene)
    assert "上周(11/10–11/16)(渠道是0.3)的支付金额5元" in said.zh


def test_an_average_per_day_is_the_figure_and_the_total_stands_beside_it(view, scene):
    asked = view(
        [], ["spend"], [(336_000, 17_700)], derived=("spend__per_day",),
        transforms=(AveragePer(metric="spend", grain=Grain.DAY),),
    )  # fmt: skip
    said = headline(asked, Side(), scene)
    assert "1.77万" in said.zh
    assert "合计33.6万" in said.zh
    assert said.en.index("17.7 K") < said.en.index("336 K")


def test_a_running_total_says_where_it_stands_and_when_half_was_reached(view, scene):
    rows = [(date(2025, 8, 1), 10, 10), (date(2025, 9, 1), 50, 60), (date(2025, 10, 1), 40, 100)]
    asked = view(
        ["month"], ["orders"], rows, main=Period.of(date(2025, 8, 1), date(2025, 11, 1)),
        derived=("orders__running_total",), transforms=(RunningTotal(metric="orders"),),
    )  # fmt: skip
    said = headline(asked, Side(), scene)
    assert "100单" in said.zh
    assert "9月" in said.zh


def test_a_rolling_mean_is_told_from_its_own_column(view, scene):
    rows = [(date(2025, 11, day), 7, value) for day, value in ((10, None), (11, 3), (12, 6))]
    asked = view(
        ["day"], ["orders"], rows, main=Period.of(date(2025, 11, 10), date(2025, 11, 13)),
        derived=("orders__rolling",), transforms=(Rolling(metric="orders", window=2),),
    )  # fmt: skip
    assert "从3单(11/11)到6单(11/12),升100.0%" in headline(asked, Side(), scene).zh
