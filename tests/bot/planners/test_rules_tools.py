"""Questions for an analysis go to the tool whose examples ask for the same, with what the question named."""

from datetime import date

import pytest
from pydantic import Field

from bot.plan import RefusePlan, ToolPlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from semantic_layer.query import Compare, PeriodRange, Where
from semantic_layer.table import Table
from semantic_layer.text import Text, Words
from tools.registry import Registry, ToolInputs, tool
from tools.result import ToolResult


class Inputs(ToolInputs):
    metric: str | None = None
    dimension: str | None = None
    where: tuple[Where, ...] = Field(default=())
    period: PeriodRange | None = None
    compare: Compare | None = None


@tool(
    name="unravel",
    label=Text(zh="拆解", en="Unravel"),
    examples=Words(zh=("灯费为什么变了",), en=("why did it change",)),
    inputs=Inputs,
)
def unravel(inputs, context):
    """Return nothing: it only has to be found."""
    return ToolResult(Text.same("-"), (Table((), (), 0),))


@pytest.fixture(scope="module")
def ask_tools(layer):
    planner = RulesPlanner(layer, registry=Registry.of([unravel]))
    return lambda question: planner.plan(PlanRequest(question, "zh-CN", date(2026, 3, 19), layer)).plan


@pytest.mark.parametrize(
    "question", ["上个月临港市的灯费额为什么下降", "why did zarn in 临港市 drop last month?"]
)
def test_why_goes_to_the_tool_with_metric_filter_and_period(ask_tools, question):
    plan = ask_tools(question)
    assert isinstance(plan, ToolPlan)
    assert plan.name == "unravel"
    assert plan.inputs["metric"] == "zarn"
    assert plan.inputs["where"][0]["values"] == ["临港市"]
    assert (plan.inputs["period"]["start"], plan.inputs["period"]["end"]) == ("2026-02-01", "2026-03-01")


def test_the_filled_inputs_are_what_the_tool_takes(ask_tools):
    inputs = Inputs.model_validate(dict(ask_tools("上个月临港市的灯费额为什么下降").inputs))
    assert inputs.period.start == date(2026, 2, 1)


def test_an_example_is_routed_word_for_word(ask_tools):
    assert ask_tools("灯费为什么变了?").name == "unravel"


def test_an_analysis_of_something_unknown_is_refused(ask_tools):
    plan = ask_tools("为什么香蕉价格下降")
    assert isinstance(plan, RefusePlan)
    assert plan.reason == "not_in_catalog"


def test_an_analysis_without_a_tool_is_refused_by_name(ask_tools):
    plan = ask_tools("预测下个月的灯费额")
    assert isinstance(plan, RefusePlan)
    assert plan.reason == "not_supported"
    assert "预测" in plan.missing
