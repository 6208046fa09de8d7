"""The counts of a funnel as numbers: per step, and the gaps between a group and everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from semantic_layer.catalog import Catalog, Dimension
from semantic_layer.table import Cell
from tools.funnels.counting import FunnelStep, Question, steps_of
from tools.numerics.proportions import Counts, newcombe, two_shares_p_value
from tools.numerics.rates import benjamini_hochberg

LEAST_OUTCOMES = 30  # of the rarer outcome on each side: below that a gap is not even mentioned
SOUND_OUTCOMES = 100
HIGHEST_Q = 0.1


@dataclass(frozen=True, slots=True)
class Group:
    """One member of a dimension and its people per step."""

    dimension: Dimension
    value: str | None
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted: people per step, seconds to get there, entrants with time left, and groups."""

    question: Question
    steps: tuple[FunnelStep, ...]
    people: tuple[int, ...]
    seconds: tuple[tuple[float | None, float | None], ...]  # median and 90 % quantile
    waiting: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A group that goes on from `step` to the next less often than the others. `lost` is in people."""

    group: Group
    step: int
    own: Counts
    others: Counts
    low: float
    high: float
    q_value: float
    scanned: int
    finishing: float  # the share of those at the next step who finish

    @property
    def difference(self) -> float:
        """Return own rate less the others' rate."""
        return self.own[0] / self.own[1] - self.others[0] / self.others[1]

    @property
    def lost(self) -> float:
        """Return how many more would go on at the others' rate."""
        return -self.difference * self.own[1]

    @property
    def cost(self) -> float:
        """Return how many of the lost would have finished, if they were like those who go on."""
        return self.lost * self.finishing

    @property
    def is_sound(self) -> bool:
        """Return whether each side has at least 100 of the rarer outcome."""
        return min(_rarer(self.own), _rarer(self.others)) >= SOUND_OUTCOMES


def read(question: Question, records: Sequence[Mapping[str, Cell]], catalog: Catalog) -> Reading:
    """Return the rows of `counting` as a reading; a step nobody reached counts 0."""
    steps = steps_of(question.binding)
    total = [0] * len(steps)
    seconds: list[tuple[float | None, float | None]] = [(None, None)] * len(steps)
    waiting = 0
    groups: dict[tuple[int, str | None], list[int]] = {}
    for record in records:
        at, people = _whole(record["step"]) - 1, _whole(record["people"])
        if record["dimension"] is None:
            total[at] = people
            seconds[at] = _float(record["median_seconds"]), _float(record["slow_seconds"])
            waiting = _whole(record["waiting"])
        else:
            value = record["value"]
            key = _whole(record["dimension"]), str(value) if value is not None else None
            groups.setdefault(key, [0] * len(steps))[at] = people
    names = [catalog.spellings.get(name, name) for name in question.groups]
    found = tuple(
        Group(catalog.dimensions[names[at]], value, tuple(people))
        for (at, value), people in groups.items()
        if names[at] in catalog.dimensions
    )
    return Reading(question, steps, tuple(total), tuple(seconds), waiting, found)


def gaps(reading: Reading) -> list[Gap]:
    """Return the groups that lose significantly more at a step than the others, the dearest gap first.

    Dear is what costs the most finishers: one person lost at the last step outweighs many lost at the first.
    Every group is compared with the rest of its dimension at every step; the q-value (Benjamini-Hochberg) is
    over all of these comparisons.
    """
    if reading.question.definition == "open":
        return []  # the steps are not passed by the same people
    compared = list(_comparisons(reading))
    tests = [two_shares_p_value(own, others) for _, _, own, others in compared]
    found = []
    for (group, step, own, others), q_value in zip(compared, benjamini_hochberg(tests), strict=True):
        difference = own[0] / own[1] - others[0] / others[1]
        if difference < 0 and q_value <= HIGHEST_Q:
            low, high = newcombe(others, own)
            finishing = reading.people[-1] / reading.people[step + 1]
            found.append(Gap(group, step, own, others, low, high, q_value, len(compared), finishing))
    return sorted(found, key=lambda gap: (-gap.cost, gap.group.dimension.name, gap.group.value or ""))


def _comparisons(reading: Reading) -> Iterator[tuple[Group, int, Counts, Counts]]:
    for group in reading.groups:
        if group.value is None:
            continue  # "not set" is no group that one could act on; it stays among the others
        siblings = [one for one in reading.groups if one.dimension is group.dimension and one is not group]
        for step in range(len(reading.steps) - 1):
            own = float(group.people[step + 1]), float(group.people[step])
            others = (
                float(sum(one.people[step + 1] for one in siblings)),
                float(sum(one.people[step] for one in siblings)),
            )
            if min(_rarer(own), _rarer(others)) >= LEAST_OUTCOMES:
                yield group, step, own, others


def _rarer(counts: Counts) -> float:
    return min(counts[0], counts[1] - counts[0])


def _whole(value: Cell) -> int:
    assert isinstance(value, int)
    return value


def _float(value: Cell) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
