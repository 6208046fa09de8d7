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
HERE = Path(__file__).parent
TABLES = {
    "conversations.txt": (ROOT / "evals" / "workspaces" / "odd", date(2024, 6, 15)),
    "conversations_charging.txt": (HERE / "exams" / "charging", date(2025, 10, 20)),
}

Ask = Callable[[str, str, Conversation | None], Planned]


def _talks() -> list[pytest.param]:
    talks = []
    for table in TABLES:
        for number, line in enumerate((HERE / table).read_text("utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                first, *rest = (part.strip() for part in line.split(" > "))
                turns = [tuple(part.rsplit(" = ", 1)) for part in rest]
                talks.append(pytest.param(table, first, turns, id=f"{table}:{number}:{line[:60]}"))
    return talks


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    opened = {}
    for table, (folder, today) in TABLES.items():
        layer = semantic_layer.open(folder, state_dir=tmp_path_factory.mktemp(table))
        opened[table] = layer, RulesPlanner(layer, registry=Registry.of([])), today

    def asked(table: str, question: str, conversation: Conversation | None) -> Planned:
        layer, planner, today = opened[table]
        return planner.plan(PlanRequest(question, "zh-CN", today, layer, conversation=conversation))

    return asked


@pytest.mark.parametrize(("table", "first", "turns"), _talks())
def test_a_follow_up_is_read_as_the_whole_question(ask: Ask, table: str, first: str, turns: list) -> None:
    conversation = Conversation().after(first, (ask(table, first, None).plan,))
    for said, whole in turns:
        plan = ask(table, said, conversation).plan
        meant = ask(table, said if whole == "fresh" else whole, None).plan
        assert not isinstance(plan, tuple)
        assert meant.kind in ("metric", "metadata"), whole
        assert plan.kind == meant.kind, f"{said}: {plan}"
        assert plan_hash(plan) == plan_hash(meant), said
        conversation = conversation.after(said, (plan,))


def test_the_tables_hold_at_least_two_hundred_and_thirty_talks() -> None:
    assert len(_talks()) >= 230
