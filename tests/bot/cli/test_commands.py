import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Askgrowth = Callable[..., Any]


def test_a_question_is_answered_with_exit_code_0_and_its_number(askgrowth: Askgrowth, shop: Path) -> None:
    run = askgrowth("ask", "takings of North in May 2024", "--json", "--workspace", str(shop))
    answer = json.loads(run.out)
    assert run.code == 0
    assert answer["outcome"] == "answer"
    assert answer["table"]["rows"] == [[78]]  # 1 + 2 + … + 12


def test_the_same_question_in_chinese_gives_the_same_plan(askgrowth: Askgrowth, shop: Path) -> None:
    english = askgrowth("ask", "takings by outlet in May 2024", "--json", "-w", str(shop))
    chinese = askgrowth("ask", "2024年5月各门店的营业额", "--json", "-w", str(shop))
    assert json.loads(english.out)["plan_hash"] == json.loads(chinese.out)["plan_hash"]


@pytest.mark.parametrize(
    ("question", "code", "outcome"),
    [("what is the weather", 4, "refuse"), ("", 4, "refuse"), ("DROP TABLE sales; --", 4, "refuse")],
)
def test_what_cannot_be_answered_is_refused_with_exit_code_4(
    askgrowth: Askgrowth, shop: Path, question: str, code: int, outcome: str
) -> None:
    run = askgrowth("ask", question, "--json", "-w", str(shop))
    assert (run.code, json.loads(run.out)["outcome"]) == (code, outcome)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "takings", "--today", "2024-13-01"),
        ("ask", "takings", "--locale", "fr"),
        ("ask", "takings", "--rows", "some"),
        ("ask", "takings", "--batch", "nowhere.jsonl"),
        ("ask", "--batch", "nowhere.jsonl"),
        ("query", "--limit", "0"),
        ("tools", "run", "growth", "--inputs", "{"),
        ("tools", "run", "growth", "--inputs", "[]"),
        ("nonsense",),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(
    askgrowth: Askgrowth, shop: Path, arguments: tuple[str, ...]
) -> None:
    workspace = ("-w", str(shop)) if arguments[0] in ("ask", "query") else ()
    assert askgrowth(*arguments, *workspace).code == 2


def test_a_workspace_that_does_not_exist_fails_in_both_languages(
    askgrowth: Askgrowth, tmp_path: Path
) -> None:
    run = askgrowth("ask", "takings", "-w", str(tmp_path / "nowhere"))
    assert run.code == 1
    assert "不存在" in run.err
    assert "does not exist" in run.err


def test_a_batch_answers_every_line_and_keeps_ids_and_conversations(
    askgrowth: Askgrowth, shop: Path, tmp_path: Path
) -> None:
    lines = [
        {"id": 7, "question": "takings in May 2024"},
        {"id": "a", "question": "takings of North in May 2024", "conversation": "c"},
        {"id": "b", "question": "and South?", "conversation": "c"},
        {"id": "z", "question": 3},
    ]
    file = tmp_path / "questions.jsonl"
    text = "\n".join(json.dumps(line) for line in lines) + "\nnot json\n\n"
    file.write_text(text, encoding="utf-8")
    run = askgrowth("ask", "--batch", str(file), "--json", "-w", str(shop))
    answers = [json.loads(line) for line in run.out.splitlines()]
    assert run.code == 0
    assert [answer["id"] for answer in answers] == [7, "a", "b", "z", None]
    assert [answer["outcome"] for answer in answers] == ["answer", "answer", "answer", "error", "error"]
    assert answers[2]["conversation"] == "c"
    assert answers[2]["table"]["rows"] == [[24]]  # twelve days of 2
    assert all(set(answers[0]) <= {*answer, "conversation"} for answer in answers)


def test_a_batch_is_read_from_standard_input(askgrowth: Askgrowth, shop: Path) -> None:
    run = askgrowth(
        "ask", "--batch", "-", "--json", "-w", str(shop), stdin='{"id": 1, "question": "takings"}\n'
    )
    assert json.loads(run.out)["table"]["rows"] == [[102]]


def test_a_query_by_name_prints_rows_or_sql(askgrowth: Askgrowth, shop: Path) -> None:
    parts = (
        "query",
        "--metrics",
        "takings",
        "--by",
        "outlet",
        "--period",
        "2024-05-01/2024-05-04",
        "-w",
        str(shop),
    )
    rows = json.loads(askgrowth(*parts, "--json").out)["table"]["rows"]
    assert sorted(rows) == [["n", 6], ["s", 6]]
    sql = askgrowth(*parts, "--sql").out
    assert sql.rstrip().endswith(";")
    assert "GROUP BY" in sql


def test_an_unknown_metric_in_a_query_names_the_nearest(askgrowth: Askgrowth, shop: Path) -> None:
    run = askgrowth("query", "--metrics", "takngs", "-w", str(shop))
    assert run.code == 1
    assert "takings" in run.err


def test_sql_shows_the_statement_and_runs_nothing(askgrowth: Askgrowth, shop: Path) -> None:
    run = askgrowth("sql", "takings by outlet", "-w", str(shop))
    assert run.code == 0
    assert run.out.startswith(("WITH", "SELECT"))


def test_sql_is_written_for_another_database_and_says_where_nobody_has_run_it(
    askgrowth: Askgrowth, shop: Path
) -> None:
    question = ("sql", "takings by outlet, month over month", "-w", str(shop), "--dialect")
    postgres, snowflake = askgrowth(*question, "postgres"), askgrowth(*question, "snowflake")
    assert "ARRAY[" in postgres.out  # PostgreSQL joins fully on equality only
    assert postgres.err == ""
    assert "nobody has run it" in snowflake.err
    unknown = askgrowth(*question, "postgress")
    assert (unknown.code, "postgres" in unknown.err) == (1, True)


def test_an_answer_in_the_terminal_shows_headline_table_and_sql(askgrowth: Askgrowth, shop: Path) -> None:
    run = askgrowth("ask", "takings by outlet in May 2024", "-w", str(shop))
    assert "North" in run.out.splitlines()[0]
    assert "█" in run.out
    assert "SELECT" in run.out


def test_check_accepts_the_shop_and_names_file_line_and_key_of_a_mistake(
    askgrowth: Askgrowth, shop: Path
) -> None:
    assert askgrowth("check", "-w", str(shop)).code == 0
    file = shop / "askgrowth.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("agg: sum", "agg: summ"), encoding="utf-8")
    run = askgrowth("check", "-w", str(shop))
    assert run.code == 1
    assert "askgrowth.yml:20" in run.out
    assert "summ" in run.out


def test_doctor_finds_nothing_wrong(askgrowth: Askgrowth, shop: Path) -> None:
    findings = json.loads(askgrowth("doctor", "--json", "-w", str(shop)).out)
    assert all(finding["ok"] for finding in findings)
    assert any("2024-05-12" in finding["detail"] for finding in findings)


def test_doctor_says_what_is_broken(askgrowth: Askgrowth, shop: Path) -> None:
    (shop / "data" / "sales.csv").unlink()
    run = askgrowth("doctor", "--json", "-w", str(shop))
    assert run.code == 1
    assert any(not finding["ok"] and finding["mend"] for finding in json.loads(run.out))


def test_metrics_and_tools_are_listed(askgrowth: Askgrowth, shop: Path) -> None:
    listed = json.loads(askgrowth("metrics", "--json", "-w", str(shop)).out)
    assert [metric["name"] for metric in listed["metrics"]] == ["takings"]
    assert "growth" in [tool["name"] for tool in json.loads(askgrowth("tools", "--json").out)]


def test_a_workspace_that_cannot_be_opened_is_an_error_in_json_too(askgrowth: Askgrowth, shop: Path) -> None:
    (shop / "data" / "sales.csv").unlink()
    run = askgrowth("ask", "takings", "--json", "-w", str(shop))
    answer = json.loads(run.out)
    assert (run.code, answer["outcome"]) == (1, "error")
    assert answer["error"]["mend"]


def test_a_chat_user_is_made_with_a_password_that_is_stored_hashed(
    askgrowth: Askgrowth, tmp_path: Path
) -> None:
    made = askgrowth("user", "add", "lin", "--password-stdin", stdin="correct horse\n")
    assert made.code == 0
    stored = (tmp_path / "state" / "app.sqlite").read_bytes()
    assert b"lin" in stored
    assert b"correct horse" not in stored


def test_a_short_password_is_refused_in_both_languages(askgrowth: Askgrowth) -> None:
    refused = askgrowth("user", "add", "lin", "--password-stdin", stdin="short\n")
    assert refused.code == 1
    assert "8 位" in refused.err
    assert "8 characters" in refused.err
