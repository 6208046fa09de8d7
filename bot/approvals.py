"""Questions that a person has approved: their plan is served as approved, at the dates that the words mean today."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.plan import AnswerablePlan, ClarifyPlan, MetricPlan, RefusePlan, ToolPlan, plan_hash
from bot.planners.base import Planned
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Approval:
    """The plan approved for a question, by whom and when (an ISO date); both may be unknown."""

    plan: AnswerablePlan
    by: str | None = None
    at: str | None = None


_TRAILING = "?!.。 "
Approvals = Callable[[str], Approval | None]  # a question -> what was approved for exactly these words


def folded(question: str) -> str:
    """Return the question as it is looked up."""
    return "".join(unicodedata.normalize("NFKC", question).casefold().split()).rstrip(_TRAILING)


def as_approved(planned: Planned, approval: Approval, said: tuple[Period, ...] = ()) -> Planned:
    """Return the approved plan in place of a reading of the same words.

    Dates are the reading's where it has some: "this week" was approved as a question, not as seven dates. Where
    nothing could be read, they are those that the question's words of time mean today (`said`). What each part was
    read from is kept only where the reading is the approved one.
    """
    plan = _dated(approval.plan, planned.plan)
    if plan == approval.plan and isinstance(planned.plan, ClarifyPlan | RefusePlan):
        plan = dated(plan, said)
    same = not isinstance(planned.plan, tuple) and _is_same(planned.plan, plan)
    by_zh, by_en = (f"{approval.by} ", f" by {approval.by}") if approval.by else ("", "")
    at_zh, at_en = (f"于 {approval.at[:10]} ", f" on {approval.at[:10]}") if approval.at else ("", "")
    return Planned(
        plan,
        slots=planned.slots if same else (),
        why=Text(zh=f"这个问题的读法由{by_zh}{at_zh}核对过", en=f"this reading was checked{by_en}{at_en}"),
        planner="verified",
        notes=planned.notes if same else (),
        extra={"verified": {"by": approval.by, "at": approval.at}},
    )


def dated(plan: AnswerablePlan, said: tuple[Period, ...]) -> AnswerablePlan:
    """Return a plan with the one period that its question names; with none or several it stays as it is."""
    if len(said) != 1:
        return plan
    period = PeriodRange.of(said[0])
    if isinstance(plan, MetricPlan) and plan.period is not None:
        return plan.model_copy(update={"period": period})
    if isinstance(plan, ToolPlan) and "period" in plan.inputs:
        return plan.model_copy(update={"inputs": {**plan.inputs, "period": period.model_dump(mode="json")}})
    return plan


def _dated(approved: AnswerablePlan, read: object) -> AnswerablePlan:
    if isinstance(approved, MetricPlan) and isinstance(read, MetricPlan) and read.period is not None:
        dated = {compare.kind: compare for compare in read.compare}
        compare = tuple(dated.get(one.kind, one) if one.kind == "period" else one for one in approved.compare)
        return approved.model_copy(update={"period": read.period, "compare": compare})
    if isinstance(approved, ToolPlan) and isinstance(read, ToolPlan) and read.name == approved.name:
        dates = {key: read.inputs[key] for key in ("period", "start", "end") if key in read.inputs}
        return approved.model_copy(update={"inputs": {**approved.inputs, **dates}})
    return approved


def _is_same(read: object, plan: AnswerablePlan) -> bool:
    return type(read) is type(plan) and plan_hash(read) == plan_hash(plan)
