"""Spark through PySpark: a Spark Connect server (`sc://host:15002`), or a master such as `local[*]`."""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from semantic_layer.engines.base import EngineResult, Limits
from semantic_layer.engines.problems import driver_missing, failed, interrupted, timed_out, unreachable
from semantic_layer.engines.running import RunningQueries
from semantic_layer.engines.statements import limited_select

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NAME = "Spark"
CONNECT = "sc://"


class SparkEngine:
    """An engine over a Spark session. Spark has no read-only session: only one SELECT is ever sent."""

    dialect = "spark"

    def __init__(
        self,
        url: str,
        *,
        namespace: str | None = None,
        limits: Limits | None = None,
        timezone: str | None = None,
    ) -> None:
        """Connect, or start Spark. `namespace` is the database of tables that are named without one.

        Raises:
            DataError: `driver_missing`, `database_unreachable`.
        """
        self._limits = limits or Limits()
        self._running = RunningQueries()
        self._session = _session(url)
        self._is_remote = url.startswith(CONNECT)
        settings = {
            "spark.sql.ansi.enabled": "true",  # else a text that is no number is null, and sums wrap around
            "spark.sql.timestampType": "TIMESTAMP_NTZ",  # CAST(… AS TIMESTAMP) is local time, as elsewhere
            "spark.sql.groupByOrdinal": "true",
            "spark.sql.crossJoin.enabled": "true",
        }
        if timezone is not None:
            settings["spark.sql.session.timeZone"] = timezone
        for key, value in settings.items():
            self._session.conf.set(key, value)
        if namespace is not None:
            self._session.catalog.setCurrentDatabase(namespace)

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one SELECT; see `Engine.execute`."""
        from pyspark.errors import PySparkException

        seconds = timeout if timeout is not None else self._limits.seconds
        limit = min(row_limit, self._limits.rows) if row_limit is not None else self._limits.rows
        statement = limited_select(sql, self.dialect, limit + 1)
        tag = f"askgrowth-{uuid.uuid4().hex}"
        with self._running.one(lambda: self._stop(tag), seconds) as run:
            try:
                self._name_jobs(tag)
                frame = _local_times(self._session.sql(statement))
                names = tuple(frame.columns)
                rows = tuple(tuple(row) for row in frame.collect())
            except PySparkException as error:
                if run.timed_out:
                    raise timed_out(seconds) from error
                if run.interrupted:
                    raise interrupted() from error
                raise failed(_detail(error)) from error
            except Exception as error:
                # py4j and gRPC raise what they like when a job is cancelled or Spark is gone.
                if run.timed_out or run.interrupted:
                    raise (timed_out(seconds) if run.timed_out else interrupted()) from error
                raise unreachable(NAME, "Spark", type(error).__name__) from error
            finally:
                self._forget_jobs(tag)
        return EngineResult(names, rows[:limit], truncated=len(rows) > limit)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now, or only those of one thread."""
        self._running.interrupt(thread)

    def close(self) -> None:
        """Give back a Spark Connect session. A Spark of this process stays: others may use it."""
        if self._is_remote:
            with suppress(Exception):  # a server that is gone already is closed enough
                self._session.stop()

    def _name_jobs(self, tag: str) -> None:
        """Give this thread's jobs a name to stop them by. A Spark of this process does not stop jobs by their tag."""
        if self._is_remote:
            self._session.addTag(tag)
        else:
            self._session.sparkContext.setJobGroup(tag, "AskGrowth", interruptOnCancel=True)

    def _forget_jobs(self, tag: str) -> None:
        with suppress(Exception):  # a Spark that is gone has forgotten
            if self._is_remote:
                self._session.removeTag(tag)
            else:
                for key in ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel"):
                    self._session.sparkContext.setLocalProperty(key, None)

    def _stop(self, tag: str) -> None:
        if self._is_remote:
            self._session.interruptTag(tag)
        else:  # jobs that are about to begin, too: planning takes a while
            context: Any = self._session.sparkContext
            context._jsc.sc().cancelJobGroupAndFutureJobs(tag)  # noqa: SLF001 - PySpark has no public word for it


def _session(url: str) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise driver_missing(NAME, "spark") from error
    for noisy in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):  # they log statements, and cells
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    builder: Any = SparkSession.builder
    try:
        if url.startswith(CONNECT):
            made: SparkSession = builder.remote(url).getOrCreate()
            return made
        quiet = builder.master(url).appName("askgrowth").config("spark.ui.enabled", "false")
        # A session of its own: settings and the current database are not shared with whoever else uses this Spark.
        own: SparkSession = quiet.config("spark.ui.showConsoleProgress", "false").getOrCreate().newSession()
    except Exception as error:  # no Java, no server, no right: gRPC and py4j have an error for each
        raise unreachable(NAME, _place(url), type(error).__name__) from error
    return own


def _local_times(frame: DataFrame) -> DataFrame:
    """Return the frame with instants as local times of the session's zone: PySpark would use this machine's."""
    from pyspark.sql.types import TimestampType

    if not any(isinstance(field.dataType, TimestampType) for field in frame.schema.fields):
        return frame
    names = frame.columns
    numbered = frame.toDF(*(f"c{place}" for place in range(len(names))))  # a name may come twice
    cast = [
        numbered[f"c{place}"].cast("timestamp_ntz")
        if isinstance(field.dataType, TimestampType)
        else numbered[f"c{place}"]
        for place, field in enumerate(frame.schema.fields)
    ]
    return numbered.select(*cast).toDF(*names)


def _place(url: str) -> str:
    """Return the address without what may be secret in it: everything behind the host."""
    return url.split("/;", 1)[0].split("?", 1)[0]


def _detail(error: Any) -> str:
    """Return Spark's name of an error; where it speaks of names in our statement, its first sentence too."""
    condition = str(error.getCondition() or type(error).__name__)
    about_names = ("UNRESOLVED", "TABLE_OR_VIEW_NOT_FOUND", "DATATYPE_MISMATCH", "PARSE_SYNTAX", "AMBIGUOUS")
    if condition.startswith(about_names):
        return f"{condition}: {str(error).partition('] ')[2].splitlines()[0][:200]}"
    return condition
