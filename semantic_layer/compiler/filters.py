"""A metric inside a filter: the metric per entity, as a query to join."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from semantic_layer.compiler.buckets import Calendar
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.facts import Key, Plan
from semantic_layer.compiler.finish import facts_joined
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.compiler.metrics import metric_cycle, metric_sql
from semantic_layer.compiler.names import resolve_name
from semantic_layer.compiler.reading import Reading
from semantic_layer.errors import QueryError
from semantic_layer.query import MetricQuery
from semantic_layer.text import Text


def metric_per_entity(
    index: CatalogIndex, context: CompileContext, metric: str, entities: tuple[str, ...]
) -> tuple[tuple[str, ...], exp.Select]:
    """Return the key columns and a SELECT with one row per combination of entities and the metric's value.

    All data through today is read, whatever period the outer query has: "customers with more than one order".

    Raises:
        UnknownNameError: the metric or an entity does not exist.
        QueryError: no entity is given, or the metric cannot be grouped by it.
    """
    if not entities:
        raise QueryError(
            Text(
                zh=f"筛选条件里的指标 {metric} 没有写实体。",
                en=f"The metric {metric} in a filter names no entity.",
            ),
            Text(zh="写成 metric('指标', '实体')。", en="Write metric('orders', 'customer')."),
            code="invalid_expression",
        )
    if metric in context.filtering:
        raise metric_cycle(metric)
    context = replace(context, filtering=(*context.filtering, metric))
    names = [resolve_name(index, entity, context.hidden) for entity in entities]
    keys = tuple(Key(name.canonical, name) for name in names)
    plan = Plan(index, context, keys, keys)
    catalog = index.catalog
    reading = Reading(MetricQuery(), None, Calendar(catalog.week_start, catalog.fiscal_year_start))
    stages, select = facts_joined(plan, reading, [(metric, metric_sql(plan, metric))])
    return tuple(key.column for key in keys), stages.statement(select)
