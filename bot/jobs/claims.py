"""Who runs what: one row per job and due time, taken by insert or by lease, so that no run takes effect twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.jobs.clock import read_stamp, stamp
from bot.jobs.contract import Job
from bot.store.job_schema import job_runs, job_states
from semantic_layer.text import Text

LEASE = timedelta(minutes=30)
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))  # then the run has failed


class LostClaimError(Exception):
    """Another server has taken the run over: what this one found must not take effect."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that is ours until its lease ends."""

    id: str
    job: str
    due: datetime
    token: str
    attempts: int


def since(engine: Engine, workspace: str, job: str, now: datetime) -> datetime | None:
    """Return from when on a job's due times count, noting a job seen for the first time; None where it is paused."""
    key = and_(job_states.c.workspace == workspace, job_states.c.job == job)
    with engine.connect() as connection:
        row = connection.execute(select(job_states.c.since, job_states.c.paused).where(key)).first()
    if row is None:
        values = {"workspace": workspace, "job": job, "since": stamp(now), "paused": 0}
        try:
            with engine.begin() as connection:
                connection.execute(insert(job_states).values(**values))
        except IntegrityError:  # another server saw it at the same moment
            return since(engine, workspace, job, now)
        return now
    return None if row.paused else read_stamp(row.since)


def set_paused(engine: Engine, workspace: str, job: str, now: datetime, *, paused: bool) -> None:
    """Pause a job or let it run again; what was due meanwhile is not made up for."""
    since(engine, workspace, job, now)
    key = and_(job_states.c.workspace == workspace, job_states.c.job == job)
    with engine.begin() as connection:
        connection.execute(update(job_states).where(key).values(paused=int(paused), since=stamp(now)))


def last_due(engine: Engine, workspace: str, job: str) -> datetime | None:
    """Return the latest due time that anybody has taken."""
    asked = select(func.max(job_runs.c.due)).where(job_runs.c.workspace == workspace, job_runs.c.job == job)
    with engine.connect() as connection:
        found = connection.execute(asked).scalar()
    return read_stamp(found) if found else None


def unfinished(engine: Engine, workspace: str, now: datetime) -> list[tuple[str, datetime]]:
    """Return (job, due) of the runs to take again: their time to retry has come, or their server has died."""
    asked = (
        select(job_runs.c.job, job_runs.c.due)
        .where(job_runs.c.workspace == workspace, _free(now))
        .order_by(job_runs.c.due)
    )
    with engine.connect() as connection:
        return [(row.job, read_stamp(row.due)) for row in connection.execute(asked)]


def claim(engine: Engine, workspace: str, job: Job, due: datetime, now: datetime) -> Claim | None:
    """Return the claim on a run, None where another server has it or it is over."""
    token = uuid.uuid4().hex
    lease = {"token": token, "lease_until": stamp(now + LEASE), "started_at": stamp(now), "state": "running"}
    place = {"workspace": workspace, "job": job.name, "due": stamp(due)}
    try:
        with engine.begin() as connection:
            values = {"id": uuid.uuid4().hex, **place, **lease, "attempts": 1}
            connection.execute(insert(job_runs).values(**values))
    except IntegrityError:
        mine = and_(*(job_runs.c[name] == value for name, value in place.items()), _free(now))
        with engine.begin() as connection:
            taken = update(job_runs).where(mine).values(**lease, attempts=job_runs.c.attempts + 1)
            if connection.execute(taken).rowcount != 1:
                return None
    with engine.connect() as connection:
        row = connection.execute(select(job_runs).where(job_runs.c.token == token)).mappings().first()
    if row is None:  # taken over already: the lease was over when we looked
        return None
    return Claim(row["id"], job.name, due, token, row["attempts"])


def finish(connection: Connection, claimed: Claim, summary: Text, now: datetime) -> None:
    """Mark a run done, within the transaction of its effects.

    Raises:
        LostClaimError: the run is another server's by now; the transaction must be rolled back.
    """
    _end(connection, claimed, {"state": "done", "finished_at": stamp(now), "error": None, **_said(summary)})


def fail(engine: Engine, claimed: Claim, error: str, summary: Text, now: datetime) -> bool:
    """Note that a run broke; whether it will be tried again."""
    again = claimed.attempts <= len(BACK_OFF)
    values: dict[str, object] = {"error": error, **_said(summary)}
    if again:
        values |= {"state": "waiting", "retry_at": stamp(now + BACK_OFF[claimed.attempts - 1])}
    else:
        values |= {"state": "failed", "finished_at": stamp(now)}
    with engine.begin() as connection:
        _end(connection, claimed, values)
    return again


def _said(summary: Text) -> dict[str, str]:
    return {"summary_zh": summary.zh, "summary_en": summary.en}


def _end(connection: Connection, claimed: Claim, values: dict[str, object]) -> None:
    mine = and_(job_runs.c.id == claimed.id, job_runs.c.token == claimed.token, job_runs.c.state == "running")
    if connection.execute(update(job_runs).where(mine).values(**values)).rowcount != 1:
        raise LostClaimError


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(job_runs.c.state == "running", job_runs.c.lease_until < stamp(now)),
        and_(job_runs.c.state == "waiting", job_runs.c.retry_at <= stamp(now)),
    )
