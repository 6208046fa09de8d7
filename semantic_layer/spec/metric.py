"""`metrics:` — a number with its definition, in the latest dbt shape plus our own keys."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from semantic_layer.catalog import Aggregation, GoodDirection, Tier
from semantic_layer.spec.base import Spec, refusal
from semantic_layer.spec.fields import (
    Filters,
    GrainText,
    Name,
    OffsetText,
    OptionalText,
    PeriodText,
    Sql,
    Synonyms,
    WindowText,
    listed,
    named,
)
from semantic_layer.text import Words

MetricKind = Literal["simple", "ratio", "derived", "cumulative", "conversion"]

_AGGREGATION_WORDS = {"average": "avg", "mean": "avg", "distinct_count": "count_distinct"}


def _aggregation(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    return _AGGREGATION_WORDS.get(raw.lower(), raw.lower())


def _drivers(raw: object) -> object:
    return {"metrics": raw} if isinstance(raw, list) else raw


class InputSpec(Spec):
    """A metric used by another one. A bare name is the short form."""

    ignored: ClassVar[frozenset[str]] = frozenset({"config", "meta"})

    name: Name
    alias: Name | None = Field(default=None, description="Its name inside `expr`.")
    filter: Filters = ()
    offset_window: OffsetText | None = Field(
        default=None, description="Its value that long ago; also by buckets of a calendar."
    )
    offset_to_grain: GrainText | None = Field(
        default=None, description="Its value at the start of that grain."
    )


Input = Annotated[InputSpec, BeforeValidator(named)]


class NonAdditiveSpec(Spec):
    """A balance: only the rows at the first or last value of a time dimension count."""

    name: Name
    window_agg: Literal["min", "max"]
    group_by: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _older_names(cls, raw: Any) -> Any:
        """Dbt's older shape says window_choice and window_groupings."""
        if isinstance(raw, dict) and ("window_choice" in raw or "window_groupings" in raw):
            renamed = dict(raw)
            for old, new in (("window_choice", "window_agg"), ("window_groupings", "group_by")):
                if old in renamed:
                    renamed[new] = renamed.pop(old)
            return renamed
        return raw


class ConstantProperty(Spec):
    """A property that must be equal in the base event and in the conversion."""

    base_property: Name
    conversion_property: Name


class TargetSpec(Spec):
    """A planned value for a period: `2025-Q4`, `2025-11` or `2025`."""

    period: PeriodText = Field(pattern=r"^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$")
    value: float
    filter: Filters = ()


class DriversSpec(Spec):
    """The metrics this one is made of in people's minds, and how they multiply or add up."""

    metrics: tuple[Name, ...] = ()
    formula: Sql | None = None


class GoldenTest(Spec):
    """A number known to be right: `check` computes the metric and compares."""

    period: str = Field(description="Half-open START/END, as dates.")
    filter: Filters = ()
    value: float
    tolerance: float = Field(default=0.0, ge=0, description="Largest allowed absolute difference.")


class MetricSpec(Spec):
    """A number with its definition. Which keys belong to which type is checked after reading."""

    ignored: ClassVar[frozenset[str]] = frozenset(
        {"config", "meta", "metadata", "tags", "group", "time_granularity"}
    )

    name: Name
    type: MetricKind = "simple"
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    filter: Filters = ()

    # simple
    model: Name | None = Field(default=None, description="The model, for a simple metric outside of one.")
    agg: Annotated[Aggregation | None, BeforeValidator(_aggregation)] = None
    expr: Sql | None = None
    percentile: float | None = Field(default=None, gt=0, description="0.95, or 95.")
    percentile_type: Literal["discrete", "continuous"] | None = None
    agg_time_dimension: Name | None = None
    non_additive_dimension: NonAdditiveSpec | None = None
    fill_nulls_with: float | None = None
    join_to_timespine: bool | None = None

    # ratio, derived, cumulative, conversion
    numerator: Input | None = None
    denominator: Input | None = None
    input_metrics: Annotated[tuple[Input, ...], BeforeValidator(listed)] = ()
    input_metric: Input | None = None
    window: WindowText | None = None
    grain_to_date: GrainText | None = None
    period_agg: Literal["first", "last", "average"] | None = None
    entity: Name | None = None
    calculation: Literal["conversion_rate", "conversions"] | None = None
    base_metric: Input | None = None
    conversion_metric: Input | None = None
    constant_properties: tuple[ConstantProperty, ...] = ()

    # presentation and governance
    unit: str | None = Field(default=None, description="A currency code (CNY) or the counted thing (orders).")
    format: str | None = Field(default=None, description='How it is shown: "0.0%", "0.00x", "#,##0".')
    good_direction: GoodDirection = "none"
    tier: Tier | None = None
    owner: str | None = None
    certified: bool = False
    hidden: bool = False
    not_additive: bool = Field(
        default=False, description="Must never be summed over rows (a platform's uniques)."
    )
    maturity_days: int = Field(default=0, ge=0, description="The last days that still change.")
    drivers: Annotated[DriversSpec, BeforeValidator(_drivers)] = DriversSpec()
    targets: tuple[TargetSpec, ...] = ()
    tests: tuple[GoldenTest, ...] = ()

    @model_validator(mode="after")
    def _belongs_to_type(self) -> MetricSpec:
        required, allowed = _KEYS_OF[self.type]
        for key in required:
            if getattr(self, key) in (None, ()):
                raise refusal(
                    f"{self.type} 指标 {self.name!r} 缺少 {key}。",
                    f"The {self.type} metric {self.name!r} has no {key}.",
                    f"加上 {key}: …,或改 type。",
                    f"Add {key}: …, or change its type.",
                )
        for key in sorted((self.model_fields_set & _TYPED_KEYS) - allowed - required):
            if getattr(self, key) in (None, (), False):
                continue
            kinds = ", ".join(kind for kind, (need, may) in _KEYS_OF.items() if key in need | may)
            raise refusal(
                f"{key} 不适用于 {self.type} 指标(适用于:{kinds})。",
                f"{key} does not belong to a {self.type} metric (it belongs to: {kinds}).",
                f"删去 {key},或改 type。",
                f"Remove {key}, or change the type.",
            )
        if self.agg == "percentile" and self.percentile is None:
            raise refusal(
                "agg: percentile 需要 percentile。",
                "agg: percentile needs a percentile.",
                "例如 percentile: 0.95。",
                "For example percentile: 0.95.",
            )
        if self.window is not None and self.grain_to_date is not None:
            raise refusal(
                "window 和 grain_to_date 只能写一个。",
                "Only one of window and grain_to_date may be given.",
                "删去其中一个。",
                "Remove one of them.",
            )
        return self


_SIMPLE = frozenset(
    {
        "model", "expr", "percentile", "percentile_type", "agg_time_dimension", "non_additive_dimension",
        "fill_nulls_with", "join_to_timespine",
    }
)  # fmt: skip
_FILL = frozenset({"fill_nulls_with", "join_to_timespine"})

# type -> (required keys, further allowed keys)
_KEYS_OF: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "simple": (frozenset({"agg"}), _SIMPLE),
    "ratio": (frozenset({"numerator", "denominator"}), _FILL),
    "derived": (frozenset({"expr"}), frozenset({"input_metrics"}) | _FILL),
    "cumulative": (frozenset({"input_metric"}), frozenset({"window", "grain_to_date", "period_agg"}) | _FILL),
    "conversion": (
        frozenset({"entity", "base_metric", "conversion_metric"}),
        frozenset({"calculation", "window", "constant_properties"}) | _FILL,
    ),
}
_TYPED_KEYS = frozenset().union(*(need | may for need, may in _KEYS_OF.values()))
