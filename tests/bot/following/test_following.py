"""Following and usage: what is counted, and what is sent to those who follow."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

import semantic_layer
from bot.delivery.message import Message, Receipt, Target
from bot.following.asker import CountingAsker
from bot.following.subscriptions import Subscription, follow, followed, unfollow
from bot.following.usage import count, uses
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.database import open_store

YAML = """
version: 1
today: 2025-03-09
models:
  - name: visits
    table: visits
    agg_time_dimension: day
    columns: [{name: day, granularity: day, dimension: {type: time}}]
    metrics:
      - {name: guests, agg: sum, expr: people, label: {zh: 游客数, en: guests}}
      - {name: income, agg: sum, expr: money, label: {zh: 门票收入, en: ticket income}}
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    home = tmp_path / "park"
    (home / "data").mkdir(parents=True)
    (home / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    lines = ["day,people,money", *(f"2025-03-0{day},{10 * day},300" for day in range(1, 9))]
    (home / "data" / "visits.csv").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(home, is_demo=False, state_dir=tmp_path / "state", delivery={"default": "json://a"})
    layer = semantic_layer.open(home, state_dir=tmp_path / "state")
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    yield Runner(Pipeline(layer, settings), settings, engine, SetClock(datetime(2025, 3, 8, tzinfo=UTC)))
    engine.dispose()


def test_looks_at_a_metric_add_up_and_the_unused_come_first(runner: Runner) -> None:
    with runner.engine.begin() as connection:
        for day in (date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 1)):
            count(connection, runner.workspace, ["guests"], day, "question")
    catalog = runner.pipeline.layer.catalog
    found = [
        (one.metric, one.times, one.last)
        for one in uses(runner.engine, runner.workspace, catalog, date(2025, 3, 9), 30)
    ]
    assert found == [("income", 0, None), ("guests", 2, date(2025, 3, 1))]


def test_an_answer_is_counted_and_a_refusal_is_not(runner: Runner) -> None:
    asker = CountingAsker(runner.pipeline, runner.engine, runner.workspace, runner.clock)
    assert asker.ask("guests last 7 days").outcome == "answer"
    assert asker.ask("the weather on the moon").outcome != "answer"
    asker.close()
    catalog = runner.pipeline.layer.catalog
    found = {
        one.metric: one.times for one in uses(runner.engine, runner.workspace, catalog, date(2025, 3, 9))
    }
    assert found == {"guests": 1, "income": 0}


def test_looks_that_the_store_refuses_are_written_the_next_time(runner: Runner) -> None:
    asker = CountingAsker(runner.pipeline, runner.engine, runner.workspace, runner.clock)
    for _ in range(3):
        asker.ask("guests last 7 days")
    with runner.engine.begin() as connection:
        connection.execute(text("ALTER TABLE metric_uses RENAME TO away"))
    asker.write()
    with runner.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO metric_uses"))

    asker.ask("guests last 7 days")
    asker.close()

    catalog = runner.pipeline.layer.catalog
    found = {
        one.metric: one.times for one in uses(runner.engine, runner.workspace, catalog, date(2025, 3, 9))
    }
    assert found == {"guests": 4, "income": 0}


def test_what_is_followed_is_sent_once_at_its_times(runner: Runner) -> None:
    sent: list[Message] = []

    def keep(message: Message, target: Target, key: str) -> Receipt:
        sent.append(message)
        return Receipt(target.name, "sent", "json", 1)

    runner.sender = keep
    for one in (
        Subscription("metric", "guests", "anna", cron="0 9 * * *", locale="en-US"),
        Subscription("question", "最近7天门票收入", "anna", cron="0 9 * * *"),
    ):
        follow(runner.engine, runner.workspace, one, runner.clock.now())
    runner.tick()
    runner.clock.set(datetime(2025, 3, 9, 9, 0, tzinfo=UTC))
    runner.tick()
    runner.tick()
    said = {
        message.title: message.markdown for message in sent if message.title in ("guests", "最近7天门票收入")
    }
    assert "80" in said["guests"]  # of 8 March
    assert "2,100" in said["最近7天门票收入"]
    assert len([message for message in sent if message.title in said]) == 2


def test_a_subscription_ends_when_it_is_unfollowed(runner: Runner) -> None:
    follow(runner.engine, runner.workspace, Subscription("metric", "guests", "anna"), runner.clock.now())
    assert not unfollow(runner.engine, runner.workspace, "guests", "bert")
    assert unfollow(runner.engine, runner.workspace, "guests", "anna")
    assert followed(runner.engine, runner.workspace) == []
