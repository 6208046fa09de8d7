"""What every planner takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from bot.answer import Slot
from bot.plan import AnswerablePlan, Option, Plan
from semantic_layer.text import Locale, Text
from tools.progress import SILENCE, Progress

if TYPE_CHECKING:
    from semantic_layer import SemanticLayer

CONTINUES = Text(zh="接着上一个问题。", en="This continues the last question.")


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered turn of a conversation: the question and the plans it was answered by."""

    question: str
    plans: tuple[AnswerablePlan, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a later question may refer to. `offered` are the options of a clarification not yet answered."""

    turns: tuple[Turn, ...] = ()
    offered: tuple[Option, ...] = ()

    @property
    def last(self) -> Turn | None:
        """Return the latest answered turn, None at the start."""
        return self.turns[-1] if self.turns else None

    def after(self, question: str, plans: tuple[AnswerablePlan, ...]) -> Conversation:
        """Return the conversation with one more answered turn; open offers lapse."""
        return Conversation((*self.turns[-7:], Turn(question, plans)))

    def offering(self, options: tuple[Option, ...]) -> Conversation:
        """Return the conversation with a clarification open."""
        return Conversation(self.turns, options)


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One question to plan. `today` is a local date in the workspace's time zone; `progress` may stop the planning."""

    question: str
    locale: Locale
    today: date
    layer: SemanticLayer
    user: str | None = None
    conversation: Conversation | None = None
    progress: Progress = SILENCE


@dataclass(frozen=True, slots=True)
class Planned:
    """One reading of a question.

    `plan` is a tuple where the question asks for several tables (two periods apart). `slots` says what each
    part of the plan was read from; `not_understood` holds the user's words that no slot used (never silently
    dropped); `confidence` lies in [0, 1]; `alternatives` are other readings of a vague word, each with its
    plan; `notes` are said beside the answer (a default taken, a typo mended). `planner` is set where it is not
    the planner that was asked; `extra` (model, tokens, calls) goes into the provenance.
    """

    plan: Plan | tuple[AnswerablePlan, ...]
    slots: tuple[Slot, ...] = ()
    not_understood: tuple[str, ...] = ()
    confidence: float = 1.0
    why: Text = field(default_factory=lambda: Text(zh="规则解析", en="read by rules"))
    alternatives: tuple[Option, ...] = ()
    notes: tuple[Text, ...] = ()
    premise: Literal["up", "down"] | None = None  # what a why-question takes for granted
    planner: Literal["rules", "llm", "verified"] | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


class Planner(Protocol):
    """Turns a question into a reading; never raises for anything a user may type.

    Raises:
        CancelledError: the person who asked has stopped it.
    """

    def plan(self, request: PlanRequest) -> Planned:
        """Return the reading of `request.question`."""
        ...
