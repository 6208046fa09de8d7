"""How a long analysis says what it is doing, and how it is told to stop.

    watch = Watch(lambda step: print(step.label.en))
    pipeline.ask("…", progress=watch)      # in a worker thread
    watch.cancel()                         # from any other: the analysis ends with `CancelledError`

Cancelling ends the analysis at its next step. A query that runs in the database is stopped by
`Engine.interrupt(thread)`, which the caller does beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Step:
    """What an analysis is doing now; `done` is the share of the whole in [0, 1], None where it is unknown."""

    label: Text
    done: float | None = None


class Progress(Protocol):
    """Who is told of the steps of an analysis, and who may stop it. Called from the analysis' thread."""

    def report(self, step: Step) -> None:
        """Take note of a step; returns at once."""
        ...

    def offer(self, known: Callable[[], object]) -> None:
        """Take what makes the answer as far as it is known before all is done; returns at once."""
        ...

    def is_cancelled(self) -> bool:
        """Return whether the analysis is to stop."""
        ...


class Silence:
    """The progress that nobody watches."""

    def report(self, step: Step) -> None:
        """Do nothing."""

    def offer(self, known: Callable[[], object]) -> None:
        """Do nothing."""

    def is_cancelled(self) -> bool:
        """Return False."""
        return False


class Watch:
    """A progress that hands every step to a listener and can be cancelled from any thread."""

    def __init__(
        self,
        listen: Callable[[Step], None] = lambda _: None,
        hear_first: Callable[[Callable[[], object]], None] = lambda _: None,
    ) -> None:
        """Take the listeners: of steps, and of what is known first; called in the thread of the analysis."""
        self._listen, self._hear_first = listen, hear_first
        self._stopped = threading.Event()

    def report(self, step: Step) -> None:
        """Hand the step on."""
        self._listen(step)

    def offer(self, known: Callable[[], object]) -> None:
        """Hand on what is known first."""
        self._hear_first(known)

    def is_cancelled(self) -> bool:
        """Return whether `cancel` was called."""
        return self._stopped.is_set()

    def cancel(self) -> None:
        """Let the analysis end at its next step."""
        self._stopped.set()


class CancelledError(AskGrowthError):
    """The analysis was stopped by the person who asked."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="已停止。", en="Stopped."),
            Text(zh="需要时重新提问。", en="Ask again when you need it."),
        )


SILENCE = Silence()
