"""The job that looks whether data or YAML have changed, and opens them anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.jobs.contract import Job, JobContext, JobOutcome, job
from semantic_layer.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from semantic_layer.workspace import SemanticLayer

HOURLY = "5 * * * *"


def refresh_jobs(layer: SemanticLayer, engine: Engine, workspace: str) -> Iterable[Job]:
    """Return the hourly look; a workspace with `jobs: [{name: refresh, …}]` sets its own times."""
    del layer, engine, workspace
    return [Job("refresh", "refresh", HOURLY)]


@job(name="refresh", label=Text(zh="刷新数据", en="Data refresh"), plan=refresh_jobs)
def refresh(context: JobContext) -> JobOutcome:
    """Build the warehouse anew where its files have changed, and use it from the next question on."""
    found = context.layer.reload_if_changed()
    if found.error is not None:
        raise found.error
    if found.changed:
        context.pipeline.use(found.layer)
        end = max((span.end for span in found.layer.spans().values() if span.end), default=None)
        return JobOutcome(Text(zh=f"数据已更新,到 {end}(不含)", en=f"new data, up to {end} (not included)"))
    return JobOutcome(Text(zh="数据没有变化", en="nothing has changed"))
