"""Whether a reading is bad, and what is told of it: pure, so that a replay and a live alert cannot differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.alerts.readings import Reading
from semantic_layer.watching import AlertRule

Event = Literal["fired", "recovered"]
DAY_KINDS = ("threshold", "change", "anomaly")  # judged once per day of data, not once per look


@dataclass(frozen=True, slots=True)
class State:
    """Where an alert stands. `silent`: bad, but the cool-down keeps it from being told."""

    bad: bool = False
    silent: bool = False
    since: date | None = None
    told: date | None = None  # when it last fired
    judged: date | None = None  # the end of the days last judged


def is_bad(rule: AlertRule, reading: Reading) -> bool | None:
    """Return whether the condition holds; None where nothing can be said: no rows, or too few."""
    if rule.minimum is not None and rule.kind in DAY_KINDS:
        volume = reading.volume
        if volume is None or volume < rule.minimum[1]:
            return None
    if rule.kind == "anomaly":
        return _is_far(rule, reading)
    measured = growth(reading) if rule.kind == "change" else reading.value
    if measured is None:
        return None
    if rule.kind == "quality":
        return measured > 0
    return {
        "<": measured < rule.value,
        "<=": measured <= rule.value,
        ">": measured > rule.value,
        ">=": measured >= rule.value,
    }[rule.operator or "<"]


def growth(reading: Reading) -> float | None:
    """Return the relative change; None without a base. A base of nothing has no growth."""
    if reading.value is None or reading.before is None or reading.before == 0:
        return None
    return (reading.value - reading.before) / abs(reading.before)


def distance(rule: AlertRule, reading: Reading) -> float:
    """Return how far off a reading is, to put the members of one alert in order; 0 where nothing can be said."""
    if rule.kind == "anomaly":
        return abs(reading.deviations or 0.0)
    if rule.kind == "change":
        return abs(growth(reading) or 0.0)
    return abs(reading.value - rule.value) if reading.value is not None else 0.0


def _is_far(rule: AlertRule, reading: Reading) -> bool:
    if reading.deviations is None:
        return False
    return not rule.operator or (reading.deviations > 0) == (rule.operator == ">")


def after(rule: AlertRule, state: State, reading: Reading) -> tuple[State, Event | None]:
    """Return the state after a reading, and what is told.

    It fires when it turns bad, at most once per cool-down; while it stays bad nothing more is told, until it
    recovers. What was not told because of the cool-down is told when that is over, if it still holds.
    """
    if rule.kind in DAY_KINDS and state.judged is not None and reading.end <= state.judged:
        return state, None  # no new data since: the same day is not judged twice
    bad = is_bad(rule, reading)
    state = replace(state, judged=reading.end)
    if bad is None:
        return state, None
    if not bad:
        told = state.bad and not state.silent and rule.recovery
        calm = replace(state, bad=False, silent=False, since=None)
        return calm, "recovered" if told else None
    if state.bad and not state.silent:
        return state, None
    since = state.since or reading.start
    ready = state.told is None or reading.today >= state.told + timedelta(rule.cooldown_days)
    if not ready:
        return replace(state, bad=True, silent=True, since=since), None
    return replace(state, bad=True, silent=False, since=since, told=reading.today), "fired"


def replay(rule: AlertRule, found: list[Reading]) -> list[tuple[Event, Reading]]:
    """Return what an alert would have told over readings in time order."""
    state, events = State(), []
    for reading in found:
        state, event = after(rule, state, reading)
        if event is not None:
            events.append((event, reading))
    return events
