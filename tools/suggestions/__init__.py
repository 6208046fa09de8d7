"""Where suggestions come from: each module looks for one kind of gain and sizes it, or stays silent."""

from __future__ import annotations

from dataclasses import dataclass

from tools.result import Suggestion


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sized suggestion before the list is made.

    `topic` says what is to be done: equal topics are duplicates, `opposite` names the topic that contradicts
    it. `gain` is the expected gain in the unit of the effect's metric.
    """

    topic: tuple[str, ...]
    gain: float
    suggestion: Suggestion
    opposite: tuple[str, ...] = ()
