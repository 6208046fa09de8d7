"""Conversions: which events of one model were followed by an event of another, for the same entity, in time."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.catalog import ConversionMetric, Metric, SimpleMetric
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import plus
from semantic_layer.compiler.facts import Converted, Fact, Plan
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.names import Name
from semantic_layer.compiler.predicates import filter_sql
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.scans import Scan, grouped, rows_of, time_limits
from semantic_layer.compiler.scope import Scope, not_yet, without_time
from semantic_layer.period import ONE_DAY
from semantic_layer.text import Text


def conversion_scan(plan: Plan, fact: Fact, variant: Converted, reading: Reading) -> Scan:
    """Return the conversions per group of the base events.

    Each conversion event counts once, for the latest base event of the same entity (and the same constant
    properties) at or before it, where that lies less than the window before it. Groups and period are those of
    the base event.

    Raises:
        QueryError: base and conversion are not simple metrics with a time.
    """
    spec = variant.spec
    metric, target = _conversion(plan, spec)
    base, events, found = (plan.fresh(f"{fact.cte}_{part}") for part in ("base", "events", "found"))
    rows = rows_of(plan, fact, reading)
    properties = [f"property_{number}" for number in range(1, len(spec.constant_properties) + 1)]
    base_columns = [
        *rows.named_keys(plan),
        nodes.aliased(_entity(rows.scope, spec.entity), "entity"),
        nodes.aliased(rows.scope.own_time(), "moment"),
    ]
    for name, (own, _) in zip(properties, spec.constant_properties, strict=True):
        base_columns.append(nodes.aliased(rows.scope.named(own).sql, name))
    (measure,) = fact.measures.values()
    value = nodes.aliased(nodes.column(measure.column, found), measure.column)
    assert isinstance(value, exp.Alias)
    value.set("this", aggregate(target, nodes.column(measure.column, found), None))
    keys: list[exp.Expr] = [nodes.column(key.column, found) for key in plan.keys]
    select = exp.Select(expressions=[*keys, value], from_=exp.From(this=nodes.table(found)))
    nearest = exp.EQ(this=nodes.column("nearest", found), expression=exp.Literal.number(1))
    select.set("where", exp.Where(this=nearest))
    before = (
        *rows.before,
        (base, rows.select(base_columns)),
        (events, _events(plan, spec, metric, target, properties, measure.column)),
        (found, _found(plan, spec, base, events, properties, measure.column)),
    )
    return Scan(grouped(select, len(plan.keys)), before)


def _conversion(plan: Plan, spec: ConversionMetric) -> tuple[Metric, SimpleMetric]:
    metric = plan.index.catalog.metrics[spec.conversion.metric]
    if not isinstance(metric.type, SimpleMetric) or metric.type.non_additive is not None:
        raise not_yet(Text(zh=f"以 {metric.name} 为转化", en=f"{metric.name} as a conversion"))
    if metric.type.agg_time_dimension is None:
        raise without_time(plan.index.catalog.models[metric.type.model])
    return metric, metric.type


def _entity(scope: Scope, entity: str) -> exp.Expr:
    return scope.asked(Name(entity, entity=entity)).sql


def _events(
    plan: Plan,
    spec: ConversionMetric,
    metric: Metric,
    target: SimpleMetric,
    properties: list[str],
    column: str,
) -> exp.Select:
    """Return the conversion events, numbered, up to today: the window may reach beyond the period."""
    scope = Scope(plan.index, plan.context, target.model, target.agg_time_dimension)
    number = exp.Window(this=nodes.function("ROW_NUMBER"))
    columns: list[exp.Expr] = [
        nodes.aliased(number, "event"),
        nodes.aliased(_entity(scope, spec.entity), "entity"),
        nodes.aliased(scope.own_time(), "moment"),
        nodes.aliased(scope.own(target.expr), column),
    ]
    for name, (_, other) in zip(properties, spec.constant_properties, strict=True):
        columns.append(nodes.aliased(scope.named(other).sql, name))
    conditions = time_limits(scope, None, plan.context.today + ONE_DAY)
    conditions += [filter_sql(scope, sql) for sql in plan.context.row_filters.get(target.model, ())]
    conditions += [filter_sql(scope, part.sql) for part in (*metric.filters, *spec.conversion.filters)]
    select = exp.Select(expressions=columns, from_=scope.source(), joins=scope.joins)
    where = nodes.conjunction(conditions)
    if where is not None:
        select.set("where", exp.Where(this=where))
    return select


def _found(
    plan: Plan, spec: ConversionMetric, base: str, events: str, properties: list[str], column: str
) -> exp.Select:
    """Return every pair of a base event and a later event in the window, the nearest base event first."""
    tests: list[exp.Expr] = [
        exp.EQ(this=nodes.column("entity", events), expression=nodes.column("entity", base)),
        exp.LTE(this=nodes.column("moment", base), expression=nodes.column("moment", events)),
    ]
    if spec.window is not None:
        first = plus(nodes.column("moment", events), -spec.window.count, spec.window.grain)
        tests.append(exp.GT(this=nodes.column("moment", base), expression=first))
    tests += [
        exp.EQ(this=nodes.column(name, events), expression=nodes.column(name, base)) for name in properties
    ]
    # Of two events at one moment the groups decide, so that the same data always give the same answer.
    ties = [exp.Ordered(this=nodes.column(key.column, base), nulls_first=False) for key in plan.keys]
    latest = exp.Ordered(this=nodes.column("moment", base), desc=True, nulls_first=False)
    order = exp.Order(expressions=[latest, *ties])
    nearest = exp.Window(
        this=nodes.function("ROW_NUMBER"), partition_by=[nodes.column("event", events)], order=order
    )
    keys: list[exp.Expr] = [nodes.column(key.column, base) for key in plan.keys]
    return exp.Select(
        expressions=[*keys, nodes.column(column, events), nodes.aliased(nearest, "nearest")],
        from_=exp.From(this=nodes.table(base)),
        joins=[exp.Join(this=nodes.table(events), kind="INNER", on=nodes.conjunction(tests))],
    )
