"""What is measured besides being right: the chart, the analysis and its inputs."""

from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Answer, Part
from bot.plan import MetricPlan, ToolPlan
from bot.settings import DEMO, Settings
from evals.case import Case, locale_of
from evals.judge import holds, judge
from evals.measures import chart_problem
from evals.run import Runner
from semantic_layer.text import Text
from semantic_layer.workspace import SemanticLayer
from tools.result import ChartSpec

ODD = "evals/workspaces/odd"
TODAY = date(2024, 6, 13)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path_factory.mktemp("state")))


@pytest.fixture(scope="module")
def answer(runner: Runner) -> Answer:
    return runner.pipeline(ODD).ask("tuition by package in May 2024", today=TODAY)


@pytest.fixture(scope="module")
def layer(runner: Runner) -> SemanticLayer:
    return runner.pipeline(ODD).layer


def test_the_chart_of_an_answer_suits_its_plan(answer: Answer) -> None:
    assert chart_problem(answer) == ""


def test_a_chart_that_draws_what_its_table_has_not_is_noticed(answer: Answer) -> None:
    assert answer.chart is not None
    wrong = replace(answer, chart=replace(answer.chart, y=("profit",)))
    assert chart_problem(wrong) == "draws profit, which its table has not"


def test_a_pie_of_many_parts_and_a_pie_over_time_are_noticed(answer: Answer, runner: Runner) -> None:
    daily = runner.pipeline(ODD).ask("daily tuition in May 2024", today=TODAY)
    assert daily.chart is not None
    pie = ChartSpec("pie", Text.same("t"), daily.chart.table, x=daily.chart.x, y=daily.chart.y)
    assert chart_problem(replace(daily, chart=pie)) == "pie over time"
    plan = daily.plan
    assert isinstance(plan, MetricPlan)
    assert (
        chart_problem(replace(daily, plan=plan.model_copy(update={"compare": (), "group_by": ()}), chart=pie))
        != ""
    )


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([{"d": "x", "k": 1}], [{"d": "x"}], True),
        ([1, 2], [1], False),
        ("2024-05-01", "2024-05-01", True),
        (None, "x", False),
    ],
)
def test_inputs_hold_what_is_expected_of_them(got: object, expected: object, same: bool) -> None:
    assert holds(got, expected) is same


def _routed(layer: SemanticLayer, inputs: dict[str, object], expected: dict[str, object]) -> str:
    case = Case.model_validate(
        {
            "id": "a", "workspace": ODD, "locale": locale_of("q"), "question": "q", "class": "analysis",
            "expect": {"outcome": "answer", "tool": "forecast", "inputs": expected},
        }
    )  # fmt: skip
    plan = ToolPlan.model_validate({"kind": "tool", "name": "forecast", "inputs": inputs})
    told = Answer("1", "q", "en-US", "answer", "rules", plan=plan, parts=(Part(plan, None),))
    return judge(case, told, layer).why


def test_an_analysis_with_another_metric_or_a_condition_nobody_asked_for_is_wrong(
    layer: SemanticLayer,
) -> None:
    assert _routed(layer, {"metric": "tuition", "period": None}, {"metric": "tuition"}) == ""
    assert _routed(layer, {"metric": "slips"}, {"metric": "tuition"}) == "input metric"
    where = {"metric": "tuition", "where": [{"dimension": "campus"}]}
    assert _routed(layer, where, {"metric": "tuition"}) == "input where that nobody asked for"
