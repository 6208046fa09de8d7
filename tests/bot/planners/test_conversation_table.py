"""Follow-ups by table: each gives the plan of the whole question that a patient person would have asked."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import plan_hash
from bot.planners.base import Conversation, Planned, PlanRequest
from bot.planners.rules import RulesPlanner
from tools.registry import Registry

ROOT = Path(__file__).resolve().parents[3]
TABLE = Path(__file__).parent / "conversations.txt"
TODAY = date(2024, 6, 15)

Ask = Callable[[str, Conversation | None], Planned]


def _talks() -> list[pytest.param]:
    talks = []
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            first, *rest = (part.strip() for part in line.split(" > "))
            turns = [tuple(part.rsplit(" = ", 1)) for part in rest]
            talks.append(pytest.param(first, turns, id=f"{number}:{line[:60]}"))
    return talks


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder = ROOT / "evals" / "workspaces" / "odd"
    layer = semantic_layer.open(folder, state_dir=tmp_path_factory.mktemp("odd"))
    planner = RulesPlanner(layer, registry=Registry.of([]))
    return lambda question, conversation: planner.plan(
        PlanRequest(question, "zh-CN", TODAY, layer, conversation=conversation)
    )


@pytest.mark.parametrize(("first", "turns"), _talks())
def test_a_follow_up_is_read_as_the_whole_question(ask: Ask, first: str, turns: list) -> None:
    conversation = Conversation().after(first, (ask(first, None).plan,))
    for said, whole in turns:
        plan = ask(said, conversation).plan
        meant = ask(said if whole == "fresh" else whole, None).plan
        assert not isinstance(plan, tuple)
        assert meant.kind in ("metric", "metadata"), whole
        assert plan.kind == meant.kind, f"{said}: {plan}"
        assert plan_hash(plan) == plan_hash(meant), said
        conversation = conversation.after(said, (plan,))


def test_the_table_holds_at_least_a_hundred_and_twenty_talks() -> None:
    assert len(_talks()) >= 120
