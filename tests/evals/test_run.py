"""A run: the same in any number of processes, continued where it stopped, replayed, reported."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.html import html
from evals.record import read_info, read_log
from evals.report import markdown

SUITE = """
defaults: {workspace: evals/workspaces/odd, today: 2024-06-13, class: lookup}
cases:
  - id: right
    question: 5月学费
    paraphrases: [tuition in May]
    expect: {outcome: answer, sql: "SELECT sum(yuan) FROM purse_log WHERE slip_day >= '2024-05-01' AND slip_day < '2024-06-01'"}
  - id: wrong
    question: 4月学费 <b>
    expect:
      outcome: answer
      rows: [[1]]
      plan: {kind: metric, metrics: [tuition], period: {start: 2024-03-01, end: 2024-04-01}}
"""  # noqa: E501 - a suite as it is written
MORE = "".join(
    f"  - {{id: more-{n}, question: '{n}月学费', expect: {{outcome: answer, rows: [[0]]}}}}\n"
    for n in range(1, 8)
)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASKGROWTH_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "suite.yml").write_text(SUITE.replace(" <b>", ""), encoding="utf-8")
    return tmp_path / "suite.yml"


def _eval(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    return done.exit_code, done.output


def test_two_processes_give_the_same_log_in_the_same_order_as_one(suite: Path, tmp_path: Path) -> None:
    suite.write_text(suite.read_text("utf-8") + MORE, encoding="utf-8")
    logs = [tmp_path / f"{jobs}.jsonl" for jobs in (1, 2)]
    for jobs, log in enumerate(logs, 1):
        _eval("--suite", suite, "--jobs", jobs, "--log", log)
    one, two = ([record.model_copy(update={"seconds": 0.0}) for record in read_log(log)] for log in logs)
    assert len(one) == 10
    assert one == two


def test_a_stopped_run_goes_on_where_it_stopped_and_an_edited_case_is_run_again(
    suite: Path, tmp_path: Path
) -> None:
    log = tmp_path / "run.jsonl"
    _eval("--suite", suite, "--log", log)
    lines = log.read_text("utf-8").splitlines(keepends=True)
    marked = lines[2].replace('"seconds":', '"said":"kept","seconds":').replace('"said":"",', "")
    log.write_text("".join([*lines[:2], marked, lines[3][:40]]), encoding="utf-8")
    _eval("--suite", suite, "--log", log, "--resume")
    assert [record.said for record in read_log(log)] == ["", "kept", ""]
    suite.write_text(
        suite.read_text("utf-8").replace("[tuition in May]", "[tuition in May 2024]"), encoding="utf-8"
    )
    _eval("--suite", suite, "--log", log, "--resume")
    assert [record.said for record in read_log(log)] == ["", "", ""]


def test_a_baseline_is_broken_by_a_question_that_was_right_and_is_wrong_now(
    suite: Path, tmp_path: Path
) -> None:
    log = tmp_path / "before.jsonl"
    _eval("--suite", suite, "--log", log)
    assert _eval("--suite", suite, "--baseline", log)[0] == 0
    log.write_text(log.read_text("utf-8").replace('"right":false', '"right":true'), encoding="utf-8")
    code, output = _eval("--suite", suite, "--baseline", log)
    assert code == 1
    assert "1 lost, 0 won" in output
    assert "lost wrong#0" in output


def test_a_case_is_replayed_and_explained_slot_by_slot_beside_the_log(suite: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    _eval("--suite", suite, "--log", log)
    code, output = _eval("show", "wrong#0", "--suite", suite, "--log", log)
    assert code == 0
    assert "expected answer, came out answer: WRONG: rows: 1 against 1 expected" in output
    assert re.search(
        r'≠ period: \{"period": \{"start": "2024-04-01".*expected \{"period": \{"start": "2024-03-01"', output
    )
    assert "= metric" in output
    assert "SQL as run" in output
    assert "as in the log" in output


def test_the_log_holds_what_a_replay_needs_and_says_what_it_was_made_with(
    suite: Path, tmp_path: Path
) -> None:
    log = tmp_path / "run.jsonl"
    _eval("--suite", suite, "--log", log)
    info, (first, *_) = read_info(log), list(read_log(log))
    assert info is not None
    assert info.planner == "rules"
    assert (first.workspace, first.today, first.outcome) == ("evals/workspaces/odd", "2024-06-13", "answer")
    assert first.gold_rows == first.rows != []
    assert first.sql
    assert first.data_version


def test_the_page_stands_alone_and_shows_each_failure_with_both_plans_escaped(
    suite: Path, tmp_path: Path
) -> None:
    log = tmp_path / "run.jsonl"
    _eval("--suite", suite, "--log", log)
    records = [record.model_copy(update={"question": record.question + " <b>"}) for record in read_log(log)]
    page = html(records, "Run", {"elsewhere": 3}, [("Others", [("who", "right"), ("them", "1 %")])])
    assert not re.findall(r"""(?:src|href)\s*=|@import|url\(""", page)
    assert "&lt;b&gt;" in page
    assert "<b>" not in page.split("failures")[1].replace("<b>wrong-0</b>", "")
    assert "+  &quot;start&quot;: &quot;2024-04-01&quot;" in page
    assert page.count("<svg") == 4
    assert "them" in page


def test_the_markdown_says_what_so_many_answers_can_prove(suite: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    _eval("--suite", suite, "--log", log)
    text = markdown(list(read_log(log)), "Run", {"elsewhere": 3})
    assert "What n = 3 can prove" in text
    assert "elsewhere (3 cases)" in text
    assert "| wrong#0 |" in text


def test_only_a_log_can_be_continued() -> None:
    assert _eval("--resume")[0] == 2
