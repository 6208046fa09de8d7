"""One question in four wordings is one plan: Chinese, English, mixed, and polite, filled or turned round.

Two workspaces under odd names: the eval suite's language school, and `alike/apiary`, which was written for this.
The plans and all wordings were written by hand before any of them was first asked.
"""

from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import plan_hash
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner

FOLDER = Path(__file__).parent / "alike"
PROJECT = Path(__file__).parents[3]
PLACES = {"apiary": FOLDER / "apiary", "odd": PROJECT / "evals" / "workspaces" / "odd"}
TODAY = {"apiary": date(2025, 6, 18), "odd": date(2024, 6, 13)}


def _cases():
    for name in PLACES:
        expected, wordings = "", []
        for line in (*(FOLDER / f"{name}.txt").read_text("utf-8").splitlines(), "end"):
            if line.startswith("  "):
                wordings.append(line.strip())
            elif line and not line.startswith("#"):
                if wordings:
                    yield name, expected, tuple(wordings)
                expected, wordings = line, []


CASES = tuple(_cases())


@pytest.fixture(scope="module")
def planners(tmp_path_factory):
    opened = {}

    def planner(name):
        if name not in opened:
            layer = semantic_layer.open(PLACES[name], state_dir=tmp_path_factory.mktemp(name))
            opened[name] = layer, RulesPlanner(layer)
        return opened[name]

    yield planner
    for layer, _ in opened.values():
        layer.close()


def _plan(planners, name, wording):
    layer, planner = planners(name)
    locale = "en-US" if wording.isascii() else "zh-CN"
    return planner.plan(PlanRequest(wording, locale, TODAY[name], layer)).plan


def _parts(text):
    """The parts of a noted plan: which of them, and which name of a list, was said first is no difference."""
    return sorted(
        ",".join(sorted(part.split(","))) if part[:3] != "whe" else part for part in text.split(" | ")
    )


@pytest.mark.parametrize(
    ("name", "expected", "wordings"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES]
)
def test_four_wordings_of_a_question_are_one_plan(planners, note_of, name, expected, wordings):
    plans = [_plan(planners, name, wording) for wording in wordings]
    assert [_parts(note_of(plan)) for plan in plans] == [_parts(expected)] * len(wordings)
    assert len({plan_hash(plan) for plan in plans}) == 1


def test_there_are_46_questions_in_four_wordings():
    assert (len(CASES), {len(wordings) for _, _, wordings in CASES}) == (46, {4})
