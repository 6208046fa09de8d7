"""The metric query: what the layer computes, independent of any language. Frozen, printable as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from semantic_layer.period import Grain, Period

Scalar = bool | int | float | str
Operator = Literal[
    "=", "!=", "in", "not in", "<", "<=", ">", ">=", "between",
    "contains", "not contains", "starts with", "not starts with", "ends with", "not ends with",
    "is null", "is not null",
]  # fmt: skip


class Frozen(BaseModel):
    """Base of everything that crosses a border: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class GroupBy(Frozen):
    """A dimension to group by; `grain` only on time dimensions. `metric_time` is every metric's own time.

    `part` groups by a part of the date (day of week …) instead of a bucket, `custom_grain` by a bucket of one of
    the workspace's own calendars (`retail_month`).
    """

    dimension: str
    grain: Grain | None = None
    part: Literal["year", "quarter", "month", "day", "day_of_week", "day_of_year"] | None = None
    custom_grain: str | None = None

    @property
    def column(self) -> str:
        """Return the name of the result column: `channel`, `ordered_at__week`."""
        suffix = self.grain.value if self.grain else self.part or self.custom_grain
        return f"{self.dimension}__{suffix}" if suffix else self.dimension


class Condition(Frozen):
    """`dimension operator values`; `between` includes both ends and takes two values, null tests none."""

    kind: Literal["condition"] = "condition"
    dimension: str
    operator: Operator
    values: tuple[Scalar, ...] = ()


class AnyOf(Frozen):
    """At least one of the conditions holds."""

    kind: Literal["any"] = "any"
    conditions: tuple[Condition, ...]


class Expression(Frozen):
    """An allow-listed boolean SQL expression over dimension names (from `--where`), parsed by the compiler."""

    kind: Literal["expression"] = "expression"
    sql: str


Where = Annotated[Condition | AnyOf | Expression, Field(discriminator="kind")]


class Having(Frozen):
    """A condition on a result column (`gmv`, `gmv__growth`), applied after aggregation."""

    column: str
    operator: Literal["=", "!=", "<", "<=", ">", ">=", "between", "is null", "is not null"]
    values: tuple[float, ...] = ()


class PeriodRange(Frozen):
    """The half-open dates to read. `requested_end` is later than `end` where the period is not over."""

    start: date
    end: date
    requested_end: date | None = None

    def period(self) -> Period:
        """Return the plain value."""
        return Period(self.start, self.end, self.requested_end or self.end)

    @staticmethod
    def of(period: Period) -> PeriodRange:
        """Return the border form of a plain period."""
        requested = period.requested_end if period.is_partial else None
        return PeriodRange(start=period.start, end=period.end, requested_end=requested)


class Compare(Frozen):
    """One comparison: adds `m__<kind>`, `m__delta`, `m__growth` (suffixed by the kind when there are several).

    `previous_period`: the calendar period before, or the same length just before; per bucket when the
    query groups by time. `previous_year`: the same dates a year earlier. `same_weekday`: seven days earlier.
    `period`: the dates in `period` (an event's dates last year, "vs March"). Like for like always.
    """

    kind: Literal["previous_period", "previous_year", "same_weekday", "period"]
    period: PeriodRange | None = None


class OrderBy(Frozen):
    """Sort by a result column. Nulls come last in both directions; ties follow the group columns."""

    column: str
    descending: bool = True


class Limit(Frozen):
    """Keep `n` rows, overall or per group of `per`; `offset` skips rows first ("the second").

    `other` adds one last row, `(other)`, for everything that was cut off: computed anew, so that ratios and
    distinct counts are right. Only with one dimension to group by that is not a time.
    """

    n: int = Field(ge=1)
    per: tuple[str, ...] = ()
    offset: int = Field(default=0, ge=0)
    other: bool = False


class Share(Frozen):
    """Share of the total, or of the group `within`: adds `m__share`, a fraction. Additive metrics only."""

    kind: Literal["share"] = "share"
    metric: str
    within: tuple[str, ...] = ()


class Rank(Frozen):
    """Rank by a column, 1 the best; adds `m__rank`. Equal values share a rank."""

    kind: Literal["rank"] = "rank"
    metric: str
    within: tuple[str, ...] = ()
    descending: bool = True


class RunningTotal(Frozen):
    """Running total along the query's time column, per other group; adds `m__running_total`."""

    kind: Literal["running_total"] = "running_total"
    metric: str


class Rolling(Frozen):
    """Mean or sum of the last `window` buckets incl. this one; adds `m__rolling`. Short starts are null."""

    kind: Literal["rolling"] = "rolling"
    metric: str
    window: int = Field(ge=2)
    function: Literal["mean", "sum"] = "mean"


class AveragePer(Frozen):
    """Average of the metric per calendar bucket of the period; adds `m__per_<grain>`. Empty buckets count as 0."""

    kind: Literal["average_per"] = "average_per"
    metric: str
    grain: Grain


Transform = Annotated[Share | Rank | RunningTotal | Rolling | AveragePer, Field(discriminator="kind")]


class MetricQuery(Frozen):
    """A complete question to the metric layer.

    No metrics: the distinct values of the `group_by` dimensions. No period: all data through today.
    Result columns in order: group columns, metrics as listed, comparison columns, transforms.
    Without `order_by`: time ascending first, then the first metric in descending order.
    """

    metrics: tuple[str, ...] = ()
    group_by: tuple[GroupBy, ...] = ()
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()
    having: tuple[Having, ...] = ()
    period: PeriodRange | None = None
    compare: tuple[Compare, ...] = ()
    transforms: tuple[Transform, ...] = ()
    order_by: tuple[OrderBy, ...] = ()
    limit: Limit | None = None
    totals: bool = False
