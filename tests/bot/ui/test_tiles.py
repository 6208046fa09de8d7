"""Several metrics of one moment as tiles, and what of an answer stands where in the card."""

from dataclasses import replace

import pytest

from bot.answer import Answer, Part, PeriodUsed, Slot
from bot.plan import MetricPlan, ToolPlan
from bot.planners.base import CONTINUES
from bot.ui.payload import card
from semantic_layer.query import Compare
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.result import Effect, Finding, Method, Suggestion, TestPlan

WORDS = Text(zh="文", en="text")


def measure(name: str, **more: str) -> Column:
    return Column(name, Text(zh=name, en=name), "metric", metric=name, **more)


def before(name: str, **more: str) -> Column:
    label = Text(zh=f"{name}前", en=f"{name} before")
    return Column(f"{name}__previous_period", label, "derived", metric=name, **more)


NAMES = ("sales", "rate", "cost")
TABLE = Table(
    (
        measure("sales"), measure("rate", format="0.0%"), measure("cost"),
        before("sales"), before("rate", format="0.0%"), before("cost"),
    ),
    ((120, 0.05, 30, 100, 0.04, None),),
    1,
)  # fmt: skip
PLAN = MetricPlan(kind="metric", metrics=NAMES, compare=(Compare(kind="previous_period"),))


def answer(table: Table = TABLE, **more: object) -> Answer:
    fields: dict[str, object] = {
        "id": "1", "question": "q", "locale": "en-US", "outcome": "answer", "planner": "rules",
        "parts": (Part(PLAN, table),), "headline": Text(zh="都在涨。", en="All rise."),
    }  # fmt: skip
    return Answer(**{**fields, **more})  # type: ignore[arg-type]  # the fields of one answer


def test_each_metric_of_one_moment_is_a_tile_with_its_change_and_what_it_means() -> None:
    tiles = card(answer(), directions={"sales": "up", "rate": "down", "cost": "down"})["tiles"]

    shown = [(one["label"], one["value"], one["change"]) for one in tiles]  # type: ignore[union-attr, index]
    assert shown == [
        ("Sales", "120", {"text": "20.0%", "up": True, "tone": "good"}),
        ("Rate", "5.0%", {"text": "1.0 pp", "up": True, "tone": "bad"}),
        ("Cost", "30", None),  # nothing to compare with
    ]


def test_a_change_that_a_tile_shows_is_no_finding_as_well() -> None:
    told = Finding("change", Text(zh="销售多20", en="sales up by 20"), metric="sales", value=20)
    other = Finding("quality", Text(zh="缺一天", en="a day is missing"))

    assert [one["text"] for one in card(answer(findings=(told, other)))["findings"]] == ["A day is missing"]  # type: ignore[union-attr, index]


@pytest.mark.parametrize("rows", [((1, 0.1, 2, 1, 0.1, 2),) * 2, ()])
def test_rows_over_time_or_by_group_are_no_tiles(rows: tuple[tuple[float, ...], ...]) -> None:
    assert card(answer(Table(TABLE.columns, rows, len(rows))))["tiles"] == []


def test_two_metrics_are_told_in_the_sentence() -> None:
    assert card(answer(Table(TABLE.columns[:2], ((1, 0.1),), 1)))["tiles"] == []


def test_how_words_were_read_is_no_warning_and_a_method_is_neither() -> None:
    read, caution = Text(zh="读作", en="read as"), Text(zh="小心", en="take care")
    shown = card(answer(warnings=(read, Method(zh="方法", en="method"), caution), readings=(read,)))

    assert (shown["readings"], shown["methods"], shown["warnings"]) == (
        ["read as"],
        ["method"],
        ["take care"],
    )


def test_a_follow_up_says_that_it_keeps_what_was_not_said_again() -> None:
    assert card(answer(warnings=(CONTINUES,), readings=(CONTINUES,)))["continues"] is True
    assert card(answer())["continues"] is False


def test_an_analysis_that_no_dates_were_named_for_shows_those_it_took() -> None:
    from datetime import date

    used = PeriodUsed("main", date(2025, 1, 1), date(2025, 2, 1), date(2025, 2, 1), Text.same("1–31 Jan"))
    part = Part(ToolPlan(kind="tool", name="digest", inputs={}), TABLE)
    slots = (Slot("period", Text(zh="全部", en="all data")),)

    [chip] = card(answer(parts=(part,), periods=(used,), interpretation=slots))["chips"]  # type: ignore[misc]

    assert chip["text"] == "1–31 Jan"


def test_a_table_that_only_lists_the_suggestions_is_folded_below_them() -> None:
    listed = Column("suggestion", WORDS, "dimension", value_labels=(("1", Text(zh="做", en="do it")),))
    one = Suggestion(
        WORDS,
        Text(zh="做", en="do it"),
        Effect("sales", 1, 2, 28, WORDS),
        "experiment",
        (),
        TestPlan(1, 1, WORDS),
    )
    table = Table((listed, measure("sales")), (("1", 5),), 1)

    shown = card(replace(answer(table), suggestions=(one,)))

    assert (len(shown["tables"]), len(shown["further"])) == (0, 1)  # type: ignore[arg-type]
