"""What to ask after an analysis and behind a suggestion: questions with plans, computed and compiled."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import Field

from bot.answer import PeriodUsed
from bot.compose.behind import question_behind
from bot.compose.follow_ups import follow_ups
from bot.compose.side import Side
from bot.compose.tool_follow_ups import metrics_of, tool_follow_ups
from bot.compose.view import Scene, UsedPeriod, View
from bot.plan import MetricPlan, ToolPlan
from semantic_layer.period import Period
from semantic_layer.query import Compare, Condition, GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.registry import Registry, ToolContext, ToolInputs, tool
from tools.result import Finding, ToolResult

LAST_WEEK = PeriodUsed(
    "main", date(2025, 11, 10), date(2025, 11, 17), date(2025, 11, 17), Text(zh="上周", en="last week")
)
BY_CHANNEL = Table((Column("channel", Text(zh="渠道", en="channel"), "dimension"),), (("a",), ("b",)), 2)
ANALYSIS = ToolPlan(kind="tool", name="look_closer", inputs={"metric": "paid"})


class Asked(ToolInputs):
    """What a made-up analysis takes."""

    metric: str | None = Field(default=None)
    period: PeriodRange | None = Field(default=None)


def made(name: str, zh: str, en: str):
    @tool(name=name, label=Text(zh=zh, en=en), examples=Words(zh=(zh,), en=(en,)), inputs=Asked)
    def run(inputs: Asked, context: ToolContext) -> ToolResult:
        """Return nothing."""
        raise AssertionError

    return run


TOOLS = Registry.of([made("change_drivers", "为什么变", "why"), made("growth", "给我建议", "give me advice")])


def asked_next(
    scene: Scene, plan: ToolPlan = ANALYSIS, compiles=lambda query: True, registry: Registry = TOOLS
):
    return tool_follow_ups(plan, (LAST_WEEK,), (BY_CHANNEL,), ("paid",), scene, compiles, registry)


def test_an_analysis_is_followed_by_why_its_dimension_last_year_and_what_to_do(scene: Scene) -> None:
    why, by_channel, yearly, advice = asked_next(scene)

    assert why.plan.name == "change_drivers"  # type: ignore[union-attr]
    assert why.plan.inputs["metric"] == "paid"  # type: ignore[union-attr]
    assert isinstance(by_channel.plan, MetricPlan)
    assert by_channel.plan.group_by == (GroupBy(dimension="channel"),)
    assert by_channel.plan.period == PeriodRange(start=date(2025, 11, 10), end=date(2025, 11, 17))
    assert yearly.plan.compare == (Compare(kind="previous_year"),)  # type: ignore[union-attr]
    assert (advice.question.zh, advice.question.en) == ("给我建议", "Give me advice")


def test_no_analysis_is_offered_after_itself_and_nothing_that_does_not_compile(scene: Scene) -> None:
    plan = ToolPlan(kind="tool", name="change_drivers", inputs={"metric": "paid"})

    found = asked_next(scene, plan, lambda query: not query.compare)

    assert [one.plan.kind for one in found] == ["metric", "tool"]
    assert found[0].plan.group_by == (GroupBy(dimension="metric_time", grain="week"),)  # type: ignore[union-attr]
    assert asked_next(scene, ToolPlan(kind="tool", name="growth", inputs={}), registry=Registry.of([]))


def test_the_metric_asked_for_comes_first_and_what_is_hidden_never(scene: Scene) -> None:
    drawn = Table((Column("x", Text.same("x"), "metric", metric="spend"),), (), 0)
    found = (
        Finding("change", Text.same("s"), metric="roas"),
        Finding("change", Text.same("s"), metric="nowhere"),
    )

    assert metrics_of(ANALYSIS, found, (drawn,), scene) == ("paid", "spend", "roas")
    hidden = replace(scene, hidden=frozenset({"paid"}))
    assert metrics_of(ANALYSIS, found, (drawn,), hidden) == ("spend", "roas")


@pytest.mark.parametrize(
    ("members", "where"),
    [(("a",), (Condition(dimension="channel", operator="=", values=("a",)),)), (("a", "b"), ())],
    ids=["one", "several"],
)
def test_behind_a_suggestion_is_its_metric_by_week_for_what_it_changes(scene: Scene, members, where) -> None:
    found = question_behind("paid", "channel", members, scene, lambda query: True)

    assert found is not None
    assert found.plan.where == where  # type: ignore[union-attr]
    assert found.plan.period == PeriodRange(start=date(2025, 8, 25), end=date(2025, 11, 17))  # type: ignore[union-attr]
    assert [group.dimension for group in found.plan.group_by] == ["metric_time", "channel"]  # type: ignore[union-attr]


def test_behind_a_suggestion_on_a_metric_out_of_reach_is_nothing(scene: Scene) -> None:
    assert question_behind("nowhere", None, (), scene, lambda query: True) is None
    assert question_behind("paid", "channel", ("a",), scene, lambda query: False) is None


def test_a_period_that_lies_after_the_data_is_followed_by_its_forecast(scene: Scene) -> None:
    to_come = Period(date(2025, 12, 1), date(2025, 12, 1), date(2026, 1, 1))
    asked = MetricQuery(
        metrics=("paid",), period=PeriodRange.of(Period.of(date(2025, 12, 1), date(2026, 1, 1)))
    )
    view = View(
        asked,
        Table((Column("paid", Text.same("paid"), "metric"),), ((0,),), 1),
        (UsedPeriod("main", to_come),),
    )
    tools = Registry.of([made("forecast", "预测", "forecast")])

    (found,) = follow_ups(view, Side(), scene, lambda query: True, tools)

    assert found.question.zh == "预测2025年12月(12/1–12/31)的支付金额"
    assert found.plan.name == "forecast"  # type: ignore[union-attr]
    assert found.plan.inputs["period"]["start"] == "2025-12-01"  # type: ignore[union-attr, call-overload, index]
    assert follow_ups(view, Side(), scene, lambda query: True, TOOLS) == ()
