"""A number beside the one another source reports: the pairs that the workspace declares under `reconciliations:`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from semantic_layer.errors import AskGrowthError
from semantic_layer.lineage import leaves
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.render import as_float

if TYPE_CHECKING:
    from semantic_layer.catalog import AnalysisBinding
    from semantic_layer.workspace import SemanticLayer

Rule = Literal["equal", "at_most"]
SECONDS = 30.0
MOST_GROUPS = 20
DEFAULT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of totals over the same dates and filters: what is reported, and what it is held against.

    `gap` is reported over held, minus one; None without a base. `agrees` says whether the declared rule holds within
    its tolerance. `groups` has both by the question's first dimension, where both can be split by it. `unfiltered` is
    True where the question's filters cannot be put on both: then they are left out.
    """

    label: Text
    reported: tuple[Column, Cell]
    held: tuple[Column, Cell]
    rule: Rule
    gap: float | None
    agrees: bool
    groups: Table | None
    unfiltered: bool
    sql: str


def reconciled(
    layer: SemanticLayer, query: MetricQuery, *, user: str | None = None, today: date | None = None
) -> tuple[Pair, ...]:
    """Return the declared pairs that concern a question's metrics, read over its dates under the user's rights.

    A pair concerns a metric that is one of the two, or is made of one. What the user may not see is left out, as is
    a pair without data in these dates; empty where nothing is declared.
    """
    metrics = layer.catalog.metrics
    parts = {name for metric in query.metrics for name in (metric, *leaves(metric, metrics))}
    found = []
    for binding in layer.catalog.analyses:
        if binding.kind == "reconciliation" and parts & {
            str(binding.options["metric"]),
            str(binding.options["against"]),
        }:
            pair = _pair(layer, binding, query, user, today)
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _pair(
    layer: SemanticLayer, binding: AnalysisBinding, query: MetricQuery, user: str | None, today: date | None
) -> Pair | None:
    names = (str(binding.options["metric"]), str(binding.options["against"]))
    asked = MetricQuery(metrics=names, period=query.period, where=query.where, segments=query.segments)
    unfiltered = False
    try:
        total = layer.query(asked, user=user, today=today, timeout=SECONDS)
    except AskGrowthError:
        if not (query.where or query.segments):
            return None
        unfiltered = True
        asked = MetricQuery(metrics=names, period=query.period)
        try:
            total = layer.query(asked, user=user, today=today, timeout=SECONDS)
        except AskGrowthError:  # hidden from this user, or the two do not meet
            return None
    table = total.table
    cells = [table.rows[0][table.index(name)] if table.rows else None for name in names]
    left, right = (as_float(cell) for cell in cells)
    if left is None or right is None:
        return None
    rule: Rule = "at_most" if binding.options.get("rule") == "at_most" else "equal"
    tolerance = float(str(binding.options.get("tolerance", DEFAULT_TOLERANCE)))
    over = left - right
    columns = [table.columns[table.index(name)] for name in names]
    return Pair(
        label=binding.label,
        reported=(columns[0], cells[0]),
        held=(columns[1], cells[1]),
        rule=rule,
        gap=left / right - 1 if right else None,
        agrees=(over if rule == "at_most" else abs(over)) <= tolerance * abs(right),
        groups=_groups(layer, asked, query, user, today),
        unfiltered=unfiltered,
        sql=total.sql,
    )


def _groups(
    layer: SemanticLayer, asked: MetricQuery, query: MetricQuery, user: str | None, today: date | None
) -> Table | None:
    """Return both totals by the question's first dimension; None where one of them has no such dimension."""
    dimension = next((group.dimension for group in query.group_by if group.grain is None), None)
    if dimension is None:
        return None
    split = asked.model_copy(update={"group_by": (GroupBy(dimension=dimension),)})
    try:
        table = layer.query(split, user=user, today=today, timeout=SECONDS).table
    except AskGrowthError:
        return None
    return table.head(MOST_GROUPS) if len(table.rows) > 1 else None
