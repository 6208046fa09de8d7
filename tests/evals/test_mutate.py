"""Each slot of each gold plan is changed; the scorers must notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.plan import MetricPlan
from bot.settings import DEMO, Settings
from evals.case import Case, load_suite
from evals.compare import wrong_slots
from evals.mutate import (
    DAY,
    SHOWN,
    check,
    gives_the_same,
    mutants,
    noticed_by_result,
    noticed_by_slots,
)
from evals.run import Runner
from semantic_layer.workspace import SemanticLayer

ROOT = Path(__file__).resolve().parents[2]
ODD = "evals/workspaces/odd"

Mutants = list[tuple[Case, MetricPlan, str, MetricPlan]]


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> SemanticLayer:
    state = tmp_path_factory.mktemp("state")
    return Runner(Settings(workspace=DEMO, is_demo=True, state_dir=state)).pipeline(ODD).layer


@pytest.fixture(scope="module")
def changed(layer: SemanticLayer) -> Mutants:
    return list(_changed(layer))


def test_every_slot_is_changed_somewhere(changed: Mutants) -> None:
    slots = {slot for _, _, slot, _ in changed}
    wanted = {"metric", "dimension", "filter", "period", "compare", "order", "limit", "transform", DAY}
    assert slots == wanted
    assert len(changed) >= 300


def test_the_plan_scorer_names_exactly_the_slot_that_was_changed(changed: Mutants) -> None:
    unnoticed = [
        f"{case.id} {slot}: {wrong_slots(mutant, plan)}"
        for case, plan, slot, mutant in changed
        if not noticed_by_slots(plan, slot, mutant)
    ]
    assert unnoticed == []


def test_the_result_scorer_notices_what_changes_the_numbers(changed: Mutants, layer: SemanticLayer) -> None:
    shown = [(case, slot, mutant) for case, _, slot, mutant in changed if slot in SHOWN]
    unnoticed = [
        f"{case.id} {slot}" for case, slot, mutant in shown if not noticed_by_result(case, mutant, layer)
    ]
    assert len(unnoticed) <= len(shown) // 100, unnoticed


def test_the_hotel_s_gold_plans_are_no_easier_to_miss(tmp_path: Path) -> None:
    runner = Runner(Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path))
    cases = load_suite(ROOT / "evals" / "suites" / "hotel" / "02_filters_time.yml")
    found = check(cases, runner.pipeline("evals/workspaces/hotel").layer)
    assert found.by_plan == []
    assert found.shown >= 90
    assert found.by_result == []
    assert len(found.same) <= found.shown // 10, found.same


def test_every_rolling_period_of_the_hotel_is_told_from_one_that_is_a_day_longer(tmp_path: Path) -> None:
    runner = Runner(Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path))
    cases = [case for case in load_suite(ROOT / "evals" / "suites" / "hotel") if "最近" in case.question]
    assert len(cases) >= 3
    found = check(cases, runner.pipeline("evals/workspaces/hotel").layer)
    assert found.days >= 3
    assert not [one for one in (*found.by_result, *found.same) if one.endswith(DAY)]


def test_a_change_without_effect_is_counted_apart_and_a_blind_scorer_is_not_excused(tmp_path: Path) -> None:
    runner = Runner(Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path))
    layer = runner.pipeline(ODD).layer
    case = next(one for one in load_suite(ROOT / "evals" / "suites" / "odd") if one.id == "odd-time-16")
    plan = case.expect.plan
    assert isinstance(plan, MetricPlan)
    # Two metrics happen to be the same number in that week: nothing to see. A week earlier they are not.
    assert gives_the_same(case, plan, plan, layer)
    moved = dict(mutants(plan, layer.catalog))["period"]
    assert not gives_the_same(case, plan, moved, layer)
    # A case whose expected result is that of the changed plan overlooks the change, and is not excused.
    blind = case.model_copy(update={"expect": case.expect.model_copy(update={"sql": None, "plan": moved})})
    assert not noticed_by_result(blind, moved, layer)
    assert not gives_the_same(blind, plan, moved, layer)


def _changed(layer: SemanticLayer) -> Iterator[tuple[Case, MetricPlan, str, MetricPlan]]:
    for case in load_suite(ROOT / "evals" / "suites" / "odd"):
        plan = case.expect.plan
        if isinstance(plan, MetricPlan):
            for slot, mutant in mutants(plan, layer.catalog):
                yield case, plan, slot, mutant
