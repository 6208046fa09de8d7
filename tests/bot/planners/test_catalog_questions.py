"""Questions about the catalog itself go to the catalog, questions about numbers to the data."""

from collections.abc import Callable
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import MetadataPlan, MetricPlan
from bot.planners.base import Planned, PlanRequest
from bot.planners.rules import RulesPlanner
from bot.wiring import demo_data
from tools.registry import Registry

TABLE = Path(__file__).parent / "catalog_questions.txt"


def _rows() -> list[tuple[str, str]]:
    lines = (line.strip() for line in TABLE.read_text("utf-8").splitlines())
    parts = (line.split(" | ", 1) for line in lines if line and not line.startswith("#"))
    return [(topic, question) for topic, question in parts]


@pytest.fixture(scope="module")
def ask(state_dir: Path) -> Callable[[str], Planned]:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    planner = RulesPlanner(layer, registry=Registry.load())
    return lambda question: planner.plan(PlanRequest(question, "zh-CN", layer.today(), layer))


def _read_as(planned: Planned) -> str:
    plan = planned.plan
    if isinstance(plan, MetadataPlan):
        return " ".join((plan.topic, *plan.names))
    if isinstance(plan, MetricPlan) and not plan.metrics and len(plan.group_by) == 1:
        return f"values {plan.group_by[0].dimension}"
    return "data"


@pytest.mark.parametrize(("expected", "question"), _rows())
def test_a_question_about_the_catalog_is_told_from_one_about_the_data(
    ask: Callable[[str], Planned], expected: str, question: str
) -> None:
    assert _read_as(ask(question)) == expected


@pytest.mark.parametrize("question", ["归因", "上个月的归因", "支付金额归因分析", "做一下归因"])
def test_a_bare_word_for_attribution_is_asked_back_with_both_meanings(
    ask: Callable[[str], Planned], question: str
) -> None:
    plan = ask(question).plan
    assert plan.kind == "clarify"
    assert [option.plan.name for option in plan.options] == ["attribution", "change_drivers"]


@pytest.mark.parametrize(
    ("question", "tool"),
    [("渠道归因", "attribution"), ("支付金额下降归因", "change_drivers"), ("末次触点归因", "attribution")],
)
def test_attribution_is_decided_where_the_words_beside_it_say_which(
    ask: Callable[[str], Planned], question: str, tool: str
) -> None:
    assert ask(question).plan.name == tool
