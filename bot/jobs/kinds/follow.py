"""The job that sends what people follow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.delivery.message import Message
from bot.following.subscriptions import Subscription, followed
from bot.following.usage import count
from bot.jobs.contract import Job, JobContext, JobOutcome, Outgoing, job
from bot.plan import MetricPlan
from semantic_layer.query import Compare, PeriodRange
from semantic_layer.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from semantic_layer.workspace import SemanticLayer


def follow_jobs(layer: SemanticLayer, engine: Engine, workspace: str) -> Iterable[Job]:
    """Return one job per set of times and user that subscriptions have."""
    del layer
    wanted = {(one.cron, one.user) for one in followed(engine, workspace)}
    return [
        Job(f"follow-{hashlib.sha256(f'{cron}|{user}'.encode()).hexdigest()[:6]}", "follow", cron, user)
        for cron, user in sorted(wanted, key=str)
    ]


@job(name="follow", label=Text(zh="关注", en="Following"), plan=follow_jobs)
def send_followed(context: JobContext) -> JobOutcome:
    """Answer what is followed at these times by this user, and send each answer to its targets."""
    mine = [
        one
        for one in followed(context.engine, context.workspace)
        if (one.cron, one.user) == (context.job.cron, context.user)
    ]
    messages: list[Outgoing] = []
    problems: list[Text] = []
    metrics: list[str] = []
    for one in mine:
        answer = _answer(context, one)
        if answer.outcome != "answer" or answer.headline is None:
            why = answer.error or answer.refusal
            said = why.message if why is not None else Text(zh="没有答案", en="no answer")
            problems.append(
                Text(zh=f"关注的「{one.name}」:{said.zh}", en=f"Followed '{one.name}': {said.en}")
            )
            continue
        metrics += [metric.name for metric in answer.provenance.metrics] if answer.provenance else []
        key = hashlib.sha256(f"{one.owner}|{one.kind}|{one.name}".encode()).hexdigest()[:12]
        messages.append(Outgoing(_message(context, one, answer), one.targets, key))

    def write(connection: Connection) -> None:
        count(connection, context.workspace, metrics, context.today, "follow")

    summary = Text(
        zh=f"{len(mine)} 项关注,{len(messages)} 条消息", en=f"{len(mine)} followed, {len(messages)} messages"
    )
    return JobOutcome(summary, tuple(messages), write, tuple(problems))


def _answer(context: JobContext, one: Subscription) -> Answer:
    if one.kind == "question":
        return context.pipeline.ask(one.name, locale=one.locale, today=context.today, user=context.user)
    last = min(context.layer.coverage((one.name,)).end or context.today, context.today)
    plan = MetricPlan(
        kind="metric",
        metrics=(one.name,),
        period=PeriodRange(start=last - timedelta(1), end=last),
        compare=(Compare(kind="same_weekday"),),
    )
    return context.pipeline.run(plan, locale=one.locale, today=context.today, user=context.user)


def _message(context: JobContext, one: Subscription, answer: Answer) -> Message:
    assert answer.headline is not None
    metric = context.layer.catalog.metrics.get(one.name)
    name = metric.label.at(one.locale) if metric is not None else one.name
    lines = [answer.headline.at(one.locale), *(text.at(one.locale) for text in answer.cautions)]
    return Message(title=name, markdown="\n\n".join(lines), locale=one.locale)
