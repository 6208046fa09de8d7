"""The table of every YAML key, made from the types that read them: it cannot say what is not so."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from semantic_layer.spec import analyses, metric, model, vocabulary, watching, workspace_file
from semantic_layer.spec.meanings import MEANINGS, SECTION_MEANINGS

SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("askgrowth.yml", "Settings; once per workspace.", workspace_file.WorkspaceSpec),
    (
        "engine:",
        "`engine: duckdb`, `engine: shop.duckdb` and `engine: postgres://…` are short forms; see engines.md.",
        workspace_file.EngineSpec,
    ),
    ("models:", "One table, file or SELECT each.", model.ModelSpec),
    ("models: columns:", "", model.ColumnSpec),
    ("models: columns: dimension:", "`dimension: categorical` is the short form.", model.DimensionSpec),
    ("models: columns: entity:", "`entity: primary` is the short form.", model.EntitySpec),
    ("values:", "`code: Label` and `code: {zh, en}` are short forms; a list names codes only.", model.ValueSpec),
    ("models: derived_semantics:", "", model.DerivedSemantics),
    ("models: time_spine:", "", model.TimeSpineSpec),
    ("dimensions:", "Shared dimensions; columns join one with `conformed:`.", model.ConformedSpec),
    ("metrics:", "At the top level or inside a model. The type decides which keys apply.", metric.MetricSpec),
    ("metrics: inputs", "`numerator`, `input_metrics` …; a bare name is the short form.", metric.InputSpec),
    ("metrics: non_additive_dimension:", "", metric.NonAdditiveSpec),
    ("metrics: constant_properties:", "", metric.ConstantProperty),
    ("metrics: drivers:", "A list of names is the short form.", metric.DriversSpec),
    ("metrics: targets:", "", metric.TargetSpec),
    ("metrics: tests:", "", metric.GoldenTest),
    ("concepts:", "", vocabulary.ConceptSpec),
    ("segments:", "", vocabulary.SegmentSpec),
    ("calendars:", "`events:` is another word for it.", vocabulary.EventSpec),
    ("fiscal_calendars:", "Calendars by rule; one in a table is a `time_spine:`.", vocabulary.FiscalCalendarSpec),
    ("fiscal_calendars: year_ends:", "", vocabulary.YearEndSpec),
    ("access:", "", vocabulary.AccessSpec),
    ("access: roles:", "By the user's `role` attribute; instead of the general rules.", vocabulary.RoleSpec),
    ("access: rows:", "`{model: condition}` is the short form.", vocabulary.RowRule),
    ("verified:", "", vocabulary.VerifiedSpec),
    ("rollups:", "Built by `askgrowth rollups build`, read where the answer is exact.", vocabulary.RollupSpec),
    ("tests:", "", vocabulary.TestSpec),
    ("alerts:", "Exactly one condition each.", watching.AlertSpec),
    ("alerts: minimum:", "", watching.MinimumSpec),
    ("jobs:", "", watching.JobSpec),
    ("funnels:", "", analyses.FunnelSpec),
    ("funnels: steps:", "", analyses.StepSpec),
    ("journeys:", "", analyses.JourneySpec),
    ("experiments:", "", analyses.ExperimentSpec),
    ("reviews:", "", analyses.ReviewSpec),
    ("reviews: aspects:", "", analyses.AspectSpec),
    ("customers:", "", analyses.CustomerSpec),
    ("actions:", "", analyses.ActionSpec),
    ("targets:", "Plans kept in a table; a few numbers fit into a metric's own.", analyses.TargetBindingSpec),
    ("ideas:", "", analyses.IdeaSpec),
    ("deals:", "", analyses.DealSpec),
    ("reconciliations:", "", analyses.ReconciliationSpec),
    ("budgets:", "", analyses.BudgetSpec),
    ("promotions:", "", analyses.PromotionSpec),
)  # fmt: skip

_VALUES = {
    "read_text": "text or {zh, en}",
    "read_optional_text": "text or {zh, en}",
    "read_words": "list or {zh: [], en: []}",
    "read_window": "length of time",
    "read_offset": "length of time, or buckets of a calendar",
    "read_grain": "second … year",
    "read_name": "name",
    "read_expression": "SQL",
    "read_filters": "SQL or list of SQL",
    "read_dates": "dates",
    "read_weekday": "monday … sunday",
    "read_month": "1 … 12 or january …",
    "read_timezone": "time zone",
    "read_locale": "zh-CN or en-US",
    "read_today": "data, clock or a date",
    "read_share": "share",
    "read_cron": "cron fields",
    "read_quiet": "HH:MM-HH:MM",
    "read_length": "length of time",
}


def page() -> str:
    """Return the reference page in Markdown: one table per section, in the order of `SECTIONS`."""
    lines: list[str] = []
    for title, says, kind in SECTIONS:
        lines += ["", f"## `{title}`", "", *([says, ""] if says else [])]
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{key}` | {value} | {default} | {meaning} |"
            for key, value, default, meaning in rows(title, kind)
        ]
    return "\n".join(lines[1:]) + "\n"


def rows(title: str, kind: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (key, value, default, meaning) of each key that a type reads."""
    for name, field in kind.model_fields.items():
        value = _value(field.annotation, field.metadata)
        own = SECTION_MEANINGS.get(title, {}).get(name)
        meaning = (field.description or own or MEANINGS.get(name, "")).replace("|", "\\|")
        yield name, value.replace("|", "\\|"), _default(field), meaning


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or value in (None, (), {}, "") or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if isinstance(value, (str, int, float)) else ""


def _value(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> str:
    """Return what may be written, in a reader's words."""
    for part in metadata:
        function = getattr(part, "func", None)
        if function is not None and function.__name__ in _VALUES:
            return _VALUES[function.__name__]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _value(arguments[0], arguments[1:])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(dict.fromkeys(_value(part) for part in arguments if part is not type(None)))
    if origin is typing.Literal:
        return ", ".join(str(part) for part in arguments)
    if origin is tuple:
        return f"list of {_value(arguments[0])}"
    if origin is dict:
        return f"mapping of {_value(arguments[0])} to {_value(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return next(
            (f"[{title}](#{_anchor(title)})" for title, _, kind in SECTIONS if kind is annotation), "mapping"
        )
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return plain.get(annotation, getattr(annotation, "__name__", "value"))


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")
