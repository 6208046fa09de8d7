"""Which questions go to which analysis: every example of every tool, and wordings that none of them holds."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import MetricPlan, ToolPlan
from bot.planners.base import Conversation, Planned, PlanRequest
from bot.planners.rules import RulesPlanner
from bot.wiring import demo_data
from evals.case import HAN
from tools.registry import Registry

TABLE = Path(__file__).parent / "routing.txt"
Ask = Callable[..., Planned]


def _rows() -> list[tuple[str, str]]:
    lines = (line.strip() for line in TABLE.read_text("utf-8").splitlines())
    parts = (line.split("|", 1) for line in lines if line and not line.startswith("#"))
    return [(tool.strip(), question.strip()) for tool, question in parts]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module")
def ask(state_dir: Path, registry: Registry) -> Ask:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    planner = RulesPlanner(layer, registry=registry)
    return lambda question, conversation=None: planner.plan(
        PlanRequest(question, "zh-CN", layer.today(), layer, conversation=conversation)
    )


def _went_to(planned: Planned) -> str:
    plans = planned.plan if isinstance(planned.plan, tuple) else (planned.plan,)
    return plans[0].name if isinstance(plans[0], ToolPlan) else plans[0].kind


def test_every_wording_goes_to_its_analysis(ask: Ask, registry: Registry) -> None:
    rows = [(tool, question) for tool, question in _rows() if tool == "metric" or tool in registry]
    went = {(tool, question): _went_to(ask(question)) for tool, question in rows}
    assert [(question, name) for (tool, question), name in went.items() if name != tool] == []


def test_every_example_goes_to_its_analysis(ask: Ask, registry: Registry) -> None:
    examples = [(tool.name, one) for tool in registry.tools.values() for one in tool.examples.all()]
    assert [(one, _went_to(ask(one))) for name, one in examples if _went_to(ask(one)) != name] == []


def test_every_analysis_has_wordings_in_both_languages_that_are_none_of_its_examples(
    registry: Registry,
) -> None:
    examples = {one for tool in registry.tools.values() for one in tool.examples.all()}
    counted = Counter(
        (tool, bool(HAN.search(question))) for tool, question in _rows() if question not in examples
    )
    few = [name for name in registry.tools for chinese in (True, False) if counted[name, chinese] < 4]
    assert few == []


@pytest.mark.parametrize(
    ("question", "inputs"),
    [
        ("把客户分成4群", {"count": 4}),
        ("cluster customers into 4 groups", {"count": 4}),
        ("customer lifetime value over 2 years", {"days": 730}),
        ("一个客户一年能贡献多少钱", {"days": 365}),
        ("每周100万的预算怎么分配", {"weekly_total": 1_000_000.0}),
        ("how should we split the budget of 50k a week", {"weekly_total": 50_000.0}),
    ],
)
def test_a_number_that_belongs_to_the_analysis_becomes_its_input(
    ask: Ask, question: str, inputs: dict
) -> None:
    plan = ask(question).plan
    assert isinstance(plan, ToolPlan)
    assert dict(plan.inputs) == inputs


@pytest.mark.parametrize("question", ["为什么?", "why?", "why did it change", "是什么原因"])
def test_why_after_an_answer_is_about_that_answer(ask: Ask, question: str) -> None:
    first = ask("上周天猫支付金额").plan
    assert isinstance(first, MetricPlan)
    plan = ask(question, Conversation().after("上周天猫支付金额", (first,))).plan
    assert isinstance(plan, ToolPlan)
    assert plan.name == "change_drivers"
    assert plan.inputs["metric"] == first.metrics[0]
    assert plan.inputs["where"]
    assert plan.inputs["period"]["start"] == first.period.start.isoformat()


@pytest.mark.parametrize(
    "question",
    ["预测下个月火星的支付金额", "banana forecast next month", "why did the moon fall", "为什么香蕉降价"],
)
def test_an_analysis_of_something_unknown_names_what_was_not_understood(ask: Ask, question: str) -> None:
    assert _went_to(ask(question)) == "refuse"
