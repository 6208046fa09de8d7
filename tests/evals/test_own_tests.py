"""Questions that a workspace's author writes into the YAML, and drafts from what went wrong in the chat."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.store.database import open_store
from bot.store.feedback import rate
from bot.store.schema import elements, steps, threads, users
from evals.case import CaseError, load_suite
from evals.cli import app
from evals.drafts import as_yaml, drafts
from evals.own_tests import own_cases
from semantic_layer.errors import SpecProblemsError

SHOP = """
version: 1
name: {zh: 茶摊, en: Tea stall}
today: 2025-04-01
models:
  - name: cups
    label: {zh: 茶, en: tea}
    agg_time_dimension: day
    columns:
      - {name: cup_id, entity: primary}
      - {name: day, granularity: day, dimension: time}
      - {name: kind, dimension: categorical, label: {zh: 茶种, en: kind of tea}}
    metrics:
      - {name: takings, agg: sum, expr: coins, label: {zh: 茶钱, en: takings}}
"""
DATA = "cup_id,day,kind,coins\n1,2025-03-01,green,3\n2,2025-03-02,black,4\n3,2025-02-01,black,50\n"


def _workspace(folder: Path, tests: str) -> Path:
    (folder / "data").mkdir()
    (folder / "data" / "cups.csv").write_text(DATA, encoding="utf-8")
    (folder / "askgrowth.yml").write_text(SHOP + tests, encoding="utf-8")
    return folder


def _run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setenv("ASKGROWTH_STATE_DIR", str(folder / "state"))
    done = CliRunner().invoke(app, ["--workspace", str(folder)])
    return done.exit_code, done.output


def test_the_questions_of_a_workspace_are_asked_and_a_right_one_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = """
tests:
  - {question: takings in March 2025, value: 7, today: 2025-04-01, paraphrases: [2025年3月的茶钱]}
  - question: takings by kind of tea in March 2025
    plan: {metrics: [takings], group_by: [{dimension: kind}], period: {start: 2025-03-01, end: 2025-04-01}}
  - {question: what is the weather tomorrow, outcome: refuse}
  - {metric: takings, period: 2025-03, value: 7}
"""
    code, output = _run(_workspace(tmp_path, tests), monkeypatch)
    assert (code, output.splitlines()[0][:9]) == (0, "4/4 right"), output


def test_a_value_that_does_not_come_out_fails_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = "tests:\n  - {name: march, question: takings in March 2025, value: 8}\n"
    code, output = _run(_workspace(tmp_path, tests), monkeypatch)
    assert code == 1
    assert "march#0 takings in March 2025 — rows: 1 against 1 expected" in output


def test_a_tolerance_lets_a_near_value_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = "tests:\n  - {question: takings in March 2025, value: 7.4, tolerance: 0.5}\n"
    assert _run(_workspace(tmp_path, tests), monkeypatch)[0] == 0


def test_a_workspace_without_questions_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="has a question"):
        own_cases(_workspace(tmp_path, ""))


@pytest.mark.parametrize(
    "test", ["{question: takings}", "{question: takings, metric: takings, value: 1}", "{value: 1}"]
)
def test_a_test_that_checks_nothing_is_refused_by_the_loader(tmp_path: Path, test: str) -> None:
    import semantic_layer

    folder = _workspace(tmp_path, f"tests:\n  - {test}\n")
    with pytest.raises(SpecProblemsError):
        semantic_layer.open(folder, state_dir=tmp_path / "state")


def test_bad_ratings_and_unanswered_questions_become_drafts_that_do_not_load_as_they_are(
    tmp_path: Path,
) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    plan = {"kind": "metric", "metrics": ["takings"]}
    cards = {
        "bad": {"question": "上个月茶钱", "headline": "茶钱 7", "outcome": "answer", "plan": plan},
        "no": {"question": "tea margin", "outcome": "refuse", "notice": {"message": "No metric margin."}},
        "good": {"question": "takings in March", "headline": "7", "outcome": "answer"},
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(users.insert().values(id="u", identifier="li"))
        connection.execute(threads.insert().values(id="t", userId="u", userIdentifier="li"))
        for name, card in cards.items():
            connection.execute(steps.insert().values(id=name, threadId="t", createdAt="2025-04-01T08:00:00"))
            props = json.dumps(card)
            connection.execute(
                elements.insert().values(id=f"e-{name}", threadId="t", forId=name, props=props)
            )
    rate(engine, "li", "bad", 0, "wrong month")
    found = drafts(engine)
    engine.dispose()
    assert [(one.question, one.why) for one in found] == [
        ("上个月茶钱", "rated bad: wrong month"),
        ("tea margin", "refused"),
    ]
    text = as_yaml(found, "demo")
    first, second = yaml.safe_load(text)
    assert first["expect"]["plan"] == plan
    assert (second["locale"], second["today"], second["user"]) == ("en-US", date(2025, 4, 1), "li")
    file = tmp_path / "drafts.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=r"draft-001: expect\.outcome"):
        load_suite(file)
