"""The model planner: when the model is asked, what its plan is worth beside the rules', and what is said about it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Literal

from bot.plan import ClarifyPlan, Option, RefusePlan
from bot.planners.base import Planned, Planner, PlanRequest
from bot.planners.llm.budget import Limits, Usage, estimate_tokens
from bot.planners.llm.compare import same_plans
from bot.planners.llm.context import Example, question_prompt
from bot.planners.llm.index import CatalogIndex
from bot.planners.llm.outcomes import (
    BY_MODEL,
    differing,
    fallback_why,
    model_planned,
    outcome_of,
    reason_of,
    refused_by_model,
)
from bot.planners.llm.prompts import prompt, tool_description
from bot.planners.llm.purse import Purse, Today
from bot.planners.llm.running import run_told
from bot.planners.llm.schema import tool_schemas
from bot.planners.llm.session import Session
from bot.planners.llm.trace import Trace
from bot.planners.llm.validate import Validator
from bot.planners.rules.planner import RulesPlanner
from semantic_layer.text import Locale, Text
from tools.progress import CancelledError, Step

if TYPE_CHECKING:
    from bot.endpoint import Endpoint
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry

Mode = Literal["llm", "auto"]
SURE = 0.8
INPUT_ROOM = 2_800  # tokens of the first call, tools included
MOST_AT_ONCE = 16  # conversations with the endpoint; an abandoned one counts until its server lets go
NEVER_ASKED = ("unsafe", "empty", "no_access", "not_supported", "not_enough_data")
LOOK_AGAIN = 0.05  # seconds between two looks at the stop button
ASKING = Text(zh="正在询问语言模型", en="asking the language model")
_NEAREST = re.compile(r"Nearest: [^\n]*")


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of asking the model: its session, and why it ended without a plan, if so."""

    session: Session | None
    failure: str | None
    day: Today | None = None


@dataclass(frozen=True, slots=True)
class Ablation:
    """What a measurement leaves out of the judgement, to see what it is worth. Nothing else may set it."""

    coverage: bool = False
    retries: bool = False


NOTHING_LEFT_OUT = Ablation()


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
        *,
        purse: Purse | None = None,
        trace: Trace | None = None,
        examples: Callable[[], Sequence[Example]] | None = None,
        ablation: Ablation = NOTHING_LEFT_OUT,
    ) -> None:
        """Take what the planner stands on; `examples` are verified questions, `purse` what a day may cost."""
        self._layer = layer
        self._rules = rules
        self._endpoint = endpoint
        self._registry = registry
        self._mode = mode
        self._purse = purse
        self._ablation = ablation
        self._tracer = trace or Trace()
        self._examples = examples or (lambda: [(one.question, one.plan) for one in layer.verified])
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._reader = rules if isinstance(rules, RulesPlanner) else None

    def plan(self, request: PlanRequest) -> Planned:
        """Return the reading of a question; never raises for anything a user, a model or a server may do.

        Raises:
            CancelledError: the person who asked has stopped it.
        """
        started = time.perf_counter()
        ruled = self._rules.plan(request)
        if not self._asks_model(ruled, request):
            told = _Told(None, None)
            planned = replace(ruled, planner="rules", extra={**ruled.extra, **self._extra(told)})
        else:
            request.progress.report(Step(ASKING))
            told = self._ask(request, ruled)
            planned = self._weighed(ruled, told)
        self._trace(request, ruled, told, planned, started)
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
        day = self._purse.today(request.user) if self._purse is not None else Today()
        if day.refused is not None:
            return _Told(None, day.refused, day)
        limits = Limits.of(self._endpoint, day.left)
        usage = Usage(
            replace(limits, rejections=0) if self._ablation.retries else limits, price=self._endpoint.price
        )
        session, system, question = self._prepared(request, ruled, usage)
        if not self._places.acquire(blocking=False):
            return _Told(session, "busy", day)
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
                usage.close()
                if session.stopped == "cancelled" and self._purse is not None:
                    self._purse.add(request.user, usage)  # a reply that came after the stop is paid for, too
                done.set()

        threading.Thread(target=work, name="askgrowth-model", daemon=True).start()
        while not done.wait(min(LOOK_AGAIN, usage.seconds_left)) and usage.seconds_left > 0:
            if request.progress.is_cancelled():
                session.stopped = "cancelled"  # the thread ends at its next step
                raise CancelledError
        usage.close()
        if self._purse is not None:
            self._purse.add(request.user, usage)
        if not done.is_set():
            session.stopped = session.stopped or "seconds"
            return _Told(session, None if session.settled else "seconds", day)
        if session.settled is not None:
            return _Told(session, None, day)
        return _Told(session, failures[0] if failures else session.stopped or "no_plan", day)

    def _prepared(self, request: PlanRequest, ruled: Planned, usage: Usage) -> tuple[Session, str, str]:
        reader = self._reader or self._own_reader
        found, scene = reader.understood(request)
        validator = Validator(self._layer, self._registry(), reader.matcher, request.today, request.user)
        session = Session(request, found, scene, self._index, validator, usage)
        session.sees_rows = self._endpoint.see_rows
        session.covers = not self._ablation.coverage
        session.run = partial(run_told, request, self._registry, see_rows=self._endpoint.see_rows)
        system = prompt("system", request.locale)
        room = INPUT_ROOM - tools_tokens(session.offered, request.locale) - estimate_tokens(system)
        rights = self._layer.rights(request.user)
        question = question_prompt(
            request, self._index, found, scene, rights, ruled.not_understood, room, self._examples()
        )
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
        extra = self._extra(told)
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

    def _extra(self, told: _Told) -> Mapping[str, object]:
        """Return what the question cost: calls, tokens, seconds and money, and what the user has used today."""
        usage = (
            told.session.usage if told.session is not None else Usage(Limits(), price=self._endpoint.price)
        )
        asked = told.session is not None
        found: dict[str, object] = {
            "model": self._endpoint.model,
            "calls": usage.calls,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "tokens_estimated": usage.estimated,
            "model_ms": round(usage.seconds * 1000) if asked else 0,
            "plans_tried": len(told.session.tried) if told.session is not None else 0,
        }
        price, day = self._endpoint.price, told.day
        if price is not None:
            found |= {"cost": round(usage.money, 6), "currency": price.currency}
        if day is not None and self._purse is not None:
            tokens = day.tokens + usage.tokens_in + usage.tokens_out
            found["today"] = {"calls": day.calls + usage.calls, "tokens": tokens} | (
                {"cost": round(day.money + usage.money, 6)} if price is not None else {}
            )
        return found

    def _trace(
        self, request: PlanRequest, ruled: Planned, told: _Told, planned: Planned, started: float
    ) -> None:
        """Write one record per question: plans and verdicts, never a key, never a row, never a stored value."""
        tried = told.session.tried if told.session is not None else []
        self._tracer.write(
            {
                "event": "model_planner",
                "question": request.question,
                "user": request.user,
                "mode": self._mode,
                "planner": planned.planner or "rules",
                "outcome": outcome_of(planned),
                "rules_outcome": outcome_of(ruled),
                "failure": told.failure,
                "tried": [
                    {**one, "problems": _NEAREST.sub("", str(one["problems"]))} if "problems" in one else one
                    for one in tried
                ],
                "plan_ms": round((time.perf_counter() - started) * 1000, 1),
                **planned.extra,
            }
        )


@lru_cache(maxsize=8)
def tools_tokens(offered: tuple[str, ...], locale: Locale) -> int:
    """Return the estimated tokens of the tools as they go over the wire."""
    tools = tool_schemas({name: tool_description(name, locale) for name in offered})
    return estimate_tokens(json.dumps(tools, ensure_ascii=False, separators=(",", ":")))


def is_sure(planned: Planned) -> bool:
    """Return whether a reading is an answer that leaves no word out."""
    answers = not isinstance(planned.plan, ClarifyPlan | RefusePlan)
    return answers and not planned.not_understood and planned.confidence >= SURE


def _is_choice(ruled: Planned, request: PlanRequest) -> bool:
    offered: tuple[Option, ...] = request.conversation.offered if request.conversation else ()
    return any(option.plan == ruled.plan for option in offered)
