"""Half a year of the demo: alerts fire on what was planted and on what the rows say, and not otherwise."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from sqlalchemy import select

from bot.alerts.judging import replay
from bot.alerts.readings import readings
from bot.alerts.store import save_alert
from bot.delivery.message import Message, Receipt, Target
from bot.jobs.claims import set_paused
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings, read_settings
from bot.store.database import open_store
from bot.store.job_schema import alert_events
from bot.wiring import demo_data, open_layer
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule
from semantic_layer.workspace import SemanticLayer
from tools.registry import ToolContext

FIRST, LAST = date(2025, 5, 23), date(2025, 11, 20)  # 26 weeks of mornings
MORNINGS = [FIRST + timedelta(at) for at in range((LAST - FIRST).days + 1)]


def rule(
    name: str, kind: str, metric: str, operator: str, value: float = 0.0, days: int = 1, **more
) -> AlertRule:
    return AlertRule(name, Text.same(name), kind, metric, operator=operator, value=value, days=days, **more)  # type: ignore[arg-type]  # words of the test


# What somebody who runs this shop would watch, and the story of demo/truth.yml that it should catch.
WATCHED = {
    "bot_night": rule(
        "bots", "anomaly", "visitors", ">", where="store = 'mini_program' AND traffic_source = 'paid'"
    ),
    "mix_shift": rule("douyin", "anomaly", "visitors", ">", where="store = 'douyin'"),
    "android_checkout": rule(
        "android", "threshold", "session_conversion_rate", "<", 0.034, 5,
        where="device = 'android' AND app_version = '5.8.0'", cooldown_days=7,
    ),
    "bad_batch": rule(
        "serum", "threshold", "refund_rate", ">", 0.35, 14, where="product_code = 'CY301'", cooldown_days=28
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def layer(state_dir: Path) -> Iterator[SemanticLayer]:
    opened = open_layer(Settings(read_settings().workspace, is_demo=True, state_dir=state_dir))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def planted(project_root: Path) -> dict[str, tuple[date, date]]:
    stories = yaml.safe_load((project_root / "demo" / "truth.yml").read_text(encoding="utf-8"))["stories"]
    return {one["id"]: (one["dates"]["first"], one["dates"]["last"]) for one in stories}


def fired(layer: SemanticLayer, one: AlertRule) -> list:
    found = replay(one, readings(one, ToolContext(layer, LAST), MORNINGS))
    return [reading for event, reading in found if event == "fired"]


@pytest.fixture(scope="module")
def told_of(layer) -> dict[str, list]:
    return {story: fired(layer, one) for story, one in WATCHED.items()}


def test_every_planted_event_is_told_and_nothing_else_is(told_of, planted) -> None:
    caught, right, wrong = set(), 0, []
    for story, one in WATCHED.items():
        first, last = planted[story]
        for reading in told_of[story]:
            if reading.start <= last and reading.end > first:
                caught.add(story)
                right += 1
            else:
                wrong.append((one.name, reading.today))
    assert caught == set(WATCHED)  # recall 1
    assert right / (right + len(wrong)) >= 0.95, wrong
    assert len(wrong) <= 26  # one a week


def test_the_night_of_the_bots_is_told_the_next_morning_and_never_else(told_of) -> None:
    assert [one.today for one in told_of["bot_night"]] == [date(2025, 9, 13)]


@pytest.fixture(scope="module")
def sums(state_dir: Path) -> dict[str, dict[date, float]]:
    """Daily sums by hand-written SQL over the files."""
    folder = demo_data(state_dir)
    asked = {
        "spend": f"SELECT CAST(day AS DATE), sum(spend) FROM '{folder}/ad_daily.parquet' GROUP BY 1",
        "paid_amount": f"SELECT CAST(paid_at AS DATE), sum(paid_amount) FROM '{folder}/orders.parquet' "
        "WHERE paid_at IS NOT NULL GROUP BY 1",
    }
    with duckdb.connect() as database:
        return {
            name: {day: float(n) for day, n in database.execute(sql).fetchall()}
            for name, sql in asked.items()
        }


@pytest.mark.parametrize(("metric", "days"), [("spend", 1), ("spend", 7), ("paid_amount", 1)])
def test_a_threshold_fires_on_exactly_the_mornings_that_the_rows_say(layer, sums, metric, days) -> None:
    daily, bad_before, expected = sums[metric], False, []
    seen = {
        morning: sum(daily.get(morning - timedelta(back), 0.0) for back in range(1, days + 1))
        for morning in MORNINGS
    }
    level = sorted(seen.values())[len(seen) // 6] + 0.005  # a sixth of the mornings is bad
    for morning in MORNINGS:
        bad = seen[morning] < level
        if bad and not bad_before:
            expected.append(morning)
        bad_before = bad
    assert len(expected) >= 2
    one = rule("low", "threshold", metric, "<", level, days)
    assert [reading.today for reading in fired(layer, one)] == expected


def test_a_fall_against_the_same_weekday_fires_on_exactly_the_mornings_that_the_rows_say(layer, sums) -> None:
    daily, bad_before, expected = sums["paid_amount"], False, []
    for morning in MORNINGS:
        last, before = daily[morning - timedelta(1)], daily[morning - timedelta(8)]
        bad = (last - before) / before < -0.2
        if bad and not bad_before:
            expected.append(morning)
        bad_before = bad
    assert expected
    one = rule("fall", "change", "paid_amount", "<", -0.2, against="same_weekday")
    assert [reading.today for reading in fired(layer, one)] == expected


@pytest.mark.parametrize("metric", ["roas", "paid_amount"])
def test_windows_added_up_from_days_are_those_the_database_adds_up(layer, metric: str) -> None:
    one = rule("window", "threshold", metric, "<", 2.0, 7)
    context = ToolContext(layer, LAST)
    many = {reading.end: reading.value for reading in readings(one, context, MORNINGS[:20])}
    for morning in MORNINGS[5:8]:
        [single] = readings(one, context, [morning])
        assert single.value == pytest.approx(many[single.end], rel=1e-9)


def test_the_server_tells_live_what_the_replay_says_each_once(layer, tmp_path: Path) -> None:
    sent: list[tuple[str, Message]] = []

    def keep(message: Message, target: Target, key: str) -> Receipt:
        sent.append((key, message))
        return Receipt(target.name, "sent", "json", 1)

    settings = Settings(
        layer.settings.path, is_demo=True, state_dir=tmp_path, delivery={"default": "json://a"}
    )
    engine, clock = (
        open_store(f"sqlite:///{tmp_path / 'app.sqlite'}"),
        SetClock(datetime(2025, 9, 5, tzinfo=UTC)),
    )
    runner = Runner(Pipeline(layer, settings), settings, engine, clock, keep)
    definition = {"name": "spend_low", "metric": "spend", "below": 16000}
    bots = {"name": "bots", "metric": "visitors", "anomaly": "up", "where": WATCHED["bot_night"].where}
    for one in (definition, bots):
        save_alert(engine, runner.workspace, one, None, "", clock.now())
    for job in runner.jobs():
        if job.kind != "alerts":
            set_paused(engine, runner.workspace, job.name, clock.now(), paused=True)
    mornings = [date(2025, 9, 6) + timedelta(at) for at in range(10)]
    runner.tick()
    for morning in mornings:
        clock.set(
            datetime(morning.year, morning.month, morning.day, 1, 0, 30, tzinfo=UTC)
        )  # 9:00 in Shanghai
        runner.tick()
        runner.tick()
    with engine.connect() as connection:
        told = [(row.alert, row.day, row.kind) for row in connection.execute(select(alert_events))]
    engine.dispose()
    expected = []
    for name, one in (
        ("spend_low", rule("l", "threshold", "spend", "<", 16000.0)),
        ("bots", WATCHED["bot_night"]),
    ):
        found = replay(one, readings(one, ToolContext(layer, LAST), mornings))
        expected += [(name, reading.today.isoformat(), event) for event, reading in found]
    assert sorted(told) == sorted(expected)
    assert ("bots", "2025-09-13", "fired") in told
    assert len(sent) == len(told) == len({key for key, _ in sent})
