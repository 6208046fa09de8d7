"""Runs: what is due, once each, with the user's rights; what breaks is tried again and reported."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.jobs import claims
from bot.jobs.contract import kind_of, kinds
from bot.jobs.overview import overview
from bot.store.job_schema import alert_events, job_runs, outbox
from semantic_layer.errors import UnknownNameError

MARCH = {number: date(2025, 3, number) for number in range(1, 12)}


def days_told(shop) -> list[tuple[str, str]]:
    with shop.engine.connect() as connection:
        rows = connection.execute(
            select(alert_events.c.day, alert_events.c.kind).order_by(alert_events.c.day)
        )
        return [(row.day, row.kind) for row in rows]


def test_eight_days_fire_and_recover_as_the_takings_say(shop) -> None:
    for day in range(2, 10):
        shop.at(MARCH[day], 8)
        shop.server().tick()
        shop.at(MARCH[day])
        shop.server().tick()
    # Below 50 on the 3rd and 4th and on the 7th, each seen the morning after.
    assert days_told(shop) == [
        ("2025-03-04", "fired"), ("2025-03-06", "recovered"), ("2025-03-08", "fired"), ("2025-03-09", "recovered"),
    ]  # fmt: skip
    assert [key for _, key, _ in shop.post.sent] == [
        f"alerts/2025-03-0{day}T01:00:00+00:00/low/{event}"
        for day, event in ((4, "fired"), (6, "recovered"), (8, "fired"), (9, "recovered"))
    ]
    assert "takings was 40" in shop.post.sent[0][2].markdown


def test_times_missed_while_the_server_was_off_are_made_up_for_once(shop) -> None:
    shop.at(MARCH[2], 8)
    shop.server().tick()
    shop.at(MARCH[5], 12)
    ran = [one for one in shop.server().tick() if one.job == "alerts"]
    assert [(one.due.isoformat(), one.state) for one in ran] == [("2025-03-05T01:00:00+00:00", "done")]
    assert not [one for one in shop.server().tick() if one.job == "alerts"]


def test_a_job_that_is_new_does_not_run_for_the_time_before(shop) -> None:
    shop.at(MARCH[5], 12)
    assert shop.server().tick() == ()


def test_two_servers_run_a_due_job_once(shop) -> None:
    shop.at(MARCH[3], 8)
    shop.server().tick()
    shop.at(MARCH[4])
    other = []
    # The second server ticks in the middle of the first one's run.
    first = shop.server(lambda name: other.extend(shop.server().tick()) if name == "claimed" else None)
    ran = first.tick()
    assert [one.job for one in (*ran, *other)].count("alerts") == 1
    assert len(shop.post.sent) == 1


def test_a_run_that_was_taken_over_takes_no_effect(shop) -> None:
    shop.at(MARCH[3], 8)
    shop.server().tick()
    shop.at(MARCH[4])

    def sleep_too_long(name: str) -> None:
        if name == "computed" and not shop.post.sent:
            shop.clock.advance(claims.LEASE + timedelta(seconds=1))
            shop.server().tick()  # another server takes it over and finishes it

    ran = [one for one in shop.server(sleep_too_long).tick() if one.job == "alerts"]
    assert [one.state for one in ran] == ["lost"]
    assert len(shop.post.sent) == 1
    assert days_told(shop) == [("2025-03-04", "fired")]


def test_a_job_that_breaks_is_tried_again_with_growing_waits_and_then_reported(shop, yaml) -> None:
    shop.at(MARCH[3], 8)
    shop.server().tick()
    (shop.settings.workspace / "askgrowth.yml").write_text(yaml.replace("sum,", "summ,"), encoding="utf-8")
    states = []
    for wait in (
        65,
        0,
        1,
        5,
        30,
        600,
    ):  # minutes: nothing, due at 9:05, then the waits of one, five and thirty
        shop.clock.advance(timedelta(minutes=wait))
        states += [one.state for one in shop.server().tick() if one.job == "refresh" and one.due.hour == 1]
    assert states == ["waiting", "waiting", "waiting", "failed"]
    told = [(target, message.title) for target, _, message in shop.post.sent if "refresh" in message.title]
    assert told[0] == ("admin", "The job refresh did not finish")


def test_a_job_sees_what_its_user_may_see(make, guarded) -> None:
    yaml = guarded.replace("below: 50, to: boss", "below: 50, to: boss, user: anna")
    shop = make(yaml)
    (shop.settings.workspace / "users.yml").write_text("anna: {outlet: north}\n", encoding="utf-8")
    shop.at(MARCH[3], 8)
    shop.server().tick()
    shop.at(MARCH[3])
    shop.server().tick()
    # All of it is 100 on the 2nd; Anna's half is 50, which is not below 50. On the 3rd her half is 20.
    assert shop.post.sent == []
    shop.at(MARCH[4])
    shop.server().tick()
    assert "takings was 20" in shop.post.sent[0][2].markdown


def test_an_unknown_user_breaks_the_job_aloud(make, guarded) -> None:
    shop = make(guarded.replace("below: 50", "below: 50, user: nobody"))
    (shop.settings.workspace / "users.yml").write_text("anna: {outlet: north}\n", encoding="utf-8")
    shop.at(MARCH[3], 8)
    shop.server().tick()
    shop.at(MARCH[4])
    [ran] = [one for one in shop.server().tick() if one.job.startswith("alerts")]
    assert ran.state == "waiting"


def test_a_paused_job_waits_and_makes_nothing_up(shop) -> None:
    shop.at(MARCH[3], 8)
    shop.server().tick()
    claims.set_paused(shop.engine, shop.server().workspace, "alerts", shop.clock.now(), paused=True)
    shop.at(MARCH[4])
    assert not [one for one in shop.server().tick() if one.job == "alerts"]
    claims.set_paused(shop.engine, shop.server().workspace, "alerts", shop.clock.now(), paused=False)
    assert not [one for one in shop.server().tick() if one.job == "alerts"]


def test_new_data_are_used_after_the_refresh(shop) -> None:
    shop.at(MARCH[10], 8)
    shop.server().tick()
    with (shop.settings.workspace / "data" / "sales.csv").open("a", encoding="utf-8") as file:
        file.write(f"\n{MARCH[9]},north,10\n")
    shop.at(MARCH[10], 9, 30)
    shop.server().tick()
    shop.at(MARCH[11])
    shop.server().tick()
    assert [message.title for _, _, message in shop.post.sent] == ["Alert: takings"]


def test_the_overview_names_the_next_time_and_the_last_outcome(shop) -> None:
    shop.at(MARCH[3], 8)
    shop.server().tick()
    shop.at(MARCH[4])
    shop.server().tick()
    [one] = [found for found in overview(shop.server()) if found["name"] == "alerts"]
    assert one["next"] == "2025-03-05T09:00+08:00"
    assert one["last"]["state"] == "done"
    assert one["messages"] == {"sent": 1}


def test_every_kind_has_a_label_and_says_what_it_does() -> None:
    found = kinds()
    assert {"alerts", "refresh", "follow"} <= set(found)
    assert all(kind.description.endswith(".") or "\n" in kind.description for kind in found.values())
    with pytest.raises(UnknownNameError):
        kind_of("nothing")


def test_a_written_job_takes_the_place_of_the_planned_one(make, yaml) -> None:
    shop = make(yaml + 'jobs:\n  - {name: refresh, kind: refresh, cron: "0 6 * * mon"}\n')
    assert [one.cron for one in shop.server().jobs() if one.name == "refresh"] == ["0 6 * * mon"]


def test_claims_are_rows_that_exist_once(shop) -> None:
    runner = shop.server()
    [one] = [found for found in runner.jobs() if found.name == "alerts"]
    now = shop.clock.now()
    assert claims.claim(shop.engine, "w", one, now, now) is not None
    assert claims.claim(shop.engine, "w", one, now, now) is None
    with shop.engine.connect() as connection:
        assert len(connection.execute(select(job_runs)).all()) == 1
        assert connection.execute(select(outbox)).all() == []
