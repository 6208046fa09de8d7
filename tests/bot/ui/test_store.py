"""The store: schema steps, users with hashed passwords, threads that come back as they were."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ui.store.database import open_engine, store_url
from bot.ui.store.migrations import MIGRATIONS, migrate
from bot.ui.store.users import UserError, add_user, has_users, is_password


@pytest.fixture
async def engine(tmp_path: Path):
    engine = open_engine(store_url(tmp_path))
    await migrate(engine)
    yield engine
    await engine.dispose()


async def count(engine: AsyncEngine, table: str) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text(f"SELECT COUNT(*) FROM {table}"))).scalar() or 0)


async def test_a_store_is_brought_to_the_newest_schema_once(engine: AsyncEngine) -> None:
    assert await migrate(engine) == len(MIGRATIONS)
    assert await count(engine, "schema_version") == len(MIGRATIONS)


async def test_the_store_is_readable_by_its_owner_only(engine: AsyncEngine, tmp_path: Path) -> None:
    assert (tmp_path / "chat.sqlite").stat().st_mode & 0o077 == 0


async def test_a_password_is_checked_and_not_kept(engine: AsyncEngine, tmp_path: Path) -> None:
    await add_user(store_url(tmp_path), "王经理", "correct horse")

    assert await is_password(engine, "王经理", "correct horse")
    assert not await is_password(engine, "王经理", "correct house")
    assert not await is_password(engine, "nobody", "correct horse")
    assert b"correct horse" not in (tmp_path / "chat.sqlite").read_bytes()


async def test_without_a_user_there_is_no_login(engine: AsyncEngine, tmp_path: Path) -> None:
    assert not await has_users(engine)
    await add_user(store_url(tmp_path), "a", "12345678")
    assert await has_users(engine)


@pytest.mark.parametrize(("name", "password"), [("", "long enough"), ("a", "short")])
async def test_a_user_without_name_or_with_a_short_password_is_refused(
    tmp_path: Path, name: str, password: str
) -> None:
    with pytest.raises(UserError):
        await add_user(store_url(tmp_path), name, password)


async def test_a_second_password_replaces_the_first(engine: AsyncEngine, tmp_path: Path) -> None:
    await add_user(store_url(tmp_path), "a", "12345678")
    await add_user(store_url(tmp_path), "a", "87654321")

    assert await is_password(engine, "a", "87654321")
    assert not await is_password(engine, "a", "12345678")
