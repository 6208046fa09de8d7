"""Our entries as the plain values that our YAML holds: short forms, defaults left out, dbt's Jinja gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic import BaseModel

from semantic_layer.catalog import Window
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.jinja import JinjaError, plain_filter
from semantic_layer.loader.sections import Entry
from semantic_layer.spec.metric import MetricSpec
from semantic_layer.spec.model import ColumnSpec, DerivedDimension, DerivedEntity, ModelSpec, model_name
from semantic_layer.spec.names import is_plain
from semantic_layer.text import Text, Words


def written(spec: BaseModel) -> dict[str, Any]:
    """Return a checked entry as YAML values; what has its default is left out."""
    made: dict[str, Any] = {}
    for name, field in type(spec).model_fields.items():
        value = getattr(spec, name)
        if value is None or value == field.get_default(call_default_factory=True) or value == ():
            continue
        made[name] = _value(name, value)
    return made


def _value(key: str, value: Any) -> Any:
    if isinstance(value, BaseModel):
        made: Any = written(value)
    elif isinstance(value, Text):
        made = value.en if value.zh == value.en else {"zh": value.zh, "en": value.en}
    elif isinstance(value, Words):
        made = {"zh": list(value.zh), "en": list(value.en)}
    elif isinstance(value, Window):
        made = f"{value.count} {value.grain.value}{'s' if value.count > 1 else ''}"
    elif isinstance(value, CalendarWindow):
        made = f"{value.count} {value.grain}"
    elif isinstance(value, Enum):
        made = value.value
    elif isinstance(value, Mapping):
        made = {inner: _value(str(inner), item) for inner, item in value.items()}
    elif isinstance(value, (list, tuple)):
        made = [_value(key, item) for item in value]
        made = made[0] if key == "filter" and len(made) == 1 else made
    else:
        made = _filter(value) if key == "filter" and isinstance(value, str) else value
    return made


def _filter(text: str) -> str:
    try:
        return plain_filter(text)
    except JinjaError:
        return text  # of a metric that is disabled: kept as it was


def written_metric(spec: MetricSpec) -> dict[str, Any]:
    """Return a metric; its type is always said."""
    return {"name": spec.name, "type": spec.type, **written(spec)}


def written_model(
    spec: ModelSpec, columns: Sequence[Entry[ColumnSpec]], metrics: Sequence[MetricSpec], table: str | None
) -> dict[str, Any]:
    """Return a model with its columns and simple metrics; what is one column becomes a column."""
    made = written(spec)
    for key in ("columns", "metrics", "derived_semantics", "semantic_model", "table"):
        made.pop(key, None)
    made["name"] = model_name(spec)
    source = table or spec.table or spec.name
    if spec.sql is None and source != made["name"]:
        made["table"] = source
    by_name = {entry.spec.name: written(entry.spec) for entry in columns}
    derived: dict[str, list[Any]] = {}
    for entity in spec.derived_semantics.entities:
        if not _as_column(by_name, "entity", entity):
            derived.setdefault("entities", []).append(written(entity))
    for dimension in spec.derived_semantics.dimensions:
        if not _as_column(by_name, "dimension", dimension):
            derived.setdefault("dimensions", []).append(written(dimension))
    if by_name:
        made["columns"] = [{"name": name, **column} for name, column in by_name.items()]
    if derived:
        made["derived_semantics"] = derived
    if metrics:
        made["metrics"] = [
            {k: v for k, v in written_metric(each).items() if k != "model"} for each in metrics
        ]
    return made


def _as_column(by_name: dict[str, dict[str, Any]], key: str, item: DerivedEntity | DerivedDimension) -> bool:
    """Put an entity or dimension that is one plain column there; False where it is not, or the place is taken."""
    expr = item.expr.strip('"') if item.expr.startswith('"') and item.expr.count('"') == 2 else item.expr
    if not (is_plain(item.expr) or expr != item.expr) or key in by_name.get(expr, {}):
        return False
    meaning = {k: v for k, v in written(item).items() if k not in ("expr", "granularity")}
    meaning.setdefault("type", "categorical")
    if meaning.get("name") == expr:
        meaning.pop("name")
    column = by_name.setdefault(expr, {})
    if isinstance(item, DerivedDimension) and item.granularity is not None:
        column["granularity"] = item.granularity.value
    column[key] = meaning
    return True
