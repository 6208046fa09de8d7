"""Opens what jobs run with: the workspace, the app database, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.jobs.runner import Runner
from bot.store.database import database_url, open_store

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring import Progress


@contextmanager
def open_runner(settings: Settings, progress: Progress | None = None) -> Iterator[Runner]:
    """Yield a runner over the workspace of `settings`; its databases are closed afterwards.

    Raises:
        AskGrowthError: the workspace has problems, or the app database cannot be opened.
    """
    from bot.wiring import open_pipeline

    engine = open_store(database_url(settings))
    try:
        yield Runner(open_pipeline(settings, progress), settings, engine)
    finally:
        engine.dispose()
