"""Thumbs and reasons: a person rates answers of their own threads only, and bad ones are listed for review."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, or_, select, update
from sqlalchemy.engine import RowMapping

from bot.store.schema import elements, feedbacks, steps, threads
from bot.store.upsert import upsert

LONGEST_COMMENT = 2_000


@dataclass(frozen=True, slots=True)
class Rated:
    """One rated answer. `value` is 1 for good, 0 for bad; times are ISO 8601 in UTC, None where unknown."""

    id: str
    value: int
    comment: str | None
    user: str | None
    created_at: str | None
    reviewed_at: str | None
    note: str | None
    question: str
    answer: str
    plan: object | None


def rate(engine: Engine, user: str, step_id: str, value: int, comment: str | None = None) -> str | None:
    """Keep a person's rating of an answer in place of an earlier one, and return its id.

    None where the answer is in no thread of this person.
    """
    with engine.begin() as connection:
        thread = _thread_of(connection, user, step_id)
        if thread is None:
            return None
        known = connection.execute(select(feedbacks.c.id).where(feedbacks.c.forId == step_id)).scalar()
        rating = {
            "id": str(known or uuid.uuid4()),
            "forId": step_id,
            "threadId": thread,
            "value": 1 if value else 0,
            "comment": (comment or "").strip()[:LONGEST_COMMENT] or None,
            "createdAt": _now(),
            "userIdentifier": user,
            "reviewedAt": None,
        }
        connection.execute(upsert(connection, feedbacks, rating, key=("id",), keep=("createdAt",)))
        return str(rating["id"])


def take_back(engine: Engine, user: str, feedback_id: str) -> bool:
    """Remove a person's own rating; whether there was one."""
    own = select(threads.c.id).where(threads.c.userIdentifier == user)
    with engine.begin() as connection:
        done = connection.execute(
            delete(feedbacks).where(feedbacks.c.id == feedback_id, feedbacks.c.threadId.in_(own))
        )
        return done.rowcount > 0


def list_feedback(engine: Engine, *, everything: bool = False) -> list[Rated]:
    """Return what waits for a review: bad ratings not looked at yet, the newest first; or every rating."""
    asked = select(feedbacks).order_by(feedbacks.c.createdAt.desc(), feedbacks.c.id)
    if not everything:
        asked = asked.where(feedbacks.c.value == 0, feedbacks.c.reviewedAt.is_(None))
    with engine.connect() as connection:
        found = list(connection.execute(asked).mappings())
        return [_rated(connection, row) for row in found]


def mark_reviewed(engine: Engine, feedback_id: str, note: str | None = None) -> bool:
    """Note that a rating has been looked at; `feedback_id` may be its first characters. Whether exactly one fits."""
    with engine.begin() as connection:
        fits = connection.execute(
            select(feedbacks.c.id).where(feedbacks.c.id.startswith(feedback_id, autoescape=True)).limit(2)
        ).scalars().all()  # fmt: skip
        if len(fits) != 1:
            return False
        values = {"reviewedAt": _now(), "reviewNote": note}
        connection.execute(update(feedbacks).where(feedbacks.c.id == fits[0]).values(**values))
        return True


def _thread_of(connection: Connection, user: str, step_id: str) -> str | None:
    asked = (
        select(threads.c.id)
        .join(steps, steps.c.threadId == threads.c.id)
        .where(steps.c.id == step_id, threads.c.userIdentifier == user)
    )
    found = connection.execute(asked).scalar()
    return str(found) if found is not None else None


def _rated(connection: Connection, row: RowMapping) -> Rated:
    card = _card(connection, row["forId"])
    return Rated(
        id=row["id"],
        value=row["value"],
        comment=row["comment"],
        user=row["userIdentifier"],
        created_at=row["createdAt"],
        reviewed_at=row["reviewedAt"],
        note=row["reviewNote"],
        question=str(card.get("question") or ""),
        answer=str(card.get("headline") or _notice(card)),
        plan=card.get("plan"),
    )


def _card(connection: Connection, step_id: str) -> dict[str, object]:
    """Return the card of a rated answer: of the step itself, or of a message below it."""
    below = select(steps.c.id).where(or_(steps.c.id == step_id, steps.c.parentId == step_id))
    asked = select(elements.c.props).where(elements.c.forId.in_(below)).limit(1)
    found = connection.execute(asked).scalar()
    card = json.loads(found) if isinstance(found, str) else None
    return card if isinstance(card, dict) else {}


def _notice(card: dict[str, object]) -> str:
    notice = card.get("notice")
    return str(notice.get("message", "")) if isinstance(notice, dict) else ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
