"""Requests off the event loop: a bounded pool, limits per user, a time limit that stops the query itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.ui.limits import Limits
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text
from tools.progress import Watch

WORKERS = 4
MOST_SECONDS = 120.0
T = TypeVar("T")


class SlowError(AskGrowthError):
    """A request that took longer than it may."""

    code = "timeout"


class Bench:
    """Runs the work of requests. `interrupt` stops the query that a thread runs."""

    def __init__(
        self,
        interrupt: Callable[[int], None] | None = None,
        *,
        limits: Limits | None = None,
        seconds: float = MOST_SECONDS,
    ) -> None:
        """Take the limits; the pool is made at once and lives as long as the process."""
        self._interrupt, self._limits, self._seconds = interrupt, limits or Limits(), seconds
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="askgrowth-api")
        self._side = ThreadPoolExecutor(2, thread_name_prefix="askgrowth-token")

    async def run(self, user: str, task: Callable[[Watch], T]) -> T:
        """Return what a task gives; where the client goes away or time is up, its query is stopped.

        Raises:
            TooManyError: the user asks too much at once. SlowError: it took too long. Whatever the task raises.
        """
        watch, thread = Watch(lambda _step: None), _Thread()

        def work() -> T:
            thread.number = threading.get_ident()
            try:
                return task(watch)
            finally:
                thread.number = None

        with self._limits.one_more(user):
            try:
                async with asyncio.timeout(self._seconds):
                    return await asyncio.get_running_loop().run_in_executor(self._pool, work)
            except (TimeoutError, asyncio.CancelledError) as error:
                watch.cancel()
                if self._interrupt is not None and thread.number is not None:
                    self._interrupt(thread.number)
                if isinstance(error, TimeoutError):
                    raise _too_slow(self._seconds) from error
                raise

    def close(self) -> None:
        """Stop taking work; what waits is dropped."""
        for pool in (self._pool, self._side):
            pool.shutdown(wait=False, cancel_futures=True)

    async def beside(self, task: Callable[[], T]) -> T:
        """Return what a short task gives, such as the look-up of a token; it waits for no question."""
        return await asyncio.get_running_loop().run_in_executor(self._side, task)


class _Thread:
    def __init__(self) -> None:
        self.number: int | None = None


def _too_slow(seconds: float) -> SlowError:
    return SlowError(
        Text(
            zh=f"算了 {seconds:.0f} 秒还没有结果,已停止。",
            en=f"Stopped: no result after {seconds:.0f} seconds.",
        ),
        Text(zh="缩短时间范围或减少维度。", en="Choose a shorter period or fewer dimensions."),
    )
