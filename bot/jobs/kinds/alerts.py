"""The job that looks at the alerts: one run per set of times and user, so that each keeps its own rights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.alerts.judging import Event, State, after, distance
from bot.alerts.members import key_of, rules_of
from bot.alerts.readings import Reading, readings
from bot.alerts.saying import message_of, statement
from bot.alerts.store import Alert, all_alerts, states_of, write_event, write_states
from bot.jobs.contract import Job, JobContext, JobOutcome, Outgoing, job
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text
from semantic_layer.watching import DAILY, AlertRule
from tools.registry import ToolContext

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from semantic_layer.workspace import SemanticLayer


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell: the alert, its rule for the member, what happened, and the sentence."""

    alert: Alert
    rule: AlertRule
    event: Event
    reading: Reading
    said: Text


def alert_jobs(layer: SemanticLayer, engine: Engine, workspace: str) -> Iterable[Job]:
    """Return one job per set of times and user that alerts have."""
    wanted = {(one.rule.cron, one.rule.user) for one in all_alerts(layer, engine, workspace)}
    return [Job(_name(cron, user), "alerts", cron, user) for cron, user in sorted(wanted, key=str)]


def _name(cron: str, user: str | None) -> str:
    if (cron, user) == (DAILY, None):
        return "alerts"
    return f"alerts-{hashlib.sha256(f'{cron}|{user}'.encode()).hexdigest()[:6]}"


@job(name="alerts", label=Text(zh="预警", en="Alerts"), plan=alert_jobs)
def check_alerts(context: JobContext) -> JobOutcome:
    """Look at every alert with these times and this user; write what fired and what recovered."""
    tool_context = ToolContext(context.layer, context.today, context.user)
    states: dict[str, dict[str, State]] = {}
    told: list[Told] = []
    problems: list[Text] = []
    for one in all_alerts(context.layer, context.engine, context.workspace):
        if one.paused or (one.rule.cron, one.rule.user) != (context.job.cron, context.user):
            continue
        try:
            before = states_of(context.engine, context.workspace, one.rule.name)
            states[one.rule.name], found = _looked(one, before, tool_context, context)
            told += found
        except AskGrowthError as error:
            states.pop(one.rule.name, None)
            zh, en = f"预警 {one.rule.name}:{error.message.zh}", f"Alert {one.rule.name}: {error.message.en}"
            problems.append(Text(zh=zh, en=en))
    messages = tuple(_messages(context, tool_context, told))

    def write(connection: Connection) -> None:
        now = context.clock.now()
        for name, members in states.items():
            write_states(connection, context.workspace, name, members)
        for one in told:
            key = key_of(one.rule)
            write_event(connection, context.workspace, key, one.reading.today, one.event, one.said, now)

    looked, fired = len(states) + len(problems), sum(one.event == "fired" for one in told)
    summary = Text(
        zh=f"看了 {looked} 条预警,触发 {fired} 条,恢复 {len(told) - fired} 条",
        en=f"{looked} alerts looked at, {fired} fired, {len(told) - fired} recovered",
    )
    return JobOutcome(summary, messages, write, tuple(problems))


def _looked(
    one: Alert, before: dict[str, State], tool_context: ToolContext, context: JobContext
) -> tuple[dict[str, State], list[Told]]:
    """Return where an alert stands now by member, and what it has to tell."""
    states, told, days = dict(before), [], [context.today]
    for rule in rules_of(one.rule, tool_context, days, context.series):
        member = "" if rule.member is None else str(rule.member)
        state = before.get(member, State())
        for reading in readings(rule, tool_context, days, context.series):
            state, event = after(rule, state, reading)
            if event is not None:
                said = statement(rule, event, reading, context.layer.catalog)
                told.append(Told(one, rule, event, reading, said))
        states[member] = state
    return states, told


def _messages(context: JobContext, tool_context: ToolContext, told: list[Told]) -> Iterator[Outgoing]:
    """Yield one message per alert and event: the member that is farthest off in full, the others in a sentence."""
    locale = context.layer.settings.locale
    for name, event in dict.fromkeys((one.alert.rule.name, one.event) for one in told):
        same = [one for one in told if (one.alert.rule.name, one.event) == (name, event)]
        first, *others = sorted(same, key=lambda one: -distance(one.rule, one.reading))
        message = message_of(
            first.rule, event, first.reading, tool_context, locale, context.settings.public_url,
            tuple(one.said for one in others),
        )  # fmt: skip
        targets = first.rule.to or context.job.targets
        yield Outgoing(message, targets, f"{name}/{event}", _quiet_until(first.alert, context))


def _quiet_until(one: Alert, context: JobContext) -> datetime | None:
    """Return the end of the quiet hours that it is now, None outside of them."""
    if one.rule.quiet is None:
        return None
    begin, end = one.rule.quiet
    local = context.clock.now().astimezone(ZoneInfo(context.layer.settings.timezone))
    minute = local.hour * 60 + local.minute
    inside = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not inside:
        return None
    day = local.date() + timedelta(days=int(minute >= end))
    return datetime.combine(day, time(), local.tzinfo) + timedelta(minutes=end)
