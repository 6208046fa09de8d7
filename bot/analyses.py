"""Analyses that are worked out once: the same one, of the same data, on the same day and under the same rights.

An analysis takes seconds of processor time where a metric takes milliseconds, and on Monday everybody opens the same
weekly report. Who asks for one that is being computed waits for it; a few run side by side, so that questions that
take no time are not held up by those that do.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.progress import CancelledError, Progress

if TYPE_CHECKING:
    from bot.plan import ToolPlan
    from tools.promises import Promise, Promises
    from tools.registry import Tool, ToolContext
    from tools.result import ToolResult

AT_ONCE = 4
MOST_KEPT = 200
MOST_CELLS = 100_000  # of one result that is kept
LOOK_SECONDS = 0.1  # how soon somebody who waits notices that they have stopped it
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result, with what the ledger said where the analysis read it."""

    result: ToolResult
    entries: tuple[Promise, ...] | None


class Analyses:
    """Runs the analyses over one opened layer and keeps their results; safe to share between threads."""

    def __init__(self, at_once: int = AT_ONCE, most_kept: int = MOST_KEPT) -> None:
        """Begin with nothing kept."""
        self._slots = threading.BoundedSemaphore(at_once)
        self._most_kept = most_kept
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._running: dict[Key, threading.Event] = {}
        self._lock = threading.Lock()

    def run(self, tool: Tool, plan: ToolPlan, context: ToolContext) -> ToolResult:
        """Return what the tool finds. Errors are not kept; what read the ledger holds as long as that says the same.

        Raises:
            AskGrowthError: as the tool does; CancelledError where the one who asked has stopped it.
        """
        ledger = _Ledger(context.promises)
        watched = replace(context, promises=ledger.read)
        if context.layer.opening.may_change:
            with self._slot(context.progress):
                return tool.run(plan.inputs, watched)
        key = _key(plan, context)
        with self._alone(key, context.progress):
            kept = self._found(key)
            if kept is not None and (kept.entries is None or kept.entries == ledger.read()):
                return kept.result
            with self._slot(context.progress):
                found = tool.run(plan.inputs, watched)
            self._keep(key, _Kept(found, ledger.entries))
        return found

    @contextmanager
    def _alone(self, key: Key, progress: Progress) -> Iterator[None]:
        """Wait while the same analysis runs elsewhere; then be the one that runs it."""
        done = threading.Event()
        while True:
            with self._lock:
                other = self._running.setdefault(key, done)
            if other is done:
                break
            _wait(other.wait, progress)
        try:
            yield
        finally:
            with self._lock:
                del self._running[key]
            done.set()

    @contextmanager
    def _slot(self, progress: Progress) -> Iterator[None]:
        _wait(lambda seconds: self._slots.acquire(timeout=seconds), progress)
        try:
            yield
        finally:
            self._slots.release()

    def _found(self, key: Key) -> _Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Key, found: _Kept) -> None:
        tables = found.result.tables
        if sum(len(table.rows) * len(table.columns) for table in tables) > MOST_CELLS:
            return
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)


class _Ledger:
    """The ledger of one who asks, read at most once; `entries` is None as long as nobody looked."""

    def __init__(self, promises: Promises) -> None:
        self._promises = promises
        self.entries: tuple[Promise, ...] | None = None

    def read(self) -> Sequence[Promise]:
        """Return the entries."""
        if self.entries is None:
            self.entries = tuple(self._promises())
        return self.entries


def _key(plan: ToolPlan, context: ToolContext) -> Key:
    """Return what a result depends on beside the data: what is asked, the day, and what the user may see."""
    from bot.ledger.rows import scope_of

    inputs = json.dumps(plan.inputs, sort_keys=True, default=str)
    return plan.name, inputs, context.today.isoformat(), scope_of(context.layer.rights(context.user))


def _wait(step: Callable[[float], bool], progress: Progress) -> None:
    while not step(LOOK_SECONDS):
        if progress.is_cancelled():
            raise CancelledError
