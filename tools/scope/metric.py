"""Which metric an analysis looks at, and how its numbers are written."""

from __future__ import annotations

from semantic_layer.catalog import Catalog, Metric
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from semantic_layer.table import Column, ColumnKind
from semantic_layer.text import Text

METRIC_KIND = Text(zh="指标", en="metric")
DIMENSION_KIND = Text(zh="维度", en="dimension")


def metric_of(catalog: Catalog, name: str | None) -> Metric:
    """Return the metric called `name`, else the workspace's leading one, which the answer must say.

    Strategic metrics lead, among them amounts and counts (a sum says how large things are, a quotient only how good),
    among those certified ones, then the first declared.

    Raises:
        UnknownNameError: there is no such metric. NotEnoughDataError: the workspace has none at all.
    """
    if name is not None:
        if name not in catalog.metrics:
            raise UnknownNameError(METRIC_KIND, name, catalog.metrics)
        return catalog.metrics[name]
    shown = [metric for metric in catalog.metrics.values() if not metric.hidden]
    ranked = sorted(shown, key=lambda one: (one.tier != "strategic", one.is_ratio, not one.certified))
    if not ranked:
        raise NotEnoughDataError(
            Text(zh="工作区里没有指标。", en="The workspace has no metric."),
            Text(zh="在 YAML 的 metrics 里声明一个。", en="Declare one under metrics in the YAML."),
        )
    return ranked[0]


def taken_for_granted(metric: Metric) -> Text:
    """Return what is said where an analysis took the leading metric because none was named."""
    label = metric.label
    return Text(
        zh=f"问题里没有说是哪个指标,这里看的是核心指标「{label.zh}」;要看别的,请把指标名写进问题。",
        en=f"No metric was named: this is {label.en}, the workspace's leading one. Name another to see it instead.",
    )


def dimension_of(catalog: Catalog, name: str) -> str:
    """Return the canonical name of a dimension in any accepted spelling.

    Raises:
        UnknownNameError: there is none.
    """
    canonical = catalog.spellings.get(name, name)
    if canonical not in catalog.dimensions:
        raise UnknownNameError(DIMENSION_KIND, name, catalog.dimensions)
    return canonical


def value_column(metric: Metric, suffix: str = "", label: Text | None = None) -> Column:
    """Return the column of a metric's values; a suffix such as `__delta` makes it a derived one."""
    kind: ColumnKind = "derived" if suffix else "metric"
    name = f"{metric.name}{suffix}"
    return Column(
        name, label or metric.label, kind, unit=metric.unit, format=metric.format, metric=metric.name
    )
