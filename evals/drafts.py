"""Draft cases from what went wrong for real people: answers rated bad, and questions that were not answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import yaml

from evals.case import locale_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

WHY = {"refuse": "refused", "error": "failed", "clarify": "asked back"}


@dataclass(frozen=True, slots=True)
class Draft:
    """One question to turn into a case: what was said, why it is here, on which day, by whom, and the plan if any."""

    question: str
    why: str
    said: str
    asked_on: date | None
    user: str | None
    plan: object | None = None


def drafts(engine: Engine) -> list[Draft]:
    """Return bad ratings nobody has looked at, then questions without an answer; each once, the newest first."""
    from bot.store.feedback import list_feedback

    found = [
        Draft(
            rated.question,
            f"rated bad{f': {rated.comment}' if rated.comment else ''}",
            rated.answer,
            _day(rated.created_at),
            rated.user,
            rated.plan,
        )
        for rated in list_feedback(engine)
    ]
    kept: dict[str, Draft] = {}
    for draft in (*found, *_unanswered(engine)):
        if draft.question.strip():
            kept.setdefault(" ".join(draft.question.split()).casefold(), draft)
    return list(kept.values())


def as_yaml(found: Iterable[Draft], workspace: str) -> str:
    """Return the drafts as a suite file. It does not load before a person has written what must come out.

    `expect` holds an empty outcome on purpose: a case without an executable expectation is no case.
    """
    cases = []
    for number, draft in enumerate(found, 1):
        case: dict[str, object] = {
            "id": f"draft-{number:03d}",
            "workspace": workspace,
            "locale": locale_of(draft.question),
            "question": draft.question,
            "class": "field",
            "origin": f"{draft.why}; it said: {draft.said}" if draft.said else draft.why,
        }
        if draft.asked_on is not None:
            case["today"] = draft.asked_on
        if draft.user is not None:
            case["user"] = draft.user
        case["expect"] = {"outcome": None}
        if draft.plan is not None:
            case["expect"] = {"outcome": None, "plan": draft.plan}
        cases.append(case)
    head = (
        "# Drafts. For each: write the outcome that is due and sql, rows or plan (a plan below is the one that was\n"
        "# run, right or wrong); take out names of people; then move the case into a suite. Drafts do not load.\n"
    )
    return head + yaml.safe_dump(cases, allow_unicode=True, sort_keys=False, width=110)


def _unanswered(engine: Engine) -> list[Draft]:
    """Return the cards of the chat that hold a refusal, a failure or a question back, the newest first."""
    from sqlalchemy import select

    from bot.store.schema import elements, steps, threads

    asked = (
        select(elements.c.props, threads.c.userIdentifier, steps.c.createdAt)
        .join(steps, steps.c.id == elements.c.forId)
        .join(threads, threads.c.id == steps.c.threadId)
        .order_by(steps.c.createdAt.desc(), elements.c.id)
    )
    found = []
    with engine.connect() as connection:
        for props, user, asked_at in connection.execute(asked):
            card = _read(props)
            notice = card.get("notice")
            outcome = str(card.get("outcome"))
            if outcome in WHY and card.get("question"):
                said = str(notice.get("message", "")) if isinstance(notice, dict) else ""
                found.append(Draft(str(card["question"]), WHY[outcome], said, _day(asked_at), user))
    return found


def _read(props: object) -> dict[str, object]:
    try:
        card = json.loads(props) if isinstance(props, str) else None
    except json.JSONDecodeError:
        return {}
    return card if isinstance(card, dict) else {}


def _day(moment: str | None) -> date | None:
    try:
        return date.fromisoformat((moment or "")[:10])
    except ValueError:
        return None
