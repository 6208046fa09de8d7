"""An alert by a dimension judges every member by itself: limits, changes, anomalies, idle members, one message."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import semantic_layer
from bot.alerts.members import key_of, replayed, rules_of
from bot.alerts.readings import readings
from bot.alerts.saying import condition_said
from bot.alerts.series import SeriesStore
from bot.alerts.store import read_rule, states_of
from bot.delivery.message import Message, Receipt, Target
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.database import open_store
from semantic_layer.watching import AlertRule
from semantic_layer.workspace import SemanticLayer
from tools.registry import ToolContext

YAML = """
version: 1
locale: en-US
timezone: UTC
today: clock
models:
  - name: rides
    table: rides
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: line, dimension: categorical, label: {zh: 线路, en: line}, values: {r: {zh: 红线, en: red line}}}
    metrics:
      - {name: riders, agg: sum, expr: people, label: {zh: 乘客数, en: riders}, unit: people}
      - {name: fares, agg: sum, expr: money, label: {zh: 票款, en: fares}, unit: EUR}
metrics:
  - {name: fare, type: ratio, numerator: fares, denominator: riders, label: {zh: 人均票价, en: fare per rider}}
alerts:
  - {name: few, metric: riders, by: line, below: 50, recovery: false}
"""
START, DAYS = date(2025, 1, 1), 120
LAST = START + timedelta(DAYS)
# Red carries 100 a day and 20 on the last two, blue 200 and 40 on the last, green stopped on day 20.
RIDERS = {
    "r": [100] * 118 + [20, 20],
    "b": [200] * 119 + [40],
    "g": [80] * 20,
}


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SemanticLayer]:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "data").mkdir()
    (folder / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    lines = ["day,line,people,money"]
    for name, people in RIDERS.items():
        lines += [
            f"{START + timedelta(at)},{name},{n + at % 3 if n > 50 else n},{2 * n}"
            for at, n in enumerate(people)
        ]
    lines.append(f"{START},,30,60")  # nobody's line
    (folder / "data" / "rides.csv").write_text("\n".join(lines), encoding="utf-8")
    opened = semantic_layer.open(folder, state_dir=folder / "state")
    yield opened
    opened.close()


def rule(layer: SemanticLayer, **more: object) -> AlertRule:
    found = read_rule({"name": "x", "by": "line", **more}, layer)
    assert found is not None
    return found


def told(layer: SemanticLayer, one: AlertRule, days: int = 5) -> list[tuple[str, str, int]]:
    """Return (event, member, days before the end of the data)."""
    mornings = [LAST - timedelta(back) for back in range(days - 1, -1, -1)]
    found = replayed(one, ToolContext(layer, LAST), mornings)
    return [(event, str(of.member), (LAST - reading.end).days) for event, of, reading in found]


def test_every_member_is_held_against_the_limit_by_itself(layer) -> None:
    found = told(layer, rule(layer, metric="riders", below=50))
    assert found == [("fired", "r", 1), ("fired", "b", 0)]


def test_a_member_that_is_not_in_use_is_not_judged(layer) -> None:
    one = rule(layer, metric="riders", below=50, window="7d")
    # Green stopped on 20 January: its weeks are empty, and four weeks later it counts as not in use.
    members = {
        of.member: [reading.value for reading in readings(of, ToolContext(layer, LAST), [LAST])]
        for of in rules_of(one, ToolContext(layer, LAST), [LAST], SeriesStore())
    }
    assert members.keys() == {"r", "b"} or members["g"] == [None]


def test_a_member_that_stops_is_told(layer) -> None:
    mornings = [START + timedelta(at) for at in range(15, 30)]
    found = replayed(rule(layer, metric="riders", below=50), ToolContext(layer, LAST), mornings)
    assert [(event, of.member, reading.start) for event, of, reading in found] == [
        ("fired", "g", START + timedelta(20))
    ]


def test_a_change_is_each_members_own(layer) -> None:
    one = rule(layer, metric="riders", falls="50%", against="same_weekday")
    assert told(layer, one) == [("fired", "r", 1), ("fired", "b", 0)]


def test_an_anomaly_is_each_members_own_and_its_second_day_is_no_end_of_it(layer) -> None:
    assert told(layer, rule(layer, metric="riders", anomaly="down")) == [("fired", "r", 1), ("fired", "b", 0)]


def test_rows_without_a_member_are_nobodys(layer) -> None:
    one = rule(layer, metric="riders", below=50)
    members = [
        of.member for of in rules_of(one, ToolContext(layer, LAST), [START + timedelta(3)], SeriesStore())
    ]
    assert members == ["b", "g", "r"]


def test_windows_of_a_member_are_those_the_database_adds_up(layer) -> None:
    context = ToolContext(layer, LAST)
    by_member = {
        of.member: readings(of, context, [LAST])[0].value
        for of in rules_of(rule(layer, metric="fare", below=1, window="7d"), context, [LAST], SeriesStore())
    }
    whole = read_rule(
        {"name": "y", "metric": "fare", "where": "line = 'b'", "below": 1, "window": "7d"}, layer
    )
    assert whole is not None
    assert by_member["b"] == pytest.approx(readings(whole, context, [LAST])[0].value)


def test_nothing_after_the_day_is_looked_at(layer) -> None:
    """What is read ahead for a replay changes nothing: the store that reads to the end gives what one day's gives."""
    one = rule(layer, metric="riders", anomaly="any")
    for back in (2, 1, 0):
        day = LAST - timedelta(back)
        ahead, alone = (
            [
                readings(of, ToolContext(layer, day), [day], store)
                for of in rules_of(one, ToolContext(layer, day), [day], store)
            ]
            for store in (SeriesStore(through=LAST), SeriesStore())
        )
        assert ahead == alone


def test_the_condition_says_what_is_watched_one_by_one(layer) -> None:
    said = condition_said(rule(layer, metric="riders", below=50), layer.catalog)
    assert said.zh == "每日乘客数(每个线路)低于 50人"
    assert "each line" in said.en


def test_members_that_fire_together_come_in_one_message(layer, tmp_path: Path) -> None:
    sent: list[Message] = []

    def keep(message: Message, target: Target, key: str) -> Receipt:
        sent.append(message)
        return Receipt(target.name, "sent", "json", 1)

    settings = Settings(
        layer.settings.path, is_demo=False, state_dir=tmp_path, delivery={"default": "json://a"}
    )
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    clock = SetClock(datetime(LAST.year, LAST.month, LAST.day, 9, 1, tzinfo=UTC))
    runner = Runner(Pipeline(layer, settings), settings, engine, clock, keep)
    runner.run("alerts")
    runner.deliver()
    states = states_of(engine, runner.workspace, "few")
    engine.dispose()
    [message] = sent
    assert "red line" in message.markdown
    assert "riders (b)" in message.markdown
    assert {member for member, state in states.items() if state.bad} == {"r", "b"}


def test_a_name_with_its_member_is_the_key(layer) -> None:
    one = rule(layer, metric="riders", below=50)
    assert [key_of(of) for of in rules_of(one, ToolContext(layer, LAST), [LAST], SeriesStore())][:1] == [
        "x/b"
    ]


@pytest.mark.parametrize(
    "more", [{"pacing": "50%", "metric": "riders"}, {"quality": "serious"}, {"stale": "2d"}]
)
def test_by_goes_only_with_values_changes_and_anomalies(layer, more) -> None:
    assert read_rule({"name": "x", "by": "line", **more}, layer) is None


def test_a_dimension_that_is_not_there_makes_no_alert(layer) -> None:
    assert read_rule({"name": "x", "by": "colour", "metric": "riders", "below": 5}, layer) is None
