"""From a question to an answer: plan, execute, compose. Never raises for anything a person may ask."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from bot.analyses import Analyses
from bot.answer import Answer
from bot.answer import Planner as PlannerName
from bot.approvals import Approvals
from bot.assembling import assembled
from bot.execution import Execution, Outcome, Stopwatch
from bot.language.locale import locale_of
from bot.ledger.answering import kept, promises_of
from bot.outcomes import clarification_of, failure_of, internal_failure, plainer, plans_of, refusal_of
from bot.plan import AnswerablePlan, ClarifyPlan, MetricPlan, RefusePlan
from bot.planners.base import Conversation, Planned, Planner
from bot.planners.choosing import Planners
from bot.understanding import understood
from semantic_layer.errors import AmbiguousPathError, AskGrowthError, QueryError
from semantic_layer.text import Locale, Text
from tools.progress import SILENCE, Progress
from tools.registry import Registry

if TYPE_CHECKING:
    from bot.ledger.keeping import Ledger
    from bot.settings import PlannerChoice, Settings
    from semantic_layer.workspace import SemanticLayer

DISPLAY_ROWS = 1_000
WITHOUT_LANGUAGE = Text(zh="直接给出的计划", en="a plan given directly")


@dataclass(frozen=True, slots=True)
class _Opening:
    """One opening of the workspace with what was made of it; a question uses one from its start to its end."""

    layer: SemanticLayer
    planners: Planners
    analyses: Analyses = field(default_factory=Analyses)


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
        self._settings, self._approvals = settings, approvals
        self._given_registry = registry
        self._followers: list[Callable[[SemanticLayer], None]] = []
        self._opening = _Opening(layer, Planners(layer, settings, lambda: self.registry, planners))
        self.ledger = ledger
        self.notice: Text | None = None  # said beside every answer: why it is not of the newest YAML or data

    @property
    def layer(self) -> SemanticLayer:
        """Return the opening of the workspace that is answered over now."""
        return self._opening.layer

    @cached_property
    def registry(self) -> Registry:
        """Return the analyses that exist."""
        folder = self._settings.state_dir / "tools" if self._settings is not None else None
        return self._given_registry or Registry.load(folder)

    def use(self, layer: SemanticLayer) -> None:
        """Answer over another opening of the workspace from the next question on: its data or YAML have changed."""
        self._opening = _Opening(layer, Planners(layer, self._settings, lambda: self.registry))
        self.notice = None
        if self.ledger is not None:
            self.ledger.layer = layer
        for follow in self._followers:
            follow(layer)

    def on_change(self, follow: Callable[[SemanticLayer], None]) -> None:
        """Tell `follow` of every other opening that is used from then on; whoever holds parts of one renews them."""
        self._followers.append(follow)

    def interrupt(self, thread: int) -> None:
        """Stop the query that a thread runs."""
        self.layer.interrupt(thread)

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

        def work(asked: Execution, draft: Answer, planners: Planners) -> Answer:
            planned = understood(asked, draft, conversation, planner, planners, self._approvals)
            done = planned if isinstance(planned, Answer) else _answered(asked, draft, planned)
            return planners.with_prose(done, user, planner, progress)

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

        def work(asked: Execution, draft: Answer, _planners: Planners) -> Answer:
            return _answered(asked, draft, Planned(plan, why=WITHOUT_LANGUAGE), planner="none")

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

        def work(asked: Execution, draft: Answer, planners: Planners) -> Answer:
            planned = understood(asked, draft, conversation, planner, planners, self._approvals)
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
        work: Callable[[Execution, Answer, Planners], Answer],
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return what `work` makes, with every error turned into a typed outcome."""
        watch, opening = Stopwatch(), self._opening
        layer = opening.layer
        draft = Answer(
            id=uuid.uuid4().hex,
            question=question[:10_000],
            locale=locale or locale_of(question, layer.settings.locale),
            outcome="error",
            planner="none",
        )
        try:
            layer.rights(user)  # before anything is read: even a question back may name values
            day = layer.today(today)
            asked = Execution(
                layer, lambda: self.registry, day, user, row_limit, watch, progress=progress,
                promises=promises_of(self.ledger, user), analyses=opening.analyses,
            )  # fmt: skip
            answer = kept(self.ledger, work(asked, draft, opening.planners), day, user)
        except AskGrowthError as error:
            answer = _of_error(draft, error)
        except Exception as error:  # noqa: BLE001 - the one border where a defect of ours becomes an outcome
            folder = self._settings.state_dir if self._settings is not None else None
            answer = replace(draft, error=internal_failure(draft.id, error, folder))
        spent = {stage: round(milliseconds, 2) for stage, milliseconds in watch.spent.items()}
        warnings = (*answer.warnings, *([self.notice] if self.notice is not None else []))
        return replace(answer, warnings=warnings, timings_ms=spent)


def _answered(
    asked: Execution, draft: Answer, planned: Planned, planner: PlannerName | None = None
) -> Answer:
    """Return the answer of a plan that was read or given; a question back where a name has several meanings."""
    outcomes: list[Outcome] = []
    name = planner or planned.planner or "rules"
    plans = _answerable(planned)

    def known(outcome: Outcome) -> None:
        if len(plans) == 1:
            asked.progress.offer(lambda: assembled(asked, draft, planned, [outcome], name))

    for plan in plans:
        try:
            outcomes.append(asked.execute(plan, brief=bool(outcomes), known=known))
        except AmbiguousPathError as error:
            if not isinstance(plan, MetricPlan):
                raise
            choice = clarification_of(error, plan, asked.scene(), asked.compiles)
            if choice is None:
                raise
            return replace(draft, outcome="clarify", planner=name, plan=plan, clarification=choice)
        except QueryError as error:
            refusal = refusal_of(error)
            if refusal is None or not isinstance(plan, MetricPlan):
                raise
            refusal = replace(refusal, nearest=plainer(plan, asked.scene(), asked.compiles))
            return replace(draft, outcome="refuse", planner=name, refusal=refusal)
    return assembled(asked, draft, planned, outcomes, name)


def _answerable(planned: Planned) -> tuple[AnswerablePlan, ...]:
    plan = planned.plan
    assert not isinstance(plan, ClarifyPlan | RefusePlan)
    return plans_of(plan)


def _of_error(draft: Answer, error: AskGrowthError) -> Answer:
    refusal = refusal_of(error)
    if refusal is not None:
        return replace(draft, outcome="refuse", refusal=refusal)
    return replace(draft, outcome="error", error=failure_of(error))
