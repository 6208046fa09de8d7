"""dbt's older `semantic_models:` as `models:` of the latest shape, and their measures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked, MarkedList
from semantic_layer.spec.names import quote_name

_REF = re.compile(r"""\s*(?:\{\{)?\s*(?:ref|source)\s*\((.*)\)\s*(?:\}\})?\s*\Z""", re.DOTALL)


_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the older shape, and the model it belongs to."""

    model: str
    raw: Marked


def referenced_table(text: object) -> str | None:
    """Return the table that `ref('orders')`, `source('shop', 'orders')` or a plain name points to."""
    if not isinstance(text, str):
        return None
    match = _REF.match(text)
    if match is None:
        return text.strip() or None
    names = _QUOTED.findall(match.group(1))
    return names[-1] if names else None


def without_nulls(raw: Marked) -> Marked:
    """Return a mapping without the keys that a compiled manifest writes out as null."""
    return raw.renamed({key: "" for key, value in raw.items() if value is None and isinstance(key, str)})


def legacy_model(raw: Marked) -> Marked:
    """Return a `semantic_models:` entry as a `models:` entry, without its measures."""
    model = without_nulls(raw).renamed(
        {"model": "", "defaults": "", "entities": "", "dimensions": "", "measures": "", "node_relation": ""}
    )
    model.put("semantic_model", True, raw.line)
    relation = raw.get("node_relation")
    table = relation.get("alias") if isinstance(relation, Mapping) else referenced_table(raw.get("model"))
    if table is not None and "table" not in raw:
        model.put("table", table, raw.line_of("model"))
    defaults = raw.get("defaults")
    if isinstance(defaults, Marked) and defaults.get("agg_time_dimension") is not None:
        model.put(
            "agg_time_dimension", defaults["agg_time_dimension"], defaults.line_of("agg_time_dimension")
        )
    derived = Marked(raw.file, raw.line)
    for key in ("entities", "dimensions"):
        items = raw.get(key)
        if isinstance(items, MarkedList):
            converted = MarkedList(raw.file, raw.line_of(key))
            for item, line in zip(items, items.lines, strict=True):
                converted.put(_element(item) if isinstance(item, Marked) else item, line)
            derived.put(key, converted, raw.line_of(key))
    if derived:
        model.put("derived_semantics", derived, raw.line)
    return model


def relation_of(raw: Mapping[Any, Any]) -> str | None:
    """Return the table of a manifest's `node_relation` with its schema; None without one."""
    relation = raw.get("node_relation")
    if not isinstance(relation, Mapping) or not relation.get("alias"):
        return None
    parts = [relation.get("schema_name"), relation["alias"]]
    return ".".join(str(part) for part in parts if part)


def of_one_entry(document: Marked) -> Marked:
    """Return MetricFlow's own form, one `semantic_model:` or `metric:` per document, as lists of one."""
    if not any(isinstance(document.get(key), Marked) for key in _ONE_ENTRY):
        return document
    made = Marked(document.file, document.line)
    for key, value in document.items():
        name, line = _ONE_ENTRY.get(key), document.line_of(key)
        if name is None or not isinstance(value, Marked):
            made.put(key, value, line)
            continue
        items = MarkedList(document.file, line)
        items.put(value, line)
        made.put(name, items, line)
    return made


_ONE_ENTRY = {"semantic_model": "semantic_models", "metric": "metrics", "saved_query": "saved_queries"}


def spine_models(raw: object) -> list[Marked]:
    """Return the time spines of a `project_configuration:` as `models:` entries of the latest shape."""
    spines = raw.get("time_spines") if isinstance(raw, Marked) else None
    older = raw.get("time_spine_table_configurations") if isinstance(raw, Marked) else None
    found = [
        _older_spine(item) for item in (older if isinstance(older, list) else ()) if isinstance(item, Marked)
    ]
    named = [
        _spine_model(item)
        for item in (spines if isinstance(spines, list) else ())
        if isinstance(item, Marked)
        and isinstance(item.get("primary_column"), Marked)
        and isinstance(item.get("node_relation"), Marked)
        and item["primary_column"].get("time_granularity") in set(Grain)  # MetricFlow also has nanoseconds
    ]
    names = {model["name"] for model in named}
    return [*named, *(model for model in found if model["name"] not in names)]


def _older_spine(raw: Marked) -> Marked:
    """Return an entry of `time_spine_table_configurations:`, the form before time spines had columns."""
    spine, relation, column = (Marked(raw.file, raw.line) for _ in range(3))
    relation.put("alias", str(raw.get("location")).rpartition(".")[2], raw.line)
    column.put("name", raw.get("column_name"), raw.line)
    column.put("time_granularity", raw.get("grain"), raw.line)
    spine.put("node_relation", relation, raw.line)
    spine.put("primary_column", column, raw.line)
    return _spine_model(spine)


def _spine_model(raw: Marked) -> Marked:
    relation, primary = raw["node_relation"], raw["primary_column"]
    model = Marked(raw.file, raw.line)
    name = str(relation.get("alias"))
    model.put("name", name, raw.line)
    model.put("semantic_model", True, raw.line)
    column = Marked(raw.file, primary.line)
    column.put("name", primary.get("name"), primary.line)
    column.put("granularity", primary.get("time_granularity"), primary.line)
    columns = MarkedList(raw.file, raw.line)
    columns.put(column, primary.line)
    model.put("columns", columns, raw.line)
    spine = Marked(raw.file, raw.line)
    spine.put("standard_granularity_column", primary.get("name"), primary.line)
    if raw.get("custom_granularities"):
        items = MarkedList(raw.file, raw.line)
        for item in raw["custom_granularities"]:
            items.put(without_nulls(item) if isinstance(item, Marked) else item, raw.line)
        spine.put("custom_granularities", items, raw.line)
    model.put("time_spine", spine, raw.line)
    return model


def _element(raw: Marked) -> Marked:
    """Return an entity or dimension with its expression spelled out and its granularity one level up."""
    element = without_nulls(raw).renamed({"type_params": "", "expr": "", "metadata": "", "role": ""})
    name = raw.get("name")
    expr = raw.get("expr")
    element.put("expr", expr if expr is not None else quote_name(str(name)), raw.line_of("expr"))
    params = raw.get("type_params")
    if isinstance(params, Marked):
        for old, new in (("time_granularity", "granularity"), ("validity_params", "validity_params")):
            if params.get(old) is not None:
                element.put(new, params[old], params.line_of(old))
    return element


def measures_of(raw: Marked, model: str) -> dict[str, Measure]:
    """Return the measures of a `semantic_models:` entry by name."""
    items = raw.get("measures")
    measures: dict[str, Measure] = {}
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Marked) and isinstance(item.get("name"), str):
            measures[item["name"]] = Measure(model, item)
    return measures
