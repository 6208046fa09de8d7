"""What an analysis returns: tables, a chart, findings and sized suggestions, as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from semantic_layer.period import Period
from semantic_layer.table import Table
from semantic_layer.text import Text

FindingKind = Literal["winner", "change", "driver", "anomaly", "forecast", "test", "segment", "quality"]
Evidence = Literal["experiment", "quasi_experiment", "adjusted", "correlation"]
ChartKind = Literal[
    "number", "bar", "grouped_bar", "stacked_bar", "line", "area", "pie", "scatter", "heatmap", "funnel",
    "sankey", "waterfall", "response_curve", "forest", "treemap", "histogram", "table",
]  # fmt: skip


class Method(Text):
    """A note on how a number was made: definition, computation, checks. An analyst's part, one tap away for others."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What to draw, never how: a kind, a title and named columns of one table.

    `x` is the category or time column, `y` the value columns, `series` splits one value column into traces.
    `low`/`high` name interval columns. `partial_from` is the x value from which the period is not over.
    `options` holds what one kind alone needs (Sankey links, waterfall measures, reference lines).
    """

    kind: ChartKind
    title: Text
    table: Table
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None
    low: str | None = None
    high: str | None = None
    partial_from: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Driver:
    """One part of a change: a dimension's value and what it contributed, in the metric's unit."""

    dimension: str
    value: str | None
    contribution: float
    label: Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One computed statement. `low` and `high` bound `value` (80 %) where it is an estimate."""

    kind: FindingKind
    statement: Text
    metric: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    at: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """The expected effect of a suggestion: an 80 % interval in the metric's unit over `horizon_days`.

    `factor` is what the interval was multiplied by for what earlier suggestions brought (tools.promises); it is in it.
    """

    metric: str
    low: float
    high: float
    horizon_days: int
    formula: Text
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class TestPlan:
    """How to find out: people (or units) per arm and whole weeks; None where it cannot be computed."""

    __test__ = False  # the name is the field's; pytest would collect it

    n_per_arm: int | None
    weeks: int | None
    description: Text


@dataclass(frozen=True, slots=True)
class Check:
    """One evidence check of a suggestion (volume, interval, mix, stability, quality) and how it came out."""

    name: str
    passed: bool
    note: Text


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One piece of advice with its number: never shown without an effect, evidence and a way to test it.

    `topic` says what is to be done, alike whenever it is suggested again; `touches` is the dimension and the
    members that it changes, None where it changes everything. `moves_metric` is False where the effect is money
    saved per case, which no before/after of the metric shows. `id` is its number in the ledger, once it is there.
    """

    problem: Text
    strategy: Text
    effect: Effect
    evidence: Evidence
    checks: tuple[Check, ...]
    test: TestPlan
    topic: tuple[str, ...] = ()
    touches: tuple[str, tuple[str, ...]] | None = None
    moves_metric: bool = True
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The outcome of one analysis: `tables[0]` is the main one; every list may be empty but `tables`.

    `periods` are the dates it is about, the main one first, then those it compares with. Left empty, it is
    filled with the span of what the analysis read. Of the `warnings`, each `Method` is for the analyst.
    """

    headline: Text
    tables: tuple[Table, ...]
    chart: ChartSpec | None = None
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    warnings: tuple[Text, ...] = ()
    sql: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
