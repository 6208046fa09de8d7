"""Analyses that are worked out once: the same one, of the same data, on the same day and under the same rights.

An analysis takes seconds of processor time where a metric takes milliseconds, and on Monday everybody opens the same
weekly report. Who asks for one that is being computed waits for it; a few run side by side, so that questions that
take no time are not held up by those that do.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.progress import CancelledError, Progress
from tools.promises import Entries

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
    every: tuple[Promise, ...] | None = None
    decided: tuple[Promise, ...] | None = None

    def holds(self, ledger: _Ledger) -> bool:
        """Return whether the ledger still says what the analysis read in it."""
        if self.every is not None:
            return self.every == tuple(ledger.read())
        return self.decided is None or self.decided == ledger.read().decided()


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
            if kept is not None and kept.holds(ledger):
                return kept.result
            with self._slot(context.progress):
                found = tool.run(plan.inputs, watched)
            self._keep(key, _Kept(found, *ledger.seen()))
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
    """The ledger of one who asks, read at most once, and what an analysis saw of it."""

    def __init__(self, promises: Promises) -> None:
        self._promises = promises
        self._entries: Entries | None = None

    def read(self) -> Entries:
        """Return the entries."""
        if self._entries is None:
            self._entries = Entries(self._promises())
        return self._entries

    def seen(self) -> tuple[tuple[Promise, ...] | None, tuple[Promise, ...] | None]:
        """Return every entry where others than the decided ones were looked at, else the decided ones if any were."""
        if self._entries is None:
            return None, None
        if self._entries.was_listed:
            return tuple(self._entries), None
        return None, self._entries.decided()


def _key(plan: ToolPlan, context: ToolContext) -> Key:
    """Return what a result depends on beside the data: what is asked, the day, and what the user may see."""
    from bot.ledger.rows import scope_of

    inputs = json.dumps(plan.inputs, sort_keys=True, default=str)
    return plan.name, inputs, context.today.isoformat(), scope_of(context.layer.rights(context.user))


def _wait(step: Callable[[float], bool], progress: Progress) -> None:
    while not step(LOOK_SECONDS):
        if progress.is_cancelled():
            raise CancelledError
