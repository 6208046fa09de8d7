"""Weeks go by: three suggestions are shown, accepted, come due and are measured against what they promised."""

from datetime import date, timedelta

import pytest

from bot.ledger.reviewing import review_all
from bot.pipeline import Pipeline
from bot.plan import ToolPlan
from semantic_layer.text import Text
from tools.promises import track_record
from tools.result import Effect, Suggestion, TestPlan

START = date(2024, 1, 1)
WORD = Text.same("x")
PLANTED = {"a": 52, "b": 56, "c": 60}  # the weeks from which conftest changed them


def day_of(week: int) -> date:
    return START + timedelta(weeks=week)


def suggestion(outlet: str) -> Suggestion:
    effect = Effect("takings", 600.0, 1000.0, 28, WORD)
    strategy = Text(zh=f"改造 {outlet}", en=f"Rebuild {outlet}")
    return Suggestion(
        WORD,
        strategy,
        effect,
        "adjusted",
        (),
        TestPlan(None, None, WORD),
        ("rebuild",),
        ("outlet", (outlet,)),
    )


@pytest.fixture
def closed(monday_pipeline: Pipeline) -> dict[str, object]:
    """Live through the weeks: show and accept each at its time, look every Monday at what is due."""
    assert monday_pipeline.ledger is not None
    found: dict[str, object] = {}
    for week in range(50, 70):
        today = day_of(week)
        for outlet in (name for name, first in PLANTED.items() if first == week):
            [shown] = monday_pipeline.ledger.show([suggestion(outlet)], today, None)
            monday_pipeline.ledger.book(None).accept(str(shown.id), on=today)
        for one in review_all(monday_pipeline, monday_pipeline.ledger.book(None), today, None):
            assert one.suggestion.touches is not None
            found[one.suggestion.touches[1][0]] = (week, one.realised)
    return found


def test_three_suggestions_close_when_due_with_the_planted_effects(
    monday_pipeline: Pipeline, closed: dict
) -> None:
    assert {name: week for name, (week, _) in closed.items()} == {"a": 56, "b": 60, "c": 64}
    # 30 % of 700 a week over four weeks is 840; nothing; minus 840.
    (_, kept), (_, unclear), (_, against) = (closed[name] for name in "abc")
    assert (kept.verdict, unclear.verdict, against.verdict) == ("kept", "unclear", "against")
    assert kept.value == pytest.approx(840, rel=0.1)
    assert kept.share == pytest.approx(840 / 800, rel=0.1)
    assert kept.low > 600  # more than was promised at least
    assert unclear.low < 0 < unclear.high
    assert against.value == pytest.approx(-840, rel=0.1)
    book = monday_pipeline.ledger.book(None)  # type: ignore[union-attr]
    assert track_record(book.entries()).factor < 0.5


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("你让我给 Alpha 加投,效果呢?", "兑现"),
        ("how did the extra budget for Gamma work out?", "it went the other way"),
        ("建议我加投的 Beta,结果怎么样", "看不出效果"),
    ],
)
def test_the_chat_answers_from_it(
    monday_pipeline: Pipeline, closed: dict, question: str, verdict: str
) -> None:
    answer = monday_pipeline.ask(question, today=day_of(70))
    assert isinstance(answer.plan, ToolPlan)
    assert answer.plan.name == "ledger"
    assert verdict in answer.headline.at(answer.locale)  # type: ignore[union-attr]


def test_a_suggestion_that_still_runs_is_told_with_its_promise(monday_pipeline: Pipeline) -> None:
    assert monday_pipeline.ledger is not None
    [shown] = monday_pipeline.ledger.show([suggestion("a")], day_of(52), None)
    monday_pipeline.ledger.book(None).accept(str(shown.id), on=day_of(52))
    answer = monday_pipeline.ask("what about the accepted suggestions?", today=day_of(53))
    assert "still runs" in answer.headline.en  # type: ignore[union-attr]


def test_without_any_entry_the_question_is_refused_in_words(monday_pipeline: Pipeline) -> None:
    answer = monday_pipeline.ask("建议台账", today=day_of(53))
    assert answer.outcome == "refuse"
