"""Writes that the app database refuses are held, told about, and made good in their order."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

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


def keeper_on(engine: AsyncEngine, wait: float = 0.02) -> Keeper:
    async def run(query, values):
        async with engine.begin() as connection:
            return (await connection.execute(text(query), values)).rowcount

    return Keeper(run, waits=(wait,))


class Heard:
    """A reader that writes down what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.relief = asyncio.Event()
        self.reader = Reader("window", self.warned, self.relieved)

    async def warned(self, what: Text) -> None:
        self.said.append(what.en)

    async def relieved(self) -> None:
        self.said.append("saved")
        self.relief.set()


async def test_writes_behind_a_lock_are_made_good_in_their_order_and_the_reader_is_told_once(file) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 0})
    keeper, heard = keeper_on(engine), Heard()
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
    await engine.dispose()


async def test_a_read_only_file_is_said_to_be_one(file) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true")
    keeper, heard = keeper_on(engine), Heard()

    await keeper.write(INSERT, {"words": "one"}, heard.reader)

    assert "read-only" in heard.said[0]
    assert keeper.held == 1
    await keeper.close()
    await engine.dispose()


async def test_a_full_disk_is_said_to_be_one(file) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")

    async def run(query, values):
        async with engine.begin() as connection:
            await connection.execute(text("PRAGMA max_page_count = 1"))
            return (await connection.execute(text(query), values)).rowcount

    keeper, heard = Keeper(run), Heard()

    await keeper.write(INSERT, {"words": "x" * 100_000}, heard.reader)

    assert "the disk is full" in heard.said[0]
    await keeper.close()
    await engine.dispose()


async def test_a_write_that_breaks_a_rule_does_not_hold_up_the_others(file) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    keeper = keeper_on(engine)

    for words in ("one", "one", "two"):
        await keeper.write(INSERT, {"words": words})

    assert keeper.held == 0
    assert kept(file) == ["one", "two"]
    await engine.dispose()


async def test_what_is_held_is_written_when_the_server_stops(file) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 0})
    keeper = keeper_on(engine, wait=60)
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    await keeper.write(INSERT, {"words": "one"})
    blocker.execute("ROLLBACK")

    await keeper.close()

    assert kept(file) == ["one"]
    await engine.dispose()


def test_an_unknown_cause_is_said_without_guessing() -> None:
    said = not_written(OperationalError("INSERT", {}, Exception("connection refused")))

    assert "cannot be written to" in said.en
    assert "写不进去" in said.zh
