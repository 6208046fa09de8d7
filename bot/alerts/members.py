"""A rule by a dimension as one rule per member, each judged by itself; one message tells those that fired together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.alerts.judging import Event, State, after
from bot.alerts.readings import Reading, readings
from bot.alerts.series import SeriesStore, before, no_members
from semantic_layer.watching import AlertRule
from tools.registry import ToolContext
from tools.scope.metric import metric_of


def rules_of(
    rule: AlertRule, context: ToolContext, days: Sequence[date], series: SeriesStore
) -> tuple[AlertRule, ...]:
    """Return the rule of every member that has rows, in the order of their codes; the rule itself without `by`.

    Rows without a member (null) are nobody's: they are not watched.

    Raises:
        NotEnoughDataError: the metric cannot be taken apart by day.
    """
    if rule.by is None or not days:
        return (rule,)
    metric = metric_of(context.layer.catalog, rule.metric)
    found = series.daily(rule, metric, context, before(rule, min(days)), max(days))
    if found is None:
        raise no_members(metric.label)
    codes = [code for code in found.values.codes if isinstance(code, (str, int, float)) and code != ""]
    return tuple(replace(rule, member=code) for code in sorted(codes, key=str))


def key_of(rule: AlertRule) -> str:
    """Return under what a rule's state and events are kept: its name, with the member where it has one."""
    return rule.name if rule.member is None else f"{rule.name}/{rule.member}"


def replayed(
    rule: AlertRule, context: ToolContext, days: Sequence[date], series: SeriesStore | None = None
) -> list[tuple[Event, AlertRule, Reading]]:
    """Return what an alert would have told on `days`, in time order, with the rule of the member it told it of."""
    kept = series or SeriesStore(through=max(days, default=None))
    found: list[tuple[Event, AlertRule, Reading]] = []
    for one in rules_of(rule, context, days, kept):
        state = State()
        for reading in readings(one, context, days, kept):
            state, event = after(one, state, reading)
            if event is not None:
                found.append((event, one, reading))
    return sorted(found, key=lambda told: (told[2].today, key_of(told[1])))
