"""The README's table: as the committed baseline says, and the baseline as the suites are."""

from pathlib import Path

import pytest

from evals.case import load_suite
from evals.record import read_log
from evals.run import fingerprint
from evals.score import score
from evals.summary import BASELINE, BEGIN, END, READMES, table, with_table

ROOT = Path(__file__).resolve().parents[2]
LEAST_RIGHT = 0.95


@pytest.mark.parametrize("name", READMES)
def test_the_readme_holds_the_table_of_the_committed_baseline(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    made = with_table(text, table(list(read_log(BASELINE)), READMES[name]))
    assert text == made, "run: python -m evals.summary"


def test_the_baseline_holds_every_wording_of_every_case_as_it_is_now() -> None:
    cases = load_suite(ROOT / "evals" / "suites")
    now = {(case.id, number): fingerprint(case) for case in cases for number, _ in enumerate(case.wordings())}
    then = {record.key: record.fingerprint for record in read_log(BASELINE)}
    stale = sorted({case for (case, _), print_ in now.items() if then.get((case, _)) != print_})
    assert stale == [], "run the whole suite and askgrowth eval baseline LOG"
    assert set(then) == set(now)


def test_the_baseline_is_within_what_is_promised() -> None:
    whole = score(list(read_log(BASELINE)))
    assert (whole.confidently_wrong.value or 0) <= 0.01
    assert (whole.right.value or 0) >= LEAST_RIGHT


def test_a_readme_without_a_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        with_table("# AskGrowth", "| a |")


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    assert with_table(f"before\n{BEGIN}\nold\n{END}\nafter", "new") == f"before\n{BEGIN}\nnew\n{END}\nafter"
