"""The committed suites: they load, are large enough, agree with hand-written SQL, and have not leaked."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import DEMO, Settings
from evals.case import Case, load_suite
from evals.judge import check_gold, gold_rows
from evals.run import Runner
from evals.workspaces import make_hotel
from tools.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "evals" / "suites"
ODD = "evals/workspaces/odd"
HOTEL = "evals/workspaces/hotel"

CLASSES = {
    "lookup": 20, "breakdown": 20, "ranking": 12, "top_n": 10, "trend": 12, "comparison": 20, "share": 8,
    "filter": 35, "ratio": 18, "time": 60, "average_per": 6, "running": 4, "metadata": 10, "follow_up": 16,
    "vague": 8, "ambiguous": 8, "unanswerable": 25, "out_of_scope": 12, "injection": 10, "multi_metric": 8,
    "count_of_members": 5, "analysis": 50, "access": 15,
}  # fmt: skip


@pytest.fixture
def state_dir() -> Path:
    """Return the run's own state folder, so that the demo's data are generated once."""
    return Path(os.environ["ASKGROWTH_STATE_DIR"])


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_suite(SUITES)


def test_there_are_enough_questions_of_every_class_in_both_languages(cases: tuple[Case, ...]) -> None:
    counted = Counter(case.klass for case in cases)
    assert {name: n for name, n in CLASSES.items() if counted[name] < n} == {}
    wordings = [turn for case in cases for turn in case.wordings()]
    assert len(cases) >= 600
    assert len(wordings) >= 1_500
    assert len({case.workspace for case in cases}) == 4
    languages = Counter(turn.locale for turn in wordings)
    assert languages["zh-CN"] >= 700
    assert languages["en-US"] >= 700


def test_every_question_is_put_in_chinese_and_in_english(cases: tuple[Case, ...]) -> None:
    alone = [case.id for case in cases if len({turn.locale for turn in case.wordings()}) < 2]
    assert alone == []


def test_every_case_names_the_day_it_is_asked_on(cases: tuple[Case, ...]) -> None:
    assert [case.id for case in cases if case.today is None] == []


def test_no_two_cases_of_a_workspace_ask_the_same_words_on_the_same_day(cases: tuple[Case, ...]) -> None:
    asked = Counter(
        (case.workspace, case.today, case.conversation, turn.question)
        for case in cases
        for turn in case.wordings()
    )
    assert [key for key, n in asked.items() if n > 1] == []


def test_no_question_of_the_suites_stands_in_code_yaml_or_prompts(cases: tuple[Case, ...]) -> None:
    """Only whole questions: a single term ("last month", "天猫") is the product's own vocabulary."""
    read = "\n".join(_product_texts())
    leaked = {
        f"{case.id}: {turn.question}"
        for case in cases
        for turn in case.wordings()
        if _is_a_sentence(turn.question) and _flat(turn.question) in read
    }
    assert sorted(leaked) == []


def test_the_leakage_check_finds_a_planted_question() -> None:
    assert _flat("Paid amount LAST month") in _flat('EXAMPLES = ["paid amount  last month"]')


def test_every_analysis_is_asked_for(cases: tuple[Case, ...]) -> None:
    asked = {case.expect.tool for case in cases if case.expect.tool}
    assert set(Registry.load().tools) - asked == set()


@pytest.mark.parametrize("workspace", [ODD, HOTEL, "demo"])
def test_gold_plans_and_hand_written_sql_agree(
    cases: tuple[Case, ...], workspace: str, state_dir: Path
) -> None:
    runner = Runner(Settings(workspace=DEMO, is_demo=True, state_dir=state_dir))
    layer = runner.pipeline(workspace).layer
    odd = [case for case in cases if case.workspace == workspace]
    problems = {case.id: check_gold(case, layer) for case in odd}
    assert {key: problem for key, problem in problems.items() if problem} == {}
    # An empty or null gold result would be matched by any answer that finds nothing.
    by_hand = {
        case.id: gold_rows(case.expect, case, layer) or []
        for case in odd
        if case.expect.sql and "refuse" not in case.expect.accept_outcomes
    }
    assert [key for key, rows in by_hand.items() if all(cell is None for row in rows for cell in row)] == []


def test_the_hotel_s_data_are_what_its_code_makes(tmp_path: Path) -> None:
    make_hotel.write(tmp_path)
    kept = ROOT / HOTEL / "data"
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        file.name: file.read_bytes() for file in kept.iterdir()
    }


def _product_texts() -> Iterator[str]:
    for package in ("bot", "semantic_layer", "tools", "demo"):
        for pattern in ("**/*.py", "**/*.yml", "**/*.yaml", "**/*.md", "**/*.txt"):
            for file in sorted((ROOT / package).glob(pattern)):
                if "__pycache__" not in file.parts and file.name != "truth.yml":
                    yield _flat(file.read_text(encoding="utf-8"))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def _is_a_sentence(question: str) -> bool:
    han = len(re.findall(r"[\u4e00-\u9fff]", question))
    return han >= 6 or (not han and len(question.split()) >= 4)
