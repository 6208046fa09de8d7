"""A server is killed at every step of a run and of sending: nothing is lost, nothing comes twice."""

import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.message import Message, Receipt, Target
from bot.jobs import claims, outbox
from bot.store.job_schema import alert_events
from bot.store.job_schema import outbox as table

FIRST = date(2025, 3, 1)

STEPS = ("claimed", "computed", "finishing", "committing", "written")


RUN_AND_DIE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import semantic_layer
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.database import open_store

folder = Path(sys.argv[1])
settings = Settings(folder / "shop", is_demo=False, state_dir=folder / "state", delivery={"boss": "json://a"})

def die(name):
    if name == "committing":
        os.kill(os.getpid(), signal.SIGKILL)

layer = semantic_layer.open(settings.workspace, state_dir=settings.state_dir)
engine = open_store(f"sqlite:///{folder / 'app.sqlite'}")
clock = SetClock(datetime.fromisoformat(sys.argv[2]))
Runner(Pipeline(layer, settings), settings, engine, clock, step=die).run("alerts")
"""


class KilledError(BaseException):
    """The server is gone at this very moment: nothing after it runs, no error is handled."""


def kill_at(wanted: str):
    def step(name: str) -> None:
        if name == wanted:
            raise KilledError

    return step


@pytest.mark.parametrize("step", STEPS)
def test_a_server_killed_at_a_step_leaves_one_message_and_one_event(shop, step: str) -> None:
    shop.at(FIRST + timedelta(2), 8)
    shop.server().tick()
    shop.at(FIRST + timedelta(3))
    with pytest.raises(KilledError):
        shop.server(kill_at(step)).tick()
    shop.server().tick()  # another server: the claim is still held, or the run is over
    shop.clock.advance(claims.LEASE + timedelta(minutes=1))
    shop.server().tick()
    shop.server().tick()
    assert [key.rpartition("/")[2] for _, key, _ in shop.post.sent] == ["fired"]
    with shop.engine.connect() as connection:
        assert [row.kind for row in connection.execute(select(alert_events))] == ["fired"]


def test_a_server_killed_before_it_sends_sends_later(shop) -> None:
    _write_one(shop)

    def dies(_message: Message, _target: Target, _key: str) -> Receipt:
        raise KilledError

    with pytest.raises(KilledError):
        outbox.deliver(shop.engine, shop.server().workspace, shop.settings.delivery, shop.clock, dies)
    assert shop.server().deliver() == outbox.Sent()  # its lease is not over: it may still be sending
    shop.clock.advance(outbox.LEASE + timedelta(seconds=1))
    assert shop.server().deliver() == outbox.Sent(sent=1)
    assert len(shop.post.sent) == 1


def test_a_server_killed_after_it_sent_repeats_with_the_same_key_and_says_so(shop) -> None:
    _write_one(shop)

    def sends_and_dies(message: Message, target: Target, key: str) -> Receipt:
        shop.post(message, target, key)
        raise KilledError

    with pytest.raises(KilledError):
        outbox.deliver(
            shop.engine, shop.server().workspace, shop.settings.delivery, shop.clock, sends_and_dies
        )
    shop.clock.advance(outbox.LEASE + timedelta(seconds=1))
    shop.server().deliver()
    (_, first, _), (_, again, repeated) = shop.post.sent
    assert first == again  # a receiver that keeps keys takes one of the two
    assert "you may have it already" in repeated.markdown


def test_what_a_service_refuses_is_tried_with_growing_waits_and_given_up(shop) -> None:
    _write_one(shop)
    shop.post.fails = ["retry"] * 8
    waits = []
    for minutes in range(1000):
        sent = shop.server().deliver()
        if sent.later or sent.dead:
            waits.append(minutes)
        shop.clock.advance(timedelta(minutes=1))
    # 1, 2, 5, 15, 60, 180 and 360 minutes after the one before.
    assert waits == [0, 1, 3, 8, 23, 83, 263, 623]
    assert shop.post.sent == []
    with shop.engine.connect() as connection:
        assert connection.execute(select(table.c.state, table.c.error)).one() == ("dead", "HTTP 500")


def test_a_message_in_quiet_hours_waits_until_they_are_over(make, yaml) -> None:
    quiet = yaml.replace("below: 50,", 'below: 50, quiet: "22:00-10:30",')
    shop = make(quiet)
    shop.at(FIRST + timedelta(2), 8)
    shop.server().tick()
    shop.at(FIRST + timedelta(3))
    shop.server().tick()
    shop.at(FIRST + timedelta(3), 10, 29)
    assert shop.server().deliver() == outbox.Sent()
    shop.at(FIRST + timedelta(3), 10, 30)
    assert shop.server().deliver() == outbox.Sent(sent=1)


def test_a_process_killed_by_the_system_in_the_middle_of_its_transaction_leaves_nothing_half(
    shop, tmp_path: Path, project_root: Path
) -> None:
    shop.at(FIRST + timedelta(2), 8)
    shop.server().tick()
    shop.at(FIRST + timedelta(3))
    shop.engine.dispose()
    arguments = [sys.executable, "-c", RUN_AND_DIE, str(tmp_path), shop.clock.now().isoformat()]
    assert subprocess.run(arguments, check=False, cwd=project_root).returncode == -signal.SIGKILL
    with sqlite3.connect(tmp_path / "app.sqlite") as database:
        assert database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        assert database.execute("SELECT state FROM job_runs WHERE job = 'alerts'").fetchone() == ("running",)
    shop.clock.advance(claims.LEASE + timedelta(minutes=1))
    shop.server().tick()
    assert len(shop.post.sent) == 1


def _write_one(shop) -> None:
    shop.at(FIRST + timedelta(2), 8)
    shop.server().run_due()
    shop.at(FIRST + timedelta(3))
    shop.server().run_due()


def test_a_target_that_wants_no_repeat_gets_none_and_the_message_is_given_up_aloud(shop, caplog) -> None:
    _write_one(shop)
    shop.settings = replace(shop.settings, delivery={"boss": "json://a?once=yes"})

    def sends_and_dies(message: Message, target: Target, key: str) -> Receipt:
        shop.post(message, target, key)
        raise KilledError

    with pytest.raises(KilledError):
        outbox.deliver(
            shop.engine, shop.server().workspace, shop.settings.delivery, shop.clock, sends_and_dies
        )
    shop.clock.advance(outbox.LEASE + timedelta(seconds=1))
    assert shop.server().deliver() == outbox.Sent(dead=1)
    assert len(shop.post.sent) == 1
    assert "may not have arrived" in caplog.text
