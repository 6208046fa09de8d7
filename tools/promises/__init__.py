"""What became of suggestions: the entries of the ledger as analyses see them, and what history says of promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from semantic_layer.text import Text
from tools.result import Suggestion

Status = Literal["open", "accepted", "rejected", "measured"]
Verdict = Literal["kept", "partly", "unclear", "against", "unmeasured"]
PRIOR_ERROR = 0.5  # how far a source's own assumption may be off, as a share of the promise
LEAST_ERROR = 0.05  # no measurement is surer than that
REACH_80 = 1.2816  # half an 80 % interval in standard errors
SHARE_RANGE = (0.1, 1.5)
REJECTED_FOR = timedelta(days=90)  # a rejected suggestion is not shown again before


@dataclass(frozen=True, slots=True)
class Realised:
    """What was measured of a promise, in the metric's unit over the promise's horizon; None where it could not be.

    `low` and `high` bound `value` (80 %); `p_value` is the placebo rank; `share` is value over the promise's middle.
    """

    verdict: Verdict
    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    share: float | None
    note: Text
    measured_on: date
    sql: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """One entry of the ledger. From acceptance on `suggestion` is frozen: later, other sizes do not change it.

    `starts` and `ends` are half-open and set with the acceptance. `topic` tells suggestions apart over re-shows.
    """

    id: str
    suggestion: Suggestion
    status: Status
    first_shown: date
    last_shown: date
    times_shown: int = 1
    decided_on: date | None = None
    decided_by: str | None = None
    reason: str | None = None
    assignee: str | None = None
    starts: date | None = None
    ends: date | None = None
    realised: Realised | None = None

    def is_due(self, today: date) -> bool:
        """Return whether the time that it was to work in is over and nothing has been measured."""
        return self.status == "accepted" and self.ends is not None and self.ends <= today


Promises = Callable[[], Sequence[Promise]]


class Entries(tuple[Promise, ...]):
    """The entries of one ledger; `was_listed` says whether anybody looked at others than the decided ones."""

    was_listed = False

    def __iter__(self) -> Iterator[Promise]:
        """Go through all."""
        self.was_listed = True
        return super().__iter__()

    def decided(self) -> tuple[Promise, ...]:
        """Return those that somebody has decided on."""
        return tuple(one for one in super().__iter__() if one.status != "open")


def decided(entries: Sequence[Promise]) -> tuple[Promise, ...]:
    """Return the entries that somebody has decided on."""
    found = entries if isinstance(entries, Entries) else Entries(entries)
    return found.decided()


def no_promises() -> Sequence[Promise]:
    """Return nothing: there is no ledger."""
    return ()


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How much of what was promised came true, over `count` measured suggestions.

    `factor` multiplies later effects. Each measured share (of what the sources said, before any factor) is an
    estimate with an error of its own; the mean weighted by precision is pulled towards 1, the sources' assumption,
    as normal-normal Bayes does with a prior of 1 ± 0.5. Noisy measurements so move little. Kept within 0.1 and 1.5.
    """

    count: int
    factor: float


def track_record(promises: Sequence[Promise]) -> TrackRecord:
    """Return the record of the measured promises; without any the factor is 1."""
    weight, total, count = 1 / PRIOR_ERROR**2, 1 / PRIOR_ERROR**2, 0
    for one in promises:
        share = _share(one)
        if share is not None:
            precision = 1 / share[1] ** 2
            weight, total, count = weight + precision, total + precision * share[0], count + 1
    return TrackRecord(count, min(max(total / weight, SHARE_RANGE[0]), SHARE_RANGE[1]) if count else 1.0)


def _share(one: Promise) -> tuple[float, float] | None:
    """Return the share of the unscaled promise that came true, and its standard error; None where not measured."""
    effect, realised = one.suggestion.effect, one.realised
    middle = (effect.low + effect.high) / 2 / effect.factor
    if (
        realised is None
        or realised.value is None
        or realised.low is None
        or realised.high is None
        or not middle
    ):
        return None
    error = (realised.high - realised.low) / 2 / REACH_80 / abs(middle)
    return realised.value / middle, max(error, LEAST_ERROR)


def topic_key(suggestion: Suggestion) -> str:
    """Return what a suggestion is about, as one text: equal over re-shows, whatever its numbers."""
    return json.dumps([list(suggestion.topic), suggestion.touches], ensure_ascii=False, default=list)


def is_held_back(promise: Promise, today: date) -> bool:
    """Return whether the suggestion is not to be shown again now: being done, or rejected not long ago."""
    if promise.status == "accepted":
        return True
    return (
        promise.status == "rejected"
        and promise.decided_on is not None
        and today < promise.decided_on + REJECTED_FOR
    )
