from pathlib import Path

import pytest

from evals.case import CaseError, load_suite

GOOD = """
defaults: {workspace: demo, today: 2025-11-20, class: lookup}
cases:
  - id: one
    locale: zh-CN
    question: 上月花费
    paraphrases: [上个月花了多少, {locale: en-US, question: spend last month}]
    expect: {outcome: answer, sql: SELECT 1}
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "suite.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_fill_every_case_and_paraphrases_take_its_language(tmp_path: Path) -> None:
    (case,) = load_suite(write(tmp_path, GOOD))
    assert case.workspace == "demo"
    assert [(turn.locale, turn.question) for turn in case.wordings()] == [
        ("zh-CN", "上月花费"),
        ("zh-CN", "上个月花了多少"),
        ("en-US", "spend last month"),
    ]


def test_an_answer_without_anything_to_check_it_by_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        load_suite(write(tmp_path, GOOD.replace(", sql: SELECT 1", "")))
    assert "one" in caught.value.message.en


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("question: 上月花费", "qestion: 上月花费"),
        ("outcome: answer", "outcome: maybe"),
        ("locale: zh-CN", "locale: fr"),
    ],
)
def test_a_misspelt_case_names_its_file_and_id(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_suite(write(tmp_path, GOOD.replace(old, new)))
    assert "suite.yml" in caught.value.message.en


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    case = GOOD.split("cases:\n")[1]
    with pytest.raises(CaseError):
        load_suite(write(tmp_path, GOOD + case))


@pytest.mark.parametrize("text", ["", "cases: []", "a: [", "- 1", "cases: 3"])
def test_a_file_that_is_no_suite_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(CaseError):
        load_suite(write(tmp_path, text))
