"""The app database: one schema however it came about, private, with clear words where it cannot be opened."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.settings import Settings, read_settings
from bot.store.database import StoreError, database_url, open_conversations, open_store
from bot.store.schema import metadata
from bot.store.statements import Statements
from bot.store.users import UserError, add_user, has_users, is_password


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database_url(Settings(tmp_path, is_demo=False, state_dir=tmp_path))


@pytest.fixture
def engine(url: str):
    engine = open_store(url)
    yield engine
    engine.dispose()


def test_the_revisions_end_at_the_declared_schema(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_that_is_up_to_date_is_not_written_to(engine: Engine, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as writer:
        writer.execute("BEGIN IMMEDIATE")  # nobody else could write now

        open_store(f"sqlite:///{tmp_path / 'app.sqlite'}").dispose()


def test_a_revision_that_breaks_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as other:
        other.execute(
            "CREATE TABLE feedbacks (other TEXT)"
        )  # the last table of the first revision is in the way

    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")

    with sqlite3.connect(tmp_path / "app.sqlite") as other:
        tables = {row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"feedbacks"}


def test_the_store_is_readable_by_its_owner_only(engine: Engine, tmp_path: Path) -> None:
    assert (tmp_path / "app.sqlite").stat().st_mode & 0o077 == 0


async def test_the_event_loop_reads_what_a_thread_wrote(engine: Engine, url: str) -> None:
    add_user(engine, "a", "12345678")
    statements = Statements(open_conversations(url))

    found = await statements.read("SELECT identifier FROM passwords WHERE identifier = :name", {"name": "a"})

    statements.close()
    assert found == [{"identifier": "a"}]


def test_the_address_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    address = "postgresql://me:geheim@db/askgrowth"

    settings = read_settings(environ={"ASKGROWTH_DATABASE_URL": address}, folder=tmp_path)

    assert database_url(settings) == address
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    "address", ["", "mysql://x/y", "postgresql://host", "sqlite://", "postgresql://h/d?sslmode=maybe", "::"]
)
def test_an_address_that_cannot_be_used_is_refused_with_the_ways_to_write_it(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(address)

    assert "postgresql://" in caught.value.mend.en


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://me:geheim@127.0.0.1:1/askgrowth")

    assert "127.0.0.1" in caught.value.message.en
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "app.sqlite").write_bytes(b"not a database" * 100)

    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")

    assert "app.sqlite" in caught.value.message.zh


def test_a_password_is_checked_and_not_kept(engine: Engine, tmp_path: Path) -> None:
    add_user(engine, "王经理", "correct horse")

    assert is_password(engine, "王经理", "correct horse")
    assert not is_password(engine, "王经理", "correct house")
    assert not is_password(engine, "nobody", "correct horse")
    engine.dispose()
    assert b"correct horse" not in (tmp_path / "app.sqlite").read_bytes()


def test_without_a_user_there_is_no_login(engine: Engine) -> None:
    assert not has_users(engine)
    add_user(engine, "a", "12345678")
    assert has_users(engine)


@pytest.mark.parametrize(("name", "password"), [("", "long enough"), ("a", "short")])
def test_a_user_without_name_or_with_a_short_password_is_refused(
    engine: Engine, name: str, password: str
) -> None:
    with pytest.raises(UserError):
        add_user(engine, name, password)


def test_a_second_password_replaces_the_first(engine: Engine) -> None:
    add_user(engine, "a", "12345678")
    add_user(engine, "a", "87654321")

    assert is_password(engine, "a", "87654321")
    assert not is_password(engine, "a", "12345678")
