"""Checks over several metrics: names once, times where they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semantic_layer.catalog import (
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    MetricInput,
    MetricType,
    SimpleMetric,
)
from semantic_layer.lineage import leaves
from semantic_layer.loader.names import METRIC_TIME
from semantic_layer.loader.sections import MetricEntry, Sections
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text


def unique_metrics(sections: Sections, problems: Problems) -> dict[str, MetricEntry]:
    """Return the metrics by name; a second one of a name, or a bad name, is recorded."""
    entries: dict[str, MetricEntry] = {}
    for entry in sections.metrics:
        name = entry.spec.name
        if name in entries:
            first = entries[name].raw
            problems.add(
                entry.raw,
                ("name",),
                Text(
                    zh=f"指标 {name!r} 声明了两次(第一次在 {first.file}:{first.line})。",
                    en=f"The metric {name!r} is declared twice (first in {first.file}:{first.line}).",
                ),
                Text(zh="改名或删去一处。", en="Rename or remove one of them."),
                code="duplicate_name",
            )
        elif "__" in name or name == METRIC_TIME:
            problems.add(
                entry.raw,
                ("name",),
                Text(zh=f"{name!r} 不能作指标名。", en=f"{name!r} cannot name a metric."),
                Text(
                    zh="双下划线留给结果列(如 gmv__growth);改用单下划线。",
                    en="Double underscores belong to result columns (gmv__growth); use single ones.",
                ),
                code="bad_name",
            )
            sections.broken.add(name)
        else:
            entries[name] = entry
    return entries


def warn_idle_options(sections: Sections, problems: Problems) -> None:
    """Warn about options that dbt accepts on any metric but that only a simple one has."""
    for entry in sections.metrics:
        for key in ("fill_nulls_with", "join_to_timespine"):
            if entry.spec.type != "simple" and key in entry.spec.model_fields_set:
                problems.warn(
                    entry.raw,
                    (key,),
                    Text(
                        zh=f"{key} 对 {entry.spec.type} 指标不起作用。",
                        en=f"{key} has no effect on a {entry.spec.type} metric.",
                    ),
                    Text(zh="写在它的输入指标上。", en="Write it on the metrics it reads."),
                    code="idle_option",
                )


def check_times(metrics: dict[str, Metric], entries: Mapping[str, MetricEntry], problems: Problems) -> None:
    """Refuse metrics that need a time and read a metric that has none."""
    for name, metric in list(metrics.items()):
        for needed, key in _timed_inputs(metric.type):
            for leaf in leaves(needed.metric, metrics):
                kind = metrics[leaf].type
                if isinstance(kind, SimpleMetric) and kind.agg_time_dimension is None:
                    problems.add(
                        entries[name].raw,
                        (key,),
                        Text(
                            zh=f"{name!r} 需要时间,但指标 {leaf!r} 的模型 {kind.model} 没有时间维度。",
                            en=f"{name!r} needs a time, but the model {kind.model} of {leaf!r} has no time dimension.",
                        ),
                        Text(
                            zh=f"给模型 {kind.model} 加 agg_time_dimension 和时间列"
                            "(dimension: time, granularity: day)。",
                            en=f"Give the model {kind.model} an agg_time_dimension and a time column "
                            "(dimension: time, granularity: day).",
                        ),
                        code="no_time",
                    )
                    metrics.pop(name, None)


def _timed_inputs(kind: MetricType) -> Iterator[tuple[MetricInput, str]]:
    if isinstance(kind, CumulativeMetric):
        yield kind.input, "input_metric"
    elif isinstance(kind, ConversionMetric):
        yield kind.base, "base_metric"
        yield kind.conversion, "conversion_metric"
    elif isinstance(kind, DerivedMetric):
        yield from (
            (item, "input_metrics")
            for item in kind.inputs
            if item.offset_window or item.offset_to_grain is not None
        )
