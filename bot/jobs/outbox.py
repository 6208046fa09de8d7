"""Messages on their way out: written with the run that made them, sent after, tried again until they arrive."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, or_, select, update

from bot.delivery import send
from bot.delivery.message import Message, Receipt, Target
from bot.delivery.sending import is_once, service_of
from bot.delivery.targets import target_of
from bot.jobs.clock import Clock, stamp
from bot.jobs.contract import Outgoing
from bot.store.job_schema import outbox
from bot.store.upsert import upsert

LOG = logging.getLogger("askgrowth.jobs")
LEASE = timedelta(minutes=10)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360))
UNKNOWN = "the server stopped while sending; the target wants no repeat, so it may not have arrived"
Sender = Callable[[Message, Target, str], Receipt]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    later: int = 0
    dead: int = 0


def put(connection: Connection, workspace: str, job: str, due: datetime, one: Outgoing, now: datetime) -> int:
    """Write a message per target, within the transaction of the run; return how many are new.

    The key is made of job, due time and the message's own key: a run that is computed anew writes none twice.
    """
    new = 0
    for target in dict.fromkeys(one.targets):
        values = {
            "id": uuid.uuid4().hex,
            "workspace": workspace,
            "job": job,
            "key": f"{job}/{stamp(due)}/{one.key}",
            "target": target,
            "message": one.message.model_dump_json(),
            "state": "pending",
            "attempts": 0,
            "created_at": stamp(now),
            "retry_at": stamp(one.not_before) if one.not_before else None,
        }
        added = upsert(connection, outbox, values, key=("workspace", "key", "target"), keep=tuple(values))
        new += connection.execute(added).rowcount
    return new


def send_now(message: Message, target: Target, key: str) -> Receipt:
    """Return the receipt of really sending."""
    return send(message, [target], key=key)[0]


def deliver(
    engine: Engine,
    workspace: str,
    addresses: Mapping[str, str],
    clock: Clock,
    sender: Sender = send_now,
) -> Sent:
    """Send what waits, the oldest first; return what happened. Safe in several servers at once.

    A server that dies between sending and noting it leaves the message to be sent again after ten minutes, with its
    key: webhooks and mail carry that, so that a receiver can see the double. The robots of group chats have none;
    there the repeated message says that it may be one. A target with `?once=yes` gets no repeat: the message is given
    up, and logged, where nobody can know whether it arrived.
    """
    counts = {"sent": 0, "retry": 0, "dead": 0}
    for row_id in _waiting(engine, workspace, clock.now()):
        state = _one(engine, row_id, addresses, clock, sender)
        if state is not None:
            counts[state] += 1
    return Sent(counts["sent"], counts["retry"], counts["dead"])


def _waiting(engine: Engine, workspace: str, now: datetime) -> list[str]:
    asked = select(outbox.c.id).where(outbox.c.workspace == workspace, _free(now))
    with engine.connect() as connection:
        return list(connection.execute(asked.order_by(outbox.c.created_at, outbox.c.id)).scalars())


def _free(now: datetime) -> ColumnElement[bool]:
    at = stamp(now)
    return or_(
        and_(outbox.c.state == "pending", or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= at)),
        and_(outbox.c.state == "sending", outbox.c.lease_until < at),
    )


def _one(
    engine: Engine, row_id: str, addresses: Mapping[str, str], clock: Clock, sender: Sender
) -> str | None:
    now, token = clock.now(), uuid.uuid4().hex
    with engine.begin() as connection:
        before = connection.execute(select(outbox.c.state).where(outbox.c.id == row_id)).scalar()
        mine = update(outbox).where(outbox.c.id == row_id, _free(now))
        lease = {"state": "sending", "token": token, "lease_until": stamp(now + LEASE)}
        if connection.execute(mine.values(**lease, attempts=outbox.c.attempts + 1)).rowcount != 1:
            return None
        row = connection.execute(select(outbox).where(outbox.c.id == row_id)).mappings().one()
    message = Message.model_validate_json(row["message"])
    target = target_of(addresses, row["target"])
    if before == "sending":
        message = _maybe_again(message)
    if target is None:
        receipt = Receipt(row["target"], "dead", "-", problem="the target is not set")
    elif before == "sending" and is_once(target):
        receipt = Receipt(row["target"], "dead", service_of(target), problem=UNKNOWN)
    else:
        receipt = sender(message, target, row["key"])
    state, again = receipt.state, row["attempts"] <= len(BACK_OFF)
    if state == "retry" and not again:
        state = "dead"
    now = clock.now()
    values: dict[str, object] = {"error": receipt.problem}
    if state == "sent":
        values |= {"state": "sent", "sent_at": stamp(now)}
    elif state == "retry":
        values |= {"state": "pending", "retry_at": stamp(now + BACK_OFF[row["attempts"] - 1])}
    else:
        values |= {"state": "dead"}
        LOG.error("a message of %s to %s was given up: %s", row["job"], row["target"], receipt.problem)
    with engine.begin() as connection:
        connection.execute(
            update(outbox).where(outbox.c.id == row_id, outbox.c.token == token).values(**values)
        )
    return state


def _maybe_again(message: Message) -> Message:
    """Return the message with a line that says that it may have come before."""
    note = {
        "zh-CN": "(上次发送时服务中断,这条可能已经发过。)",
        "en-US": "(The server stopped while this was sent; you may have it already.)",
    }[message.locale]
    return message.model_copy(update={"markdown": f"{message.markdown}\n\n{note}"})
