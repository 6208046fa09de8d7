"""ClickHouse over its HTTP interface: read-only, and with the settings without which it answers differently."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from semantic_layer.engines.base import EngineResult, Limits
from semantic_layer.engines.problems import (
    driver_missing,
    failed,
    interrupted,
    out_of_memory,
    refused_settings,
    timed_out,
    unreachable,
)
from semantic_layer.engines.running import RunningQueries
from semantic_layer.engines.statements import limited_select
from semantic_layer.engines.url import Address
from semantic_layer.table import Cell

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

NAME = "ClickHouse"
# Without these the same SQL gives other numbers, silently: what each prevents is tested in tests/golden/engines.
SETTINGS: dict[str, int] = {
    "join_use_nulls": 1,  # else an unmatched row of an outer join holds 0 and '', not null
    "aggregate_functions_null_for_empty": 1,  # else the sum of no rows is 0
    "prefer_column_name_to_alias": 1,  # else `SUM(x) AS x … WHERE x > 0` filters by the sum
    "enable_extended_results_for_datetime_functions": 1,  # else weeks and months before 1970 are cut off at 1970
    "enable_positional_arguments": 1,  # GROUP BY 1
}
_TEXTS = {"union_default_mode": "DISTINCT", "result_overflow_mode": "break", "timeout_overflow_mode": "throw"}
_TIMED_OUT = frozenset({159, 160, 209})
_CANCELLED = frozenset({394, 734, 735})
_NO_MEMORY = frozenset({241, 307})
_NAMES = frozenset(
    {10, 16, 35, 36, 42, 43, 46, 47, 53, 60, 62, 81, 184, 215, 386}
)  # about our statement only


class ClickHouseEngine:
    """An engine over a ClickHouse server, or a cluster through one of its servers."""

    dialect = "clickhouse"

    def __init__(
        self,
        address: Address,
        *,
        namespace: str | None = None,
        limits: Limits | None = None,
        timezone: str | None = None,
    ) -> None:
        """Connect once and make sure of the settings.

        `namespace` is the database of tables that are named without one; `timezone` the zone in which columns
        without a zone of their own are read. Options of the address: `secure=true` for TLS.

        Raises:
            DataError: `database_unreachable`, `database_settings`, `driver_missing`.
        """
        self._address = address
        self._namespace = namespace or address.database or None
        self._timezone = timezone
        self._zone: tzinfo = ZoneInfo(timezone or "UTC")
        self._limits = limits or Limits()
        self._running = RunningQueries()
        self._client = self._connect()

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one SELECT; see `Engine.execute`."""
        from clickhouse_connect.driver.exceptions import ClickHouseError

        seconds = timeout if timeout is not None else self._limits.seconds
        limit = min(row_limit, self._limits.rows) if row_limit is not None else self._limits.rows
        statement = limited_select(sql, self.dialect, limit + 1)
        query = str(uuid.uuid4())
        settings = {
            **_settings(self._timezone),
            "query_id": query,
            "readonly": 1,
            "max_execution_time": seconds,
            "max_result_rows": limit + 1,
            "result_overflow_mode": _TEXTS["result_overflow_mode"],
            "timeout_overflow_mode": _TEXTS["timeout_overflow_mode"],
        }
        with self._running.one(lambda: self._kill(query), seconds + 1.0) as run:
            try:
                answer = self._client.query(statement, settings=settings, query_tz=self._zone)
            except ClickHouseError as error:
                raise self._told(error, seconds, run.interrupted and not run.timed_out) from error
        rows = tuple(tuple(self._cell(cell) for cell in row) for row in answer.result_rows[:limit])
        return EngineResult(tuple(answer.column_names), rows, truncated=len(answer.result_rows) > limit)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now, or only those of one thread."""
        self._running.interrupt(thread)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _connect(self) -> Client:
        try:
            import clickhouse_connect
            from clickhouse_connect.driver.exceptions import ClickHouseError, ProgrammingError
        except ModuleNotFoundError as error:
            raise driver_missing(NAME, "clickhouse") from error
        address = self._address
        secure = address.scheme.endswith("s") or address.options.get("secure", "").casefold() in ("1", "true")
        try:
            client = clickhouse_connect.get_client(
                host=address.host,
                port=address.port,
                username=address.user,
                password=address.password or "",
                database=self._namespace,
                secure=secure,
                connect_timeout=10,
                send_receive_timeout=int(max(600.0, self._limits.seconds) + 15),
                query_retries=0,
                autogenerate_session_id=False,  # one client serves several threads
                client_name="askgrowth",
                tz_mode="aware",
            )
        except ClickHouseError as error:
            raise unreachable(NAME, address.place, _detail(error)) from error
        try:
            client.query("SELECT 1", settings=_settings(self._timezone))
        except ProgrammingError as error:
            raise refused_settings(NAME, _setting_in(str(error))) from error
        except ClickHouseError as error:
            if _number(error) in (164, 452):
                raise refused_settings(NAME, _setting_in(str(error))) from error
            raise unreachable(NAME, address.place, _detail(error)) from error
        return client

    def _kill(self, query: str) -> None:
        from clickhouse_connect.driver.exceptions import ClickHouseError

        with suppress(ClickHouseError):
            self._client.command(f"KILL QUERY WHERE query_id = '{query}' ASYNC")

    def _cell(self, value: Any) -> Cell:
        """Return time stamps as local times of the workspace's zone, as the SQL has cut them."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(self._zone).replace(tzinfo=None)
        if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN: 0 / 0 is null elsewhere
            return None
        cell: Cell = value
        return cell

    def _told(self, error: Exception, seconds: float, by_us: bool) -> Exception:
        number = _number(error)
        if by_us or number in _CANCELLED:
            return interrupted() if by_us else timed_out(seconds)
        if number in _TIMED_OUT:
            return timed_out(seconds)
        if number in _NO_MEMORY:
            return out_of_memory("the server")
        if number is None:
            return unreachable(NAME, self._address.place, type(error).__name__)
        return failed(_detail(error))


def _settings(timezone: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {**SETTINGS, "union_default_mode": _TEXTS["union_default_mode"]}
    if timezone is not None:
        made["session_timezone"] = timezone
    return made


def _number(error: Exception) -> int | None:
    """Return ClickHouse's number of an error; None where the server did not answer at all."""
    number = getattr(error, "code", None)
    if isinstance(number, int):
        return number
    text = str(error)
    _, found, rest = text.partition("Code: ")
    digits = rest.split(".", 1)[0].strip() if found else ""
    return int(digits) if digits.isdigit() else None


def _detail(error: Exception) -> str:
    """Return what an error says where it speaks of our own statement, else only its number: it may quote a cell."""
    number = _number(error)
    if number is None:
        return type(error).__name__
    if number in _NAMES:
        said = str(error).partition("DB::Exception: ")[2] or str(error)
        return said.split(". ", 1)[0].split("\n", 1)[0][:200]
    return f"code {number}"


def _setting_in(text: str) -> str:
    return next(
        (name for name in (*SETTINGS, "session_timezone", "readonly") if name in text), "join_use_nulls"
    )
