"""The JSON contract, field by field: what other programs measure the product by."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.answer import Answer, Clarification
from bot.json_out import query_to_json, to_json
from bot.plan import MetricPlan, Option, ToolPlan
from semantic_layer.query import Compare, Condition, GroupBy, Limit, PeriodRange, Share
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.result import Check, Driver, Effect, Finding, Suggestion, TestPlan

THIS_WEEK = PeriodRange(start=date(2025, 11, 17), end=date(2025, 11, 20), requested_end=date(2025, 11, 24))
FIELDS = {
    "id", "question", "locale", "outcome", "planner", "headline", "plan", "plans", "plan_hash", "table", "tables",
    "sql", "periods", "period", "comparison_period", "interpretation", "findings", "suggestions", "clarification",
    "refusal", "error", "chart", "warnings", "follow_ups", "provenance", "timings_ms", "summary", "further_tables",
    "methods",
}  # fmt: skip


@pytest.fixture(scope="module")
def compared(stall) -> dict:
    """The JSON of a comparison by group, after a trip through text."""
    asked = MetricPlan(
        kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),), period=THIS_WEEK,
        compare=(Compare(kind="previous_period"),), totals=True,
    )  # fmt: skip
    return json.loads(json.dumps(to_json(stall.run(asked)), allow_nan=False))


def test_every_outcome_has_every_field(stall, compared):
    for shown in (compared, to_json(stall.ask("")), to_json(stall.ask("takings this week"))):
        assert set(shown) == FIELDS


def test_the_table_has_columns_rows_totals_and_counts(compared):
    table = compared["table"]
    assert [column["name"] for column in table["columns"]] == [
        "booth", "takings", "takings__previous_period", "takings__delta", "takings__growth",
    ]  # fmt: skip
    assert [column["kind"] for column in table["columns"]] == [
        "dimension",
        "metric",
        "derived",
        "derived",
        "derived",
    ]
    assert table["columns"][0]["labels"]["east"] == {"zh": "东门摊", "en": "East gate"}
    assert table["columns"][1] == {
        "name": "takings",
        "label": "进账",
        "kind": "metric",
        "unit": "CNY",
        "format": None,
    }
    assert table["rows"] == [["east", 200, 160, 40, 0.25], ["west", 120, 50, 70, 1.4]]
    assert table["totals"][:2] == [None, 320]
    assert (table["row_count"], table["truncated"]) == (2, False)


def test_plans_tables_and_sql_are_parallel_and_the_first_stands_alone(compared):
    assert len(compared["plans"]) == len(compared["tables"]) == len(compared["sql"]) == 1
    assert compared["plan"] == compared["plans"][0]
    assert compared["table"] == compared["tables"][0]
    assert compared["sql"][0].startswith(("SELECT", "WITH"))


def test_a_plan_in_the_json_can_be_read_back_and_run(stall, compared):
    again = MetricPlan.model_validate(compared["plan"])
    assert to_json(stall.run(again))["table"] == compared["table"]
    assert compared["plan"]["kind"] == "metric"


def test_a_plan_with_conditions_and_transforms_keeps_its_tags_in_the_json(stall):
    asked = MetricPlan(
        kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),),
        transforms=(Share(metric="takings"),), where=(Condition(dimension="booth", operator="=", values=("east",)),),
    )  # fmt: skip
    shown = json.loads(json.dumps(to_json(stall.run(asked))["plan"]))
    assert MetricPlan.model_validate(shown) == asked
    assert "limit" not in shown


def test_the_periods_are_half_open_as_executed(compared):
    assert compared["periods"] == [compared["period"], compared["comparison_period"]]
    assert compared["period"] == {
        "role": "main", "start": "2025-11-17", "end": "2025-11-20", "requested_end": "2025-11-24",
        "label": "本周(11/17–11/19,3天)",
    }  # fmt: skip
    assert compared["comparison_period"]["start"] == "2025-11-10"
    assert compared["comparison_period"]["end"] == "2025-11-13"


def test_several_comparison_periods_leave_the_single_one_null(stall):
    both = (Compare(kind="previous_period"), Compare(kind="previous_year"))
    shown = to_json(
        stall.run(MetricPlan(kind="metric", metrics=("takings",), period=THIS_WEEK, compare=both))
    )
    assert len(shown["periods"]) == 3
    assert shown["comparison_period"] is None
    assert shown["period"]["start"] == "2025-11-17"


def test_the_locale_changes_texts_and_nothing_else(stall):
    zh, en = to_json(stall.ask("本周进账")), to_json(stall.ask("takings this week"))
    assert (zh["plan"], zh["plan_hash"], zh["sql"]) == (en["plan"], en["plan_hash"], en["sql"])
    assert zh["table"]["rows"] == en["table"]["rows"]
    assert (zh["table"]["columns"][0]["label"], en["table"]["columns"][0]["label"]) == ("进账", "takings")


def test_the_plan_hash_ignores_the_chart(stall):
    one = MetricPlan(kind="metric", metrics=("takings",), period=THIS_WEEK)
    hashes = {
        to_json(stall.run(plan))["plan_hash"]
        for plan in (one, one.model_copy(update={"presentation": "table"}))
    }
    assert len(hashes) == 1


def test_a_time_bucket_is_the_iso_date_of_its_start(stall):
    by_week = MetricPlan(
        kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="metric_time", grain="week"),)
    )
    table = to_json(stall.run(by_week))["table"]
    assert table["columns"][0]["name"] == "metric_time__week"
    assert table["columns"][0]["kind"] == "time"
    assert table["rows"] == [["2025-11-10", 210], ["2025-11-17", 320]]


def test_shares_are_fractions(stall):
    shares = MetricPlan(
        kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),), period=THIS_WEEK,
        transforms=(Share(metric="takings"),),
    )  # fmt: skip
    rows = to_json(stall.run(shares))["table"]["rows"]
    assert [row[2] for row in rows] == [0.625, 0.375]


def test_rows_beyond_the_display_limit_are_counted(stall):
    asked = MetricPlan(kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),))
    cut = to_json(stall.run(asked, row_limit=1))["table"]
    assert (len(cut["rows"]), cut["row_count"], cut["truncated"]) == (1, 2, True)
    whole = to_json(stall.run(asked, row_limit=None))["table"]
    assert (len(whole["rows"]), whole["truncated"]) == (2, False)


def test_decimals_leave_as_exact_json_numbers():
    columns = (Column("m", Text.same("m"), "metric"),)
    table = Table(columns, ((Decimal("12.00"),), (Decimal("0.25"),), (Decimal("NaN"),)), 3)
    answer = Answer("i", "q", "en-US", "answer", "rules", parts=(_part(table),))
    assert to_json(answer)["table"]["rows"] == [[12], [0.25], [None]]


def _part(table: Table):
    from bot.answer import Part

    return Part(ToolPlan(kind="tool", name="t"), table, ("SELECT 1", "SELECT 2"))


def test_an_analysis_with_several_statements_has_one_sql_text_and_one_without_has_null():
    table = Table((Column("m", Text.same("m"), "metric"),), (), 0)
    part = _part(table)
    shown = to_json(Answer("i", "q", "en-US", "answer", "rules", parts=(part, replace(part, sql=()))))
    assert shown["sql"] == ["SELECT 1;\n\nSELECT 2", None]


def test_findings_and_suggestions_have_the_contracts_shape():
    finding = Finding(
        "change", Text(zh="变了", en="moved"), "m", 3.0, 1.0, 5.0, "2025-11-17", {"a": "x"},
        (Driver("a", "x", 2.0, Text.same("X")), Driver("a", None, 1.0, Text.same("none"))),
    )  # fmt: skip
    suggestion = Suggestion(
        Text.same("p"), Text.same("s"), Effect("m", 9, 31, 28, Text.same("f")), "correlation",
        (Check("volume", True, Text.same("n")),), TestPlan(9300, 3, Text.same("t")),
    )  # fmt: skip
    shown = to_json(
        Answer("i", "q", "zh-CN", "answer", "rules", findings=(finding,), suggestions=(suggestion,))
    )
    assert shown["findings"] == [
        {
            "kind": "change", "statement": "变了", "metric": "m", "value": 3.0, "low": 1.0, "high": 5.0,
            "at": "2025-11-17", "filters": {"a": "x"},
            "drivers": [
                {"dimension": "a", "value": "x", "contribution": 2.0, "label": "X"},
                {"dimension": "a", "value": None, "contribution": 1.0, "label": "none"},
            ],
        }
    ]  # fmt: skip
    assert shown["suggestions"] == [
        {
            "id": None, "problem": "p", "strategy": "s",
            "effect": {"metric": "m", "low": 9, "high": 31, "horizon_days": 28, "formula": "f"},
            "evidence": "correlation", "checks": [{"name": "volume", "passed": True, "note": "n"}],
            "test": {"n_per_arm": 9300, "weeks": 3, "description": "t"},
        }
    ]  # fmt: skip


def test_options_are_questions_with_plans():
    option = Option(
        question={"zh": "进账", "en": "takings"}, plan=MetricPlan(kind="metric", metrics=("takings",))
    )
    asked = Answer(
        "i", "q", "zh-CN", "clarify", "rules", clarification=Clarification(Text.same("?"), (option,))
    )
    expected = [{"question": "进账", "plan": {"kind": "metric", "metrics": ["takings"]}}]
    assert to_json(asked)["clarification"] == {"question": "?", "options": expected}
    assert to_json(replace(asked, locale="en-US"))["clarification"]["options"][0]["question"] == "takings"


def test_a_refusal_and_an_error_say_what_and_what_to_do(stall):
    refusal = to_json(stall.run(MetricPlan(kind="metric", metrics=("nosuch",))))["refusal"]
    assert set(refusal) == {"reason", "message", "missing", "nearest"}
    assert (refusal["reason"], refusal["missing"]) == ("not_in_catalog", ["nosuch"])
    failed = to_json(stall.run(ToolPlan(kind="tool", name="growth", inputs={"nosuch": 1})))
    assert set(failed["error"]) == {"code", "message", "mend"}


def test_the_chart_is_plain_plotly_data(compared):
    assert set(compared["chart"]) == {"data", "layout"}
    assert {trace["type"] for trace in compared["chart"]["data"]} == {"bar"}


def test_the_provenance_names_metrics_coverage_and_queries(stall):
    provenance = to_json(stall.ask("本周哪个摊位最划算?"))["provenance"]
    assert provenance["planner"] == "rules"
    assert provenance["metrics"][0]["name"] == "yield_ratio"
    assert provenance["metrics"][0]["definition"] == "进账 ÷ 传单费"
    assert (provenance["data_start"], provenance["data_end"]) == ("2025-11-10", "2025-11-20")
    assert provenance["extra"]["side_queries"][0]["purpose"] == "detail"


def test_a_query_without_language_has_the_same_table_shape(stall, compared):
    result = stall.layer.query(
        metrics=["takings"], by="booth", period="2025-11-17/2025-11-20", compare="previous_period"
    )
    shown = json.loads(json.dumps(query_to_json(result, "zh-CN")))
    assert shown["table"]["columns"] == compared["table"]["columns"]
    assert [row[:3] for row in shown["table"]["rows"]] == [["east", 200, None], ["west", 120, None]]
    assert (shown["period"]["start"], shown["comparison_period"]["end"]) == ("2025-11-17", "2025-11-17")
    assert shown["plan"]["kind"] == "metric"


def test_a_limit_keeps_the_first_rows_and_counts_what_the_query_gave(stall):
    asked = MetricPlan(
        kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),), limit=Limit(n=1)
    )
    table = to_json(stall.run(asked))["table"]
    assert (table["rows"], table["row_count"], table["truncated"]) == ([["east", 360]], 1, False)
