"""Writes that the app database refuses are held, told about, and made good in their order."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError

from bot.store.statements import Statements
from bot.ui.keeping import Keeper, Reader, not_written
from semantic_layer.text import Text

INSERT = "INSERT INTO said (words) VALUES (:words)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE said (words TEXT UNIQUE)")
    return path


def kept(file: Path) -> list[str]:
    with sqlite3.connect(file) as store:
        return [row[0] for row in store.execute("SELECT words FROM said ORDER BY rowid")]


class Store:
    """The statements of a file with their keeper; counts the transactions."""

    def __init__(self, file: Path, how: str = "", wait: float = 0.02, pragma: str = "") -> None:
        engine = create_engine(f"sqlite:///file:{file}?uri=true{how}", connect_args={"timeout": 0})
        self.commits = 0
        if pragma:
            event.listen(engine, "connect", lambda made, _entry: made.execute(pragma))
        event.listen(engine, "commit", self._count)
        self.statements = Statements(engine)
        self.keeper = Keeper(self.statements.write, waits=(wait,))

    def _count(self, _connection: Any) -> None:
        self.commits += 1

    async def close(self) -> None:
        await self.keeper.close()
        self.statements.close()


class Heard:
    """A reader that writes down what it is told."""

    def __init__(self, name: str = "window") -> None:
        self.said: list[str] = []
        self.relief = asyncio.Event()
        self.reader = Reader(name, self.warned, self.relieved)

    async def warned(self, what: Text) -> None:
        self.said.append(what.en)

    async def relieved(self) -> None:
        self.said.append("saved")
        self.relief.set()


async def test_writes_behind_a_lock_are_made_good_in_their_order_and_the_reader_is_told_once(file) -> None:
    store, heard = Store(file), Heard()
    keeper = store.keeper
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    for words in ("one", "two", "three"):
        assert await keeper.write(INSERT, {"words": words}, heard.reader) == 1
    assert keeper.held == 3
    assert kept(file) == []
    blocker.execute("ROLLBACK")
    async with asyncio.timeout(20):
        await heard.relief.wait()

    assert kept(file) == ["one", "two", "three"]
    assert len(heard.said) == 2
    assert "another program has locked" in heard.said[0]
    assert keeper.held == 0
    await store.close()


async def test_writes_of_many_conversations_at_once_share_transactions(file) -> None:
    store = Store(file)

    done = await asyncio.gather(*(store.keeper.write(INSERT, {"words": str(n)}) for n in range(500)))

    assert done == [1] * 500
    assert kept(file) == [str(n) for n in range(500)]
    assert store.commits <= 5
    await store.close()


async def test_everybody_who_waits_for_a_refused_write_is_told(file) -> None:
    store, first, second = Store(file, wait=60), Heard(), Heard("another")
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    await asyncio.gather(
        store.keeper.write(INSERT, {"words": "one"}, first.reader),
        store.keeper.write(INSERT, {"words": "two"}, second.reader),
    )
    await store.keeper.write(INSERT, {"words": "three"}, second.reader)

    assert (len(first.said), len(second.said)) == (1, 1)
    blocker.execute("ROLLBACK")
    await store.close()
    assert kept(file) == ["one", "two", "three"]


async def test_a_read_only_file_is_said_to_be_one(file) -> None:
    store, heard = Store(file, how="&mode=ro"), Heard()

    await store.keeper.write(INSERT, {"words": "one"}, heard.reader)

    assert "read-only" in heard.said[0]
    assert store.keeper.held == 1
    await store.close()


async def test_a_full_disk_is_said_to_be_one(file) -> None:
    store, heard = Store(file, pragma="PRAGMA max_page_count = 1"), Heard()

    await store.keeper.write(INSERT, {"words": "x" * 100_000}, heard.reader)

    assert "the disk is full" in heard.said[0]
    await store.close()


async def test_a_write_that_breaks_a_rule_does_not_hold_up_the_others(file) -> None:
    store = Store(file)

    done = await asyncio.gather(*(store.keeper.write(INSERT, {"words": w}) for w in ("one", "one", "two")))

    assert done == [1, None, 1]
    assert store.keeper.held == 0
    assert kept(file) == ["one", "two"]
    await store.close()


async def test_what_is_written_is_there_for_who_reads_after_it(file) -> None:
    store = Store(file)
    writing = asyncio.create_task(store.keeper.write(INSERT, {"words": "one"}))
    await asyncio.sleep(0)

    await store.keeper.settled()

    assert await store.statements.read("SELECT words FROM said", {}) == [{"words": "one"}]
    await writing
    await store.close()


async def test_what_is_held_is_written_when_the_server_stops(file) -> None:
    store = Store(file, wait=60)
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    await store.keeper.write(INSERT, {"words": "one"})
    blocker.execute("ROLLBACK")

    await store.close()

    assert kept(file) == ["one"]


def test_an_unknown_cause_is_said_without_guessing() -> None:
    said = not_written(OperationalError("INSERT", {}, Exception("connection refused")))

    assert "cannot be written to" in said.en
    assert "写不进去" in said.zh
