"""A retrospective says what advice brought, and begins with what the last one left open."""

from datetime import date, timedelta

import pytest

from bot.answer import Answer
from bot.digests.making import Reader, retrospective, written
from bot.pipeline import Pipeline
from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.result import Effect, Suggestion, TestPlan

START = date(2024, 1, 1)
WORD = Text.same("x")
JANUARY = Period.of(date(2025, 1, 1), date(2025, 2, 1))
FEBRUARY = Period.of(date(2025, 2, 1), date(2025, 3, 1))
MARCH = Period.of(date(2025, 3, 1), date(2025, 4, 1))


def accept(pipeline: Pipeline, outlet: str, week: int) -> None:
    """Accept a rebuilt outlet from the week in which the made data changed it (see conftest): a up, b not, c down."""
    made = Suggestion(
        WORD, Text(zh=f"改造 {outlet}", en=f"Rebuild {outlet}"), Effect("takings", 600.0, 1000.0, 28, WORD),
        "adjusted", (), TestPlan(None, None, WORD), ("rebuild",), ("outlet", (outlet,)),
    )  # fmt: skip
    day = START + timedelta(weeks=week)
    assert pipeline.ledger is not None
    [shown] = pipeline.ledger.show([made], day, None)
    pipeline.ledger.book(None).accept(str(shown.id), on=day)


def made(pipeline: Pipeline, period: Period, locale: str = "en-US") -> tuple[Answer, str]:
    reader = Reader(None, locale, period.end + timedelta(3))  # type: ignore[arg-type]  # a locale
    answer, document = retrospective(pipeline, reader, period, ahead=False)
    return answer, written(document, ".md", pipeline.layer.settings.path).decode()


def part(answer: Answer, name: str) -> list[str]:
    return [one.statement.at(answer.locale) for one in answer.findings if one.at == name]


@pytest.mark.parametrize(
    ("outlet", "week", "period", "verdict"),
    [("a", 52, JANUARY, "keep"), ("b", 56, FEBRUARY, "open"), ("c", 60, MARCH, "stop")],
)
def test_advice_that_was_taken_is_kept_stopped_or_open_as_it_was_measured(
    monday_pipeline: Pipeline, outlet: str, week: int, period: Period, verdict: str
) -> None:
    accept(monday_pipeline, outlet, week)
    answer, _ = made(monday_pipeline, period)
    assert any(f"Rebuild {outlet}" in said for said in part(answer, verdict))


def test_what_still_runs_stays_open(monday_pipeline: Pipeline) -> None:
    accept(monday_pipeline, "b", 56)  # 27 January to 23 February
    answer, _ = made(monday_pipeline, JANUARY)
    [said] = part(answer, "open")
    assert "still runs" in said


def test_the_next_retrospective_begins_with_what_was_left_open(monday_pipeline: Pipeline) -> None:
    accept(monday_pipeline, "b", 56)
    made(monday_pipeline, FEBRUARY)
    answer, text = made(monday_pipeline, MARCH)
    [said] = part(answer, "carried")
    assert said.startswith("Open since")
    assert "Rebuild b" in said
    assert said.endswith("no longer open.")
    assert "## What the last retrospective left open" in text


def test_it_is_told_in_chinese_too(monday_pipeline: Pipeline) -> None:
    accept(monday_pipeline, "b", 56)
    made(monday_pipeline, FEBRUARY, "zh-CN")
    answer, text = made(monday_pipeline, MARCH, "zh-CN")
    [said] = part(answer, "carried")
    assert said.startswith("2/1–2/28的待办:")
    assert "## 上次复盘的待办" in text


def test_made_twice_it_leaves_the_same_once(monday_pipeline: Pipeline) -> None:
    accept(monday_pipeline, "b", 56)
    made(monday_pipeline, FEBRUARY)
    made(monday_pipeline, FEBRUARY)
    answer, _ = made(monday_pipeline, MARCH)
    assert len(part(answer, "carried")) == 1


def test_an_earlier_period_carries_nothing_of_a_later_one(monday_pipeline: Pipeline) -> None:
    accept(monday_pipeline, "b", 56)
    made(monday_pipeline, FEBRUARY)
    answer, _ = made(monday_pipeline, JANUARY)
    assert part(answer, "carried") == []
