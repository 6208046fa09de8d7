"""The clockwork inside `askgrowth serve`: a tick every half minute in a thread of its own.

APScheduler ticks and reads the times; what is due is decided from the app database at each tick. Its own job store is
not used: two schedulers on one store run every job twice, and a run that broke with its server would be forgotten.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs.runner import Runner

LOG = logging.getLogger("askgrowth.jobs")
SECONDS = 30


class Scheduler:
    """Ticks until closed. A tick that takes longer than half a minute delays the next; none run side by side."""

    def __init__(self, runner: Runner | None, seconds: float = SECONDS) -> None:
        """Take the runner; nothing runs before `start`, and without a runner nothing at all."""
        from apscheduler.schedulers.background import BackgroundScheduler

        self._runner = runner
        self._clockwork = BackgroundScheduler(timezone="UTC")
        self._clockwork.add_job(
            self._tick, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Start ticking."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        if self._runner is not None:
            self._clockwork.start()

    def close(self) -> None:
        """Stop after the tick that runs."""
        if self._clockwork.running:
            self._clockwork.shutdown(wait=True)

    def _tick(self) -> None:
        if self._runner is None:
            return
        try:
            self._runner.tick()
        except Exception:  # the app database may be away for a while: logged, and tried at the next tick
            LOG.exception("a tick of the jobs failed")
