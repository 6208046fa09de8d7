"""Opens the app database: SQLite below the state folder, or PostgreSQL, for threads and commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.migrations.run import migrate
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.settings import Settings

FILE = "app.sqlite"
BUSY_SECONDS = 10
CHAT_BUSY_SECONDS = 2  # the chat holds what it cannot write and tries again, so it need not wait long
ANSWER_SECONDS = 30  # our statements take milliseconds; a server that hangs must not hang us
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+pg8000",
}
Ssl = Literal["disable", "require", "verify-full"]


class StoreError(AskGrowthError):
    """The app database cannot be opened or has an address that cannot be used."""

    code = "store_unavailable"


def database_url(settings: Settings) -> str:
    """Return the address of the app database: the configured one, else SQLite in the state folder."""
    return settings.database_url or f"sqlite:///{(settings.state_dir / FILE).as_posix()}"


def open_store(url: str) -> Engine:
    """Return an engine on the app database with the newest schema, made on first use; for threads and commands.

    Every call opens a pool of its own: keep the engine, and `dispose()` of it at the end.

    Raises:
        StoreError: the address cannot be used, or the database is not there, locked, full or damaged.
    """
    address = _checked(url)
    try:
        if address.get_backend_name() == "sqlite":
            _make_private(Path(address.database or ""))
        engine = _prepared(address)
        migrate(engine)
    except (DBAPIError, OSError) as error:
        raise _cannot_open(address, error) from error
    return engine


def open_conversations(url: str) -> Engine:
    """Return an engine of its own for the conversations, whose writes are held and tried again elsewhere.

    So it waits only briefly for a lock. Call `open_store` first: it makes the schema.

    Raises:
        StoreError: the address cannot be used.
    """
    return _prepared(_checked(url), CHAT_BUSY_SECONDS)


def _prepared(address: URL, busy_seconds: float = BUSY_SECONDS) -> Engine:
    backend = address.get_backend_name()
    ssl = address.query.get("sslmode")
    plain = address.difference_update_query(["sslmode"]).set(drivername=_DRIVERS[backend])
    if backend == "sqlite":
        engine = create_engine(plain, connect_args={"timeout": busy_seconds})
        _prepare_connections(engine)
        return engine
    return create_engine(
        plain, connect_args={"timeout": ANSWER_SECONDS, **_pg8000_ssl(ssl)}, pool_pre_ping=True
    )


def _pg8000_ssl(mode: object) -> dict[str, object]:
    import ssl

    if mode in (None, "disable"):
        return {}
    context = ssl.create_default_context()
    if mode == "require":  # encrypted, as PostgreSQL's own clients read it: without checking who answers
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}


def _prepare_connections(engine: Engine) -> None:
    """Let readers and one writer of SQLite not block each other, and let it check references."""

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def _checked(url: str) -> URL:
    """Return the address parsed; `postgres://` is read as `postgresql://`, any driver in it is ours to choose."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _bad_address() from error
    if address.drivername == "postgres":
        address = address.set(drivername="postgresql")
    if address.get_backend_name() not in _DRIVERS or not address.database:
        raise _bad_address()
    if address.query.get("sslmode", "disable") not in ("disable", "require", "verify-full"):
        raise _bad_address()
    return address


def _bad_address() -> StoreError:
    return StoreError(
        Text(
            zh="ASKGROWTH_DATABASE_URL 读不懂。",
            en="ASKGROWTH_DATABASE_URL cannot be read.",
        ),
        Text(
            zh="写成 sqlite:////文件路径 或 postgresql://用户:密码@主机/库名"
            "(可加 ?sslmode=disable、require 或 verify-full);不设则用本机的 SQLite 文件。",
            en="Write sqlite:////path/to/file or postgresql://user:password@host/database, with "
            "?sslmode=disable, require or verify-full if wanted; unset, it is an SQLite file on this machine.",
        ),
    )


def _cannot_open(address: URL, error: DBAPIError | OSError) -> StoreError:
    cause = error.orig if isinstance(error, DBAPIError) else error.strerror
    if address.get_backend_name() == "sqlite":
        return StoreError(
            Text(
                zh=f"应用数据库 {address.database} 打不开:{cause}。",
                en=f"The app database {address.database} cannot be opened: {cause}.",
            ),
            Text(
                zh="检查文件夹可写、磁盘有空间;若被别的程序锁住,关掉它;若文件坏了,移走它,会新建一个。",
                en="The folder must be writable and the disk have room. If another program locks the file, close that; "
                "if it is damaged, move it away and a new one is made.",
            ),
        )
    shown = address.render_as_string(hide_password=True)
    return StoreError(
        Text(zh=f"连不上应用数据库 {shown}:{cause}。", en=f"Cannot reach the app database {shown}: {cause}."),
        Text(
            zh="检查 ASKGROWTH_DATABASE_URL 的主机、库名、用户和密码,以及数据库是否在运行。",
            en="Check host, database, user and password in ASKGROWTH_DATABASE_URL, and that the server runs.",
        ),
    )


def _make_private(path: Path) -> None:
    # Questions and answers are nobody else's business on a shared machine.
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    os.close(descriptor)
