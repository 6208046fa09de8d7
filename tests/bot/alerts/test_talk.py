"""Alerts by chat in both languages: read, shown back, confirmed, listed, paused, deleted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import semantic_layer
from bot.alerts.store import all_alerts
from bot.alerts.talk import AlertTalk
from bot.alerts.wording import frame_of, read
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
      - name: park
        dimension: categorical
        label: {zh: 园区, en: park}
        values: {north: {label: {zh: 北园, en: North Park}}, south: {label: {zh: 南园, en: South Park}}}
    metrics:
      - {name: guests, agg: sum, expr: people, label: {zh: 游客数, en: guests}, unit: people}
      - {name: income, agg: sum, expr: money, label: {zh: 门票收入, en: ticket income}, unit: CNY}
metrics:
  - {name: per_guest, type: ratio, numerator: income, denominator: guests, label: {zh: 人均消费, en: income per guest}}
alerts:
  - {name: quiet_day, metric: guests, below: 5}
"""


@pytest.fixture
def talk(tmp_path: Path):
    home = tmp_path / "park"
    (home / "data").mkdir(parents=True)
    (home / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    lines = ["day,park,people,money"]
    lines += [f"2025-03-0{day},{park},{10 * day},{300}" for day in range(1, 9) for park in ("north", "south")]
    (home / "data" / "visits.csv").write_text("\n".join(lines), encoding="utf-8")
    layer = semantic_layer.open(home, state_dir=tmp_path / "state")
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    settings = Settings(home, is_demo=False, state_dir=tmp_path / "state")
    clock = SetClock(datetime(2025, 3, 9, tzinfo=UTC))
    yield AlertTalk(Pipeline(layer, settings), engine, "w", clock)
    engine.dispose()


def definition(talk: AlertTalk):
    return all_alerts(talk._pipeline.layer, talk._engine, "w")[-1].rule


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("人均消费低于 2 就叫我", ("per_guest", "threshold", "<", 2.0, 1, None)),
        ("alert me when income per guest falls under 2", ("per_guest", "threshold", "<", 2.0, 1, None)),
        ("每天游客少于100就提醒我", ("guests", "threshold", "<", 100.0, 1, None)),
        ("alert me when daily guests fall under 100", ("guests", "threshold", "<", 100.0, 1, None)),
        ("如果近7天门票收入低于2万,通知我", ("income", "threshold", "<", 20000.0, 7, None)),
        ("let me know if weekly ticket income drops below 20k", ("income", "threshold", "<", 20000.0, 7, None)),
        ("门票收入比上周同日下降20%就通知我", ("income", "change", "<", -0.2, 1, None)),
        ("warn me if ticket income falls by more than 20% against the same weekday last week",
         ("income", "change", "<", -0.2, 1, None)),
        ("北园的游客数超过 500 就告警", ("guests", "threshold", ">", 500.0, 1, "park = 'north'")),
        ("notify me when guests of South Park exceed 500", ("guests", "threshold", ">", 500.0, 1, "park = 'south'")),
        ("游客数异常就提醒我", ("guests", "anomaly", "", 0.0, 1, None)),
        ("tell me when guests look unusual", ("guests", "anomaly", "", 0.0, 1, None)),
        ("门票收入完不成目标就提醒我", ("income", "pacing", "<", 0.5, 1, None)),
        ("数据超过2天没更新就告诉我", (None, "freshness", ">", 2.0, 1, None)),
        ("数据质量有问题就提醒我", (None, "quality", ">", 1.0, 1, None)),
    ],
)  # fmt: skip
def test_a_sentence_becomes_an_alert_after_a_yes(talk, said: str, expected) -> None:
    asked = talk.reply(said, "c")
    assert asked is not None
    assert asked.asks, asked.text
    done = talk.reply("好" if asked.locale == "zh-CN" else "yes", "c")
    assert done is not None
    assert done.done
    rule = definition(talk)
    assert (
        rule.metric,
        rule.kind,
        rule.operator,
        pytest.approx(rule.value),
        rule.days,
        rule.where,
    ) == expected


def test_it_is_shown_back_with_how_often_it_would_have_fired(talk) -> None:
    # 20, 40, 60, ... guests on eight days: below 50 on the first two, which is one spell.
    said = talk.reply("alert me when daily guests fall under 50", "c")
    assert said is not None
    assert "daily guests is under 50" in said.text
    assert "it would have fired 1 time." in said.text


def test_nothing_is_set_after_a_no_or_without_a_yes(talk) -> None:
    talk.reply("游客数低于 50 就叫我", "c")
    assert talk.reply("算了", "c").text == "好,没有设置。"
    talk.reply("游客数低于 50 就叫我", "c")
    assert talk.reply("好", "another conversation") is None
    assert [one.rule.name for one in all_alerts(talk._pipeline.layer, talk._engine, "w")] == ["quiet_day"]


@pytest.mark.parametrize(
    "said",
    ["alert me when the moon is full", "外星人数量超过 5 就叫我", "alert me when guests exceed expectations"],
)
def test_what_is_not_understood_is_said_and_nothing_is_set(talk, said: str) -> None:
    reply = talk.reply(said, "c")
    assert reply is not None
    assert not reply.asks
    assert not reply.done
    assert talk.reply("yes", "c") is None


@pytest.mark.parametrize(
    "said",
    [
        "上周门票收入多少",
        "把上周的门票收入告诉我",
        "which park had the most guests",
        "guests under 100",
        "yes",
        "好",
    ],
)
def test_a_question_is_none_of_ours(talk, said: str) -> None:
    assert talk.reply(said, "c") is None


def test_alerts_are_listed_paused_resumed_and_deleted_in_words(talk) -> None:
    talk.reply("人均消费低于 2 就叫我", "c")
    talk.reply("好", "c")
    assert talk.reply("我有哪些预警?", "c").text == (
        "1. `quiet_day` 每日游客数低于 5人\n2. `per_guest_below` 每日人均消费低于 2"
    )
    assert talk.reply("暂停第2条预警", "c").done
    assert "· paused" in talk.reply("list my alerts", "c").text.splitlines()[1]
    assert talk.reply("resume the per_guest_below alert", "c").done
    assert talk.reply("删除人均消费的预警", "c").done
    assert "per_guest" not in talk.reply("show my alerts", "c").text


def test_an_alert_of_the_yaml_is_deleted_in_the_yaml(talk) -> None:
    reply = talk.reply("delete the quiet_day alert", "c")
    assert not reply.done
    assert "YAML" in reply.text


def test_which_alert_is_asked_back_where_several_may_be_meant(talk) -> None:
    talk.reply("游客数高于 500 就叫我", "c")
    talk.reply("好", "c")
    reply = talk.reply("删除预警", "c")
    assert not reply.done
    assert reply.text.startswith("是哪一条")


def test_alerts_of_another_user_are_not_shown(talk) -> None:
    talk.reply("游客数高于 500 就叫我", "c", user="anna")
    talk.reply("好", "c", user="anna")
    assert "guests_above" in talk.reply("列出预警", "c", user="anna").text
    assert "guests_above" not in talk.reply("列出预警", "d", user="bert").text


def test_the_frame_of_a_condition_is_taken_apart() -> None:
    assert frame_of("近30天收入低于5").days == 30
    assert frame_of("income year over year is down more than 5%").against == "previous_year"
    assert frame_of("收入环比下降10%").against == "previous_period"
    assert read("删除第3条预警").words == "第3条"
    assert read("which alerts do I have?").wish == "list"
