"""What a workspace watches and when it works: alerts and planned jobs, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from semantic_layer.text import Text

AlertKind = Literal["threshold", "change", "anomaly", "pacing", "quality", "freshness"]
Against = Literal["previous_period", "same_weekday", "previous_year"]
DAILY = "0 9 * * *"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert: what is looked at, when it is bad, and how often one is told.

    threshold: the metric is `operator` `value`. change: its growth against `against` is (-0.2: it fell by a fifth).
    anomaly: it left what was to be expected, `operator` says to which side ("" either). pacing: the chance of meeting
    the running target is below `value`. quality: the data have a serious finding. freshness: the last day with data
    is more than `value` days old. `days` are how many complete days each look adds up. `minimum` is
    (metric, value): with less there is no judgement. `by`: every member of the dimension is judged by itself, and
    `member` is the one that a rule was made for. `quiet` are minutes of the day, (from, until), local.
    """

    name: str
    label: Text
    kind: AlertKind
    metric: str | None = None
    where: str | None = None
    segments: tuple[str, ...] = ()
    operator: Literal["<", "<=", ">", ">=", ""] = ""
    value: float = 0.0
    against: Against = "previous_period"
    days: int = 1
    minimum: tuple[str, float] | None = None
    cooldown_days: int = 1
    quiet: tuple[int, int] | None = None
    recovery: bool = True
    to: tuple[str, ...] = ()
    user: str | None = None
    cron: str = DAILY
    by: str | None = None
    member: str | int | float | bool | None = None


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """One entry of `jobs:`: what kind of work, when (cron fields, the workspace's time), as whom, to whom."""

    name: str
    kind: str
    cron: str
    user: str | None = None
    to: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watching:
    """The alerts and the jobs that the YAML declares, in order."""

    alerts: tuple[AlertRule, ...] = ()
    jobs: tuple[PlannedJob, ...] = ()
