"""Analyses of any package are asked for by the ideas that they declare, in any order and both languages."""

from datetime import date

import pytest
from pydantic import Field

from bot.plan import RefusePlan, ToolPlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.planners.rules.frames import fillers_rule
from bot.planners.rules.words_ideas import IDEAS, NOUNS, PEOPLE
from semantic_layer.query import Compare, PeriodRange, Where
from semantic_layer.table import Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.registry import Registry, ToolInputs, tool
from tools.result import ToolResult


class Inputs(ToolInputs):
    days: int = 30
    period: PeriodRange | None = None


class MetricInputs(ToolInputs):
    metric: str | None = None
    where: tuple[Where, ...] = Field(default=())
    compare: Compare | None = None


@tool(
    name="moulting",
    label=Text(zh="换羽", en="Moulting"),
    examples=Words(zh=("换羽情况",), en=("how they moult",)),
    inputs=Inputs,
    asks=Asks(frames=("step loss", "~plumage"), numbers=(("days", "length"),)),
)
def moulting(inputs, context):
    """Return nothing: it only has to be found."""
    return ToolResult(Text.same("-"), (Table((), (), 0),))


@tool(
    name="digging",
    label=Text(zh="深挖", en="Digging"),
    examples=Words(zh=("深挖一下",), en=("dig into it",)),
    inputs=MetricInputs,
    asks=Asks(frames=("why +metric",), against="previous_period"),
)
def digging(inputs, context):
    """Return nothing: it only has to be found."""
    return ToolResult(Text.same("-"), (Table((), (), 0),))


@pytest.fixture(scope="module")
def ask_tools(layer):
    planner = RulesPlanner(layer, registry=Registry.of([moulting, digging]))
    return lambda question: planner.plan(PlanRequest(question, "zh-CN", date(2026, 3, 19), layer)).plan


@pytest.mark.parametrize(
    "question",
    [
        "客户在哪一步走掉的最多",
        "走掉的客户都停在哪一步",
        "which stage leaks most",
        "where do people give up, by stage",
    ],
)
def test_the_ideas_of_a_frame_may_stand_in_any_order_and_language(ask_tools, question):
    plan = ask_tools(question)
    assert isinstance(plan, ToolPlan)
    assert plan.name == "moulting"


def test_a_declared_number_fills_its_input(ask_tools):
    assert ask_tools("which stage leaks most within 2 weeks").inputs == {"days": 14}


def test_a_name_that_is_no_idea_stands_for_itself(ask_tools):
    assert ask_tools("show the plumage").name == "moulting"


def test_a_word_that_is_neither_idea_nor_filler_is_named_as_not_understood(ask_tools):
    plan = ask_tools("which stage leaks most in atlantis")
    assert isinstance(plan, RefusePlan)
    assert "atlantis" in " ".join(plan.missing)


def test_the_comparison_that_an_analysis_makes_anyway_is_no_input(ask_tools):
    said, unsaid = ask_tools("灯费额环比为什么变了"), ask_tools("灯费额为什么变了")
    assert isinstance(said, ToolPlan)
    assert said == unsaid


def test_every_idea_in_a_frame_of_ours_has_words_in_both_languages():
    frames = [frame for one in Registry.load().tools.values() for frame in one.asks.frames]
    ideas = {word for frame in frames for word in frame.removeprefix("~").split() if word[0] not in "+-"}
    assert sorted(ideas - set(IDEAS)) == []
    assert all(zh.strip() and en.strip() for zh, en in IDEAS.values())
    assert set(IDEAS) >= NOUNS >= {PEOPLE}


@pytest.mark.parametrize("word", ["atlantis", "wholesale", "北方", "线下"])
def test_a_word_that_could_tell_rows_apart_is_no_filler(word):
    assert fillers_rule().fullmatch(word) is None
