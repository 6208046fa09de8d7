"""The resolved, immutable catalog: what the YAML means, built by the loader, every name and filter checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from semantic_layer.fiscal import CalendarWindow, CustomGrain
from semantic_layer.period import Grain
from semantic_layer.rollup import Rollup
from semantic_layer.text import Text, Words

EntityType = Literal["primary", "unique", "foreign", "natural"]
DimensionKind = Literal["categorical", "boolean", "number", "time"]
Aggregation = Literal[
    "sum", "count", "count_distinct", "avg", "min", "max", "median", "percentile", "sum_boolean"
]
GoodDirection = Literal["up", "down", "none"]
Tier = Literal["strategic", "tactical", "operational"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the YAML something was declared, for messages."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Window:
    """A length of time such as `7 days`; `count` is positive."""

    count: int
    grain: Grain


@dataclass(frozen=True, slots=True)
class Filter:
    """A boolean SQL expression in the catalog's names.

    Columns are dimension names as a query writes them (`channel`, `metric_time__week`), dbt's Jinja rewritten. A
    metric used as a filter is the call `metric('orders', 'customer')` (its name, then the entities it is by).
    """

    sql: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A join key of a model. `expr` is SQL over the model's own columns."""

    name: str
    type: EntityType
    expr: str
    model: str


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """A declared value: the stored code, its label and further words for it."""

    code: str | int | float | bool
    label: Text
    synonyms: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where a dimension's column lives: a model and an SQL expression over its columns."""

    model: str
    expr: str
    grain: Grain | None = None  # the base grain of a time column here
    is_partition: bool = False
    validity: Literal["start", "end"] | None = None  # slowly changing dimensions


@dataclass(frozen=True, slots=True)
class Dimension:
    """A thing to group or filter by.

    `name` is canonical: a conformed dimension's own name; else the column's name where that is unique in
    the catalog; else `primary_entity__column`. `qualified` lists every other accepted spelling
    (`entity__column`). A conformed dimension has one binding per model, any other exactly one. Every entity
    is a conformed dimension of its own name, bound wherever its key is (its values are not indexed).
    """

    name: str
    kind: DimensionKind
    label: Text
    bindings: tuple[Binding, ...]
    conformed: bool = False
    qualified: tuple[str, ...] = ()
    description: Text | None = None
    synonyms: Words = field(default_factory=Words)
    values: tuple[DimensionValue, ...] = ()
    grain: Grain | None = None  # time: the finest grain
    index_values: bool = True  # false for ids and free text: values are not looked up in questions
    hidden: bool = False
    owner: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class NonAdditive:
    """A semi-additive rule: keep only the rows at the first or last value of a time dimension per group."""

    dimension: str
    choice: Literal["min", "max"]
    group_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimpleMetric:
    """One aggregation over one model. `expr` is SQL over the model's columns (`1` counts rows)."""

    model: str
    agg: Aggregation
    expr: str
    agg_time_dimension: str | None  # canonical name of a time dimension of the model
    percentile: float | None = None
    discrete: bool = False
    non_additive: NonAdditive | None = None
    fill_nulls_with: float | None = None
    join_to_timespine: bool = False


@dataclass(frozen=True, slots=True)
class MetricInput:
    """A metric used by another one. `alias` is its name inside the expression (default: its own)."""

    metric: str
    alias: str | None = None
    filters: tuple[Filter, ...] = ()
    offset_window: Window | CalendarWindow | None = None
    offset_to_grain: Grain | None = None

    @property
    def name(self) -> str:
        """Return the name that the outer expression uses."""
        return self.alias or self.metric


@dataclass(frozen=True, slots=True)
class RatioMetric:
    """Numerator over denominator, each aggregated first; null where the denominator is 0 or null."""

    numerator: MetricInput
    denominator: MetricInput


@dataclass(frozen=True, slots=True)
class DerivedMetric:
    """An SQL expression over other metrics' results; every division in it is guarded."""

    expr: str
    inputs: tuple[MetricInput, ...]


@dataclass(frozen=True, slots=True)
class CumulativeMetric:
    """A running value of one metric: over a window, since the start of a grain, or since ever (neither)."""

    input: MetricInput
    window: Window | None = None
    grain_to_date: Grain | None = None
    period_agg: Literal["first", "last", "average"] = "first"


@dataclass(frozen=True, slots=True)
class ConversionMetric:
    """How many base events of an entity were followed by a conversion event within a window."""

    base: MetricInput
    conversion: MetricInput
    entity: str
    calculation: Literal["conversion_rate", "conversions"]
    window: Window | None = None
    constant_properties: tuple[tuple[str, str], ...] = ()  # (base property, conversion property)


# The YAML's sections of analyses, and what one entry of each is called.
SINGULAR = {
    "funnels": "funnel", "journeys": "journey", "experiments": "experiment", "reviews": "review",
    "customers": "customer", "actions": "action", "targets": "target", "ideas": "idea", "deals": "deal",
    "reconciliations": "reconciliation", "budgets": "budget", "promotions": "promotion",
}  # fmt: skip

MetricType = SimpleMetric | RatioMetric | DerivedMetric | CumulativeMetric | ConversionMetric


@dataclass(frozen=True, slots=True)
class Target:
    """A planned value for a period such as `2025-Q4`, `2025-11` or `2025`; `filters` narrow it."""

    period: str
    value: float
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A number with a definition. `version` changes whenever the definition does (a short hash of it)."""

    name: str
    type: MetricType
    label: Text
    version: str
    filters: tuple[Filter, ...] = ()
    description: Text | None = None
    synonyms: Words = field(default_factory=Words)
    unit: str | None = None
    format: str | None = None
    good_direction: GoodDirection = "none"
    tier: Tier | None = None
    owner: str | None = None
    certified: bool = False
    hidden: bool = False
    not_additive: bool = False
    maturity_days: int = 0
    drivers: tuple[str, ...] = ()
    driver_formula: str | None = None
    targets: tuple[Target, ...] = ()
    place: Place | None = None

    @property
    def is_ratio(self) -> bool:
        """Return whether the metric is a quotient (so that sums and shares of it mean nothing)."""
        return isinstance(self.type, RatioMetric)


@dataclass(frozen=True, slots=True)
class Model:
    """One table, file or SQL query with its keys. `source_kind` says how `source` is to be read."""

    name: str
    label: Text
    source: str
    source_kind: Literal["table", "file", "sql"]
    entities: tuple[Entity, ...]
    agg_time_dimension: str | None = None
    primary_entity: str | None = None
    description: Text | None = None
    synonyms: Words = field(default_factory=Words)
    forward_dated: bool = False  # plans and calendars: their dates do not say how fresh the data are
    columns: tuple[str, ...] = ()  # declared physical columns, for checks
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """What a vague word means in this workspace: the metric to take, and the others to offer.

    `dimension` is set on words that stand for one of several dimensions (渠道): `also` then lists dimensions.
    """

    name: str
    words: Words
    metric: str | None = None
    dimension: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A named condition on rows (新客), used like a filter."""

    name: str
    label: Text
    where: Filter
    synonyms: Words = field(default_factory=Words)
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A calendar event such as 双11 with its half-open dates per year."""

    name: str
    label: Text
    synonyms: Words
    years: tuple[tuple[int, date, date], ...]


@dataclass(frozen=True, slots=True)
class AnalysisBinding:
    """One entry of `funnels:`, `journeys:`, `experiments:`, `reviews:` or `customers:`, as plain values.

    `kind` is the section's singular; `options` the entry's checked keys, names canonical (`loader/analyses.py`).
    """

    kind: str
    name: str
    label: Text
    options: Mapping[str, object]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Row filters (with `{user.attribute}` places), hidden and masked dimensions; None means open to all."""

    rows: tuple[tuple[str, Filter], ...] = ()  # (model, filter)
    hidden: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    roles: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything a workspace's YAML declares, by canonical name, in declaration order."""

    models: Mapping[str, Model]
    dimensions: Mapping[str, Dimension]
    metrics: Mapping[str, Metric]
    segments: Mapping[str, Segment]
    concepts: tuple[Concept, ...]
    events: tuple[Event, ...]
    analyses: tuple[AnalysisBinding, ...]
    access: Access | None
    week_start: int = 0  # 0 Monday … 6 Sunday
    fiscal_year_start: int = 1
    time_spines: Mapping[str, tuple[str, str, Grain]] = field(default_factory=dict)
    custom_grains: Mapping[str, CustomGrain] = field(default_factory=dict)
    rollups: Mapping[str, Rollup] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)  # any accepted dimension spelling -> canonical
