"""Where others plug in: planners, analyses, threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

from bot.execution import as_query
from bot.pipeline import Pipeline
from bot.plan import ClarifyPlan, MetricPlan, Option, ToolPlan
from bot.planners.base import Planned, PlanRequest
from semantic_layer.text import Text, Words
from tools.registry import Registry, ToolInputs, tool
from tools.result import Check, Effect, Suggestion, TestPlan, ToolResult


def plan(**parts) -> MetricPlan:
    return MetricPlan(kind="metric", **parts)


def test_a_planner_that_asks_back_is_passed_on(stall):
    options = tuple(
        Option(question={"zh": zh, "en": en}, plan=plan(metrics=(name,)))
        for zh, en, name in (("进账", "takings", "takings"), ("杯数", "cups", "cups"))
    )

    class Asks:
        def plan(self, request: PlanRequest) -> Planned:
            return Planned(
                ClarifyPlan(kind="clarify", question={"zh": "哪个?", "en": "Which?"}, options=options)
            )

    answer = Pipeline(stall.layer, planners={"rules": Asks()}).ask("多少")
    assert (answer.outcome, answer.clarification.question.zh) == ("clarify", "哪个?")
    assert [option.plan.metrics for option in answer.clarification.options] == [("takings",), ("cups",)]


def test_words_that_no_part_of_the_plan_used_are_named(stall):
    class Forgetful:
        def plan(self, request: PlanRequest) -> Planned:
            return Planned(plan(metrics=("takings",)), not_understood=("大概",))

    answer = Pipeline(stall.layer, planners={"rules": Forgetful()}).ask("大概进账")
    assert answer.warnings[0].zh == "这些词没有用上:「大概」。"


def test_the_growth_tool_adds_its_suggestions_to_an_effectiveness_ranking(stall):
    class Inputs(ToolInputs):
        metric: str
        dimension: str

    suggestion = Suggestion(
        Text.same("p"), Text.same("s"), Effect("takings", 1, 2, 28, Text.same("f")), "correlation",
        (Check("volume", True, Text.same("n")),), TestPlan(100, 2, Text.same("t")),
    )  # fmt: skip

    @tool(name="growth", label=Text.same("G"), examples=Words(zh=("长",), en=("grow",)), inputs=Inputs)
    def growth(inputs: Inputs, context):
        """Return one suggestion."""
        assert (inputs.metric, inputs.dimension) == ("yield_ratio", "booth")
        return ToolResult(
            Text.same("h"),
            (context.query(as_query(plan(metrics=("takings",)))).table,),
            suggestions=(suggestion,),
        )

    pipeline = Pipeline(stall.layer, registry=Registry.of([growth]))
    assert pipeline.ask("本周哪个摊位最划算?").suggestions == (suggestion,)
    assert pipeline.ask("本周进账").suggestions == ()


def test_an_analysis_runs_as_a_plan_under_the_same_day(stall):
    class Nothing(ToolInputs):
        pass

    @tool(
        name="total",
        label=Text(zh="合计", en="Total"),
        examples=Words(zh=("合",), en=("sum",)),
        inputs=Nothing,
    )
    def total(inputs, context):
        """Return the total takings."""
        result = context.query(as_query(plan(metrics=("takings",))))
        return ToolResult(Text.same("done"), (result.table,), sql=(result.sql,))

    answer = Pipeline(stall.layer, registry=Registry.of([total])).run(
        ToolPlan(kind="tool", name="total"), today=date(2025, 11, 12)
    )
    assert answer.parts[0].table.rows == ((210,),)
    assert answer.interpretation[0].text.zh == "合计"


def test_many_threads_share_one_pipeline(stall):
    questions = ["本周进账", "takings this week", "本周哪个摊位最划算?", ""] * 10
    alone = {question: _content(stall.ask(question)) for question in questions}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stall.ask, questions))
    assert [_content(answer) for answer in together] == [alone[question] for question in questions]
    assert len({answer.id for answer in together}) == len(questions)


def _content(answer):
    return replace(answer, id="", timings_ms={})


def test_why_is_offered_only_where_an_analysis_answers_it(stall):
    class Inputs(ToolInputs):
        metric: str
        start: str
        end: str

    @tool(name="why", label=Text.same("Why"), examples=Words(zh=("为什么",), en=("why",)), inputs=Inputs)
    def why(inputs: Inputs, context):
        """Return nothing but the inputs."""
        return ToolResult(Text.same(inputs.start), (stall.layer.query(metrics=["takings"]).table,))

    asked = Pipeline(stall.layer, registry=Registry.of([why])).ask("本周进账")
    (option,) = [one for one in asked.follow_ups if isinstance(one.plan, ToolPlan)]
    assert option.question.zh == "本周进账为什么变化"
    assert option.plan.inputs == {"metric": "takings", "start": "2025-11-17", "end": "2025-11-20"}
    without = Pipeline(stall.layer, registry=Registry.of([])).ask("本周进账")
    assert not any(isinstance(one.plan, ToolPlan) for one in without.follow_ups)
