"""What can be checked of a model: its dimensions, keys and values, as far as the asking user may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from semantic_layer.catalog import Metric, Model, SimpleMetric
from semantic_layer.rows import Measured, Named, RowColumn, RowQuery
from semantic_layer.text import Text
from tools.registry import ToolContext

FieldKind = Literal["key", "foreign", "text", "boolean", "number", "time", "measure"]
CheckName = Literal[
    "completeness", "uniqueness", "domain", "range", "order", "reference", "consistency", "freshness",
    "duplicates", "spelling", "outliers",
]  # fmt: skip
Severity = Literal["problem", "suspect", "note"]
MOST_MEASURES = 16
ROWS = Text(zh="行", en="rows")
_MEASURING = ("sum", "avg", "min", "max", "median", "percentile")


@dataclass(frozen=True, slots=True)
class Field:
    """One column to look at: `alias` is its name in our SQL, `codes` its declared values."""

    alias: str
    name: str
    label: Text
    kind: FieldKind
    column: RowColumn
    codes: tuple[str, ...] = ()
    unit: str | None = None
    signed: bool = False  # a difference: below zero is a result like any other


@dataclass(frozen=True, slots=True)
class Issue:
    """What one check found: `affected` of `checked` rows (or days, keys, months: `of`), and which SQL says so."""

    check: CheckName
    severity: Severity
    model: Model
    label: Text
    affected: int
    checked: int
    note: Text
    sql: str
    of: Text = ROWS

    @property
    def share(self) -> float:
        """Return affected over checked, 0 where nothing was checked."""
        return self.affected / self.checked if self.checked else 0.0


def fields_of(model: Model, context: ToolContext) -> tuple[Field, ...]:
    """Return the model's own columns in declaration order; hidden and masked ones are left out."""
    rights = context.layer.rights(context.user)
    unseen = rights.hidden | rights.masked
    catalog = context.layer.catalog
    keys = {one.name: one.type for one in model.entities}
    found: list[Field] = []
    for dimension in catalog.dimensions.values():
        if dimension.name in unseen or not any(one.model == model.name for one in dimension.bindings):
            continue
        kind: FieldKind = "text" if dimension.kind == "categorical" else dimension.kind
        if dimension.name in keys:
            kind = "key" if keys[dimension.name] in ("primary", "unique") else "foreign"
        codes = tuple(str(value.code) for value in dimension.values)
        alias = f"d{len(found)}"
        found.append(Field(alias, dimension.name, dimension.label, kind, Named(dimension.name), codes))
    return (*found, *_measures(model, catalog.metrics.values(), unseen))


def _measures(model: Model, metrics: Iterable[Metric], unseen: frozenset[str]) -> list[Field]:
    seen: set[tuple[object, ...]] = set()
    found: list[Field] = []
    for metric in metrics:
        spec = metric.type
        if not isinstance(spec, SimpleMetric) or spec.model != model.name or spec.agg not in _MEASURING:
            continue
        same = (spec.expr, tuple(one.sql for one in metric.filters))
        if metric.name in unseen or same in seen or len(found) == MOST_MEASURES:
            continue
        seen.add(same)
        found.append(
            Field(
                f"m{len(found)}",
                metric.name,
                metric.label,
                "measure",
                Measured(metric.name),
                (),
                metric.unit,
                signed=" - " in spec.expr or metric.good_direction == "down",
            )
        )
    return found


def rows_of(model: Model, fields: Iterable[Field]) -> RowQuery:
    """Return the read of all the model's rows up to today, those without a time included."""
    columns: Mapping[str, RowColumn] = {one.alias: one.column for one in fields}
    return RowQuery(model.name, columns, undated=True)
