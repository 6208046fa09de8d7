"""The contract of scheduled work: a kind is one decorated function; a job is a kind with a schedule and a user.

    @job(name="alerts", label=Text(zh="预警", en="Alerts"), plan=alert_jobs)
    def check_alerts(context: JobContext) -> JobOutcome:
        '''Look at every alert that is due and write the messages.'''

A function only reads and computes. What it wants to happen it returns: messages for the outbox, and `write`,
which is called inside the transaction that marks the run done. So a crash before leaves nothing, and a crash after
loses nothing: both happen together or not at all. A run whose server died is taken over by another and computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.alerts.series import SeriesStore
from bot.delivery.message import Message
from bot.jobs.clock import Clock
from semantic_layer.errors import UnknownNameError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from bot.pipeline import Pipeline
    from bot.settings import Settings
    from semantic_layer.workspace import SemanticLayer


@dataclass(frozen=True, slots=True)
class Job:
    """One planned job: kind, name (unique in the workspace), cron times in the workspace's time zone, user.

    `cron` has five fields (minute hour day month weekday; weekdays mon … sun, or 0 and 7 for Sunday). `user` is
    whose access rules hold. `targets` are delivery targets by name; `options` are the kind's own (what to make).
    """

    name: str
    kind: str
    cron: str
    user: str | None = None
    targets: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the outbox. `key` is unique within the run: the same key is never sent twice to one target."""

    message: Message
    targets: tuple[str, ...]
    key: str = "message"
    not_before: datetime | None = None  # quiet hours: kept in the outbox until then


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What a run found, in one sentence, and what shall happen now.

    `problems` are parts that did not work while the rest did: they are logged and reported, and not tried again.
    """

    summary: Text
    messages: tuple[Outgoing, ...] = ()
    write: Callable[[Connection], None] | None = None  # within the transaction that ends the run
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True)
class JobContext:
    """What a kind may use. Data are read through `pipeline` or `layer` with `user` and `today`, never otherwise."""

    job: Job
    pipeline: Pipeline
    settings: Settings
    engine: Engine  # the app database: for reading; what is written goes through JobOutcome.write
    clock: Clock
    due: datetime  # when the run was due, in UTC
    workspace: str  # the key of this workspace in the app database
    series: SeriesStore = field(default_factory=SeriesStore)  # what alerts have read, kept between runs

    @property
    def layer(self) -> SemanticLayer:
        """Return the open workspace."""
        return self.pipeline.layer

    @property
    def user(self) -> str | None:
        """Return whose access rules hold."""
        return self.job.user

    @cached_property
    def today(self) -> date:
        """Return the workspace's local date of the due time; see `local_today`."""
        return local_today(self.layer, self.due)


def local_today(layer: SemanticLayer, at: datetime) -> date:
    """Return the local date of `at`; where `today:` is the data's day or a fixed date, not later than that."""
    local = at.astimezone(ZoneInfo(layer.settings.timezone)).date()
    return local if layer.settings.today == "clock" else min(local, layer.today(None))


Work = Callable[[JobContext], JobOutcome]
Plan = Callable[["SemanticLayer", "Engine", str], Iterable[Job]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of scheduled work. `plan(layer, engine, workspace)` returns the jobs that exist here by default."""

    name: str
    label: Text
    work: Work
    plan: Plan | None = None

    @property
    def description(self) -> str:
        """Return the docstring of the work."""
        return (self.work.__doc__ or "").strip()


def job(*, name: str, label: Text, plan: Plan | None = None) -> Callable[[Work], JobKind]:
    """Return a decorator that makes a function a `JobKind`; a module of `bot/jobs/kinds` is found by itself."""

    def decorate(work: Work) -> JobKind:
        if not work.__doc__:
            raise TypeError(f"the job kind {name!r} needs a docstring")
        return JobKind(name, label, work, plan)

    return decorate


def kinds() -> dict[str, JobKind]:
    """Return every kind that the modules of `bot/jobs/kinds` declare, by name."""
    from importlib import import_module
    from pkgutil import iter_modules

    from bot.jobs import kinds as package

    found: dict[str, JobKind] = {}
    for module in sorted(iter_modules(package.__path__, f"{package.__name__}."), key=lambda one: one.name):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, JobKind):
                if found.get(value.name, value) is not value:
                    raise TypeError(f"two job kinds are called {value.name!r}")
                found[value.name] = value
    return found


def kind_of(name: str) -> JobKind:
    """Return the kind called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    known = kinds()
    if name not in known:
        raise UnknownNameError(Text(zh="任务类型", en="job kind"), name, known)
    return known[name]
