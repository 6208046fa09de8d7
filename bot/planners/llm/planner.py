"""The model planner: when the model is asked, what its plan is worth beside the rules', and what is said about it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from bot.plan import AnswerablePlan, ClarifyPlan, MetricPlan, Option, RefusePlan, plan_hash
from bot.planners.base import Planned, Planner, PlanRequest
from bot.planners.llm.budget import Limits, Usage, estimate_tokens
from bot.planners.llm.compare import same_plans
from bot.planners.llm.context import CatalogIndex, question_prompt
from bot.planners.llm.outcomes import (
    BY_MODEL,
    differing,
    fallback_why,
    model_planned,
    refused_by_model,
)
from bot.planners.llm.prompts import prompt
from bot.planners.llm.session import Session
from bot.planners.llm.validate import Validator
from bot.planners.rules.planner import RulesPlanner

if TYPE_CHECKING:
    from bot.settings import Endpoint
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry

Mode = Literal["llm", "auto"]
SURE = 0.8
INPUT_ROOM = 2_900  # tokens of the first call, tools included
TOOLS_ROOM = 1_650
MOST_AT_ONCE = 16  # conversations with the endpoint; an abandoned one counts until its server lets go
NEVER_ASKED = ("unsafe", "empty", "no_access", "not_supported", "not_enough_data")
_log = logging.getLogger("askgrowth.planner")


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of asking the model: its session, and why it ended without a plan, if so."""

    session: Session | None
    failure: str | None


class ModelPlanner:
    """Plans by a model where that adds something; answers by rules where it does not. Shared between threads.

    `auto` asks the model only where the rules planner is not sure; `llm` always. The model's plan is run only
    after the validator and the coverage check; where both are sure and differ, the user is asked.
    """

    def __init__(
        self,
        layer: SemanticLayer,
        rules: Planner,
        endpoint: Endpoint,
        registry: Callable[[], Registry],
        mode: Mode,
    ) -> None:
        self._layer = layer
        self._rules = rules
        self._endpoint = endpoint
        self._registry = registry
        self._mode = mode
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._reader = rules if isinstance(rules, RulesPlanner) else None

    def plan(self, request: PlanRequest) -> Planned:
        """Return the reading of a question; never raises for anything a user, a model or a server may do."""
        ruled = self._rules.plan(request)
        if not self._asks_model(ruled, request):
            self._trace(ruled, _Told(None, None), ruled)
            return replace(ruled, planner="rules")
        told = self._ask(request, ruled)
        planned = self._weighed(ruled, told)
        self._trace(ruled, told, planned)
        return planned

    def _asks_model(self, ruled: Planned, request: PlanRequest) -> bool:
        plan = ruled.plan
        if isinstance(plan, RefusePlan) and plan.reason in NEVER_ASKED:
            return False
        if request.conversation is not None and request.conversation.offered and _is_choice(ruled, request):
            return False
        if self._mode == "llm" or not is_sure(ruled):
            return True
        reader = self._reader or self._own_reader
        return bool(
            reader.understood(request)[0].notes
        )  # a word mended as a typo may be a right word unknown here

    # ---------------------------------------------------------------------------------------------------- the model

    def _ask(self, request: PlanRequest, ruled: Planned) -> _Told:
        """Return what the model makes of the question, within its seconds whatever the server does."""
        usage = Usage(Limits(seconds=self._endpoint.seconds))
        session, system, question = self._prepared(request, ruled, usage)
        if not self._places.acquire(blocking=False):
            return _Told(session, "busy")
        failures: list[str] = []
        done = threading.Event()

        def work() -> None:
            try:
                from bot.planners.llm.agent import converse

                converse(session, self._endpoint, system, question)
            except Exception as error:  # noqa: BLE001 - whatever a foreign server or its client raises, rules answer
                failures.append(reason_of(error))
            finally:
                self._places.release()
                done.set()

        threading.Thread(target=work, name="askgrowth-model", daemon=True).start()
        if not done.wait(usage.seconds_left):
            session.stopped = session.stopped or "seconds"  # the thread ends at its next step
            return _Told(session, None if session.settled else "seconds")
        if session.settled is not None:
            return _Told(session, None)
        return _Told(session, failures[0] if failures else session.stopped or "no_plan")

    def _prepared(self, request: PlanRequest, ruled: Planned, usage: Usage) -> tuple[Session, str, str]:
        reader = self._reader or self._own_reader
        found, scene = reader.understood(request)
        validator = Validator(self._layer, self._registry(), reader.matcher, request.today, request.user)
        session = Session(request, found, scene, self._index, validator, usage)
        system = prompt("system", request.locale)
        room = INPUT_ROOM - TOOLS_ROOM - estimate_tokens(system)
        rights = self._layer.rights(request.user)
        question = question_prompt(request, self._index, found, scene, rights, ruled.not_understood, room)
        return session, system, question

    @cached_property
    def _index(self) -> CatalogIndex:
        return CatalogIndex(self._layer, self._registry)

    @cached_property
    def _own_reader(self) -> RulesPlanner:
        return RulesPlanner(self._layer, registry=self._registry())

    # ---------------------------------------------------------------------------------------------------- weighing

    def _weighed(self, ruled: Planned, told: _Told) -> Planned:
        """Return the reading that counts, with what it cost."""
        session = told.session
        settled = session.settled if session is not None else None
        extra = self._extra(session)
        if session is None or settled is None:
            failure = told.failure or "no_plan"
            extra = {**extra, "fallback": failure}
            return replace(ruled, why=fallback_why(failure), extra=extra, planner="rules")
        if settled.plans:
            mine = model_planned(settled, session.scene, ruled)
            if is_sure(ruled) and not same_plans(ruled.plan, mine.plan, session):
                return replace(differing(ruled, mine, session.scene), extra=extra)
            return replace(mine, extra=extra)
        if is_sure(ruled):  # every word is used: a question back or a no of the model outweighs nothing
            return replace(ruled, why=fallback_why("unsure"), extra=extra, planner="rules")
        if settled.clarify is not None:
            return Planned(
                settled.clarify, ruled.slots, confidence=0.4, why=BY_MODEL, planner="llm", extra=extra
            )
        if isinstance(ruled.plan, ClarifyPlan):
            return replace(ruled, why=fallback_why("unsure"), extra=extra, planner="rules")
        return replace(refused_by_model(settled, ruled), extra=extra)

    def _extra(self, session: Session | None) -> Mapping[str, object]:
        if session is None:
            return {"model": self._endpoint.model}
        usage = session.usage
        return {
            "model": self._endpoint.model,
            "calls": usage.calls,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "tokens_estimated": usage.estimated,
            "model_ms": round(usage.seconds * 1000),
            "plans_tried": len(session.tried),
        }

    def _trace(self, ruled: Planned, told: _Told, planned: Planned) -> None:
        """Write one record per question: plans and verdicts, never a key and never a row."""
        if not _log.isEnabledFor(logging.INFO):
            return
        record = {
            "event": "model_planner",
            "mode": self._mode,
            "planner": planned.planner or "rules",
            "outcome": _outcome(planned),
            "rules_outcome": _outcome(ruled),
            "failure": told.failure,
            "tried": told.session.tried if told.session is not None else [],
            **planned.extra,
        }
        _log.info(json.dumps(record, ensure_ascii=False, default=str))


def is_sure(planned: Planned) -> bool:
    """Return whether a reading is an answer that leaves no word out."""
    answers = not isinstance(planned.plan, ClarifyPlan | RefusePlan)
    return answers and not planned.not_understood and planned.confidence >= SURE


def reason_of(error: BaseException) -> str:
    """Return why a conversation with the endpoint broke, by the kind of error; its text may hold a secret."""
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return "key"
    if status == 404:
        return "address"
    if status == 429:
        return "too_many"
    if isinstance(status, int):
        return "server" if status >= 500 else "refused_request"
    name = type(error).__name__
    if "Timeout" in name:
        return "seconds"
    if "Connection" in name or "Protocol" in name or "ReadError" in name:
        return "connection"
    return "calls" if "Recursion" in name else "unreadable"


def _is_choice(ruled: Planned, request: PlanRequest) -> bool:
    offered: tuple[Option, ...] = request.conversation.offered if request.conversation else ()
    return any(option.plan == ruled.plan for option in offered)


def _outcome(planned: Planned) -> str:
    plan = planned.plan
    if isinstance(plan, RefusePlan):
        return f"refuse {plan.reason}"
    if isinstance(plan, ClarifyPlan):
        return "clarify"
    plans: tuple[AnswerablePlan, ...] = plan if isinstance(plan, tuple) else (plan,)
    return " ".join(plan_hash(one)[:8] if isinstance(one, MetricPlan) else one.kind for one in plans)
