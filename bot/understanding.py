"""From a question to its plan, or to the outcome that ends it here: a question back, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer, Clarification, Provenance, Refusal
from bot.approvals import Approvals, as_approved
from bot.outcomes import refusal_before_planning
from bot.plan import ClarifyPlan, RefusePlan
from bot.planners.base import Conversation, Planned, PlanRequest
from bot.planners.choosing import Planners

if TYPE_CHECKING:
    from bot.execution import Execution
    from bot.settings import PlannerChoice


def understood(
    asked: Execution,
    draft: Answer,
    conversation: Conversation | None,
    choice: PlannerChoice | None,
    planners: Planners,
    approvals: Approvals | None,
) -> Planned | Answer:
    """Return the reading of the question of `draft`, or the answer that asks back or refuses.

    Raises:
        AskGrowthError: the planner that was chosen cannot be used.
    """
    unreadable = refusal_before_planning(draft.question)
    if unreadable is not None:
        return replace(draft, outcome="refuse", refusal=unreadable)
    request = PlanRequest(
        draft.question, draft.locale, asked.today, asked.layer, asked.user, conversation, asked.progress
    )
    name = planners.choice(choice)
    approval = approvals(draft.question) if approvals else None
    with asked.watch.stage("plan"):
        # What a person has approved needs no model: the rules alone read its dates.
        planned = planners.get("rules" if approval is not None else name).plan(request)
        if approval is not None:
            planned = as_approved(planned, approval, planners.periods_said(request))
    planned = replace(planned, planner=planned.planner or ("llm" if name == "llm" else "rules"))
    provenance = Provenance(
        planned.planner or "rules",
        planned.why,
        not_understood=planned.not_understood,
        extra=dict(planned.extra),
    )
    told = replace(
        draft,
        planner=planned.planner or "rules",
        interpretation=planned.slots,
        provenance=provenance,
        warnings=planned.notes,
    )
    if isinstance(planned.plan, ClarifyPlan):
        asked_back = Clarification(planned.plan.question.text(), planned.plan.options)
        return replace(told, outcome="clarify", plan=planned.plan, clarification=asked_back)
    if isinstance(planned.plan, RefusePlan):
        plan = planned.plan
        refusal = Refusal(plan.reason, plan.message.text(), plan.missing, plan.nearest)
        return replace(told, outcome="refuse", plan=plan, refusal=refusal)
    return planned
