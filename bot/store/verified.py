"""Verified questions: what a person has checked and approved, per workspace. Nothing gets here by itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import Engine, delete, select
from sqlalchemy.engine import RowMapping

from bot.approvals import folded
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, ToolPlan, plan_hash
from bot.store.schema import verified_questions as table
from bot.store.upsert import upsert

_PLAN: TypeAdapter[AnswerablePlan] = TypeAdapter(MetricPlan | ToolPlan | MetadataPlan)


@dataclass(frozen=True, slots=True)
class Verified:
    """One approved question with its plan; `approved_at` is ISO 8601 in UTC."""

    id: str
    question: str
    plan: AnswerablePlan
    approved_by: str | None
    approved_at: str
    note: str | None = None


def save_verified(
    engine: Engine,
    workspace: str,
    question: str,
    plan: AnswerablePlan,
    *,
    approved_by: str | None = None,
    note: str | None = None,
) -> Verified:
    """Keep a question with its plan, in place of what was approved for the same words before."""
    one = Verified(
        uuid.uuid4().hex,
        question.strip(),
        plan,
        approved_by,
        datetime.now(UTC).isoformat(timespec="seconds"),
        note,
    )
    values = {
        "id": one.id,
        "workspace": workspace,
        "question": one.question,
        "folded": folded(question),
        "plan": plan.model_dump_json(),
        "plan_hash": plan_hash(plan),
        "approved_by": approved_by,
        "approved_at": one.approved_at,
        "note": note,
    }
    with engine.begin() as connection:
        connection.execute(upsert(connection, table, values, key=("workspace", "folded")))
    return one


def find_verified(engine: Engine, workspace: str, question: str) -> Verified | None:
    """Return what was approved for exactly this question (width, case, spaces and a final mark aside)."""
    asked = select(table).where(table.c.workspace == workspace, table.c.folded == folded(question))
    with engine.connect() as connection:
        row = connection.execute(asked).mappings().first()
    return _verified(row) if row is not None else None


def list_verified(engine: Engine, workspace: str) -> list[Verified]:
    """Return the approved questions of a workspace, the newest first."""
    asked = (
        select(table).where(table.c.workspace == workspace).order_by(table.c.approved_at.desc(), table.c.id)
    )
    with engine.connect() as connection:
        return [_verified(row) for row in connection.execute(asked).mappings()]


def withdraw_verified(engine: Engine, workspace: str, question_id: str) -> bool:
    """Take an approval back; whether there was one."""
    with engine.begin() as connection:
        done = connection.execute(
            delete(table).where(table.c.workspace == workspace, table.c.id == question_id)
        )
        return done.rowcount > 0


def _verified(content: RowMapping) -> Verified:
    return Verified(
        content["id"],
        content["question"],
        _PLAN.validate_json(content["plan"]),
        content["approved_by"],
        content["approved_at"],
        content["note"],
    )
