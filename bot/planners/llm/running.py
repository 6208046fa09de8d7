"""Runs a plan that the model wants to try, with the rights of the person who asks; tells it the shape of the result."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.execution import Execution, Stopwatch
from bot.plan import AnswerablePlan

if TYPE_CHECKING:
    from bot.planners.base import PlanRequest
    from tools.registry import Registry

SHOWN_ROWS = 8
LONGEST = 1_500  # characters


def run_told(
    request: PlanRequest, registry: Callable[[], Registry], plan: AnswerablePlan, *, see_rows: bool
) -> str:
    """Return columns and row count of a plan's result; its first rows only where the operator lets the model see them.

    Raises:
        AskGrowthError: it cannot be run, or the user may not see it.
    """
    execution = Execution(
        request.layer,
        registry,
        request.today,
        request.user,
        SHOWN_ROWS,
        Stopwatch(),
        progress=request.progress,
    )
    table = execution.execute(plan, brief=True).part.table
    if table is None:
        return "it runs; no table"
    lines = [f"rows: {table.row_count}", "columns: " + ", ".join(column.name for column in table.columns)]
    if see_rows:
        lines += [json.dumps(row, ensure_ascii=False, default=str) for row in table.rows[:SHOWN_ROWS]]
    else:
        lines.append("the rows are not shown to you; our code writes the answer from them")
    return "\n".join(lines)[:LONGEST]
