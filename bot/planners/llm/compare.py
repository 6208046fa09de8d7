"""Whether two plans ask for the same numbers, however they are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.execution import as_query
from bot.outcomes import plans_of
from bot.plan import AnswerablePlan, ClarifyPlan, MetricPlan, Plan, RefusePlan
from semantic_layer.errors import AskGrowthError

if TYPE_CHECKING:
    from bot.planners.llm.session import Session

_UNORDERED = ("group_by", "where", "segments", "having", "compare", "transforms", "metrics")


def same_plans(
    first: Plan | tuple[AnswerablePlan, ...], second: Plan | tuple[AnswerablePlan, ...], session: Session
) -> bool:
    """Return whether both are answers with the same tables; the order of a full list is not compared."""
    if isinstance(first, ClarifyPlan | RefusePlan) or isinstance(second, ClarifyPlan | RefusePlan):
        return False
    mine, theirs = ([_key(one, session) for one in plans_of(plan)] for plan in (first, second))
    return sorted(mine) == sorted(theirs)


def _key(plan: AnswerablePlan, session: Session) -> str:
    """Return the plan as compiled, in one spelling. An order counts only where a limit cuts by it."""
    if not isinstance(plan, MetricPlan):
        return json.dumps(plan.model_dump(mode="json"), sort_keys=True)
    request = session.request
    try:
        query = request.layer.compile(as_query(plan), today=request.today, user=request.user).query
    except AskGrowthError:
        query = as_query(plan)
    content: dict[str, Any] = as_query(query).model_dump(mode="json", exclude_none=True)
    content.pop("totals", None)
    period = content.get("period")
    if isinstance(period, dict):
        period.pop("requested_end", None)
    if not content.get("limit"):
        content.pop("order_by", None)
    for name in _UNORDERED:
        content[name] = sorted(content.get(name, []), key=lambda part: json.dumps(part, sort_keys=True))
    return json.dumps(content, sort_keys=True)
