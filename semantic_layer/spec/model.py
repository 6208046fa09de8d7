"""`models:` — one table, file or SQL query each, with its keys, dimensions and simple metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from semantic_layer.catalog import DimensionKind, EntityType
from semantic_layer.spec.base import Spec, refusal
from semantic_layer.spec.fields import GrainText, Label, Name, OptionalText, Sql, Synonyms, read_text
from semantic_layer.spec.metric import MetricSpec
from semantic_layer.text import Text, Words

Scalar = str | int | float | bool

# What dbt allows on any of its nodes and what says nothing about a number.
DBT_NODE_KEYS = frozenset({"config", "meta", "metadata", "tags", "docs", "group", "data_tests"})


def _typed(raw: object) -> object:
    """Return dbt's short form `entity: primary` as the mapping it stands for."""
    return {"type": raw} if isinstance(raw, str) else raw


def _enabled(raw: object) -> object:
    return {"enabled": raw} if isinstance(raw, bool) else raw


class ValidityParams(Spec):
    """Marks the columns that bound a row's validity in a slowly changing dimension."""

    is_start: bool = False
    is_end: bool = False


class EntitySpec(Spec):
    """A join key. On a column only `type` is needed: `entity: primary`."""

    ignored: ClassVar[frozenset[str]] = frozenset({"config", "meta", "metadata", "role"})

    type: EntityType
    name: Name | None = Field(default=None, description="Name of the entity; models meet on equal names.")
    expr: Sql | None = None
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()


class ValueSpec(Spec):
    """A stored code: what a reader sees for it, and other words for it."""

    label: Label
    synonyms: Synonyms = Words()
    description: OptionalText = None


def read_values(raw: object) -> object:
    """Return declared values as a mapping of code to `ValueSpec` input; short forms are spelled out.

    `[a, b]` names codes only; `{code: Douyin}` and `{code: {zh: 抖音, en: Douyin}}` give labels only.
    """
    if isinstance(raw, list):
        raw = {code: str(code) for code in raw if isinstance(code, (str, int, float, bool))}
    if not isinstance(raw, Mapping):
        return raw
    spelled: dict[Scalar, object] = {}
    for code, value in raw.items():
        if isinstance(value, str) or (isinstance(value, Mapping) and set(value) <= {"zh", "en"} and value):
            spelled[code] = {"label": read_text(value)}
        elif value is None:
            spelled[code] = {"label": read_text(str(code))}
        elif isinstance(value, Mapping) and "label" not in value:
            spelled[code] = {"label": read_text(str(code)), **value}
        else:
            spelled[code] = value
    return spelled


Values = Annotated[dict[Scalar, ValueSpec], BeforeValidator(read_values)]


class DimensionSpec(Spec):
    """What a column means as a dimension. `dimension: categorical` is the short form."""

    ignored: ClassVar[frozenset[str]] = frozenset({"config", "meta", "metadata"})

    type: DimensionKind = "categorical"
    name: Name | None = Field(
        default=None, description="Name of the dimension; the column's name by default."
    )
    conformed: Name | None = Field(default=None, description="The shared dimension this column belongs to.")
    expr: Sql | None = None
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    values: Values = Field(default_factory=dict)
    is_partition: bool = False
    validity_params: ValidityParams | None = None
    hidden: bool = False
    index_values: bool | None = None
    owner: str | None = None


class ColumnSpec(Spec):
    """A column of the table: a dimension, an entity, or only named so that `check` looks for it."""

    ignored: ClassVar[frozenset[str]] = DBT_NODE_KEYS | {
        "data_type", "tests", "constraints", "quote", "policy_tags", "masking_policy",
    }  # fmt: skip

    name: str = Field(min_length=1)
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    expr: Sql | None = Field(
        default=None, description="SQL over the table's columns; the column itself by default."
    )
    entity: Annotated[EntitySpec | None, BeforeValidator(_typed)] = None
    dimension: Annotated[DimensionSpec | None, BeforeValidator(_typed)] = None
    granularity: GrainText | None = None
    values: Values = Field(default_factory=dict)
    hidden: bool = False
    index_values: bool | None = Field(
        default=None,
        description="Whether questions may name a value of this column; false for ids and free text.",
    )
    owner: str | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> ColumnSpec:
        if self.dimension is not None and self.dimension.type == "time" and self.granularity is None:
            raise refusal(
                f"时间维度 {self.name!r} 没有写 granularity。",
                f"The time dimension {self.name!r} has no granularity.",
                "在列上加 granularity: day(或 hour、month …)。",
                "Add granularity: day (or hour, month …) to the column.",
            )
        return self


class DerivedDimension(DimensionSpec):
    """A dimension computed from several columns. `expr` is required."""

    name: Name
    expr: Sql
    granularity: GrainText | None = None

    @model_validator(mode="after")
    def _time_has_grain(self) -> DerivedDimension:
        if self.type == "time" and self.granularity is None:
            raise refusal(
                f"时间维度 {self.name!r} 没有写 granularity。",
                f"The time dimension {self.name!r} has no granularity.",
                "加上 granularity: day(或 hour、month …)。",
                "Add granularity: day (or hour, month …).",
            )
        return self


class DerivedEntity(EntitySpec):
    """A join key computed from several columns. `expr` is required."""

    name: Name
    expr: Sql


class DerivedSemantics(Spec):
    """Dimensions and entities that are not one column."""

    dimensions: tuple[DerivedDimension, ...] = ()
    entities: tuple[DerivedEntity, ...] = ()


class SemanticModelSpec(Spec):
    """dbt's switch: `semantic_model: true`, or `{enabled: true, name: other_name}`."""

    ignored: ClassVar[frozenset[str]] = frozenset({"config", "group"})

    enabled: bool = True
    name: Name | None = None


class CustomGranularity(Spec):
    """A named calendar of a time spine, such as a fiscal month."""

    name: Name
    column_name: str | None = None


class TimeSpineSpec(Spec):
    """Marks a model as a calendar table: one row per bucket of its standard column."""

    standard_granularity_column: str
    custom_granularities: tuple[CustomGranularity, ...] = ()


class ModelSpec(Spec):
    """One table, file or SQL query, and what its columns mean."""

    ignored: ClassVar[frozenset[str]] = DBT_NODE_KEYS | {
        "tests", "access", "contract", "constraints", "versions", "latest_version", "deprecation_date", "quote_columns",
        "freshness", "loaded_at_field", "loaded_at_query", "materialized",
    }  # fmt: skip

    name: Name
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    table: str | None = Field(
        default=None, description="Table name or file path; the model's name by default."
    )
    sql: str | None = Field(default=None, description="A SELECT instead of a table.")
    semantic_model: Annotated[SemanticModelSpec | None, BeforeValidator(_enabled)] = None
    agg_time_dimension: Name | None = Field(default=None, description="The time its metrics are counted at.")
    primary_entity: Name | None = None
    columns: tuple[ColumnSpec, ...] = ()
    derived_semantics: DerivedSemantics = DerivedSemantics()
    metrics: tuple[MetricSpec, ...] = ()
    time_spine: TimeSpineSpec | None = None
    forward_dated: bool = Field(
        default=False, description="Plans and calendars: their dates are not data days."
    )
    owner: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> ModelSpec:
        if self.table is not None and self.sql is not None:
            raise refusal(
                "table 和 sql 只能写一个。",
                "Only one of table and sql may be given.",
                "删去其中一个。",
                "Remove one of them.",
            )
        return self


class ConformedSpec(Spec):
    """`dimensions:` — a dimension that several models share, declared once."""

    ignored: ClassVar[frozenset[str]] = frozenset({"config", "meta", "metadata"})

    name: Name
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    type: DimensionKind = "categorical"
    values: Values = Field(default_factory=dict)
    hidden: bool = False
    index_values: bool | None = None
    owner: str | None = None


SourceKind = Literal["table", "file", "sql"]


def text_or(label: Text | None, name: str) -> Text:
    """Return the label, or the name with spaces where there is none."""
    return label if label is not None else Text.same(name.replace("_", " ").strip() or name)


def model_name(spec: ModelSpec) -> str:
    """Return the name of a model: its semantic name where dbt gives another one."""
    return (spec.semantic_model.name if spec.semantic_model else None) or spec.name


_DOCUMENTING = ModelSpec.ignored | {"name", "description", "columns"}


def is_semantic(raw: Mapping[Any, Any]) -> bool:
    """Return whether a `models:` entry says something about numbers (a plain dbt model only documents)."""
    switch = raw.get("semantic_model")
    if switch is not None:
        return switch is not False and not (isinstance(switch, Mapping) and switch.get("enabled") is False)
    if any(key not in _DOCUMENTING for key in raw):
        return True  # a key of ours, or a misspelt one: either way somebody means us
    columns = raw.get("columns")
    return isinstance(columns, list) and any(
        isinstance(column, Mapping) and ("dimension" in column or "entity" in column) for column in columns
    )
