"""The card of an answer: plain JSON whose numbers are those of the answer."""

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Answer, Clarification, Failure, Part, PeriodUsed, Provenance, Refusal, Slot
from bot.plan import BilingualMessage, MetricPlan, Option
from bot.ui.payload import card, plain_text, sql_statements
from bot.ui.wording import NEEDS
from semantic_layer.query import GroupBy
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.render import Writing, writing
from tools.result import ChartSpec, Check, Effect, Finding, Suggestion, TestPlan

REGION = Column(
    "region",
    Text(zh="地区", en="Region"),
    "dimension",
    value_labels=(("n", Text(zh="北", en="North")), ("s", Text(zh="南", en="South"))),
)
SALES = Column("sales", Text(zh="销售额", en="Sales"), "metric", unit="CNY", metric="sales")
GROWTH = Column("sales__growth", Text(zh="环比", en="vs previous period"), "derived", metric="sales")
WEEK = Column("day__week", Text(zh="周", en="Week"), "time", grain="week")

RANKING = Table(
    (REGION, SALES, GROWTH), (("n", 186_000, 0.088), ("s", 92_500.5, -0.25), (None, None, None)), 3
)
PLAN = MetricPlan(kind="metric", metrics=("sales",), group_by=(GroupBy(dimension="region"),))
OPTION = Option(question=BilingualMessage(zh="按周看", en="By week"), plan=PLAN)


def answer(
    table: Table = RANKING, zh: str = "北最高,18.6万。", en: str = "North leads: ¥186 K.", **more: object
) -> Answer:
    fields: dict[str, object] = {
        "id": "1",
        "question": "哪个地区最好",
        "locale": "zh-CN",
        "outcome": "answer",
        "planner": "rules",
        "parts": (Part(PLAN, table, ("SELECT 1", "SELECT 1", "SELECT 2")),),
        "headline": Text(zh=zh, en=en),
    }
    return Answer(**{**fields, **more})  # type: ignore[arg-type]


def test_a_card_is_json_in_one_language() -> None:
    shown = card(
        answer(follow_ups=(OPTION,), findings=(Finding("winner", Text(zh="北第一", en="North first")),))
    )

    assert json.loads(json.dumps(shown)) == shown
    assert shown["findings"] == [{"kind": "winner", "text": "北第一"}]
    assert "North first" not in json.dumps(shown, ensure_ascii=False)


def test_the_large_number_is_the_one_the_headline_says() -> None:
    hero = card(answer())["hero"]

    assert hero == {
        "value": "18.6万",
        "label": "销售额 · 北",
        "change": {"text": "8.8%", "up": True, "tone": "plain", "label": "环比"},
    }


def test_no_number_is_printed_large_that_the_headline_does_not_say() -> None:
    assert card(answer(zh="北比南好。"))["hero"] is None


@pytest.mark.parametrize(("direction", "tone"), [("up", "good"), ("down", "bad"), ("none", "plain")])
def test_a_rise_is_good_only_where_the_metric_says_so(direction: str, tone: str) -> None:
    hero = card(answer(), directions={"sales": direction})["hero"]  # type: ignore[dict-item]

    assert hero["change"]["tone"] == tone  # type: ignore[index]


def test_over_time_the_latest_bucket_leads_whatever_the_order_of_rows() -> None:
    table = Table((WEEK, SALES), ((date(2025, 11, 10), 50_000), (date(2025, 11, 3), 20_000)), 2)

    hero = card(answer(table, zh="从 2万 涨到 5万。"))["hero"]

    assert hero["value"] == "5万"  # type: ignore[index]


def test_a_bucket_that_is_not_over_is_not_printed_large() -> None:
    table = Table((WEEK, SALES), ((date(2025, 11, 10), 50_000), (date(2025, 11, 17), 20_000)), 2)
    chart = ChartSpec(
        "line", Text(zh="周", en="w"), table, "day__week", ("sales",), partial_from="2025-11-17"
    )

    shown = card(answer(table, zh="上一整周 5万,本周目前 2万。", chart=chart))

    assert shown["hero"]["value"] == "5万"  # type: ignore[index]


def test_a_change_that_the_headline_says_stands_beside_the_number() -> None:
    finding = Finding("change", Text(zh="北比上周的15万高24.0%", en="x"), metric="sales", value=36_000)
    table = Table((REGION, SALES), (("n", 186_000),), 1)

    hero = card(answer(table, zh="北最高,18.6万,比上周的15万高24.0%。", findings=(finding,)))["hero"]

    assert hero["change"] == {"text": "24.0%", "up": True, "tone": "plain", "label": "较上期"}  # type: ignore[index]


def test_a_finding_that_repeats_the_headline_is_left_out() -> None:
    repeated = Finding("winner", Text(zh="最高:北,18.6万", en="x"))
    other = Finding("winner", Text(zh="最低:南,9.25万", en="y"))

    findings = card(answer(findings=(repeated, other)))["findings"]

    assert findings == [{"kind": "winner", "text": "最低:南,9.25万"}]


@pytest.mark.parametrize(
    ("how", "value"),
    [
        (Writing("en-US"), "186 K"),
        (Writing(None, "symbol"), "¥18.6万"),
        (Writing("en-US", "code"), "186 K CNY"),
        (Writing(None, "none"), "18.6万"),
    ],
)
def test_numbers_are_written_as_the_reader_wants_them(how: Writing, value: str) -> None:
    with writing(how):
        shown = card(answer(zh=f"北最高,{value}。"))

    assert shown["hero"]["value"] == value  # type: ignore[index]


def test_a_table_carries_raw_cells_for_sorting_beside_the_text() -> None:
    [table] = card(answer())["tables"]  # type: ignore[misc]

    assert [column["label"] for column in table["columns"]] == ["地区", "销售额", "环比"]
    assert table["rows"][0] == [["n", "北"], [186_000, "186,000"], [0.088, "8.8%"]]
    assert table["rows"][2] == [[None, "(未填写)"], [None, "–"], [None, "–"]]


def test_a_long_table_is_cut_and_says_so() -> None:
    table = Table((REGION, SALES), tuple((f"r{i}", i) for i in range(1200)), 1200)

    [shown] = card(answer(table))["tables"]  # type: ignore[misc]

    assert (len(shown["rows"]), shown["row_count"], shown["truncated"]) == (1000, 1200, True)


def test_a_slot_without_words_is_shown_as_a_default() -> None:
    slots = (
        Slot("metric", Text(zh="销售额", en="Sales"), ("最好",)),
        Slot("period", Text(zh="本周", en="this week")),
    )

    chips = card(answer(interpretation=slots))["chips"]

    assert chips == [
        {
            "slot": "metric",
            "label": "指标",
            "text": "销售额",
            "words": ["最好"],
            "part": "metric",
            "about": None,
        },
        {"slot": "period", "label": "时间", "text": "本周", "words": [], "part": "period", "about": None},
    ]


def test_a_period_is_shown_with_its_last_day_included() -> None:
    used = PeriodUsed("main", date(2025, 11, 17), date(2025, 11, 20), date(2025, 11, 24), Text.same("W47"))

    [period] = card(answer(periods=(used,)))["periods"]  # type: ignore[misc]

    assert (period["first"], period["last"], period["partial"]) == ("2025-11-17", "2025-11-19", True)


def test_a_suggestion_is_written_in_the_unit_of_its_metric() -> None:
    text = Text(zh="文", en="text")
    suggestion = Suggestion(
        text,
        text,
        Effect("sales", 90_000, 310_000, 28, text),
        "experiment",
        (Check("volume", False, text),),
        TestPlan(3800, 4, text),
    )

    [shown] = card(  # type: ignore[misc]
        answer(suggestions=(suggestion,), locale="en-US"), measures={"sales": SALES}
    )["suggestions"]  # type: ignore[misc]

    assert shown["effect"] == "Sales +¥90 K to +¥310 K within 28 days, 80 % sure"
    assert shown["evidence"] == "Experiment"
    assert shown["checks"] == [{"label": "Volume", "passed": False, "note": "text"}]


def test_a_chart_comes_in_both_themes_with_its_title_apart() -> None:
    spec = ChartSpec("bar", Text(zh="各地区销售额", en="Sales by region"), RANKING, x="region", y=("sales",))

    chart = card(answer(chart=spec))["chart"]

    assert chart["title"] == "各地区销售额"  # type: ignore[index]
    assert chart["light"]["data"][0]["type"] == chart["dark"]["data"][0]["type"] == "bar"  # type: ignore[index]
    assert chart["others"] == []  # type: ignore[index]


def test_a_single_number_needs_no_chart_beside_the_large_one() -> None:
    spec = ChartSpec("number", Text(zh="销售额", en="Sales"), RANKING, y=("sales",))

    assert card(answer(chart=spec))["chart"] is None


def test_a_choice_carries_its_plan_as_it_can_be_read_back() -> None:
    [choice] = card(answer(follow_ups=(OPTION,)))["choices"]  # type: ignore[misc]

    assert choice["question"] == "按周看"
    assert MetricPlan.model_validate(choice["plan"]) == PLAN


def test_a_choice_with_a_filter_can_be_read_back() -> None:
    from bot.ui.desk import read_plan
    from semantic_layer.query import Condition

    plan = PLAN.model_copy(update={"where": (Condition(dimension="region", operator="=", values=("n",)),)})
    [choice] = card(answer(follow_ups=(OPTION.model_copy(update={"plan": plan}),)))["choices"]  # type: ignore[misc]

    assert read_plan(json.loads(json.dumps(choice["plan"]))) == plan


def test_a_clarification_offers_its_options() -> None:
    asked = Clarification(Text(zh="哪一个?", en="Which one?"), (OPTION,))

    shown = card(answer(outcome="clarify", parts=(), headline=None, clarification=asked))

    assert shown["notice"] == {"kind": "clarify", "message": "哪一个?"}
    assert [choice["question"] for choice in shown["choices"]] == ["按周看"]  # type: ignore[attr-defined]


def test_a_refusal_says_what_is_missing_and_what_can_be_asked() -> None:
    refusal = Refusal("not_in_catalog", Text(zh="缺成本。", en="No cost."), ("cost",), (OPTION,))

    names = {"cost": Text(zh="成本", en="cost")}
    shown = card(answer(outcome="refuse", parts=(), headline=None, refusal=refusal), names=names)

    assert shown["notice"] == {
        "kind": "refuse", "reason": "not_in_catalog", "message": "缺成本。", "missing": ["成本"],
        "needs": NEEDS["not_in_catalog"].zh,
    }  # fmt: skip
    assert len(shown["choices"]) == 1  # type: ignore[arg-type]


def test_an_error_says_what_to_do() -> None:
    error = Failure(
        "data_problem", Text(zh="文件不见了。", en="Gone."), Text(zh="放回去。", en="Put it back.")
    )

    shown = card(answer(outcome="error", parts=(), headline=None, error=error))

    assert shown["notice"]["mend"] == "放回去。"  # type: ignore[index]
    assert (
        plain_text(answer(outcome="error", parts=(), headline=None, error=error)) == "文件不见了。\n放回去。"
    )


def test_words_that_were_not_used_are_named() -> None:
    provenance = Provenance("rules", Text(zh="因", en="why"), not_understood=("顺便",))

    assert card(answer(provenance=provenance))["unused"] == ["顺便"]


def test_sources_name_the_last_day_with_data_and_the_time_taken() -> None:
    provenance = Provenance(
        "rules",
        Text(zh="因", en="why"),
        data_start=date(2025, 1, 1),
        data_end=date(2025, 11, 20),
        rows_read=12_345,
    )

    shown = card(answer(provenance=provenance, timings_ms={"query": 18.9}))

    sources = {source["label"]: source["value"] for source in shown["sources"]}  # type: ignore[attr-defined]
    assert sources["数据范围"] == "2025-01-01 – 2025-11-19"
    assert sources["读取行数"] == "12,345"
    assert sources["耗时"] == "查询 19 ms"


def test_the_same_statement_is_listed_once() -> None:
    assert sql_statements(answer()) == ["SELECT 1", "SELECT 2"]


def test_the_message_text_holds_headline_findings_and_warnings() -> None:
    told = answer(
        findings=(Finding("winner", Text(zh="北第一", en="North first")),),
        warnings=(Text(zh="样本少", en="Few"),),
    )

    assert plain_text(told) == "北最高,18.6万。\n· 北第一\n! 样本少"
    assert plain_text(replace(told, locale="en-US")).startswith("North leads")


def test_every_kind_of_slot_has_a_label_in_both_languages() -> None:
    import re
    from pathlib import Path

    from bot.ui.wording import SLOT_LABELS

    root = Path(__file__).resolve().parents[3] / "bot"
    code = "\n".join(file.read_text(encoding="utf-8") for file in root.rglob("*.py"))
    used = set(re.findall(r'(?:Slot|\.say)\("([a-z_]+)"', code))
    assert used
    assert used <= set(SLOT_LABELS)
