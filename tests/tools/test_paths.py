"""Paths of made listeners, counted by hand, on events that are a funnel's and a journey's; and on public events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.numerics.transitions import expected_by_chance, more_than_chance, transition_shares
from tools.paths import paths
from tools.registry import ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: data
models:
  - name: plays
    agg_time_dimension: played
    columns:
      - {name: listener, entity: foreign}
      - {name: played, dimension: time, granularity: second}
      - name: screen
        dimension: categorical
        values: {home: {label: {zh: 首屏, en: Home}}, tune: {label: {zh: 曲目, en: Tune}}}
    metrics:
      - {name: subscriptions, agg: count, expr: listener, filter: "screen = 'subscribe'"}
"""
JOURNEY = """journeys:
  - {name: listening, model: plays, entity: listener, touchpoint: screen, conversion: subscriptions, lookback: 1h}
"""
Event = tuple[int, datetime, str]
Make = Callable[..., ToolContext]
START = datetime(2025, 3, 1, 9)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(events: list[Event], bound: str = JOURNEY) -> ToolContext:
        root = tmp_path / "radio"
        root.mkdir()
        (root / "askgrowth.yml").write_text(WORKSPACE + bound, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute("CREATE TABLE plays(listener INT, played TIMESTAMP, screen VARCHAR)")
        columns = [list(column) for column in zip(*events, strict=True)]
        connection.execute("INSERT INTO plays SELECT unnest(?), unnest(?), unnest(?)", columns)
        layer = semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")
        return ToolContext(layer, layer.today())

    return build


def walk(listener: int, *screens: str, start: datetime = START, minutes: int = 5) -> list[Event]:
    return [(listener, start + timedelta(minutes=minutes * at), screen) for at, screen in enumerate(screens)]


def day() -> list[Event]:
    """60 listeners home, tune, tune, subscribe; 40 home, tune; 20 tune, home, tune; and one the day after."""
    events: list[Event] = []
    for listener in range(60):
        events += walk(listener, "home", "tune", "tune", "subscribe")
    for listener in range(60, 100):
        events += walk(listener, "home", "tune")
    for listener in range(100, 120):
        events += walk(listener, "tune", "home", "tune")
    return [*events, *walk(999, "home", start=START + timedelta(days=2))]


def flows(result: ToolResult) -> dict[tuple[object, object], int]:
    return {(row[0], row[1]): int(str(row[2])) for row in result.tables[0].rows}


def test_transitions_are_those_counted_by_hand(make: Make) -> None:
    assert flows(paths.run({}, make(day()))) == {
        ("home", "tune"): 120, ("tune", "::won"): 60, ("tune", "::left"): 60, ("tune", "home"): 20,
        ("home", "::left"): 1,
    }  # fmt: skip


def test_repeats_count_as_steps_only_where_they_are_asked_for(make: Make) -> None:
    found = flows(paths.run({"keep_repeats": True}, make(day())))
    assert found["tune", "tune"] == 60


def test_whole_paths_are_listed_with_their_conversion(make: Make) -> None:
    result = paths.run({}, make(day()))
    table = result.tables[2]
    names = dict(table.columns[0].value_labels)
    first = table.rows[0]
    # 100 of 121 paths go home, tune; 60 of them subscribe.
    assert (names[str(first[0])].en, names[str(first[0])].zh) == ("Home → Tune", "首屏 → 曲目")
    assert first[1:4] == (100, pytest.approx(100 / 121), pytest.approx(0.6))


def test_a_long_pause_begins_a_new_path(make: Make) -> None:
    once = [event for listener in range(120) for event in walk(listener, "home", "tune", minutes=59)]
    apart = [event for listener in range(120, 240) for event in walk(listener, "home", "tune", minutes=61)]
    later = walk(999, "home", start=START + timedelta(days=2))
    found = flows(paths.run({}, make([*once, *apart, *later])))
    assert (found["home", "tune"], found["home", "::left"]) == (120, 121)


def test_a_path_that_may_go_on_has_not_been_left(make: Make) -> None:
    # The data end at midnight; half an hour before it is too recent for a pause of an hour.
    late = [
        event for who in range(300, 310) for event in walk(who, "home", start=datetime(2025, 3, 3, 23, 45))
    ]
    result = paths.run({}, make([*day(), *late]))
    assert flows(result)["home", "::left"] == 1
    assert any("10 paths" in note.en for note in result.warnings)


def test_a_way_back_is_a_circle(make: Make) -> None:
    place = paths.run({}, make(day())).tables[1]
    rows = {row[0]: row for row in place.rows}
    # Of 140 visits to tune that are over, 20 came back to tune two steps later.
    assert float(str(rows["tune"][6])) == pytest.approx(20 / 140)


def test_the_sankey_has_twenty_links_at_most_and_leads_forward(make: Make) -> None:
    rng = np.random.default_rng(2)
    events = [
        event for who in range(400) for event in walk(who, *(f"s{at}" for at in rng.integers(0, 12, 5)))
    ]
    chart = paths.run({}, make(events)).chart
    assert chart is not None
    links = chart.options["links"]
    assert isinstance(links, list)
    assert 0 < len(links) <= 20
    assert all(link["source"].en[0] < link["target"].en[0] or link["target"].en == "left" for link in links)


def test_places_in_random_order_lead_to_no_finding(make: Make) -> None:
    rng = np.random.default_rng(8)
    names = np.array(["a", "b", "c", "d", "e"])
    events = [
        event
        for who in range(1_500)
        for event in walk(who, *names[rng.choice(5, rng.integers(1, 6), p=[0.4, 0.3, 0.15, 0.1, 0.05])])
    ]
    assert paths.run({}, make(events)).findings == ()


def test_what_leads_where_beyond_chance_is_found(make: Make) -> None:
    rng = np.random.default_rng(8)
    events: list[Event] = []
    for who in range(1_500):
        way = [str(one) for one in rng.choice(["a", "b", "c", "d"], 3)]
        events += walk(who, *(("c", "d") if way[0] == "c" else way))
    found = paths.run({}, make(events)).findings
    assert any(one.at == "c" and "d" in one.statement.en for one in found if one.kind == "driver")


def test_transitions_are_compared_with_the_period_before(make: Make) -> None:
    first = [event for who in range(200) for event in walk(who, "home", "tune" if who % 2 else "news")]
    second = [
        event
        for who in range(200, 400)
        for event in walk(who, "home", "tune" if who % 10 else "news", start=START + timedelta(days=7))
    ]
    period = {"start": "2025-03-08", "end": "2025-03-15"}
    result = paths.run(
        {"period": period, "compare": {"kind": "previous_period"}},
        make([*walk(900, "home", start=START - timedelta(days=20)), *first, *second,
              *walk(901, "home", start=START + timedelta(days=20))]),
    )  # fmt: skip
    change = next(one for one in result.findings if one.kind == "change")
    # 90 % of 200 go on to tune, 50 % of 200 the week before.
    assert (change.value, change.at) == (pytest.approx(0.4), "home")


def test_a_funnels_steps_are_places_too(make: Make) -> None:
    funnel = """funnels:
  - name: listen
    model: plays
    entity: listener
    window: 1h
    steps: [{name: land, where: "screen = 'home'"}, {name: play, where: "screen = 'tune'"}]
"""
    found = flows(paths.run({}, make(day(), funnel)))
    assert found["land", "::won"] == 120


def test_few_paths_are_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="60 paths"):
        paths.run({}, make([event for who in range(60) for event in walk(who, "home", "tune")]))


def test_without_a_binding_the_key_to_add_is_named(make: Make) -> None:
    with pytest.raises(QueryError) as caught:
        paths.run({}, make(day(), ""))
    assert "journeys:" in caught.value.mend.en


@pytest.mark.needs_data("ga4")
def test_public_events_give_what_hand_written_sql_gives(
    tmp_path: Path, find_data: Callable[[str], Path]
) -> None:
    file = find_data("ga4") / "ga4_events.parquet"
    root = tmp_path / "merchandise"
    (root / "data").mkdir(parents=True)
    (root / "askgrowth.yml").write_text(
        """
version: 1
today: data
models:
  - name: ga4_events
    agg_time_dimension: event_ts
    columns:
      - {name: user_pseudo_id, entity: {type: foreign, name: visitor}}
      - {name: event_ts, dimension: time, granularity: second}
      - {name: event_name, dimension: categorical}
    metrics:
      - {name: purchases, agg: count, expr: "1", filter: "event_name = 'purchase'"}
journeys:
  - {name: shopping, model: ga4_events, entity: visitor, touchpoint: event_name, conversion: purchases, lookback: 30min}
""".replace("30min", "30 minutes"),
        encoding="utf-8",
    )
    layer = semantic_layer.open(root, state_dir=tmp_path / "state", data_dir=file.parent)
    result = paths.run(
        {"period": {"start": "2020-11-01", "end": "2021-02-01"}}, ToolContext(layer, layer.today())
    )
    left, after = duckdb.execute(
        f"""WITH e AS (SELECT user_pseudo_id u, event_ts t, event_name n, row_number() OVER w r,
                       lag(event_name) OVER w ln, lag(event_ts) OVER w lt
                FROM '{file}' WINDOW w AS
                           (PARTITION BY user_pseudo_id ORDER BY event_ts, event_name = 'purchase', event_name))
            SELECT count(*) FILTER (n = 'view_item' AND ln = 'page_view'),
                   count(*) FILTER (n = 'purchase' AND ln <> 'purchase')
            FROM e WHERE t - lt <= INTERVAL 30 MINUTE"""
    ).fetchall()[0]
    found = flows(result)
    assert found["page_view", "view_item"] == left
    assert sum(times for (_, to), times in found.items() if to == "::won") == after


def test_shares_are_of_what_followed() -> None:
    assert transition_shares(np.array([[0.0, 3, 1], [0, 0, 0], [2, 0, 0]])).tolist() == [
        [0, 0.75, 0.25], [0, 0, 0], [1, 0, 0],
    ]  # fmt: skip


def test_chance_keeps_the_sums_and_the_diagonal_empty() -> None:
    counts = np.array([[0.0, 30, 10], [20, 0, 20], [5, 15, 0]])
    fitted = expected_by_chance(counts)
    assert fitted.sum(axis=0) == pytest.approx(counts.sum(axis=0))
    assert fitted.sum(axis=1) == pytest.approx(counts.sum(axis=1))
    assert np.diag(fitted).tolist() == [0, 0, 0]


def test_independent_transitions_are_what_chance_makes() -> None:
    # Each place is followed by the other two half and half, 100 times: exactly by chance.
    ratio, p_values = more_than_chance(np.array([[0.0, 50, 50], [50, 0, 50], [50, 50, 0]]))
    off = ~np.eye(3, dtype=bool)
    assert ratio[off] == pytest.approx(1)
    assert p_values[off] == pytest.approx(0.5)
