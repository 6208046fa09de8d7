"""A digest's numbers are those of the same questions asked in chat, by role and in both languages."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.answer import Answer
from bot.digests.making import DocumentError, Reader, digest, retrospective, subject_of, written
from bot.pipeline import Pipeline
from bot.plan import ToolPlan
from semantic_layer.period import Period
from tools.render import as_float

FOLDER = Path("no-such-workspace")  # has no templates: ours are used
TODAY = date(2025, 3, 5)  # a Wednesday: the last whole week is 24 February to 2 March


def asked(pipeline: Pipeline, question: str) -> float:
    answer = pipeline.ask(question, today=TODAY)
    assert answer.parts[0].table is not None
    value = as_float(answer.parts[0].table.rows[0][0])
    assert value is not None
    return value


def made(pipeline: Pipeline, role: str = "boss", locale: str = "en-US", **more: object) -> tuple[Answer, str]:
    reader = Reader(None, locale, TODAY)  # type: ignore[arg-type]
    answer, document = digest(pipeline, "weekly", role, reader, ahead=False, **more)  # type: ignore[arg-type]
    return answer, written(document, ".md", FOLDER).decode()


def test_values_are_those_of_the_questions(monday_pipeline: Pipeline) -> None:
    answer, text = made(monday_pipeline)
    main, before = (answer.periods[at] for at in (0, 1))
    assert (main.start, main.end) == (date(2025, 2, 24), date(2025, 3, 3))
    assert (before.start, before.end) == (date(2025, 2, 17), date(2025, 2, 24))
    [row] = answer.parts[0].table.rows  # type: ignore[union-attr]
    assert row[1] == asked(monday_pipeline, "takings last week")
    assert row[2] == asked(monday_pipeline, "takings from 2025-02-17 to 2025-02-23")
    said = monday_pipeline.ask("takings last week", today=TODAY).headline
    assert said is not None
    value = text.split("Takings €")[1].split(",")[0]
    assert f"€{value}" in said.en


def test_operations_see_members_with_the_same_values_as_the_question(monday_pipeline: Pipeline) -> None:
    answer, text = made(monday_pipeline, "operations", "zh-CN")
    [table] = answer.parts[0].further
    chat = monday_pipeline.ask("takings by outlet last week", today=TODAY).parts[0].table
    assert chat is not None
    assert {row[0]: row[1] for row in table.rows} == {row[0]: row[1] for row in chat.rows}
    assert "门店" in text


@pytest.mark.parametrize("role", ["boss", "operations", "analyst"])
@pytest.mark.parametrize(
    ("locale", "question", "before"),
    [
        ("zh-CN", "上周营业额", "2025年2月17日到2月23日营业额"),
        ("en-US", "takings last week", "takings from 2025-02-17 to 2025-02-23"),
    ],
)
def test_every_role_reads_the_numbers_of_the_chat_in_its_language(
    monday_pipeline: Pipeline, role: str, locale: str, question: str, before: str
) -> None:
    answer, text = made(monday_pipeline, role, locale)
    row = answer.parts[0].table.rows[0]  # type: ignore[union-attr]
    assert (row[1], row[2]) == (asked(monday_pipeline, question), asked(monday_pipeline, before))
    said = monday_pipeline.ask(question, today=TODAY).headline
    assert said is not None
    value = re.search(r"€[\d.,]+[万K]?", said.at(locale))  # type: ignore[arg-type]  # a locale
    assert value is not None
    assert value.group() in text


def test_a_boss_gets_one_screen_and_an_analyst_the_statements(monday_pipeline: Pipeline) -> None:
    _, boss = made(monday_pipeline)
    _, analyst = made(monday_pipeline, "analyst")
    assert "```sql" not in boss
    assert "```sql" in analyst
    assert len(boss) < len(analyst) / 2


@pytest.mark.parametrize(
    ("locale", "headers"),
    [("zh-CN", "| 门店 | 本期 | 对比期 | 变化 |"), ("en-US", "| outlet | now | before | change |")],
)
def test_a_split_is_named_by_its_heading_and_its_columns_stay_short(
    monday_pipeline: Pipeline, locale: str, headers: str
) -> None:
    _, text = made(monday_pipeline, "operations", locale)
    assert headers in text


def test_a_period_that_is_not_over_is_marked_and_held_against_as_many_days(monday_pipeline: Pipeline) -> None:
    answer, text = made(monday_pipeline, period=Period.of(date(2025, 3, 3), date(2025, 3, 10)))
    assert answer.periods[0].end == TODAY
    assert answer.periods[0].requested_end == date(2025, 3, 10)
    assert (answer.periods[1].start, answer.periods[1].end) == (date(2025, 2, 24), date(2025, 2, 26))
    assert "not over" in text


def test_a_period_without_data_is_refused_in_words(monday_pipeline: Pipeline) -> None:
    with pytest.raises(DocumentError, match="no data"):
        made(monday_pipeline, period=Period.of(date(2030, 1, 7), date(2030, 1, 14)))


@pytest.mark.parametrize(
    "question", ["来一页周报", "weekly report please", "给我周报", "give me the weekly digest"]
)
def test_it_is_asked_for_in_chat(monday_pipeline: Pipeline, question: str) -> None:
    answer = monday_pipeline.explain(question, today=TODAY)
    assert isinstance(answer.plan, ToolPlan)
    assert answer.plan.name == "digest"


def test_a_retrospective_carries_the_comments_left_on_its_period(monday_pipeline: Pipeline) -> None:
    period, reader = Period.of(date(2025, 2, 1), date(2025, 3, 1)), Reader(None, "en-US", TODAY)
    answer, _ = retrospective(monday_pipeline, reader, period, ahead=False)
    assert subject_of(answer) == "retrospective:2025-02-01:2025-02-28"
    monday_pipeline.ledger.book(None).comment(subject_of(answer), "The new signs helped.", "li")  # type: ignore[union-attr]
    _, document = retrospective(monday_pipeline, reader, period, ahead=False)
    text = written(document, ".md", FOLDER).decode()
    assert "li: The new signs helped." in text
    assert document.title.startswith("Retrospective")
