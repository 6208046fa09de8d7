"""The jobs of a workspace: what its kinds plan by themselves, and what its `jobs:` say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.jobs.contract import Job, kinds
from semantic_layer.errors import UnknownNameError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from semantic_layer.workspace import SemanticLayer


def jobs_of(layer: SemanticLayer, engine: Engine, workspace: str) -> tuple[Job, ...]:
    """Return the jobs by name; one of `jobs:` takes the place of the planned one with its name."""
    found: dict[str, Job] = {}
    known = kinds()
    for kind in known.values():
        for one in kind.plan(layer, engine, workspace) if kind.plan else ():
            found[one.name] = one
    for written in layer.watching.jobs:
        if written.kind not in known:
            raise UnknownNameError(Text(zh="任务类型", en="job kind"), written.kind, known)
        found[written.name] = Job(
            written.name, written.kind, written.cron, written.user, written.to, dict(written.options)
        )
    return tuple(found.values())


def job_called(jobs: Iterable[Job], name: str) -> Job:
    """Return the job called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    by_name = {one.name: one for one in jobs}
    if name not in by_name:
        raise UnknownNameError(Text(zh="任务", en="job"), name, by_name)
    return by_name[name]
