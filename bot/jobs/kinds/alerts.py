"""The job that looks at the alerts: one run per set of times and user, so that each keeps its own rights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.alerts.judging import Event, State, after
from bot.alerts.readings import Reading, readings
from bot.alerts.saying import message_of, statement
from bot.alerts.store import Alert, all_alerts, state_of, write_event, write_state
from bot.jobs.contract import Job, JobContext, JobOutcome, Outgoing, job
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text
from semantic_layer.watching import DAILY
from tools.registry import ToolContext

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from semantic_layer.workspace import SemanticLayer

Told = tuple[Alert, Event, Reading, Text]


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
    states: dict[str, State] = {}
    told: list[Told] = []
    problems: list[Text] = []
    looked = 0
    for one in all_alerts(context.layer, context.engine, context.workspace):
        if one.paused or (one.rule.cron, one.rule.user) != (context.job.cron, context.user):
            continue
        looked += 1
        try:
            state = state_of(context.engine, context.workspace, one.rule.name)
            for reading in readings(one.rule, tool_context, [context.today]):
                state, event = after(one.rule, state, reading)
                if event is not None:
                    said = statement(one.rule, event, reading, context.layer.catalog)
                    told.append((one, event, reading, said))
            states[one.rule.name] = state
        except AskGrowthError as error:
            zh, en = f"预警 {one.rule.name}:{error.message.zh}", f"Alert {one.rule.name}: {error.message.en}"
            problems.append(Text(zh=zh, en=en))
    messages = tuple(_outgoing(context, tool_context, one, event, reading) for one, event, reading, _ in told)

    def write(connection: Connection) -> None:
        now = context.clock.now()
        for name, state in states.items():
            write_state(connection, context.workspace, name, state)
        for one, event, reading, said in told:
            write_event(connection, context.workspace, one.rule.name, reading.today, event, said, now)

    fired = sum(event == "fired" for _, event, _, _ in told)
    summary = Text(
        zh=f"看了 {looked} 条预警,触发 {fired} 条,恢复 {len(told) - fired} 条",
        en=f"{looked} alerts looked at, {fired} fired, {len(told) - fired} recovered",
    )
    return JobOutcome(summary, messages, write, tuple(problems))


def _outgoing(
    context: JobContext, tool_context: ToolContext, one: Alert, event: Event, reading: Reading
) -> Outgoing:
    locale = context.layer.settings.locale
    message = message_of(one.rule, event, reading, tool_context, locale, context.settings.public_url)
    wait = _quiet_until(one, context)
    return Outgoing(message, one.rule.to or context.job.targets, f"{one.rule.name}/{event}", wait)


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
