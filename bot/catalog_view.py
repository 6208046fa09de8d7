"""The catalog as rows and as JSON, for the command line, the chat's catalog page and the HTTP interface."""

from __future__ import annotations

from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Dimension,
    Metric,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.text import Locale, Text

HEADER = (Text(zh="指标", en="Metric"), Text(zh="名称", en="Name"), Text(zh="口径", en="Definition"))


def formula(metric: Metric) -> str:
    """Return the metric's definition as a short formula over columns or other metrics."""
    kind = metric.type
    if isinstance(kind, SimpleMetric):
        body = f"{kind.agg}({kind.expr})"
    elif isinstance(kind, RatioMetric):
        body = f"{kind.numerator.metric} / {kind.denominator.metric}"
    elif isinstance(kind, DerivedMetric):
        body = kind.expr
    elif isinstance(kind, CumulativeMetric):
        span = f"{kind.window.count} {kind.window.grain}" if kind.window else kind.grain_to_date or "all time"
        body = f"cumulative({kind.input.metric}, {span})"
    elif isinstance(kind, ConversionMetric):
        body = f"{kind.calculation}({kind.base.metric} -> {kind.conversion.metric})"
    conditions = " and ".join(part.sql for part in metric.filters)
    return f"{body} where {conditions}" if conditions else body


def metric_rows(catalog: Catalog, locale: Locale) -> tuple[list[str], list[list[str]]]:
    """Return a header and one row per visible metric: label, name, definition."""
    rows = [
        [
            metric.label.at(locale),
            metric.name,
            metric.description.at(locale) if metric.description else formula(metric),
        ]
        for metric in catalog.metrics.values()
        if not metric.hidden
    ]
    return [name.at(locale) for name in HEADER], rows


def to_json(catalog: Catalog) -> dict[str, object]:
    """Return metrics and dimensions as plain JSON values; hidden ones are left out."""
    return {
        "metrics": [_metric(metric) for metric in catalog.metrics.values() if not metric.hidden],
        "dimensions": [
            _dimension(dimension) for dimension in catalog.dimensions.values() if not dimension.hidden
        ],
        "segments": [
            {"name": segment.name, "label": _text(segment.label)} for segment in catalog.segments.values()
        ],
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text else None


def _metric(metric: Metric) -> dict[str, object]:
    return {
        "name": metric.name,
        "label": _text(metric.label),
        "description": _text(metric.description),
        "formula": formula(metric),
        "unit": metric.unit,
        "format": metric.format,
        "good_direction": metric.good_direction,
        "tier": metric.tier,
        "owner": metric.owner,
        "certified": metric.certified,
        "version": metric.version,
        "synonyms": list(metric.synonyms.all()),
    }


def _dimension(dimension: Dimension) -> dict[str, object]:
    return {
        "name": dimension.name,
        "kind": dimension.kind,
        "label": _text(dimension.label),
        "description": _text(dimension.description),
        "synonyms": list(dimension.synonyms.all()),
    }
