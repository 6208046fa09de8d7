"""`check` finds what does not fit between YAML and data, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from semantic_layer.check import CheckReport, check_workspace
from semantic_layer.errors import DataError

MODEL = """\
models:
  - name: orders
    agg_time_dimension: day
    columns:
      - {name: order_id, entity: primary}
      - {name: day, dimension: time, granularity: day}
      - name: channel
        dimension: categorical
    metrics:
      - {name: gmv, agg: sum, expr: amount}
      - {name: orders, agg: count}
"""
ROWS = "order_id,day,channel,amount\n1,2025-11-03,a,10\n2,2025-11-04,a,5\n"


def check(tmp_path: Path, model: str = MODEL, rows: str = ROWS) -> CheckReport:
    (tmp_path / "askgrowth.yml").write_text(f"today: data\n---\n{model}", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(rows, encoding="utf-8")
    return check_workspace(tmp_path, state_dir=tmp_path / "state")


def only(report: CheckReport) -> tuple[str, int | None, str, str]:
    assert len(report.problems) == 1, report.lines()
    (problem,) = report.problems
    assert problem.file == "askgrowth.yml"
    return str(problem.code), problem.line, problem.message.en, problem.mend.en


def test_a_sound_workspace_is_said_to_be_so(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert report.ok
    assert report.lines() == (
        "✓ 1个模型,3个维度,2个指标;0处问题,0处提醒 / 1 models, 3 dimensions, 2 metrics; 0 problems, 0 warnings",
    )
    assert report.to_json() == {"ok": True, "problems": [], "warnings": [], "ignored": []}


def test_a_declared_column_that_the_data_lack_names_the_nearest(tmp_path: Path) -> None:
    found = only(check(tmp_path, MODEL.replace("- name: channel", "- name: chanel")))
    assert found == ("missing_column", 9, "The data 'orders' have no column 'chanel'.", "Nearest: channel.")


def test_an_expression_over_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    code, line, message, mend = only(check(tmp_path, MODEL.replace("expr: amount", "expr: amout * 2")))
    assert (code, line) == ("missing_column", 12)
    assert message == "The expression 'amout * 2' of the metric 'gmv' cannot be run on the data 'orders'."
    assert mend == "There is no column 'amout'. Nearest: amount."


def test_a_function_that_does_not_exist_is_found(tmp_path: Path) -> None:
    code, line, _, mend = only(check(tmp_path, MODEL.replace("expr: amount", "expr: dubble(amount)")))
    assert (code, line, mend) == (
        "invalid_expression",
        12,
        "Check its functions and the types of its columns.",
    )


def test_a_primary_key_that_repeats_is_found(tmp_path: Path) -> None:
    code, _, message, mend = only(check(tmp_path, rows=ROWS + "2,2025-11-05,b,1\n"))
    assert code == "key_repeats"
    assert message == "The key 'order_id' of the model orders repeats: 3 rows, 2 distinct values."
    assert mend.startswith("Make it type: foreign")


def test_a_time_that_is_text_is_found(tmp_path: Path) -> None:
    text = MODEL.replace(
        "- {name: day, dimension: time", "- {name: day, expr: lower(channel), dimension: time"
    )
    code, line, message, mend = only(check(tmp_path, text))
    assert (code, line) == ("not_a_time", 5)
    assert message == "The column lower(channel) of the time dimension 'day' is VARCHAR, not a date."
    assert "CAST(lower(channel) AS DATE)" in mend


def test_a_bad_row_of_a_csv_names_line_and_column(tmp_path: Path) -> None:
    code, _, message, _ = (
        (p.code, p.line, p.message.en, p.mend.en)
        for p in check(tmp_path, rows=ROWS + "3,2025-11-05,b,many\n").problems
    ).__next__()
    assert code == "bad_row"
    assert "orders.csv" in message
    assert "amount" in message


def test_a_missing_file_is_a_problem_and_not_a_failure(tmp_path: Path) -> None:
    (tmp_path / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    report = check_workspace(tmp_path, state_dir=tmp_path / "state")
    assert [problem.code for problem in report.problems] == ["file_missing"]


def test_a_declared_value_that_never_occurs_is_a_warning(tmp_path: Path) -> None:
    text = MODEL.replace(
        "dimension: categorical", "dimension: categorical\n        values: {a: A, A1: other}"
    )
    report = check(tmp_path, text)
    assert report.ok
    assert [(w.line, w.message.en) for w in report.warnings] == [
        (9, "The declared value 'A1' of the dimension 'channel' does not occur in the data.")
    ]


@pytest.mark.parametrize(("value", "ok"), [(15, True), (15.4, False)])
def test_a_golden_test_is_computed(tmp_path: Path, value: float, ok: bool) -> None:
    text = MODEL + f"tests:\n  - {{metric: gmv, period: 2025-11-01/2025-12-01, value: {value}}}\n"
    report = check(tmp_path, text)
    assert report.ok is ok
    if not ok:
        assert only(report)[:3] == (
            "golden_test",
            15,
            "The metric 'gmv' over 2025-11-01/2025-12-01 should be 15.4 but is 15.",
        )


def test_dbt_keys_without_meaning_are_listed_once_per_file(tmp_path: Path) -> None:
    text = MODEL.replace("entity: primary}", "entity: primary, data_tests: [unique]}").replace(
        "granularity: day}", "granularity: day, data_tests: [not_null]}"
    )
    assert check(tmp_path, text).lines()[0] == (
        "· askgrowth.yml:7, 8 data_tests: dbt 的键,此处不起作用 / a dbt key without meaning here"
    )


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        check_workspace(tmp_path / "nowhere")
