"""A plan with one part changed; what no longer fits the changed part is dropped, never carried along silently."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.editing.periods import PeriodForm, form_period
from bot.plan import AnswerablePlan, MetricPlan, ToolPlan
from semantic_layer.errors import QueryError
from semantic_layer.query import (
    Compare,
    Condition,
    Frozen,
    GroupBy,
    Limit,
    MetricQuery,
    OrderBy,
    PeriodRange,
    Where,
)
from semantic_layer.text import Text

ComparisonChoice = Literal["none", "previous_period", "previous_year", "same_weekday"]


class EditMetrics(Frozen):
    """Compute these metrics instead, the first leading."""

    part: Literal["metric"]
    metrics: tuple[str, ...] = Field(min_length=1, max_length=8)


class EditGroups(Frozen):
    """Group by these dimensions (and time buckets) instead; empty for one total."""

    part: Literal["dimension"]
    group_by: tuple[GroupBy, ...] = Field(max_length=3)


class EditFilter(Frozen):
    """Keep only these values of a dimension; no values lifts every condition on it."""

    part: Literal["filter"]
    dimension: str
    values: tuple[bool | int | float | str, ...] = Field(max_length=200)
    exclude: bool = False


class EditSegments(Frozen):
    """Keep only the members of these segments."""

    part: Literal["segment"]
    segments: tuple[str, ...]


class EditPeriod(Frozen):
    """Read another period: a named form (`last_month`) or two dates, both included."""

    part: Literal["period"]
    form: PeriodForm | None = None
    first: date | None = None
    last: date | None = None


class EditComparison(Frozen):
    """Compare with another period, or with none."""

    part: Literal["comparison"]
    kind: ComparisonChoice


class EditLimit(Frozen):
    """Keep the first `n` rows; None for all."""

    part: Literal["limit"]
    n: int | None = Field(default=None, ge=1, le=1000)


class EditOrder(Frozen):
    """Sort by a column."""

    part: Literal["order"]
    column: str
    descending: bool = True


Edit = Annotated[
    EditMetrics
    | EditGroups
    | EditFilter
    | EditSegments
    | EditPeriod
    | EditComparison
    | EditLimit
    | EditOrder,
    Field(discriminator="part"),
]


class Calendar(Frozen):
    """What dates mean here: today, the day after the last one with data, where weeks and fiscal years start."""

    today: date
    data_end: date | None = None
    week_start: int = 0
    fiscal_year_start: int = 1


def edited(plan: AnswerablePlan, edit: Edit, calendar: Calendar) -> AnswerablePlan:
    """Return the plan with one part changed.

    Raises:
        QueryError: the plan has no such part, or the new value of it cannot be read.
    """
    if isinstance(plan, MetricPlan):
        return _metric_plan(plan, edit, calendar)
    if isinstance(plan, ToolPlan):
        return _tool_plan(plan, edit, calendar)
    raise _no_such_part()


def _metric_plan(plan: MetricPlan, edit: Edit, calendar: Calendar) -> MetricPlan:
    if isinstance(edit, EditMetrics):
        return _fitting(plan, metrics=tuple(dict.fromkeys(edit.metrics)))
    if isinstance(edit, EditGroups):
        return _fitting(plan, group_by=tuple(dict.fromkeys(edit.group_by)))
    if isinstance(edit, EditFilter):
        return _fitting(plan, where=_with_values(plan.where, edit))
    if isinstance(edit, EditSegments):
        return _fitting(plan, segments=tuple(dict.fromkeys(edit.segments)))
    if isinstance(edit, EditPeriod):
        # Dates named beside another period ("against last year's event") mean nothing beside this one.
        compare = tuple(Compare(kind="previous_period") if c.kind == "period" else c for c in plan.compare)
        return _fitting(plan, period=_period(edit, calendar), compare=tuple(dict.fromkeys(compare)))
    if isinstance(edit, EditComparison):
        return _fitting(plan, compare=() if edit.kind == "none" else (Compare(kind=edit.kind),))
    if isinstance(edit, EditLimit):
        kept = plan.limit.per if plan.limit is not None else ()
        return _fitting(plan, limit=Limit(n=edit.n, per=kept) if edit.n is not None else None)
    return _fitting(plan, order_by=(OrderBy(column=edit.column, descending=edit.descending),))


def _with_values(where: tuple[Where, ...], edit: EditFilter) -> tuple[Where, ...]:
    others = tuple(
        one for one in where if not (isinstance(one, Condition) and one.dimension == edit.dimension)
    )
    if not edit.values:
        return others
    single = len(edit.values) == 1
    if edit.exclude:
        new = Condition(dimension=edit.dimension, operator="!=" if single else "not in", values=edit.values)
    else:
        new = Condition(dimension=edit.dimension, operator="=" if single else "in", values=edit.values)
    at = next(
        (i for i, one in enumerate(where) if isinstance(one, Condition) and one.dimension == edit.dimension),
        len(others),
    )
    return (*others[:at], new, *others[at:])


def _period(edit: EditPeriod, calendar: Calendar) -> PeriodRange | None:
    if edit.form == "all":
        return None
    return PeriodRange.of(
        form_period(
            edit.form,
            (edit.first, edit.last),
            calendar.today,
            calendar.data_end,
            calendar.week_start,
            calendar.fiscal_year_start,
        )
    )


def _fitting(plan: MetricPlan, **changes: object) -> MetricPlan:
    """Return the changed plan without what refers to columns that it no longer has."""
    values = {name: getattr(plan, name) for name in MetricQuery.model_fields} | changes
    new = MetricPlan.model_validate({"kind": "metric", **values})
    if new.period is None:  # nothing can be compared where no period says what comes before
        new = new.model_copy(update={"compare": ()})
    groups = {group.column for group in new.group_by}
    grouped = {group.dimension for group in new.group_by}
    over_time = any(group.grain is not None for group in new.group_by)

    def has(column: str) -> bool:
        metric, _, suffix = column.partition("__")
        if column in groups or column in new.metrics:
            return True
        if metric not in new.metrics:
            return False
        comparing = suffix.startswith(("delta", "growth", "previous_", "same_weekday", "period"))
        return bool(new.compare) if comparing else any(one.metric == metric for one in new.transforms)

    transforms = tuple(
        one
        for one in new.transforms
        if one.metric in new.metrics
        and set(getattr(one, "within", ())) <= grouped
        and (over_time or one.kind not in ("running_total", "rolling"))
        and (new.group_by or one.kind not in ("share", "rank"))
    )
    new = new.model_copy(update={"transforms": transforms})
    limit = new.limit
    if limit is not None and (not new.group_by or not set(limit.per) <= grouped):
        limit = None
    update: dict[str, object] = {
        "having": tuple(one for one in new.having if has(one.column)),
        "order_by": tuple(one for one in new.order_by if new.group_by and has(one.column)),
        "limit": limit,
    }
    if ("group_by" in changes or "metrics" in changes) and new.presentation != "table":
        update["presentation"] = None  # the chart that was asked for suited another shape
    return new.model_copy(update=update)


def _tool_plan(plan: ToolPlan, edit: Edit, calendar: Calendar) -> ToolPlan:
    """Return the analysis with one of its inputs changed, where it has that input."""
    inputs = dict(plan.inputs)
    if isinstance(edit, EditPeriod) and "period" in inputs:
        period = _period(edit, calendar)
        inputs["period"] = period.model_dump(mode="json") if period is not None else None
        if period is not None and {"start", "end"} <= set(inputs):
            inputs |= {"start": period.start.isoformat(), "end": period.end.isoformat()}
    elif isinstance(edit, EditMetrics) and "metric" in inputs:
        inputs["metric"] = edit.metrics[0]
    elif isinstance(edit, EditGroups) and "dimension" in inputs and edit.group_by:
        inputs["dimension"] = edit.group_by[0].dimension
    elif isinstance(edit, EditComparison) and "compare" in inputs and edit.kind != "none":
        inputs["compare"] = {"kind": edit.kind}
    else:
        raise _no_such_part()
    return plan.model_copy(update={"inputs": inputs})


def _no_such_part() -> QueryError:
    return QueryError(
        Text(zh="这个回答里没有这一项可改。", en="This answer has no such part to change."),
        Text(zh="直接用一句话重新问。", en="Ask again in words."),
        code="not_editable",
    )
