"""The answer: one frozen value with everything the terminal, the chat, HTTP and MCP show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.plan import AnswerablePlan, Option, Plan, RefusalReason
from semantic_layer.table import Table
from semantic_layer.text import Locale, Text
from tools.result import ChartSpec, Finding, Method, Suggestion

Outcome = Literal["answer", "clarify", "refuse", "error"]
Planner = Literal["rules", "llm", "verified", "none"]


@dataclass(frozen=True, slots=True)
class PeriodUsed:
    """One period as executed, half-open. `requested_end` is later than `end` where it is not over."""

    role: Literal["main", "comparison"]
    start: date
    end: date
    requested_end: date
    label: Text


@dataclass(frozen=True, slots=True)
class Slot:
    """How one part of the plan was read: `slot` is metric, dimension, filter, period, comparison, order …

    `words` are the user's own words it was read from; empty where it is a default, which `text` then says.
    """

    slot: str
    text: Text
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarification:
    """What to ask back, and the options to choose from."""

    question: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, what is missing, and what can be answered."""

    reason: RefusalReason
    message: Text
    missing: tuple[str, ...] = ()
    nearest: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a person sees it: stable code, what happened, what to do. Never a stack trace."""

    code: str
    message: Text
    mend: Text


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """A metric's definition as used in this answer."""

    name: str
    label: Text
    definition: Text
    version: str
    owner: str | None = None
    certified: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the answer came about: planner and why, plan hash, definitions, rows, data version, coverage."""

    planner: Planner
    why: Text
    plan_hash: str | None = None
    metrics: tuple[MetricDefinition, ...] = ()
    rows_read: int | None = None
    data_version: str | None = None
    data_start: date | None = None
    data_end: date | None = None  # the day after the last day with data
    not_understood: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)  # tokens, cost, model


@dataclass(frozen=True, slots=True)
class Part:
    """One executed plan: what ran and what came out. A question with several plans has several parts.

    `further` are an analysis' tables after the main one: back-tests, drivers, lists of customers.
    """

    plan: AnswerablePlan
    table: Table | None
    sql: tuple[str, ...] = ()
    further: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One outcome. `parts` is empty unless `outcome` is `answer`; exactly one of the typed outcomes is set."""

    id: str
    question: str
    locale: Locale
    outcome: Outcome
    planner: Planner
    plan: Plan | None = None
    parts: tuple[Part, ...] = ()
    headline: Text | None = None
    summary: str | None = (
        None  # a model's prose in the answer's language; every figure in it was filled in by us
    )
    periods: tuple[PeriodUsed, ...] = ()
    interpretation: tuple[Slot, ...] = ()
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    chart: ChartSpec | None = None
    clarification: Clarification | None = None
    refusal: Refusal | None = None
    error: Failure | None = None
    together: Table | None = (
        None  # of parts that differ only in their rows: a row for each, instead of their tables
    )
    warnings: tuple[Text, ...] = ()
    readings: tuple[Text, ...] = ()  # of the warnings those that say how words of the question were read
    follow_ups: tuple[Option, ...] = ()
    provenance: Provenance | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        """The tables to show: each part's, or the one that holds them together."""
        if self.together is not None:
            return [self.together]
        return [part.table for part in self.parts if part.table is not None]

    @property
    def cautions(self) -> tuple[Text, ...]:
        """What every reader must know: the warnings without the notes on method."""
        return tuple(one for one in self.warnings if not isinstance(one, Method))

    @property
    def methods(self) -> tuple[Text, ...]:
        """The notes on definition and computation among the warnings: an analyst's part."""
        return tuple(one for one in self.warnings if isinstance(one, Method))
