"""From a question to an answer: plan, execute, compose. Never raises for anything a person may ask."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from bot.answer import Answer, Clarification, Provenance, Refusal
from bot.answer import Planner as PlannerName
from bot.approvals import Approvals, as_approved
from bot.compose.definitions import metric_definitions
from bot.compose.interpretation import completed
from bot.compose.premise import corrected
from bot.compose.warnings import not_understood
from bot.execution import Execution, Outcome, Stopwatch
from bot.language.locale import locale_of
from bot.ledger.answering import kept, promises_of
from bot.outcomes import (
    clarification_of,
    failure_of,
    internal_failure,
    plans_of,
    refusal_before_planning,
    refusal_of,
)
from bot.plan import AnswerablePlan, ClarifyPlan, MetricPlan, RefusePlan, plan_hash
from bot.planners.base import Conversation, Planned, Planner, PlanRequest
from bot.planners.choosing import Planners
from semantic_layer.errors import AmbiguousPathError, AskGrowthError
from semantic_layer.text import Locale, Text
from tools.progress import SILENCE, Progress
from tools.registry import Registry

if TYPE_CHECKING:
    from bot.ledger.keeping import Ledger
    from bot.settings import PlannerChoice, Settings
    from semantic_layer.workspace import SemanticLayer

DISPLAY_ROWS = 1_000
WITHOUT_LANGUAGE = Text(zh="直接给出的计划", en="a plan given directly")


class Pipeline:
    """Answers questions over one open workspace. Safe to call from several threads at once."""

    def __init__(
        self,
        layer: SemanticLayer,
        settings: Settings | None = None,
        *,
        planners: dict[PlannerChoice, Planner] | None = None,
        registry: Registry | None = None,
        approvals: Approvals | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """Take the layer; planners and tools are made on first use unless given. `ledger` keeps what is suggested."""
        self.layer, self._settings, self._approvals = layer, settings, approvals
        self._planners = Planners(layer, settings, lambda: self.registry, planners)
        self._given_registry = registry
        self.ledger = ledger

    @cached_property
    def registry(self) -> Registry:
        """Return the analyses that exist."""
        folder = self._settings.state_dir / "tools" if self._settings is not None else None
        return self._given_registry or Registry.load(folder)

    def use(self, layer: SemanticLayer) -> None:
        """Answer over another opening of the workspace from the next question on: its data or YAML have changed."""
        self.layer, self._planners = layer, Planners(layer, self._settings, lambda: self.registry)

    def ask(
        self,
        question: str,
        *,
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        conversation: Conversation | None = None,
        planner: PlannerChoice | None = None,
        row_limit: int | None = DISPLAY_ROWS,
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return the answer, clarification, refusal or error of a question, in its own language.

        `progress` is told of the steps of a long analysis and may cancel it (an error of code `cancelled`).
        """

        def work(asked: Execution, draft: Answer) -> Answer:
            planned = self._planned(asked, draft, conversation, planner)
            done = planned if isinstance(planned, Answer) else self._answered(asked, draft, planned)
            return self._planners.with_prose(done, user, planner, progress)

        return self._guarded(question, locale, today, user, row_limit, work, progress)

    def run(
        self,
        plan: AnswerablePlan,
        *,
        question: str = "",
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        row_limit: int | None = DISPLAY_ROWS,
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return the answer to a plan given without language: chips, options, follow-ups, deep links."""

        def work(asked: Execution, draft: Answer) -> Answer:
            return self._answered(asked, draft, Planned(plan, why=WITHOUT_LANGUAGE), planner="none")

        shown = locale or self.layer.settings.locale
        return self._guarded(question, shown, today, user, row_limit, work, progress)

    def explain(
        self,
        question: str,
        *,
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        conversation: Conversation | None = None,
        planner: PlannerChoice | None = None,
    ) -> Answer:
        """Return plan and SQL of a question without running them: every part has SQL and no table."""

        def work(asked: Execution, draft: Answer) -> Answer:
            planned = self._planned(asked, draft, conversation, planner)
            if isinstance(planned, Answer):
                return planned
            plans = _answerable(planned)
            parts = tuple(asked.compiled(plan) for plan in plans)
            return replace(
                draft,
                outcome="answer",
                planner=planned.planner or "rules",
                plan=plans[0],
                parts=parts,
                interpretation=planned.slots,
            )

        return self._guarded(question, locale, today, user, None, work)

    @staticmethod
    def continue_conversation(conversation: Conversation | None, answer: Answer) -> Conversation:
        """Return the conversation after a turn. A refusal or an error leaves it as it was."""
        current = conversation or Conversation()
        if answer.outcome == "answer":
            return current.after(answer.question, tuple(part.plan for part in answer.parts))
        if answer.outcome == "clarify" and answer.clarification is not None:
            return current.offering(answer.clarification.options)
        return current

    def _guarded(
        self,
        question: str,
        locale: Locale | None,
        today: date | None,
        user: str | None,
        row_limit: int | None,
        work: Callable[[Execution, Answer], Answer],
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return what `work` makes, with every error turned into a typed outcome."""
        watch = Stopwatch()
        draft = Answer(
            id=uuid.uuid4().hex,
            question=question[:10_000],
            locale=locale or locale_of(question, self.layer.settings.locale),
            outcome="error",
            planner="none",
        )
        try:
            self.layer.rights(user)  # before anything is read: even a question back may name values
            day = self.layer.today(today)
            asked = Execution(
                self.layer, lambda: self.registry, day, user, row_limit, watch, progress=progress,
                promises=promises_of(self.ledger, user),
            )  # fmt: skip
            answer = kept(self.ledger, work(asked, draft), day, user)
        except AskGrowthError as error:
            answer = _of_error(draft, error)
        except Exception as error:  # noqa: BLE001 - the one border where a defect of ours becomes an outcome
            folder = self._settings.state_dir if self._settings is not None else None
            answer = replace(draft, error=internal_failure(draft.id, error, folder))
        spent = {stage: round(milliseconds, 2) for stage, milliseconds in watch.spent.items()}
        return replace(answer, timings_ms=spent)

    def _planned(
        self, asked: Execution, draft: Answer, conversation: Conversation | None, choice: PlannerChoice | None
    ) -> Planned | Answer:
        """Return the reading of the question, or the outcome that ends it here."""
        unreadable = refusal_before_planning(draft.question)
        if unreadable is not None:
            return replace(draft, outcome="refuse", refusal=unreadable)
        request = PlanRequest(
            draft.question, draft.locale, asked.today, self.layer, asked.user, conversation, asked.progress
        )
        name = self._planners.choice(choice)
        approval = self._approvals(draft.question) if self._approvals else None
        with asked.watch.stage("plan"):
            # What a person has approved needs no model: the rules alone read its dates.
            planned = self._planners.get("rules" if approval is not None else name).plan(request)
            if approval is not None:
                planned = as_approved(planned, approval, self._planners.periods_said(request))
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

    def _answered(
        self, asked: Execution, draft: Answer, planned: Planned, planner: PlannerName | None = None
    ) -> Answer:
        plans = _answerable(planned)
        outcomes: list[Outcome] = []
        try:
            outcomes += [asked.execute(plan, brief=at > 0) for at, plan in enumerate(plans)]
        except AmbiguousPathError as error:
            plan = plans[len(outcomes)]
            choice = (
                clarification_of(error, plan, asked.scene(), asked.compiles)
                if isinstance(plan, MetricPlan)
                else None
            )
            if choice is None:
                raise
            return replace(
                draft,
                outcome="clarify",
                planner=planner or planned.planner or "rules",
                plan=plan,
                clarification=choice,
            )
        return self._composed(asked, draft, planned, outcomes, planner or planned.planner or "rules")

    def _composed(
        self, asked: Execution, draft: Answer, planned: Planned, outcomes: list[Outcome], planner: PlannerName
    ) -> Answer:
        """Return the answer of executed plans; of several, the first gives chart and follow-ups."""
        first = outcomes[0]
        names = tuple(name for outcome in outcomes for name in outcome.metrics)
        unread = not_understood(planned.not_understood)
        warnings = [*([unread] if unread else []), *planned.notes]
        # The reading of a period from words brings its own note on a period that is not over.
        read_period = any(slot.slot == "period" and slot.words for slot in planned.slots)
        for outcome in outcomes:
            warnings += [*([] if read_period else outcome.running), *outcome.warnings]
        periods = dict.fromkeys(used for outcome in outcomes for used in outcome.periods)
        return replace(
            draft,
            outcome="answer",
            planner=planner,
            plan=first.part.plan,
            parts=tuple(outcome.part for outcome in outcomes),
            headline=corrected([one.headline for one in outcomes], planned.premise, first.findings),
            periods=tuple(periods),
            interpretation=completed(planned.slots, first.slots),
            findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
            suggestions=tuple(one for outcome in outcomes for one in outcome.suggestions),
            chart=first.chart,
            warnings=tuple(dict.fromkeys(warnings)),
            follow_ups=asked.next_questions(planned.alternatives, first.follow_ups),
            provenance=self._provenance(asked, planned, outcomes, names, planner),
        )

    def _provenance(
        self,
        asked: Execution,
        planned: Planned,
        outcomes: list[Outcome],
        names: tuple[str, ...],
        planner: PlannerName,
    ) -> Provenance:
        scene = asked.scene(names)
        beside = [
            {"purpose": purpose, "sql": sql} for outcome in outcomes for purpose, sql in outcome.side_queries
        ]
        return Provenance(
            planner=planner,
            why=planned.why,
            plan_hash=plan_hash(outcomes[0].part.plan),
            metrics=metric_definitions(scene.catalog, names),
            rows_read=sum(
                outcome.part.table.row_count for outcome in outcomes if outcome.part.table is not None
            ),
            data_version=self.layer.data_version,
            data_start=scene.data_start,
            data_end=scene.data_end,
            not_understood=planned.not_understood,
            extra={
                **planned.extra,
                **({"side_queries": beside} if beside else {}),
                **({"rollups": list(asked.rollups)} if asked.rollups else {}),
            },
        )


def _answerable(planned: Planned) -> tuple[AnswerablePlan, ...]:
    plan = planned.plan
    assert not isinstance(plan, ClarifyPlan | RefusePlan)
    return plans_of(plan)


def _of_error(draft: Answer, error: AskGrowthError) -> Answer:
    refusal = refusal_of(error)
    if refusal is not None:
        return replace(draft, outcome="refuse", refusal=refusal)
    return replace(draft, outcome="error", error=failure_of(error))
