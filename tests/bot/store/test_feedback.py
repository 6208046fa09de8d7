"""Ratings: of one's own answers only; bad ones wait for a review."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.store.database import open_store
from bot.store.feedback import list_feedback, mark_reviewed, rate, take_back
from bot.store.schema import elements, steps, threads, users


@pytest.fixture
def engine(tmp_path: Path):
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    with engine.begin() as connection:
        for name in ("li", "wang"):
            connection.execute(users.insert().values(id=f"u-{name}", identifier=name))
            connection.execute(
                threads.insert().values(id=f"t-{name}", userId=f"u-{name}", userIdentifier=name)
            )
            connection.execute(steps.insert().values(id=f"run-{name}", threadId=f"t-{name}", type="run"))
            message = {"id": f"m-{name}", "threadId": f"t-{name}", "parentId": f"run-{name}"}
            connection.execute(steps.insert().values(**message))
            props = json.dumps(
                {"question": f"q of {name}", "headline": "ROAS 2.84", "plan": {"kind": "metric"}}
            )
            connection.execute(
                elements.insert().values(id=f"e-{name}", threadId=f"t-{name}", forId=f"m-{name}", props=props)
            )
    yield engine
    engine.dispose()


def test_a_bad_rating_waits_with_question_answer_plan_and_reason(engine: Engine) -> None:
    rate(engine, "li", "run-li", 0, "  wrong period ")
    rate(engine, "wang", "run-wang", 1)

    [waiting] = list_feedback(engine)

    assert (waiting.question, waiting.answer, waiting.plan) == ("q of li", "ROAS 2.84", {"kind": "metric"})
    assert (waiting.comment, waiting.user, waiting.value) == ("wrong period", "li", 0)
    assert len(list_feedback(engine, everything=True)) == 2


def test_nobody_rates_or_takes_back_another_s_answer(engine: Engine) -> None:
    assert rate(engine, "wang", "run-li", 0, "not mine") is None
    assert rate(engine, "li", "no such step", 0) is None
    own = rate(engine, "li", "run-li", 0)
    assert own is not None
    assert not take_back(engine, "wang", own)
    assert take_back(engine, "li", own)
    assert list_feedback(engine, everything=True) == []


def test_a_second_rating_replaces_the_first_and_opens_it_again(engine: Engine) -> None:
    first = rate(engine, "li", "run-li", 0)
    assert first is not None
    assert mark_reviewed(engine, first[:8], "synonym added")
    assert list_feedback(engine) == []

    second = rate(engine, "li", "run-li", 0, "still wrong")

    assert second == first
    assert [one.comment for one in list_feedback(engine)] == ["still wrong"]


def test_a_number_that_fits_none_or_several_is_refused(engine: Engine) -> None:
    rate(engine, "li", "run-li", 0)
    rate(engine, "wang", "run-wang", 0)

    assert not mark_reviewed(engine, "")
    assert not mark_reviewed(engine, "nothing")
