"""dbt's older shape (`semantic_models:` with measures, metrics with `type_params:`) as the latest one.

The result is an ordinary marked mapping, so that every later step and every message is the same for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from semantic_layer.spec.dbt_models import Measure
from semantic_layer.spec.document import Marked, MarkedList
from semantic_layer.spec.names import quote_name

_COMMON = ("name", "label", "description", "filter", "config", "meta", "time_granularity", "tags", "group")


def modern_metrics(metrics: Iterable[Marked], measures: Mapping[str, Measure]) -> list[Marked]:
    """Return older metrics in the latest shape, with a hidden metric for each measure that others need as input.

    A measure that does not exist leaves `model` and `agg` out, which the reader of metrics then reports.
    """
    metrics = list(metrics)
    written = {str(metric.get("name")) for metric in metrics}
    inputs = _Inputs(measures, taken=set(written))
    created = {
        name: m for name, m in measures.items() if m.raw.get("create_metric") is True and name not in written
    }
    for name in created:
        inputs.taken.add(name)
        inputs.by_input[_input_key(name, {})] = name
    made = [_modern(metric, inputs) for metric in metrics]
    for name, measure in created.items():
        metric = _from_measure(measure, measure.raw, {})
        metric.put("name", name, measure.raw.line_of("name"))
        for key in ("label", "description", "config"):
            if measure.raw.get(key) is not None:
                metric.put(key, measure.raw[key], measure.raw.line_of(key))
        made.append(metric)
    return made + inputs.generated


def _input_key(name: str, options: Mapping[Any, Any]) -> str:
    """Return what tells one use of a measure from another: its name and the options that change its rows."""
    return repr((name, options.get("fill_nulls_with"), options.get("join_to_timespine") or None))


class _Inputs:
    """Makes hidden metrics of measures that a cumulative or conversion metric reads directly."""

    def __init__(self, measures: Mapping[str, Measure], taken: set[str]) -> None:
        self.measures = measures
        self.taken = taken
        self.generated: list[Marked] = []
        self.by_input: dict[str, str] = {}

    def metric_for(self, raw: object, at: Marked) -> Marked:
        """Return the input mapping for a measure reference (a name, or a mapping with filter and options)."""
        options: Mapping[Any, Any] = raw if isinstance(raw, Mapping) else {"name": raw}
        name = str(options.get("name"))
        key = _input_key(name, options)
        if key not in self.by_input:
            self.by_input[key] = self._generate(name, options, at)
        result = Marked(at.file, at.line)
        result.put("name", self.by_input[key], at.line)
        if options.get("filter") is not None:
            result.put("filter", options["filter"], at.line)
        return result

    def _generate(self, name: str, options: Mapping[Any, Any], at: Marked) -> str:
        measure = self.measures.get(name)
        if measure is None:
            return name  # the reference check names the nearest
        new = name
        while new in self.taken:
            new = f"{new}_measure"
        self.taken.add(new)
        metric = _from_measure(measure, at, options)
        metric.put("name", new, at.line)
        metric.put("hidden", True, at.line)
        self.generated.append(metric)
        return new


def _from_measure(measure: Measure, at: Marked, options: Mapping[Any, Any]) -> Marked:
    """Return a simple metric over a measure's aggregation, with the options of the place that uses it."""
    raw = measure.raw
    metric = Marked(at.file, at.line)
    metric.put("type", "simple", at.line)
    metric.put("model", measure.model, at.line)
    metric.put("agg", raw.get("agg"), at.line)
    expr = raw.get("expr")
    metric.put("expr", expr if expr is not None else quote_name(str(raw["name"])), at.line)
    for key in ("agg_time_dimension", "non_additive_dimension"):
        if raw.get(key) is not None:
            metric.put(key, raw[key], at.line)
    put_percentile(metric, raw.get("agg_params"), at.line)
    for key in ("fill_nulls_with", "join_to_timespine"):
        if options.get(key):
            metric.put(key, options[key], at.line)
        elif options.get(key) == 0 and key == "fill_nulls_with":
            metric.put(key, 0, at.line)
    return metric


def put_percentile(metric: Marked, params: object, line: int) -> None:
    """Copy dbt's `agg_params` to the metric."""
    if isinstance(params, Mapping) and params.get("percentile") is not None:
        metric.put("percentile", params["percentile"], line)
        discrete = params.get("use_discrete_percentile")
        metric.put("percentile_type", "discrete" if discrete else "continuous", line)


def _modern(raw: Marked, inputs: _Inputs) -> Marked:
    params = raw.get("type_params")
    if not isinstance(params, Marked):
        return raw
    kind = str(raw.get("type", "simple")).lower()
    metric = Marked(raw.file, raw.line)
    if kind == "simple":
        metric = _simple(params, raw, inputs)
    metric.put("type", kind, raw.line_of("type"))
    for key in (*_COMMON, *(key for key in raw if key not in {"type", "type_params", *_COMMON})):
        if raw.get(key) is not None and key != "filter":
            metric.put(key, raw[key], raw.line_of(key))
    filters = [
        *_filters(raw),
        *(
            _filters(params["measure"])
            if kind == "simple" and isinstance(params.get("measure"), Marked)
            else ()
        ),
    ]
    if filters:
        metric.put("filter", filters, raw.line_of("filter"))
    if kind in {"ratio", "derived"}:
        for old, new in (
            ("numerator",) * 2,
            ("denominator",) * 2,
            ("expr",) * 2,
            ("metrics", "input_metrics"),
        ):
            if params.get(old) is not None:
                metric.put(new, _dropped_empty(params[old]), params.line_of(old))
    elif kind == "cumulative":
        _cumulative(params, metric, raw, inputs)
    elif kind == "conversion":
        _conversion(params, metric, raw, inputs)
    if params.get("is_private") is True:
        metric.put("hidden", True, raw.line)
    return metric


def _simple(params: Marked, raw: Marked, inputs: _Inputs) -> Marked:
    reference = params.get("measure")
    options: Mapping[Any, Any] = reference if isinstance(reference, Mapping) else {"name": reference}
    aggregation = params.get("metric_aggregation_params")
    if isinstance(aggregation, Marked):  # a manifest made from the latest shape
        metric = Marked(raw.file, raw.line)
        metric.put("model", aggregation.get("semantic_model"), raw.line)
        metric.put("agg", aggregation.get("agg"), raw.line)
        metric.put(
            "expr",
            params.get("expr") or aggregation.get("expr") or quote_name(str(raw.get("name"))),
            raw.line,
        )
        put_percentile(metric, aggregation.get("agg_params"), raw.line)
        for key in ("agg_time_dimension", "non_additive_dimension"):
            if aggregation.get(key) is not None:
                metric.put(key, aggregation[key], raw.line)
        for key in ("fill_nulls_with", "join_to_timespine"):
            if params.get(key) is not None:
                metric.put(key, params[key], raw.line)
        return metric
    measure = inputs.measures.get(str(options.get("name")))
    if measure is None:
        metric = Marked(raw.file, raw.line)
        metric.put("unknown_measure", str(options.get("name")), params.line_of("measure"))
        return metric
    return _from_measure(measure, raw, options)


def _cumulative(params: Marked, metric: Marked, raw: Marked, inputs: _Inputs) -> None:
    nested = params.get("cumulative_type_params")
    nested = nested if isinstance(nested, Marked) else Marked(raw.file, raw.line)
    if params.get("measure") is not None:
        metric.put("input_metric", inputs.metric_for(params["measure"], raw), params.line_of("measure"))
    elif nested.get("metric") is not None:
        metric.put("input_metric", _dropped_empty(nested["metric"]), nested.line_of("metric"))
    for key in ("window", "grain_to_date", "period_agg"):
        value = nested.get(key) if nested.get(key) is not None else params.get(key)
        if value is not None:
            metric.put(key, _window(value), raw.line)


def _conversion(params: Marked, metric: Marked, raw: Marked, inputs: _Inputs) -> None:
    nested = params.get("conversion_type_params")
    if not isinstance(nested, Marked):
        return
    for side in ("base", "conversion"):
        if nested.get(f"{side}_measure") is not None:
            reference = inputs.metric_for(nested[f"{side}_measure"], raw)
            metric.put(f"{side}_metric", reference, nested.line_of(f"{side}_measure"))
        elif nested.get(f"{side}_metric") is not None:
            metric.put(
                f"{side}_metric", _dropped_empty(nested[f"{side}_metric"]), nested.line_of(f"{side}_metric")
            )
    for key in ("entity", "calculation", "window", "constant_properties"):
        if nested.get(key) is not None:
            metric.put(key, _window(nested[key]), nested.line_of(key))


def _window(value: object) -> object:
    """Return a manifest's `{count, granularity}` as the text that YAML would hold."""
    if isinstance(value, Mapping) and "count" in value:
        return f"{value['count']} {value.get('granularity', 'day')}"
    return value


def _filters(raw: Mapping[Any, Any]) -> list[object]:
    value = raw.get("filter")
    if isinstance(value, Mapping):
        return [part.get("where_sql_template") for part in value.get("where_filters", ())]
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _dropped_empty(value: object) -> object:
    """Return an input (or a list of them) without the nulls a manifest writes out, windows as text."""
    if isinstance(value, MarkedList):
        items = MarkedList(value.file, value.line)
        for item, line in zip(value, value.lines, strict=True):
            items.put(_dropped_empty(item), line)
        return items
    if isinstance(value, Marked):
        kept = Marked(value.file, value.line)
        for key, inner in value.items():
            if inner is not None:
                kept.put(key, _window(inner), value.line_of(key))
        return kept
    return value
