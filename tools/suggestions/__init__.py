"""Where suggestions come from: each module looks for one kind of gain and sizes it, or stays silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
    touches: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """Something that may become a suggestion once it has stood up against everything else that was looked at.

    `p_value` goes into the one correction over the whole scan; None: its source has corrected it already, or it
    is a booked fact and no inference. `examine(scanned, q)` does what costs more (strata, data quality) and
    returns the suggestion, or None where it does not hold. `touches` is the dimension and the members changed.
    """

    topic: tuple[str, ...]
    gain: float
    metric: str
    examine: Callable[[int, float], Suggestion | None]
    p_value: float | None = None
    opposite: tuple[str, ...] = ()
    touches: tuple[str, tuple[str, ...]] | None = None


@dataclass(slots=True)
class Scan:
    """What a source found, and the p-values of everything it compared, found or not."""

    leads: list[Lead] = field(default_factory=list)
    p_values: list[float] = field(default_factory=list)

    def add(self, other: Scan) -> None:
        """Take over what another scan found."""
        self.leads += other.leads
        self.p_values += other.p_values
