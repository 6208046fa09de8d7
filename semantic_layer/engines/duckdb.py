"""DuckDB, locked down: read-only, no files, no network, settings fixed, time, memory and rows limited."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from semantic_layer.engines.base import EngineResult, Limits
from semantic_layer.errors import DataError, EngineError
from semantic_layer.text import Text

# Errors that speak of names in our own statement; the others may quote a cell, which no message shall hold.
_ABOUT_NAMES = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


class DuckDBEngine:
    """An engine over a DuckDB file, or over a connection that the caller made and keeps."""

    dialect = "duckdb"

    def __init__(
        self,
        path: Path | None = None,
        *,
        connection: duckdb.DuckDBPyConnection | None = None,
        limits: Limits | None = None,
        timezone: str | None = None,
        beside: tuple[str, Path] | None = None,
    ) -> None:
        """Open `path` read-only and lock it; a given `connection` is used through cursors and left as it is.

        `timezone` is the zone in which time stamps with a zone are cut into days; `beside` a second file, read
        under a name of its own, where it is there and sound.

        Raises:
            DataError: `database_missing`, `database_locked`, `database_broken`.
        """
        self._limits = limits or Limits()
        self._running: dict[duckdb.DuckDBPyConnection, int] = {}
        self._lock = threading.Lock()
        self._owned = connection is None
        self.path = path
        if connection is not None:
            self._connection = connection
        elif path is not None:
            self._connection = _connect(path, self._limits, timezone, beside)
        else:
            raise ValueError("an engine needs a path or a connection")

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one SELECT; see `Engine.execute`."""
        seconds = timeout if timeout is not None else self._limits.seconds
        limit = min(row_limit, self._limits.rows) if row_limit is not None else self._limits.rows
        timed_out = threading.Event()
        with self._cursor() as cursor:

            def stop() -> None:
                timed_out.set()
                cursor.interrupt()

            timer = threading.Timer(seconds, stop)
            timer.daemon = True
            timer.start()
            try:
                _require_one_select(cursor, sql)
                cursor.execute(sql)
                names = tuple(column[0] for column in cursor.description or ())
                rows = cursor.fetchmany(limit + 1)
            except duckdb.InterruptException as error:
                raise (_timeout(seconds) if timed_out.is_set() else _interrupted()) from error
            except duckdb.OutOfMemoryException as error:
                raise _out_of_memory(self._limits) from error
            except duckdb.Error as error:
                raise _failed(error) from error
            finally:
                timer.cancel()
        return EngineResult(names, tuple(rows[:limit]), truncated=len(rows) > limit)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now, or only those of one thread."""
        with self._lock:
            for cursor, owner in self._running.items():
                if thread is None or owner == thread:
                    cursor.interrupt()

    def close(self) -> None:
        """Close the connection, unless it is the caller's."""
        if self._owned:
            self._connection.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One cursor per call: DuckDB connections are not to be shared between threads."""
        try:
            cursor = self._connection.cursor()
        except duckdb.Error as error:
            raise _failed(error) from error
        with self._lock:
            self._running[cursor] = threading.get_ident()
        try:
            yield cursor
        finally:
            with self._lock:
                del self._running[cursor]
            cursor.close()


def _connect(
    path: Path, limits: Limits, timezone: str | None, beside: tuple[str, Path] | None
) -> duckdb.DuckDBPyConnection:
    """Open and lock the database file, or say in both languages why not."""
    if not path.is_file():
        raise DataError(
            Text(zh=f"数据库文件不存在:{path}。", en=f"There is no database file {path}."),
            Text(
                zh="检查 askgrowth.yml 里的路径,或重新生成数据。",
                en="Check the path in askgrowth.yml, or build the data again.",
            ),
            code="database_missing",
        )
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": limits.memory,
    }
    if limits.threads is not None:
        config["threads"] = str(limits.threads)
    try:
        connection = duckdb.connect(path, read_only=True, config=config)
        locked = connection.execute("SELECT current_setting('lock_configuration')").fetchone()
        if (
            locked is None or not locked[0]
        ):  # a second engine over one file shares the first one's locked instance
            if timezone is not None:
                connection.execute("SET GLOBAL TimeZone = ?", [timezone])
            if beside is not None and beside[1].is_file():
                with suppress(duckdb.Error):  # cut short: whoever needs it finds that it is not there
                    connection.execute(f"ATTACH {_quoted(beside[1])} AS {beside[0]} (READ_ONLY)")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        raise _cannot_open(path, error) from error
    return connection


def _quoted(path: Path) -> str:
    """Return a path as a SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def _require_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    """A caller's own connection may be writable: only a single SELECT passes."""
    statements = cursor.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise EngineError(
            Text(zh="只能执行单条 SELECT 语句。", en="Only a single SELECT statement can be run."),
            Text(zh="请只写一条查询语句。", en="Write one query and nothing else."),
            code="not_a_select",
        )


def _cannot_open(path: Path, error: duckdb.Error) -> DataError:
    if "lock" in str(error).casefold():
        return DataError(
            Text(
                zh=f"数据库文件 {path} 正被另一个程序写入。",
                en=f"The database file {path} is being written by another program.",
            ),
            Text(zh="关闭那个程序后再试。", en="Close that program and try again."),
            code="database_locked",
        )
    return DataError(
        Text(
            zh=f"无法打开数据库文件 {path}:它不是有效的 DuckDB 文件,或已损坏。",
            en=f"The database file {path} cannot be opened: it is not a DuckDB file, or it is damaged.",
        ),
        Text(
            zh="删除它并重新生成数据,或在 askgrowth.yml 中改用别的文件。",
            en="Delete it and build the data again, or name another file in askgrowth.yml.",
        ),
        code="database_broken",
    )


def _timeout(seconds: float) -> EngineError:
    return EngineError(
        Text(zh=f"查询超过 {seconds:g} 秒,已停止。", en=f"The query was stopped after {seconds:g} seconds."),
        Text(
            zh="缩短时间范围或减少分组后再试。", en="Ask for a shorter period or fewer groups, and try again."
        ),
        code="timeout",
    )


def _interrupted() -> EngineError:
    return EngineError(
        Text(zh="查询已取消。", en="The query was cancelled."),
        Text(zh="需要时可重新提问。", en="Ask again when you need it."),
        code="interrupted",
    )


def _out_of_memory(limits: Limits) -> EngineError:
    return EngineError(
        Text(
            zh=f"查询需要的内存超过上限 {limits.memory}。",
            en=f"The query needs more memory than the limit of {limits.memory}.",
        ),
        Text(zh="缩短时间范围或减少分组后再试。", en="Ask for a shorter period or fewer groups."),
        code="out_of_memory",
    )


def _failed(error: duckdb.Error) -> EngineError:
    detail = str(error).partition("\n")[0] if isinstance(error, _ABOUT_NAMES) else type(error).__name__
    return EngineError(
        Text(
            zh=f"数据库没有接受这条查询({detail})。", en=f"The database did not accept the query ({detail})."
        ),
        Text(
            zh="运行 askgrowth check,核对 YAML 中的列名和表达式与数据是否一致。",
            en="Run askgrowth check: it compares the columns and expressions of the YAML with the data.",
        ),
    )
