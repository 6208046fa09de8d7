"""What the YAML binds an analysis to, and the sensible period where none was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from semantic_layer.catalog import SINGULAR, AnalysisBinding, Filter, Window
from semantic_layer.errors import NotEnoughDataError, QueryError, UnknownNameError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text
from tools.registry import ToolContext

_SECTIONS = {singular: section for section, singular in SINGULAR.items()}


def bindings_of(context: ToolContext, kind: str) -> tuple[AnalysisBinding, ...]:
    """Return the bindings of a kind (`funnel`, `customer`, `experiment` …), in the order of the YAML.

    Raises:
        QueryError: code `missing_binding`; the workspace declares none, and the mend names the key to add.
    """
    found = tuple(one for one in context.layer.catalog.analyses if one.kind == kind)
    if not found:
        section = _SECTIONS[kind]
        raise QueryError(
            Text(
                zh=f"这个工作区没有声明 {section}:,所以不知道该读哪张表。",
                en=f"This workspace declares no {section}:, so there is no telling which table to read.",
            ),
            Text(
                zh=f"在 YAML 中加上 {section}: 一节(字段见 docs/yaml.md)。",
                en=f"Add a section {section}: to its YAML (keys: docs/yaml.md).",
            ),
            code="missing_binding",
        )
    return found


def binding_of(context: ToolContext, kind: str, name: str | None = None) -> AnalysisBinding:
    """Return the binding called `name`, else the first one.

    Raises:
        QueryError: there is none. UnknownNameError: none is called so.
    """
    found = bindings_of(context, kind)
    if name is None:
        return found[0]
    by_name = {one.name: one for one in found}
    if name not in by_name:
        raise UnknownNameError(Text.same(_SECTIONS[kind]), name, by_name)
    return by_name[name]


def model_of(binding: AnalysisBinding) -> str:
    """Return the model that a binding reads."""
    return str(binding.options["model"])


def name_of(binding: AnalysisBinding, key: str) -> str | None:
    """Return the metric, dimension or entity that a key names, None where it is not set."""
    value = binding.options.get(key)
    return str(value) if value is not None else None


def names_of(binding: AnalysisBinding, key: str) -> tuple[str, ...]:
    """Return the names that a key lists; none where it is not set."""
    value = binding.options.get(key, ())
    return tuple(str(one) for one in value) if isinstance(value, Sequence) else ()


def window_of(binding: AnalysisBinding, key: str = "window") -> Window | None:
    """Return the length of time of a key, None where it is not set."""
    value = binding.options.get(key)
    return value if isinstance(value, Window) else None


def filters_of(binding: AnalysisBinding) -> tuple[Filter, ...]:
    """Return the condition that says which rows count, if there is one."""
    value = binding.options.get("where")
    return (value,) if isinstance(value, Filter) else ()


def data_period(context: ToolContext, model: str) -> Period:
    """Return from the model's first day to the day after its last, or to today where it has more.

    Raises:
        NotEnoughDataError: it has no rows with a time.
    """
    span = context.layer.model_coverage(model)
    tomorrow = context.today + ONE_DAY
    if span.start is None or span.end is None or span.start >= tomorrow:
        label = context.layer.catalog.models[model].label
        raise NotEnoughDataError(
            Text(zh=f"{label.zh}里没有带日期的数据。", en=f"There are no dated rows in {label.en}."),
            Text(zh="先载入数据。", en="Load the data first."),
        )
    return Period.of(span.start, max(span.start, min(span.end, tomorrow)))


def asked_period(
    context: ToolContext, model: str, asked: PeriodRange | None, default_days: int | None = None
) -> Period:
    """Return the asked dates as far as there are data, else the last `default_days` (None: all data)."""
    data = data_period(context, model)
    if asked is not None:
        return asked.period().cut(max(data.end, asked.start))
    if default_days is None:
        return data
    return Period.of(max(data.start, data.end - timedelta(days=default_days)), data.end)
