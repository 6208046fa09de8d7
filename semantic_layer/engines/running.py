"""Which queries run now, and how each is stopped: by a time limit, by the thread that asked, or all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Run:
    """One running query: who asked, how to stop it, and why it was stopped."""

    stop: Callable[[], None]
    thread: int = field(default_factory=threading.get_ident)
    timed_out: bool = False
    interrupted: bool = False


class RunningQueries:
    """The queries of one engine that run now; safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._runs: set[Run] = set()
        self._lock = threading.Lock()

    @contextmanager
    def one(self, stop: Callable[[], None], seconds: float) -> Iterator[Run]:
        """Count a query as running; `stop` is called, in a thread of its own, once `seconds` have passed."""
        run = Run(stop)

        def too_late() -> None:
            run.timed_out = True
            stop()

        timer = threading.Timer(seconds, too_late)
        timer.daemon = True
        with self._lock:
            self._runs.add(run)
        timer.start()
        try:
            yield run
        finally:
            timer.cancel()
            with self._lock:
                self._runs.discard(run)

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the queries that run now: all, or those of one thread."""
        with self._lock:
            wanted = [run for run in self._runs if thread is None or run.thread == thread]
        for run in wanted:
            run.interrupted = True
            run.stop()
