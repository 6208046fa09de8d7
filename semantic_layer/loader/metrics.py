"""Metrics: references resolved, types built, cycles refused, versions computed."""

from __future__ import annotations

from collections.abc import Mapping

from semantic_layer.catalog import (
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    MetricInput,
    MetricType,
    NonAdditive,
    Place,
    RatioMetric,
    SimpleMetric,
    Target,
)
from semantic_layer.expression import column_names, parse_expression
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.loader.candidates import check_expression
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.metric_checks import check_times, unique_metrics, warn_idle_options
from semantic_layer.loader.metric_graph import inputs_of, refuse_cycles
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import MetricEntry, Sections
from semantic_layer.loader.tables import resolve_time_dimension
from semantic_layer.loader.versions import versioned
from semantic_layer.period import Grain
from semantic_layer.spec.metric import InputSpec, MetricSpec
from semantic_layer.spec.model import text_or
from semantic_layer.spec.names import quote_name
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text

_METRIC = Text(zh="指标", en="metric")


def build_metrics(sections: Sections, names: Names, problems: Problems) -> dict[str, Metric]:
    """Return the metrics by name, in declaration order; whatever does not fit is recorded in `problems`."""
    entries = unique_metrics(sections, problems)
    reader = FilterReader(names, tuple(entries), sections.broken, problems)
    cyclic = refuse_cycles(entries, problems)
    builder = _Builder(entries, names, sections.broken, reader, problems)
    metrics: dict[str, Metric] = {}
    for name, entry in entries.items():
        if name not in cyclic and (metric := builder.metric(entry)) is not None:
            metrics[name] = metric
    check_times(metrics, entries, problems)
    warn_idle_options(sections, problems)
    return versioned(metrics, names.models)


class _Builder:
    """Builds one metric after the other."""

    def __init__(
        self,
        entries: Mapping[str, MetricEntry],
        names: Names,
        broken: set[str],
        reader: FilterReader,
        problems: Problems,
    ) -> None:
        self.entries = entries
        self.names = names
        self.broken = broken
        self.reader = reader
        self.problems = problems

    def metric(self, entry: MetricEntry) -> Metric | None:
        spec, raw = entry.spec, entry.raw
        before = len(self.problems.errors)
        scope = self.scope(spec.name)
        kind = self.type(entry, scope)
        filters = self.reader.all(spec.filter, raw, ("filter",), scope)
        for index, driver in enumerate(spec.drivers.metrics):
            self.known(driver, raw, ("drivers", index))
        targets = tuple(
            Target(
                target.period,
                target.value,
                self.reader.all(target.filter, raw, ("targets", index, "filter"), scope),
            )
            for index, target in enumerate(spec.targets)
        )
        if kind is None or len(self.problems.errors) > before:
            self.broken.add(spec.name)
            return None
        return Metric(
            name=spec.name,
            type=kind,
            label=text_or(spec.label, spec.name),
            version="",
            filters=filters,
            description=spec.description,
            synonyms=spec.synonyms,
            unit=spec.unit,
            format=spec.format,
            good_direction=spec.good_direction,
            tier=spec.tier,
            owner=spec.owner,
            certified=spec.certified,
            hidden=spec.hidden,
            not_additive=spec.not_additive,
            maturity_days=spec.maturity_days,
            drivers=spec.drivers.metrics,
            driver_formula=spec.drivers.formula,
            targets=targets,
            place=Place(raw.file, raw.line),
        )

    def type(self, entry: MetricEntry, scope: str | None) -> MetricType | None:
        spec, raw = entry.spec, entry.raw
        if spec.type == "simple":
            return self.simple(entry)
        wanted = list(inputs_of(spec))
        read = [
            (keys, item) for keys, part in wanted if (item := self.input(part, raw, keys, scope)) is not None
        ]
        if len(read) < len(wanted):
            return None
        found = dict(read)
        if spec.type == "ratio":
            return RatioMetric(found["numerator",], found["denominator",])
        if spec.type == "cumulative":
            return CumulativeMetric(
                found["input_metric",], spec.window, spec.grain_to_date, spec.period_agg or "first"
            )
        if spec.type == "conversion":
            return self.conversion(spec, raw, found)
        return self.derived(spec, raw, tuple(item for _, item in read))

    def input(
        self, spec: InputSpec, raw: object, keys: tuple[str | int, ...], scope: str | None
    ) -> MetricInput | None:
        if not self.known(spec.name, raw, keys):
            return None
        inner = self.scope(spec.name) or scope
        filters = self.reader.all(spec.filter, raw, (*keys, "filter"), inner)
        window = spec.offset_window
        if isinstance(window, CalendarWindow) and (window := self.calendar_window(window, raw, keys)) is None:
            return None
        return MetricInput(spec.name, spec.alias, filters, window, spec.offset_to_grain)

    def calendar_window(
        self, window: CalendarWindow, raw: object, keys: tuple[str | int, ...]
    ) -> CalendarWindow | None:
        """Return the window with its calendar's grain in the singular; record one that no calendar has."""
        for grain in (window.grain, window.grain.removesuffix("s")):
            if grain in self.names.grains:
                return CalendarWindow(window.count, grain)
        kind = Text(zh="时间粒度", en="grain")
        known = sorted({*Grain, *self.names.grains})
        self.problems.unknown(raw, (*keys, "offset_window"), kind, window.grain, known)
        return None

    def known(self, name: str, raw: object, keys: tuple[str | int, ...]) -> bool:
        """Return whether a metric exists; record it where it does not."""
        if name in self.entries:
            return True
        if name not in self.broken:
            self.problems.unknown(raw, keys, _METRIC, name, sorted(self.entries))
        return False

    def scope(self, name: str, seen: frozenset[str] = frozenset()) -> str | None:
        """Return the one model that a metric reads, or None where it reads several."""
        entry = self.entries.get(name)
        if entry is None or name in seen:
            return None
        if entry.spec.type == "simple":
            model = entry.spec.model or entry.model
            return model if model in self.names.models else None
        models = {self.scope(item.name, seen | {name}) for _, item in inputs_of(entry.spec)}
        return models.pop() if len(models) == 1 else None

    def simple(self, entry: MetricEntry) -> SimpleMetric | None:
        spec, raw = entry.spec, entry.raw
        model = spec.model or entry.model
        if model is None:
            self.problems.add(
                raw,
                ("name",),
                Text(
                    zh=f"simple 指标 {spec.name!r} 不属于任何模型。",
                    en=f"The simple metric {spec.name!r} belongs to no model.",
                ),
                Text(
                    zh="写进模型的 metrics:,或加 model: orders。",
                    en="Move it into a model's metrics:, or add model: orders.",
                ),
                code="missing_key",
            )
            return None
        if model not in self.names.models:
            if model not in self.broken:
                self.problems.unknown(
                    raw, ("model",), Text(zh="模型", en="model"), model, sorted(self.names.models)
                )
            return None
        expr = spec.expr or self._default_expr(spec, model)
        if not check_expression(expr, raw, ("expr",), self.problems):
            return None
        time = self.names.models[model].agg_time_dimension
        if spec.agg_time_dimension is not None:
            keys = ("agg_time_dimension",)
            time = resolve_time_dimension(
                model, spec.agg_time_dimension, raw, keys, self.names, self.broken, self.problems
            )
        percentile = spec.percentile
        if percentile is not None and percentile > 1:
            percentile = percentile / 100  # dbt writes 95.0 as well as 0.95
        return SimpleMetric(
            model=model,
            agg=spec.agg or "sum",
            expr=expr,
            agg_time_dimension=time,
            percentile=percentile,
            discrete=spec.percentile_type == "discrete",
            non_additive=self._non_additive(spec, raw, model),
            fill_nulls_with=spec.fill_nulls_with,
            join_to_timespine=bool(spec.join_to_timespine),
        )

    def _default_expr(self, spec: MetricSpec, model: str) -> str:
        """Return the column of the metric's name; a count without such a column counts rows."""
        if spec.agg == "count" and spec.name not in self.names.models[model].columns:
            return "1"
        return quote_name(spec.name)

    def _non_additive(self, spec: MetricSpec, raw: object, model: str) -> NonAdditive | None:
        rule = spec.non_additive_dimension
        if rule is None:
            return None
        keys = ("non_additive_dimension", "name")
        time = resolve_time_dimension(model, rule.name, raw, keys, self.names, self.broken, self.problems)
        groups: list[str] = []
        for name in rule.group_by:
            canonical = self.names.resolve(name, model)
            if canonical is None:
                kind = Text(zh="维度或实体", en="dimension or entity")
                known = self.names.known(model)
                self.problems.unknown(raw, ("non_additive_dimension", "group_by"), kind, name, known)
            else:
                groups.append(canonical)
        return None if time is None else NonAdditive(time, rule.window_agg, tuple(groups))

    def derived(self, spec: MetricSpec, raw: object, inputs: tuple[MetricInput, ...]) -> DerivedMetric | None:
        expr = spec.expr or ""
        if not check_expression(expr, raw, ("expr",), self.problems):
            return None
        available = [item.name for item in inputs]
        for name in column_names(parse_expression(expr)):
            if name not in available:
                kind = Text(zh="输入指标(input_metrics)", en="input metric (input_metrics)")
                self.problems.unknown(raw, ("expr",), kind, name, available)
        twice = {name for name in available if available.count(name) > 1}
        for name in sorted(twice):
            self.problems.add(
                raw,
                ("input_metrics",),
                Text(zh=f"输入 {name!r} 出现两次。", en=f"The input {name!r} appears twice."),
                Text(zh="给其中一个加 alias。", en="Give one of them an alias."),
                code="duplicate_name",
            )
        return DerivedMetric(expr, inputs)

    def conversion(
        self, spec: MetricSpec, raw: object, found: Mapping[tuple[str | int, ...], MetricInput]
    ) -> ConversionMetric | None:
        base, conversion = found["base_metric",], found["conversion_metric",]
        entity = (spec.entity or "").rpartition("__")[2]
        for key, item in (("base_metric", base), ("conversion_metric", conversion)):
            model = self.scope(item.metric)
            if model is None:
                continue
            known = [key_entity.name for key_entity in self.names.models[model].entities]
            if entity not in known and entity not in self.broken:
                kind = Text(zh=f"实体(模型 {model},{key})", en=f"entity (in the model {model} of {key})")
                self.problems.unknown(raw, ("entity",), kind, entity, known)
        sides = (self.scope(base.metric), self.scope(conversion.metric))
        properties: list[tuple[str, str]] = []
        for index, pair in enumerate(spec.constant_properties):
            written = (
                ("base_property", pair.base_property),
                ("conversion_property", pair.conversion_property),
            )
            resolved: list[str] = []
            for (key, name), model in zip(written, sides, strict=True):
                canonical = self.names.resolve(name, model)
                if canonical is None:
                    known = self.names.known(model)
                    kind = Text(zh="维度", en="dimension")
                    self.problems.unknown(raw, ("constant_properties", index, key), kind, name, known)
                else:
                    resolved.append(canonical)
            if len(resolved) == 2:
                properties.append((resolved[0], resolved[1]))
        return ConversionMetric(
            base, conversion, entity, spec.calculation or "conversion_rate", spec.window, tuple(properties)
        )
