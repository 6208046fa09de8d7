"""A planner whose every question leaves one structured record, also where no model is configured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.outcomes import plans_of
from bot.plan import AnswerablePlan, ClarifyPlan, RefusePlan
from bot.planners.base import Planned, Planner, PlanRequest

if TYPE_CHECKING:
    from bot.planners.llm.trace import Trace


class TracedPlanner:
    """The rules planner, with a record per question; the model planner writes its own."""

    def __init__(self, inner: Planner, trace: Trace) -> None:
        """Take the planner that plans and where records go."""
        self._inner = inner
        self._trace = trace

    def plan(self, request: PlanRequest) -> Planned:
        """Return the inner planner's reading; the record holds plan and verdict, never a row and never a key."""
        started = time.perf_counter()
        planned = self._inner.plan(request)
        outcome, tried = _verdict(planned)
        self._trace.write(
            {
                "event": "rules_planner",
                "question": request.question,
                "user": request.user,
                "mode": "rules",
                "planner": planned.planner or "rules",
                "outcome": outcome,
                "tried": [tried],
                "not_understood": list(planned.not_understood),
                "calls": 0,
                "tokens_in": 0,
                "tokens_out": 0,
                "plan_ms": round((time.perf_counter() - started) * 1000, 1),
            }
        )
        return planned


def _verdict(planned: Planned) -> tuple[str, dict[str, object]]:
    """Return the outcome of a reading, and what was made of the question."""
    plan = planned.plan
    if isinstance(plan, RefusePlan):
        return "refuse", {"verdict": "refused", "reason": plan.reason, "missing": list(plan.missing)}
    if isinstance(plan, ClarifyPlan):
        return "clarify", {"verdict": "asked_back", "plans": [_printed(one.plan) for one in plan.options]}
    return "answer", {"verdict": "accepted", "plans": [_printed(one) for one in plans_of(plan)]}


def _printed(plan: AnswerablePlan) -> dict[str, object]:
    return {"kind": plan.kind, **plan.model_dump(mode="json", exclude_defaults=True)}
