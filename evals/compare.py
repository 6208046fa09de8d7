"""Comparing what came out with what is expected: result sets, and plans slot by slot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bot.plan import MetricPlan, Plan, ToolPlan
from semantic_layer.table import Table

SLOTS = ("metric", "dimension", "filter", "period", "compare", "order", "limit", "transform")


def plain(cell: object) -> str | float | None:
    """Return a cell in the form that is compared: numbers as floats, dates and booleans as text.

    A midnight timestamp equals its date, a whole number stored as text equals the number.
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float | Decimal):
        number = float(cell)
        return None if math.isnan(number) else number
    if isinstance(cell, datetime):
        midnight = cell.time() == datetime.min.time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    try:
        return float(text)
    except ValueError:
        return text


def same_cell(
    one: str | float | None, other: str | float | None, tolerance: float = 1e-6, within: float = 0.0
) -> bool:
    """Return whether two plain cells are equal; numbers within a relative tolerance, or `within` of each other."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=max(1e-9, within))
    return one == other


def same_rows(
    got: Sequence[Sequence[object]],
    expected: Sequence[Sequence[object]],
    *,
    ordered: bool = False,
    within: float = 0.0,
) -> bool:
    """Return whether two result sets are equal, numbers up to `within`; the order counts only where `ordered`."""
    left = [tuple(plain(cell) for cell in row) for row in got]
    right = [tuple(plain(cell) for cell in row) for row in expected]
    if len(left) != len(right):
        return False
    if not ordered:
        left, right = sorted(left, key=_key), sorted(right, key=_key)
    return all(
        len(one) == len(other)
        and all(same_cell(a, b, within=within) for a, b in zip(one, other, strict=True))
        for one, other in zip(left, right, strict=True)
    )


def _key(row: tuple[str | float | None, ...]) -> tuple[tuple[int, str], ...]:
    # Rounded, so that the noise of a float's last digits does not change the order of rows.
    return tuple(
        (0, "") if cell is None else (1, f"{cell:.6e}") if isinstance(cell, float) else (2, cell)
        for cell in row
    )


def answer_rows(table: Table, columns: Sequence[str], width: int | None) -> list[tuple[object, ...]] | None:
    """Return the answer's rows in the expected columns, or None where a column is missing.

    Without named columns: all, if there are as many as expected; else the first `width` ones.
    """
    names = [column.name for column in table.columns]
    if columns:
        if any(name not in names for name in columns):
            return None
        kept = [names.index(name) for name in columns]
    else:
        if width is not None and len(names) < width:
            return None
        kept = list(range(len(names) if width is None else width))
    return [tuple(row[at] for at in kept) for row in table.rows]


def together(tables: Sequence[Table], width: int | None) -> list[Table]:
    """Return the ways to read an answer's tables as one, so that no part of it goes unjudged.

    One table is itself. Several are stacked where their columns are the same ("new customers" above "regulars"),
    and put side by side where each is a single row and at least as many columns are expected (`width`).
    """
    first, *others = tables
    if not others:
        return [first]
    ways = []
    names = [column.name for column in first.columns]
    if all([column.name for column in table.columns] == names for table in others):
        ways.append(replace(first, rows=tuple(row for table in tables for row in table.rows)))
    if all(len(table.rows) == 1 for table in tables) and (width or 0) >= len(tables):
        columns = tuple(column for table in tables for column in table.columns)
        ways.append(
            replace(first, columns=columns, rows=(tuple(cell for t in tables for cell in t.rows[0]),))
        )
    return ways


def wrong_slots(got: Plan | None, gold: Plan) -> tuple[str, ...]:
    """Return the slots in which a plan differs from the gold plan; `kind` where they are of different kinds."""
    if got is None or got.kind != gold.kind:
        return ("kind",)
    if isinstance(got, ToolPlan) and isinstance(gold, ToolPlan):
        return () if (got.name, dict(got.inputs)) == (gold.name, dict(gold.inputs)) else ("tool",)
    if not isinstance(got, MetricPlan) or not isinstance(gold, MetricPlan):
        return () if got == gold else ("kind",)
    return tuple(slot for slot in SLOTS if _slot(got, slot) != _slot(gold, slot))


def _slot(plan: MetricPlan, slot: str) -> object:
    """Return one slot of a plan in a form in which equal meanings are equal."""
    if slot == "metric":
        return tuple(plan.metrics)
    if slot == "dimension":
        return frozenset(plan.group_by)
    if slot == "filter":
        conditions = [part.model_dump_json() for part in plan.where]
        return frozenset(conditions), frozenset(plan.segments), frozenset(plan.having)
    if slot == "period":
        return plan.period and (plan.period.start, plan.period.end)
    if slot == "compare":
        return frozenset(part.model_dump_json() for part in plan.compare)
    if slot == "order":
        return plan.order_by
    if slot == "limit":
        return plan.limit
    return plan.transforms
