"""The jobs as a person reads them: times, the next due time, what became of the last run and its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.jobs.cron import next_due
from bot.store.job_schema import job_runs, job_states, outbox

if TYPE_CHECKING:
    from bot.jobs.runner import Runner


def overview(runner: Runner) -> list[dict[str, Any]]:
    """Return one entry per job, in their order; the next time is local, the others are in UTC."""
    zone = runner.pipeline.layer.settings.timezone
    found = []
    for one in runner.jobs():
        runs = job_runs.c.workspace == runner.workspace, job_runs.c.job == one.name
        last = select(job_runs).where(*runs).order_by(job_runs.c.due.desc()).limit(1)
        waiting = select(outbox.c.state, func.count()).where(
            outbox.c.workspace == runner.workspace, outbox.c.job == one.name
        )
        state = select(job_states.c.paused).where(
            job_states.c.workspace == runner.workspace, job_states.c.job == one.name
        )
        with runner.engine.connect() as connection:
            row = connection.execute(last).mappings().first()
            counted = connection.execute(waiting.group_by(outbox.c.state))
            messages = {row[0]: row[1] for row in counted}
            paused = bool(connection.execute(state).scalar())
        at = next_due(one.cron, zone, runner.clock.now())
        next_local = at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") if at else None
        found.append(
            {
                "name": one.name, "kind": one.kind, "cron": one.cron, "user": one.user, "paused": paused,
                "next": next_local, "messages": messages,
                "last": {
                    "due": row["due"], "state": row["state"], "attempts": row["attempts"], "error": row["error"],
                    "zh": row["summary_zh"], "en": row["summary_en"],
                } if row else None,
            }
        )  # fmt: skip
    return found
