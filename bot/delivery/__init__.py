"""Delivery: a message to named targets, whose addresses come from the environment alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.delivery.message import Message, Receipt, Target


def send(message: Message, targets: Sequence[Target], *, key: str | None = None) -> tuple[Receipt, ...]:
    """Return a receipt per target, in order; never raises for what a service answers.

    Sends now and once: jobs return `Outgoing` instead, and the outbox sends, retries and remembers. `key` goes
    along as an idempotency key where the service has a place for one.
    """
    from bot.delivery.sending import send_to

    return tuple(send_to(message, target, key) for target in targets)
