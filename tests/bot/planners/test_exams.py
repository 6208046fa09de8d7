"""Questions in the wordings that vendors' manuals document, over workspaces written from docs/yaml.md alone.

One folder per workspace under `exams/`, one text of questions beside it. The plans were written by hand before the
questions were first asked; `not answered` is a question back or a refusal. The kinds of question are those of the
manuals of FineChatBI, Power BI Q&A, ThoughtSpot, Tableau Ask Data, Qlik, Cloudera and others, the words our own.
"""

from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner

FOLDER = Path(__file__).parent / "exams"
TODAY = {
    "grocery": date(2025, 6, 18), "cloud": date(2025, 3, 31), "bank": date(2025, 5, 12), "airline": date(2025, 9, 16),
    "hospital": date(2025, 4, 1), "game": date(2025, 8, 20), "university": date(2025, 5, 30),
    "live_shop": date(2025, 2, 13), "carrier": date(2025, 11, 9), "telecom": date(2024, 12, 16),
    "rentals": date(2025, 10, 1), "dealer": date(2025, 7, 16), "charging": date(2025, 10, 20),
    "podcast": date(2025, 6, 1),
}  # fmt: skip
CASES = [
    (name, *line.split(" => "))
    for name in TODAY
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    if line.strip()
]


@pytest.fixture(scope="module")
def planners(tmp_path_factory):
    opened = {}

    def planner(name):
        if name not in opened:
            layer = semantic_layer.open(FOLDER / name, state_dir=tmp_path_factory.mktemp(name))
            opened[name] = layer, RulesPlanner(layer)
        return opened[name]

    yield planner
    for layer, _ in opened.values():
        layer.close()


def _parts(text):
    """The parts of a noted plan; which condition or group was said first is no difference."""
    parts = (
        "by " + ",".join(sorted(part[3:].split(","))) if part.startswith("by ") else part
        for part in text.split(" | ")
    )
    return sorted(parts)


@pytest.mark.parametrize(
    ("name", "question", "expected"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES]
)
def test_a_documented_wording_is_read_over_a_schema_never_seen(planners, note_of, name, question, expected):
    layer, planner = planners(name)
    locale = "en-US" if question.isascii() else "zh-CN"
    noted = note_of(planner.plan(PlanRequest(question, locale, TODAY[name], layer)).plan)
    if expected == "not answered":
        assert noted.split()[0] in ("clarify", "refuse")
    else:
        assert _parts(noted) == _parts(expected)
