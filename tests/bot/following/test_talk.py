"""Following by chat, in both languages: what is read, kept, listed and ended, and what stays a question."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import semantic_layer
from bot.alerts.talk import AlertTalk
from bot.digests.shelf import new_token, open_page, opened, put_page
from bot.following.subscriptions import followed
from bot.following.talk import read, times_said
from bot.following.usage import uses
from bot.jobs.clock import SetClock
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
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: gate, dimension: categorical, label: {zh: 入口, en: gate}}
    metrics:
      - {name: guests, agg: sum, expr: people, label: {zh: 游客数, en: guests}}
      - {name: fans, agg: sum, expr: people, label: {zh: 关注人数, en: followers}}
"""
NOW = datetime(2025, 3, 8, tzinfo=UTC)
PAGE = "<p>周报</p>"


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    home = tmp_path_factory.mktemp("park")
    (home / "data").mkdir()
    (home / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    lines = ["day,gate,people", *(f"2025-03-0{day},north,{10 * day}" for day in range(1, 9))]
    (home / "data" / "visits.csv").write_text("\n".join(lines), encoding="utf-8")
    layer = semantic_layer.open(home, state_dir=home / "state")
    yield Pipeline(layer, Settings(home, is_demo=False, state_dir=home / "state"))
    layer.close()


@pytest.fixture
def talk(park: Pipeline, tmp_path: Path) -> Iterator[AlertTalk]:
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    yield AlertTalk(park, engine, "park", SetClock(NOW), {"default": "json://a"})
    engine.dispose()


def said(talk: AlertTalk, text: str) -> str | None:
    reply = talk.reply(text, "c")
    return reply.text if reply is not None else None


@pytest.mark.parametrize(
    ("text", "kind", "name", "cron"),
    [
        ("关注游客数", "metric", "guests", "0 9 * * *"),
        ("follow guests", "metric", "guests", "0 9 * * *"),
        ("每周一把各入口游客数发给我", "question", "各入口游客数", "0 9 * * mon"),
        ("send me guests by gate every friday", "question", "guests by gate", "0 9 * * fri"),
        ("订阅上周游客数", "question", "上周游客数", "0 9 * * *"),
        ("follow guests every month", "metric", "guests", "0 9 1 * *"),
    ],
)
def test_what_is_said_is_followed(talk: AlertTalk, text: str, kind: str, name: str, cron: str) -> None:
    assert said(talk, text) is not None
    [one] = followed(talk._engine, "park")
    assert (one.kind, one.name, one.cron) == (kind, name, cron)


@pytest.mark.parametrize(
    "text",
    [
        "关注人数",
        "最近7天关注人数",
        "followers last week",
        "follow up on last week's guests",
        "每周游客数",
        "最近7天游客数",
    ],
)
def test_a_question_stays_a_question(talk: AlertTalk, text: str) -> None:
    assert said(talk, text) is None
    assert followed(talk._engine, "park") == []


@pytest.mark.parametrize(("text", "word"), [("关注月亮", "月亮"), ("follow the moon", "moon")])
def test_what_the_workspace_does_not_know_is_not_followed(talk: AlertTalk, text: str, word: str) -> None:
    assert said(talk, text)
    assert followed(talk._engine, "park") == []


def test_it_is_listed_and_ended_in_words(talk: AlertTalk) -> None:
    said(talk, "关注游客数")
    said(talk, "send me guests by gate every monday")
    assert said(talk, "我关注了什么") == "1. 游客数 · 每天 9:00\n2. guests by gate · 每周一 9:00"
    assert said(talk, "取消关注游客数") == "已取消关注「游客数」。"
    assert said(talk, "what do I follow?") == "1. guests by gate · every Monday at 9:00"
    assert said(talk, "unfollow guests by gate") == "guests by gate is no longer followed."
    assert said(talk, "取消关注游客数") == "您没有关注「游客数」。"


def test_without_an_address_that_is_said(park: Pipeline, tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    reply = AlertTalk(park, engine, "park", SetClock(NOW)).reply("关注游客数", "c")
    engine.dispose()
    assert reply is not None
    assert "ASKGROWTH_DELIVERY_DEFAULT" in reply.text


@pytest.mark.parametrize(
    ("cron", "en"),
    [
        ("0 9 * * *", "every day at 9:00"),
        ("0 9 * * wed", "every Wednesday at 9:00"),
        ("5 4 * * *", "5 4 * * *"),
    ],
)
def test_times_are_said_in_words(cron: str, en: str) -> None:
    assert times_said(cron).en == en


@pytest.mark.parametrize("text", ["", "关注", "follow", "把上周的销售额告诉我"])
def test_half_a_sentence_is_about_something_else(text: str) -> None:
    assert read(text) is None


# --- pages of digests ---------------------------------------------------------------------------------------------


def test_a_page_is_opened_by_its_link_and_the_opening_counted(talk: AlertTalk, park: Pipeline) -> None:
    engine, token = talk._engine, new_token()
    with engine.begin() as connection:
        put_page(connection, "park", token, "周报(3/3–3/9)", PAGE, ["guests"], NOW)
    day = date(2025, 3, 8)
    assert open_page(engine, token, "Mozilla/5.0 (iPhone)", NOW, day) == PAGE
    assert open_page(engine, token, "Slackbot-LinkExpanding 1.0", NOW, day) == PAGE  # a preview is nobody
    [page] = opened(engine, "park")
    assert (page.title, page.opens) == ("周报(3/3–3/9)", 1)
    seen = {one.metric: one.times for one in uses(engine, "park", park.layer.catalog, day)}
    assert seen == {"guests": 1, "fans": 0}


@pytest.mark.parametrize("token", ["", "short", "x" * 32, "../../etc/passwd", "' OR 1=1 --"])
def test_a_link_that_was_not_given_out_opens_nothing(talk: AlertTalk, token: str) -> None:
    assert open_page(talk._engine, token, "Mozilla/5.0", NOW, NOW.date()) is None


def test_pages_go_after_a_year(talk: AlertTalk) -> None:
    with talk._engine.begin() as connection:
        put_page(connection, "park", new_token(), "old", PAGE, [], datetime(2024, 1, 1, tzinfo=UTC))
        put_page(connection, "park", new_token(), "new", PAGE, [], NOW)
    assert [one.title for one in opened(talk._engine, "park")] == ["new"]
