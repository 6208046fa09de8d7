"""Monday morning: each digest is sent once, whatever dies on the way; due suggestions are closed and told once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.delivery.message import Message, Receipt, Target
from bot.digests.shelf import open_page, opened
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.database import database_url, open_store
from semantic_layer.text import Text
from tools.result import Effect, Suggestion, TestPlan

SUNDAY = datetime(2025, 3, 2, 12, tzinfo=UTC)
WORD = Text.same("x")


class DiedError(BaseException):
    """The server is gone: nothing of ours catches it."""


class Post:
    """A service that takes every message and remembers it by its key."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.titles: list[str] = []

    def __call__(self, message: Message, target: Target, key: str) -> Receipt:
        self.sent[key] += 1
        self.titles.append(message.title)
        return Receipt(target.name, "sent", "made")


@pytest.fixture
def engine(monday_settings: Settings) -> Iterator[Engine]:
    engine = open_store(database_url(monday_settings))
    yield engine
    engine.dispose()


def runner(pipeline: Pipeline, settings: Settings, engine: Engine, post: Post, clock: SetClock) -> Runner:
    sending = replace(settings, delivery={"default": "json://made"})
    return Runner(pipeline, sending, engine, clock, post)


def test_the_weekly_digest_comes_on_monday_at_nine_and_once(
    monday_pipeline: Pipeline, monday_settings: Settings, engine: Engine
) -> None:
    post, clock = Post(), SetClock(SUNDAY)
    server = runner(monday_pipeline, monday_settings, engine, post, clock)
    other = runner(monday_pipeline, monday_settings, engine, post, clock)
    server.tick()  # the jobs are seen for the first time: nothing was due before
    for _ in range(24):
        clock.advance(timedelta(hours=2))
        server.tick()
        other.tick()
    assert [title for title in post.titles if title.startswith("周报")] == ["周报(2/24–3/2)"]


@pytest.mark.parametrize("at", ["claimed", "computed", "finishing", "committing"])
def test_a_server_that_dies_at_any_step_neither_loses_nor_doubles_it(
    monday_pipeline: Pipeline, monday_settings: Settings, engine: Engine, at: str
) -> None:
    post, clock = Post(), SetClock(SUNDAY)
    runner(monday_pipeline, monday_settings, engine, post, clock).tick()
    clock.set(datetime(2025, 3, 3, 9, 1, tzinfo=UTC))

    def die(step: str) -> None:
        if step == at:
            raise DiedError

    dying = runner(monday_pipeline, monday_settings, engine, post, clock)
    dying.step = die
    with pytest.raises(DiedError):
        dying.tick()
    for _ in range(4):
        clock.advance(timedelta(hours=1))
        runner(monday_pipeline, monday_settings, engine, post, clock).tick()
    assert [title for title in post.titles if title.startswith("周报")] == ["周报(2/24–3/2)"]
    assert set(post.sent.values()) == {1}


def test_due_suggestions_are_closed_and_told_once(
    monday_pipeline: Pipeline, monday_settings: Settings, engine: Engine
) -> None:
    start = date(2024, 12, 30)  # the week from which the made data of Alpha are higher
    effect = Effect("takings", 600.0, 1000.0, 28, WORD)
    strategy = Text(zh="改造 Alpha", en="Rebuild Alpha")
    made = Suggestion(
        WORD, strategy, effect, "adjusted", (), TestPlan(None, None, WORD), ("rebuild",), ("outlet", ("a",))
    )
    ledger = monday_pipeline.ledger
    assert ledger is not None
    [shown] = ledger.show([made], start, None)
    ledger.book(None).accept(str(shown.id), on=start)
    post, clock = Post(), SetClock(datetime(2025, 1, 26, 12, tzinfo=UTC))
    server = runner(monday_pipeline, monday_settings, engine, post, clock)
    server.tick()
    for _ in range(3):
        clock.advance(timedelta(days=1))
        server.tick()
    told = [title for title in post.titles if "验收" in title]
    assert told == ["1 条建议到期验收(数据到 2025-01-26)"]
    assert ledger.book(None).entry(str(shown.id)).status == "measured"


def test_where_nobody_receives_it_nothing_is_made(
    monday_pipeline: Pipeline, monday_settings: Settings, engine: Engine
) -> None:
    clock = SetClock(SUNDAY)
    server = Runner(monday_pipeline, replace(monday_settings, delivery={}), engine, clock, Post())
    ran = server.run("weekly_digest")
    assert ran is not None
    assert (ran.state, ran.messages) == ("done", 0)


def test_with_a_public_address_the_message_links_its_page(
    monday_pipeline: Pipeline, monday_settings: Settings, engine: Engine
) -> None:
    sent: list[Message] = []

    def keep(message: Message, target: Target, key: str) -> Receipt:
        sent.append(message)
        return Receipt(target.name, "sent", "made")

    settings = replace(
        monday_settings, delivery={"default": "json://made"}, public_url="https://ask.example.com/"
    )
    server = Runner(monday_pipeline, settings, engine, SetClock(SUNDAY), keep)
    server.run("weekly_digest")
    server.deliver()
    [message] = sent
    token = message.markdown.rpartition("https://ask.example.com/digests/")[2].rstrip(")")
    page = open_page(engine, token, "Mozilla/5.0", SUNDAY, SUNDAY.date())
    assert page == message.html
    assert [one.opens for one in opened(engine, server.workspace)] == [1]
