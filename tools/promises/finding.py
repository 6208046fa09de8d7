"""Which entries of the ledger and of the action log a question means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import Condition, Where
from tools.interventions.asking import Logged, logged
from tools.progress import CancelledError
from tools.promises import Promise
from tools.registry import ToolContext

MOST_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question says of the suggestions it means; None or empty: anything."""

    metric: str | None
    where: tuple[Where, ...]
    period: Period | None

    def members(self) -> frozenset[str]:
        """Return the members named in the conditions, as text."""
        return frozenset(
            str(value)
            for one in self.where
            if isinstance(one, Condition) and one.operator in ("=", "in")
            for value in one.values
        )


def chosen(asked: Asked, promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """Return the entries that fit, decided ones before the others, the latest first.

    A period fits an entry that was decided or on in it, or, undecided, shown in it. Without conditions the merely
    shown are left out as soon as something was decided.
    """
    members = asked.members()
    fits = [
        one
        for one in promises
        if (asked.metric is None or one.suggestion.effect.metric == asked.metric)
        and (not members or members & _members(one))
        and (asked.period is None or _at(one, asked.period))
    ]
    decided = [one for one in fits if one.status != "open"]
    shown = decided or fits
    return tuple(sorted(shown, key=lambda one: (one.decided_on or one.last_shown, one.id), reverse=True))


def _members(one: Promise) -> frozenset[str]:
    return frozenset(one.suggestion.touches[1]) if one.suggestion.touches is not None else frozenset()


def _at(one: Promise, period: Period) -> bool:
    if one.starts is not None and one.ends is not None:
        return (one.starts < period.end and period.start < one.ends) or _inside(one, period)
    return _inside(one, period)


def _inside(one: Promise, period: Period) -> bool:
    if one.decided_on is not None:
        return period.start <= one.decided_on < period.end
    return one.first_shown < period.end and period.start <= one.last_shown


def logged_actions(asked: Asked, context: ToolContext) -> tuple[Logged, ...]:
    """Return the entries of the workspace's action log that name the members and fall in the period, latest first."""
    members = asked.members()
    if not members or not any(one.kind == "action" for one in context.layer.catalog.analyses):
        return ()
    words = {word.casefold() for member in members for word in _words(member, context)}
    try:
        entries = logged(context)
    except CancelledError:
        raise
    except AskGrowthError:
        return ()  # not for this user's eyes
    fits = [
        one
        for one in entries
        if any(word in f"{one.note} {one.scope}".casefold() for word in words)
        and (asked.period is None or _ran(one, asked.period))
    ]
    return tuple(sorted(fits, key=lambda one: one.day, reverse=True)[:MOST_ACTIONS])


def _ran(one: Logged, period: Period) -> bool:
    end = one.end or one.day + timedelta(days=1)
    return one.day < period.end and period.start < max(end, one.day + timedelta(days=1))


def _words(member: str, context: ToolContext) -> set[str]:
    """Return code and labels of a member, in every dimension that has it."""
    found = {member}
    for dimension in context.layer.catalog.dimensions.values():
        for value in dimension.values or ():
            if str(value.code) == member:
                found |= {value.label.zh, value.label.en}
    return found
