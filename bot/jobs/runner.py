"""Runs what is due: claims it, computes, writes effects and messages at once, sends. One tick at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.alerts.series import SeriesStore
from bot.delivery.message import Message
from bot.jobs import claims, outbox
from bot.jobs.clock import Clock, SystemClock, stamp
from bot.jobs.contract import Job, JobContext, JobOutcome, Outgoing, kind_of
from bot.jobs.cron import latest_due
from bot.jobs.planned import job_called, jobs_of
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.pipeline import Pipeline
    from bot.settings import Settings

LOG = logging.getLogger("askgrowth.jobs")
DEFAULT_TARGET, REPORT_TARGET = "default", "admin"
INTERNAL = Text(zh="内部错误,详情见日志", en="an internal error; the log has the details")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run that this server made."""

    job: str
    due: datetime
    state: str  # done, waiting (tried again later), failed, lost (another server took over)
    summary: Text
    messages: int = 0


@dataclass
class Runner:
    """Runs the jobs of one workspace. `step` is called between the steps of a run, by its name: tests stop there."""

    pipeline: Pipeline
    settings: Settings
    engine: Engine
    clock: Clock = field(default_factory=SystemClock)
    sender: outbox.Sender = outbox.send_now
    step: Callable[[str], None] = lambda _name: None
    series: SeriesStore = field(default_factory=SeriesStore)

    @property
    def workspace(self) -> str:
        """Return the key of the workspace in the app database."""
        return str(self.settings.workspace)

    def jobs(self) -> tuple[Job, ...]:
        """Return the jobs of the workspace."""
        return jobs_of(self.pipeline.layer, self.engine, self.workspace)

    def tick(self) -> tuple[Ran, ...]:
        """Run what is due, each job in its own claim, and send what waits."""
        ran = self.run_due()
        self.deliver()
        return ran

    def run_due(self) -> tuple[Ran, ...]:
        """Run what is due now: first what was left unfinished, then the latest due time of each job."""
        jobs = {one.name: one for one in self.jobs()}
        found: list[Ran | None] = []
        for name, due in claims.unfinished(self.engine, self.workspace, self.clock.now()):
            if name in jobs:
                found.append(self._run(jobs[name], due))
        for one in jobs.values():
            latest = self.due(one)
            if latest is not None:
                found.append(self._run(one, latest))
        return tuple(ran for ran in found if ran is not None)

    def due(self, one: Job) -> datetime | None:
        """Return the due time of a job that nobody has taken yet, None where there is none."""
        now = self.clock.now()
        since = claims.since(self.engine, self.workspace, one.name, now)
        if since is None:
            return None
        last = claims.last_due(self.engine, self.workspace, one.name)
        after = max(since, last) if last else since
        return latest_due(one.cron, self.pipeline.layer.settings.timezone, after, now)

    def run(self, name: str) -> Ran | None:
        """Run a job now, due or not; None where the same job was started this very second.

        Raises:
            UnknownNameError: there is no such job.
        """
        return self._run(job_called(self.jobs(), name), self.clock.now().replace(microsecond=0))

    def deliver(self) -> outbox.Sent:
        """Send what waits."""
        return outbox.deliver(self.engine, self.workspace, self.settings.delivery, self.clock, self.sender)

    def _run(self, one: Job, due: datetime) -> Ran | None:
        claimed = claims.claim(self.engine, self.workspace, one, due, self.clock.now())
        if claimed is None:
            return None
        self.step("claimed")
        try:
            outcome = self._work(one, due)
            self.step("computed")
            count = self._write(claimed, one, outcome)
        except claims.LostClaimError:
            return Ran(one.name, due, "lost", Text(zh="已由另一台服务器接手", en="another server took over"))
        except AskGrowthError as error:
            return self._failed(claimed, one, error.code, error.message)
        except Exception as error:  # the border of a job: logged in full, said in one sentence
            LOG.exception("the job %s failed", one.name)
            return self._failed(claimed, one, type(error).__name__, INTERNAL)
        self.step("written")
        for problem in outcome.problems:
            LOG.warning("job %s: %s", one.name, problem.en)
        LOG.info("job %s due %s: %s", one.name, stamp(due), outcome.summary.en)
        return Ran(one.name, due, "done", outcome.summary, count)

    def _work(self, one: Job, due: datetime) -> JobOutcome:
        self.pipeline.layer.rights(one.user)  # an unknown user is an error before anything is read
        context = JobContext(
            one, self.pipeline, self.settings, self.engine, self.clock, due, self.workspace, self.series
        )
        return kind_of(one.kind).work(context)

    def _write(self, claimed: claims.Claim, one: Job, outcome: JobOutcome) -> int:
        """Write effects, messages and the end of the run in one transaction; return how many messages are new."""
        now = self.clock.now()
        messages = outcome.messages
        if outcome.problems:
            messages = (*messages, self._report(one, outcome.problems, "problems"))
        with self.engine.begin() as connection:
            claims.finish(connection, claimed, outcome.summary, now)
            self.step("finishing")
            if outcome.write is not None:
                outcome.write(connection)
            count = 0
            for message in messages:
                told = replace(message, targets=self._targets(message.targets or one.targets))
                count += outbox.put(connection, self.workspace, one.name, claimed.due, told, now)
            self.step("committing")
        return count

    def _failed(self, claimed: claims.Claim, one: Job, code: str, said: Text) -> Ran:
        now = self.clock.now()
        try:
            again = claims.fail(self.engine, claimed, code, said, now)
        except claims.LostClaimError:
            return Ran(one.name, claimed.due, "lost", said)
        LOG.error(
            "job %s due %s failed (try %d): %s", one.name, stamp(claimed.due), claimed.attempts, said.en
        )
        if not again:
            report = self._report(one, (said,), "failed")
            with self.engine.begin() as connection:
                outbox.put(connection, self.workspace, one.name, claimed.due, report, now)
        return Ran(one.name, claimed.due, "waiting" if again else "failed", said)

    def _report(self, one: Job, said: tuple[Text, ...], key: str) -> Outgoing:
        """Return the message to those who look after the product: target `admin`, else where the job's own go."""
        locale = self.pipeline.layer.settings.locale
        title = Text(zh=f"任务 {one.name} 没有完成", en=f"The job {one.name} did not finish")
        lines = "\n".join(f"- {text.at(locale)}" for text in said)
        message = Message(title=title.at(locale), markdown=lines, locale=locale)
        admin = (REPORT_TARGET,) if REPORT_TARGET in self.settings.delivery else self._targets(one.targets)
        return Outgoing(message, admin, key)

    def _targets(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return every address by its name; nobody named is the target `default` where it is set."""
        wanted = names or ((DEFAULT_TARGET,) if DEFAULT_TARGET in self.settings.delivery else ())
        found: list[str] = []
        for name in wanted:
            count = len(self.settings.delivery.get(name.lower(), "").split())
            found += [name, *(f"{name}#{at + 1}" for at in range(1, count))]
        return tuple(found)
