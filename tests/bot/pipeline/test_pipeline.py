"""From a question to an answer on twelve rows: figures added up by hand, every bad input a typed outcome."""

from datetime import date

import pytest

from bot.compose.asking import question_of
from bot.execution import as_query
from bot.pipeline import Pipeline
from bot.plan import MetadataPlan, MetricPlan, ToolPlan
from bot.planners.base import Planned, PlanRequest
from semantic_layer.query import Compare, Condition, GroupBy, PeriodRange

THIS_WEEK = PeriodRange(start=date(2025, 11, 17), end=date(2025, 11, 20), requested_end=date(2025, 11, 24))
BY_BOOTH = (GroupBy(dimension="booth"),)


def plan(**parts) -> MetricPlan:
    return MetricPlan(kind="metric", **parts)


# ---- the boss's question


@pytest.mark.parametrize("question", ["本周哪个摊位最划算?", "which booth was best value this week?"])
def test_the_boss_question_has_one_plan_in_both_languages(stall, question):
    answer = stall.ask(question)
    assert answer.outcome == "answer"
    assert answer.parts[0].table.rows == (("east", 4.0), ("west", 3.0))  # 200/50, 120/40
    assert answer.headline.zh == (
        "本周(11/17–11/19,3天)传单回报最高的是东门摊,4.00:传单费50元,进账200元。"
        "与上周同期(11/10–11/12)的4.00持平;第二名西门摊,3.00。"  # 160/40
        "若看领单成本,最低的是西门摊(2元,东门摊5元),结论不同。"  # 40/20, 50/10
    )
    assert answer.headline.en == (
        "East gate has the highest flyer return this week (17–19 Nov, 3 days): 4.00 (flyer cost ¥50, takings ¥200), "
        "level with 4.00 on the same days last week (10–12 Nov); West gate is second at 3.00. "
        "By cost per taker West gate comes first instead (¥2, East gate ¥5)."
    )


def test_the_answer_is_in_the_language_of_the_question_unless_asked_otherwise(stall):
    assert stall.ask("takings this week").locale == "en-US"
    assert stall.ask("本周 takings").locale == "zh-CN"
    assert stall.ask("takings this week", locale="zh-CN").locale == "zh-CN"


def test_every_number_of_the_headline_can_be_checked_by_its_sql(stall):
    answer = stall.ask("本周哪个摊位最划算?")
    purposes = [one["purpose"] for one in answer.provenance.extra["side_queries"]]
    assert purposes == ["detail", "alternative:taker_cost"]
    assert all("SELECT" in one["sql"] for one in answer.provenance.extra["side_queries"])


def test_the_answer_carries_its_provenance_and_timings(stall):
    answer = stall.ask("本周进账")
    assert answer.provenance.data_end == date(2025, 11, 20)
    assert [one.name for one in answer.provenance.metrics] == ["takings"]
    assert len(answer.provenance.plan_hash) == 64
    assert set(answer.timings_ms) >= {"plan", "compile", "execute", "compose"}
    assert len(answer.id) == 32


# ---- plans without language


def test_a_plan_runs_without_a_question_and_says_how_it_reads(stall):
    answer = stall.run(plan(metrics=("takings",), group_by=BY_BOOTH, period=THIS_WEEK))
    assert (answer.outcome, answer.planner) == ("answer", "none")
    assert [(slot.slot, slot.text.zh) for slot in answer.interpretation] == [
        ("metric", "进账"), ("dimension", "按摊位"), ("period", "本周(11/17–11/19,3天)"),
    ]  # fmt: skip


def test_a_comparison_adds_up_by_group(stall):
    answer = stall.run(
        plan(
            metrics=("takings",),
            group_by=BY_BOOTH,
            period=THIS_WEEK,
            compare=(Compare(kind="previous_period"),),
        )
    )
    (whole,) = [finding for finding in answer.findings if finding.drivers]
    assert whole.value == 110  # 320 - 210
    assert {driver.value: driver.contribution for driver in whole.drivers} == {"east": 40, "west": 70}


def test_the_display_limit_cuts_rows_but_not_the_count_or_the_sentence(stall):
    answer = stall.run(plan(metrics=("takings",), group_by=BY_BOOTH, period=THIS_WEEK), row_limit=1)
    table = answer.parts[0].table
    assert (len(table.rows), table.row_count, table.truncated) == (1, 2, True)
    assert "第二名西门摊" in answer.headline.zh


def test_no_period_reads_everything_and_says_so(stall):
    answer = stall.run(plan(metrics=("takings",)))
    assert answer.headline.zh == "全部数据(11/10–11/19)里进账530元。"
    assert [warning.zh for warning in answer.warnings] == ["没有指定时间,用的是全部数据(11/10–11/19)。"]


def test_no_comparison_is_drawn_with_days_before_the_data(stall):
    last_week = PeriodRange(start=date(2025, 11, 10), end=date(2025, 11, 17))
    answer = stall.run(plan(metrics=("takings",), period=last_week))
    assert answer.headline.zh == "上周(11/10–11/16)进账210元。"


def test_an_asked_comparison_with_days_before_the_data_warns(stall):
    last_week = PeriodRange(start=date(2025, 11, 10), end=date(2025, 11, 17))
    answer = stall.run(
        plan(metrics=("takings",), period=last_week, compare=(Compare(kind="previous_period"),))
    )
    assert "对比期没有数据,无法比较" in answer.headline.zh
    assert any("早于数据的起点" in warning.zh for warning in answer.warnings)


def test_rows_after_the_day_of_asking_are_not_read(stall):
    answer = stall.run(plan(metrics=("takings",)), today=date(2025, 11, 12))
    assert answer.parts[0].table.rows == ((210,),)
    assert answer.provenance.data_end == date(2025, 11, 13)


@pytest.mark.parametrize(
    ("topic", "names", "said"),
    [
        ("metrics", (), "共有6个指标"),
        ("dimensions", (), "共有3个维度"),
        ("values", ("booth",), "摊位共2个:东门摊、西门摊"),
        ("definition", ("yield_ratio",), "传单回报:进账 ÷ 传单费"),
        ("freshness", (), "数据更新到11/19"),
        ("help", (), "可以按摊位拆开看"),
    ],
)
def test_the_catalog_answers_about_itself(stall, topic, names, said):
    answer = stall.run(MetadataPlan(kind="metadata", topic=topic, names=names))
    assert answer.outcome == "answer"
    assert said in answer.headline.zh
    assert answer.parts[0].table.row_count > 0


def test_several_plans_give_several_parts_and_one_headline(stall):
    class TwoPlans:
        def plan(self, request: PlanRequest) -> Planned:
            return Planned((plan(metrics=("takings",)), plan(metrics=("cups",))))

    answer = Pipeline(stall.layer, planners={"rules": TwoPlans()}).ask("进账和杯数分开看")
    assert [part.table.rows for part in answer.parts] == [((530,),), ((6,),)]
    assert answer.headline.zh == "全部数据(11/10–11/19)里进账530元。全部数据(11/10–11/19)里杯数6单。"


# ---- what to ask next


def test_every_follow_up_runs_and_its_question_is_read_back_to_its_plan(stall, thursday):
    questions = [
        "本周哪个摊位最划算?",
        "本周进账",
        "本周各摊位进账环比",
        "各摊位进账",
        "takings by day this week",
    ]
    options = [option for question in questions for option in stall.ask(question).follow_ups]
    assert len(options) > 8
    for option in options:
        assert stall.run(option.plan).outcome == "answer"
        for question in (option.question.zh, option.question.en):
            assert _canonical(stall, stall.ask(question).plan) == _canonical(stall, option.plan), question


def _canonical(stall: Pipeline, asked: MetricPlan | ToolPlan) -> dict[str, object]:
    if isinstance(asked, ToolPlan):
        return asked.model_dump()
    compiled = stall.layer.compile(as_query(asked)).query
    # A ranking's own order and the default one are the same rows.
    return compiled.model_dump(exclude={"order_by"})


def test_a_plan_that_a_short_question_cannot_say_is_not_offered(stall, thursday):
    from bot.compose.view import Scene

    scene = Scene(stall.layer.catalog, thursday)
    among = Condition(dimension="booth", operator="in", values=("east", "west"))
    assert question_of(plan(metrics=("takings",), where=(among,)), scene) is None


def test_a_clarification_and_a_refusal_leave_the_conversation_able_to_go_on(stall):
    first = stall.ask("本周进账")
    after = stall.continue_conversation(None, first)
    assert after.last.question == "本周进账"
    refused = stall.ask("")
    assert stall.continue_conversation(after, refused) is after
