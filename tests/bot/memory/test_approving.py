"""A pair enters the memory only by a person, only if its words fit its plan, only if nothing approved breaks."""

import importlib.util
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.memory.approve import Approver, NotApprovedError
from bot.memory.recall import FILE as READ_FILE
from bot.memory.recall import Kept, Memory
from bot.pipeline import Pipeline
from bot.plan import MetricPlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.settings import Endpoint, Settings
from bot.store.database import FILE, database_url, open_store
from bot.store.verified import save_verified
from tools.registry import Registry

TODAY = date(2026, 3, 19)
FEBRUARY = {"start": "2026-02-01", "end": "2026-03-01"}
LAMPS = Path(importlib.util.find_spec("bot").origin).parent.parent / "tests" / "bot" / "planners" / "mosslamp"


@pytest.fixture(scope="module")
def lamps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory") / "workspace"
    shutil.copytree(LAMPS, folder)
    opened = semantic_layer.open(folder, state_dir=folder.parent / "state")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def approver(lamps):
    return Approver(lamps, Registry.of([]), TODAY)


@pytest.fixture
def settings(lamps, tmp_path):
    return Settings(lamps.settings.path, is_demo=False, state_dir=tmp_path)


@pytest.fixture
def store(settings):
    engine = open_store(database_url(settings))
    yield engine
    engine.dispose()


def plan(**change):
    body = {"metrics": ["zarn"], "group_by": [{"dimension": "hub"}], "period": FEBRUARY, **change}
    return MetricPlan.model_validate({"kind": "metric", **body})


def test_a_pair_whose_words_are_all_in_its_plan_is_kept(approver):
    assert approver.checked("zarn by hub last month", plan(), ()) == plan()


def test_a_word_that_the_catalog_does_not_know_is_what_an_approval_explains(approver):
    assert approver.checked("how shiny were the lanterns by hub last month", plan(), ()) == plan()


@pytest.mark.parametrize(
    ("question", "poisoned", "said"),
    [
        ("zarn by hub last month", {"metrics": ["pull_count"]}, "pull_count"),
        ("上个月各hub的灯费", {"metrics": ["pull_count"]}, "pull_count"),
        ("zarn by hub last month", {"metrics": ["zarn", "oil"]}, "oil"),
        ("zarn by hub last month", {"group_by": []}, "hub"),
        (
            "zarn by hub last month",
            {"where": [{"kind": "condition", "dimension": "lane", "operator": "=", "values": ["kx"]}]},
            "lane",
        ),
        ("zarn by hub last month", {"segments": ["heavy"]}, "heavy"),
        ("zarn by hub last month", {"metrics": ["gleam"]}, "gleam"),
    ],
    ids=[
        "another metric",
        "another metric, Chinese",
        "a metric more",
        "no split",
        "a filter",
        "a segment",
        "unknown",
    ],
)
def test_a_poisoned_pair_is_refused_by_name_in_both_languages(approver, question, poisoned, said):
    with pytest.raises(NotApprovedError) as refused:
        approver.checked(question, plan(**poisoned), ())
    assert said in refused.value.message.zh
    assert said in refused.value.message.en


def test_the_dates_that_are_kept_are_those_the_words_mean(approver):
    january = {"start": "2026-01-01", "end": "2026-02-01"}
    kept = approver.checked("zarn by hub last month", plan(period=january), ())
    assert kept.period.start == date(2026, 2, 1)


def test_a_pair_that_changes_the_answer_of_an_approved_question_is_refused(approver):
    approved = Kept("the lanterns by hub", plan(period=None).model_dump(mode="json"))
    other = plan(metrics=["oil"], period=None)
    with pytest.raises(NotApprovedError, match=r"the lanterns by hub.*would change"):
        approver.checked("The lanterns by hub?", other, [approved])


def test_the_same_pair_can_be_approved_again(approver):
    approved = Kept("the lanterns by hub", plan(period=None).model_dump(mode="json"))
    assert approver.checked("The lanterns by hub?", plan(period=None), [approved]).metrics == ("zarn",)


def test_an_approved_pair_that_no_longer_fits_is_found(approver):
    kept = [
        Kept("zarn by hub", plan(period=None).model_dump(mode="json")),
        Kept("zarn by lane", plan(metrics=["pull_count"], period=None).model_dump(mode="json")),
    ]
    assert [one.question for one, _ in approver.broken(kept)] == ["zarn by lane"]


# ---- serving


def test_an_approved_question_is_served_with_a_badge_and_without_a_model(lamps, settings, store):
    from dataclasses import replace

    save_verified(
        store, str(settings.workspace), "how shiny were the lanterns last month", plan(), approved_by="li"
    )
    nowhere = Endpoint("http://127.0.0.1:9/v1", "m", "k", max_retries=0)
    asked = Pipeline(lamps, replace(settings, endpoint=nowhere), approvals=Memory(lamps, settings))

    answer = asked.ask("How shiny were the lanterns last month?", planner="llm", today=TODAY)

    assert (answer.outcome, answer.planner) == ("answer", "verified")
    assert answer.provenance.extra["verified"]["by"] == "li"
    assert "calls" not in answer.provenance.extra


def test_a_question_that_the_rules_cannot_read_is_served_at_todays_dates(lamps, settings, store):
    save_verified(store, str(settings.workspace), "how shiny were the lanterns last month", plan())
    asked = Pipeline(lamps, settings, approvals=Memory(lamps, settings))

    answer = asked.ask("how shiny were the lanterns last month", today=date(2026, 2, 10))

    assert (answer.periods[0].start, answer.periods[0].end) == (date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize("way", ["file", "store"])
def test_pairs_are_read_alike_from_the_file_and_through_the_store(lamps, settings, store, way):
    save_verified(store, str(settings.workspace), "Zarn by hub?", plan(), approved_by="li")
    memory = Memory(lamps, settings, store if way == "store" else None)
    assert memory("zarn by HUB").plan == plan()
    assert memory("oil by hub") is None
    assert [(kept.question, kept.by) for kept in memory.stored()] == [("Zarn by hub?", "li")]


def test_the_file_that_is_read_is_the_one_that_is_written():
    assert READ_FILE == FILE


def test_a_database_that_cannot_be_read_costs_the_memory_and_not_the_answer(lamps, settings, tmp_path):
    (tmp_path / FILE).write_bytes(b"no database")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / FILE).execute("SELECT * FROM verified_questions")
    assert Memory(lamps, settings)("zarn by hub") is None


def test_the_rules_give_the_periods_that_words_mean(lamps):
    rules = RulesPlanner(lamps, registry=Registry.of([]))
    said = rules.periods_said(PlanRequest("how shiny was it last month", "en-US", TODAY, lamps))
    assert [(one.start, one.end) for one in said] == [(date(2026, 2, 1), date(2026, 3, 1))]
