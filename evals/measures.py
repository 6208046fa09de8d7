"""What is measured on an answer besides being right: whether the chart suits the plan, tokens and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.plan import MetricPlan
from evals.compare import plain

if TYPE_CHECKING:
    from bot.answer import Answer

TIME_KINDS = ("line", "area", "bar", "grouped_bar", "stacked_bar", "heatmap", "number", "table")
MOST_SLICES = 8


def chart_problem(answer: Answer) -> str | None:
    """Return why the chart does not suit the executed plan; empty where it does, None without a plan of metrics.

    Judged by what the chart must let a reader see: time runs along an axis, parts of a whole only few and never
    negative, several groups in series, one number as a number; every value it draws is a column of its own table.
    """
    plan, chart = answer.plan, answer.chart
    if not isinstance(plan, MetricPlan) or not answer.parts or not plan.metrics:
        return None
    if chart is None:
        table = answer.parts[0].table
        return "" if table is None or not table.rows or not _has_value(answer) else "no chart"
    names = {column.name for column in chart.table.columns}
    used = {name for name in (chart.x, chart.series, *chart.y, chart.low, chart.high) if name}
    if not used <= names:
        return f"draws {', '.join(sorted(used - names))}, which its table has not"
    timed = any(group.grain is not None for group in plan.group_by)
    if timed and chart.kind not in TIME_KINDS:
        return f"{chart.kind} over time"
    if not plan.group_by and not plan.compare and chart.kind not in ("number", "table", "bar", "grouped_bar"):
        return f"{chart.kind} of a single value"
    if chart.kind == "pie":
        cells = [plain(cell) for cell in chart.table.column(chart.y[0])]
        numbers = [cell for cell in cells if isinstance(cell, float)]
        if len(cells) > MOST_SLICES or any(cell < 0 for cell in numbers):
            return "a pie of many or negative parts"
    if plan.presentation in ("line", "bar", "table", "area") and chart.kind not in _asked(plan.presentation):
        return f"{chart.kind} where {plan.presentation} was asked"
    return ""


def usage(answer: Answer) -> tuple[int, int, float | None]:
    """Return tokens in, tokens out and cost of an answer; the cost is None where the endpoint's price is unknown."""
    extra = answer.provenance.extra if answer.provenance is not None else {}
    cost = extra.get("cost")
    return (
        _count(extra.get("tokens_in")),
        _count(extra.get("tokens_out")),
        float(cost) if isinstance(cost, int | float) else None,
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _asked(presentation: str) -> tuple[str, ...]:
    return {"bar": ("bar", "grouped_bar", "stacked_bar"), "line": ("line",), "table": ("table",)}.get(
        presentation, (presentation, "stacked_bar")
    )


def _has_value(answer: Answer) -> bool:
    return any(
        cell is not None for part in answer.parts if part.table for row in part.table.rows for cell in row
    )
