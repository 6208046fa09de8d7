"""Alerts and jobs: their names and conditions checked."""

from __future__ import annotations

from collections.abc import Mapping

from semantic_layer.catalog import Catalog, Metric
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.sections import Entry, Sections
from semantic_layer.loader.vocabulary import unique
from semantic_layer.spec.problems import Problems
from semantic_layer.spec.watching import AlertSpec
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule, PlannedJob, Watching

_ALERT = Text(zh="预警", en="alert")
_JOB = Text(zh="任务", en="job")
_METRIC = Text(zh="指标", en="metric")
_DIMENSION = Text(zh="维度", en="dimension")
_SEGMENT = Text(zh="人群", en="segment")


def build_watching(
    sections: Sections,
    reader: FilterReader,
    catalog: Catalog,
    problems: Problems,
) -> Watching:
    """Return the alerts whose names and condition can be read, and the jobs."""
    alerts = tuple(
        rule_of(entry.spec, catalog.metrics)
        for entry in unique(sections.alerts, _ALERT, problems)
        if _is_known(entry, reader, catalog, problems)
    )
    jobs = tuple(
        PlannedJob(
            entry.spec.name,
            entry.spec.kind,
            entry.spec.cron,
            entry.spec.user,
            entry.spec.to,
            entry.spec.options,
        )
        for entry in unique(sections.jobs, _JOB, problems)
    )
    return Watching(alerts, jobs)


def rule_of(spec: AlertSpec, metrics: Mapping[str, Metric]) -> AlertRule:
    """Return the alert as a plain value; its label is the metric's where it has none."""
    metric = metrics.get(spec.metric or "")
    label = spec.label or (metric.label if metric else Text.same(spec.name))
    common = AlertRule(
        name=spec.name,
        label=label,
        kind="threshold",
        metric=spec.metric,
        where=spec.where,
        segments=spec.segment,
        against=spec.against or "previous_period",
        days=spec.window,
        minimum=(spec.minimum.metric, spec.minimum.value) if spec.minimum else None,
        cooldown_days=spec.cooldown,
        quiet=spec.quiet,
        recovery=spec.recovery,
        to=spec.to,
        user=spec.user,
        cron=spec.cron,
        by=spec.by,
    )
    return _with_condition(common, spec)


def _with_condition(rule: AlertRule, spec: AlertSpec) -> AlertRule:
    from dataclasses import replace

    if spec.below is not None:
        return replace(rule, operator="<", value=spec.below)
    if spec.above is not None:
        return replace(rule, operator=">", value=spec.above)
    if spec.falls is not None:
        return replace(rule, kind="change", operator="<", value=-spec.falls)
    if spec.rises is not None:
        return replace(rule, kind="change", operator=">", value=spec.rises)
    if spec.anomaly is not None:
        sides: dict[str, str] = {"up": ">", "down": "<", "any": ""}
        return replace(rule, kind="anomaly", operator=sides[spec.anomaly])  # type: ignore[arg-type]  # the table holds operators
    if spec.pacing is not None:
        return replace(rule, kind="pacing", operator="<", value=spec.pacing)
    if spec.quality is not None:
        return replace(rule, kind="quality", operator=">", value=1.0 if spec.quality == "serious" else 0.0)
    return replace(rule, kind="freshness", operator=">", value=float(spec.stale or 0))


def _is_known(
    entry: Entry[AlertSpec],
    reader: FilterReader,
    catalog: Catalog,
    problems: Problems,
) -> bool:
    """Return whether every name is one of the workspace; what is not is recorded."""
    spec, raw, sound = entry.spec, entry.raw, True
    wanted: list[tuple[tuple[str | int, ...], str, Text, Mapping[str, object]]] = []
    if spec.metric is not None:
        wanted.append((("metric",), spec.metric, _METRIC, catalog.metrics))
    if spec.minimum is not None:
        wanted.append((("minimum", "metric"), spec.minimum.metric, _METRIC, catalog.metrics))
    if spec.by is not None and spec.by not in catalog.spellings:
        wanted.append((("by",), spec.by, _DIMENSION, catalog.dimensions))
    wanted += [(("segment",), name, _SEGMENT, catalog.segments) for name in spec.segment]
    for keys, name, kind, known in wanted:
        if name not in known:
            sound = False
            if name not in reader.broken:
                problems.unknown(raw, keys, kind, name, sorted(known))
    return sound and (spec.where is None or reader.read(spec.where, raw, ("where",), None) is not None)
