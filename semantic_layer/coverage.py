"""From when to when the data reach: per model and time dimension, kept beside the data they describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

from semantic_layer.catalog import Catalog, Model, SimpleMetric
from semantic_layer.compiler.dialects import written
from semantic_layer.engines.base import Engine
from semantic_layer.errors import AskGrowthError
from semantic_layer.expression import parse_expression
from semantic_layer.lineage import leaves
from semantic_layer.period import ONE_DAY
from semantic_layer.sources import source_tree

COVERAGE_TABLE = "_askgrowth_coverage"


@dataclass(frozen=True, slots=True)
class Coverage:
    """First day with data, and the day after the last one; both None where there is no time or no row."""

    start: date | None = None
    end: date | None = None
    rows: int | None = None


# (model, time dimension) -> coverage; the dimension is "" for a model without a time
CoverageMap = Mapping[tuple[str, str], Coverage]


def coverage_queries(catalog: Catalog, dialect: str = "duckdb") -> dict[tuple[str, str], str]:
    """Return one SELECT (first day, last day, rows) per model and time dimension that a metric or the model uses."""
    wanted: dict[tuple[str, str], str] = {}
    for model in catalog.models.values():
        times = dict.fromkeys([model.agg_time_dimension] if model.agg_time_dimension else [""])
        for metric in catalog.metrics.values():
            if isinstance(metric.type, SimpleMetric) and metric.type.model == model.name:
                times.setdefault(metric.type.agg_time_dimension or "")
        for time in times:
            wanted[model.name, time] = _query(catalog, model, time, dialect)
    return wanted


def _query(catalog: Catalog, model: Model, time: str, dialect: str) -> str:
    columns: list[exp.Expr] = [exp.Null(), exp.Null()]
    if time:
        binding = next(b for b in catalog.dimensions[time].bindings if b.model == model.name)
        expr = parse_expression(binding.expr)
        columns = [exp.cast(exp.Min(this=expr), "DATE"), exp.cast(exp.Max(this=expr.copy()), "DATE")]
    columns.append(exp.Count(this=exp.Star()))
    return written(exp.select(*columns).from_(source_tree(model)), dialect, pretty=False)


def as_coverage(row: Sequence[object]) -> Coverage:
    """Return the coverage of one row (first day, last day, rows)."""
    first, last, rows = row
    start, end = _day(first), _day(last)
    return Coverage(start, None if end is None else end + ONE_DAY, rows if isinstance(rows, int) else None)


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def measure(catalog: Catalog, engine: Engine) -> dict[tuple[str, str], Coverage]:
    """Return the coverage of every model by asking the engine; a model that cannot be read has none."""
    found: dict[tuple[str, str], Coverage] = {}
    for key, sql in coverage_queries(catalog, engine.dialect).items():
        try:
            found[key] = as_coverage(engine.execute(sql).rows[0])
        except AskGrowthError:
            found[key] = Coverage()
    return found


def model_coverage(catalog: Catalog, spans: CoverageMap, model: str) -> Coverage:
    """Return the coverage of a model at its own time."""
    own = catalog.models[model].agg_time_dimension or ""
    if (model, own) in spans:
        return spans[model, own]
    return next((span for (name, _), span in spans.items() if name == model), Coverage())


def metrics_coverage(catalog: Catalog, spans: CoverageMap, metrics: Iterable[str]) -> Coverage:
    """Return from when to when metrics have data: the earliest start and the earliest end over what they read.

    The earliest end, because a sum of two facts is complete only as long as both are. Models that are forward
    dated count only where there is no other; models without a time say nothing.
    """
    found: list[tuple[bool, Coverage]] = []
    for metric in metrics:
        for leaf in leaves(metric, catalog.metrics):
            kind = catalog.metrics[leaf].type
            if isinstance(kind, SimpleMetric):
                key = (kind.model, kind.agg_time_dimension or "")
                span = spans.get(key) or model_coverage(catalog, spans, kind.model)
                if span.end is not None:
                    found.append((catalog.models[kind.model].forward_dated, span))
    used = [span for forward, span in found if not forward] or [span for _, span in found]
    starts = [span.start for span in used if span.start is not None]
    ends = [span.end for span in used if span.end is not None]
    return Coverage(min(starts, default=None), min(ends, default=None))


def data_today(catalog: Catalog, spans: CoverageMap) -> date | None:
    """Return the day after the latest data day over the models that are not forward dated, or None."""
    ends = [
        model_coverage(catalog, spans, name).end
        for name, model in catalog.models.items()
        if not model.forward_dated
    ]
    return max((end for end in ends if end is not None), default=None)
