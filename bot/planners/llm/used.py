"""What a list of plans names and does: the coverage check compares it with the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.plan import AnswerablePlan, MetricPlan, ToolPlan
from semantic_layer.catalog import Catalog, DerivedMetric, RatioMetric
from semantic_layer.query import AveragePer

_NEGATIVE = (
    "!=",
    "not in",
    "not contains",
    "not starts with",
    "not ends with",
    "is null",
    "is not null",
    "<",
    "<=",
    ">",
    ">=",
)


@dataclass(slots=True)
class Used:
    """Everything that a list of plans names, whatever place it stands in."""

    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    periods: list[tuple[str, str]] = field(default_factory=list)
    wide: list[tuple[str, str]] = field(default_factory=list)  # periods of plans that are split by time


def used_by(plans: Sequence[AnswerablePlan], catalog: Catalog) -> Used:
    """Return everything the plans name."""
    used = Used()
    for plan in plans:
        for key, value in _leaves(plan.model_dump(mode="json", exclude_none=True)):
            if isinstance(value, bool):
                used.values.add(str(value).lower())
            elif isinstance(value, int | float):
                used.numbers.add(float(value))
            if isinstance(value, str | int | float):
                used.values.add(str(value).casefold())
            if isinstance(value, str) and key != "values":
                used.names.add(value)
                used.names.add(value.split("__")[0])
        if isinstance(plan, MetricPlan):
            _parts(plan, used)
        elif isinstance(plan, ToolPlan):
            used.parts |= {"compare", "order", "tool"}
            period = plan.inputs.get("period")
            if isinstance(period, dict):
                used.periods.append((str(period.get("start")), str(period.get("end"))))
    for name in list(used.names):
        used.names |= inputs_of(name, catalog)
        used.names.add(catalog.spellings.get(name, name))
    return used


def _parts(plan: MetricPlan, used: Used) -> None:
    kinds = {part.kind for part in plan.transforms}
    conditions = [one for part in plan.where for one in (getattr(part, "conditions", None) or (part,))]
    operators = [getattr(one, "operator", "") for one in conditions] + [one.operator for one in plan.having]
    # What a word may be explained by beside a name: what it does to the rows, never which rows are read.
    used.parts |= {name for name in ("order_by", "limit", "having", "compare") if getattr(plan, name)}
    used.parts |= kinds | ({"order"} if plan.order_by else set())
    used.parts |= {"share"} if "share" in kinds else set()
    used.parts |= {"running"} if "running_total" in kinds else set()
    used.parts |= {"rolling"} if "rolling" in kinds else set()
    used.parts |= {"average"} if "average_per" in kinds else set()
    used.parts |= {"compare"} if plan.compare else set()
    used.parts |= {"negation"} if any(operator in _NEGATIVE for operator in operators) else set()
    used.parts |= {"text"} if any("with" in one or "contains" in one for one in operators) else set()
    used.parts |= {"ascending"} if any(not one.descending for one in plan.order_by) else set()
    by_time = [group for group in plan.group_by if group.grain is not None]
    used.parts |= {f"grain:{group.grain.value}" for group in by_time if group.grain}
    used.parts |= {f"grain:{one.grain.value}" for one in plan.transforms if isinstance(one, AveragePer)}
    used.parts |= {"weekday"} if any(group.part for group in plan.group_by) else set()
    if plan.period is not None:
        start, end = plan.period.start.isoformat(), plan.period.end.isoformat()
        used.periods.append((start, end))
        if by_time:
            used.wide.append((start, end))
    for compare in plan.compare:
        if compare.period is not None:
            used.periods.append((compare.period.start.isoformat(), compare.period.end.isoformat()))


def inputs_of(name: str, catalog: Catalog) -> set[str]:
    """Return the metrics that a metric is made of: “cost per order” answers both of its words."""
    metric = catalog.metrics.get(name)
    kind = metric.type if metric is not None else None
    if isinstance(kind, RatioMetric):
        return {kind.numerator.metric, kind.denominator.metric}
    return {one.metric for one in kind.inputs} if isinstance(kind, DerivedMetric) else set()


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, key)
    else:
        yield key, value
