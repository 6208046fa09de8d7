"""The stages in order: names, period, metrics, facts, joins, comparisons, transforms, order; then text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from semantic_layer.catalog import Catalog, SimpleMetric
from semantic_layer.compiler import columns, nodes
from semantic_layer.compiler.averages import totals_of_buckets
from semantic_layer.compiler.buckets import Calendar
from semantic_layer.compiler.context import CompileContext, CompiledQuery, PeriodRole
from semantic_layer.compiler.dialects import written
from semantic_layer.compiler.distinct import distinct_values
from semantic_layer.compiler.facts import Key, Plan, Use, models_of
from semantic_layer.compiler.finish import (
    Final,
    Stages,
    facts_joined,
    having_sql,
    limited,
    order_of,
    select_from,
)
from semantic_layer.compiler.index import CatalogIndex, index_of
from semantic_layer.compiler.keys import group_keys
from semantic_layer.compiler.metrics import inputs_of, metric_of, metric_sql
from semantic_layer.compiler.names import resolve_name
from semantic_layer.compiler.other import joined_with_other, top_members
from semantic_layer.compiler.predicates import canonical_where, without_jinja
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.shifts import Move, bucketed, moved_period
from semantic_layer.compiler.transforms import Setting, transformed
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import GroupBy, MetricQuery, OrderBy, PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text


def compile_query(catalog: Catalog, query: MetricQuery, context: CompileContext) -> CompiledQuery:
    """Return the SQL of a metric query with its columns, periods and canonical form.

    Raises:
        UnknownNameError: a metric, dimension, segment or column that does not exist.
        AmbiguousPathError: a dimension that can be reached in several ways, or only by multiplying rows.
        QueryError: whatever else cannot be computed as asked; never a guess instead.
    """
    index = index_of(catalog)
    query = without_jinja(query)
    _check_names(catalog, query)
    if not query.metrics:
        return distinct_values(index, query, context)
    models = _models(index, query.metrics)
    keys = group_keys(index, context, query, models)
    period = executed_period(query, context, index, models)
    compiled = _compiled(index, query, context, keys, keys, period)
    if not query.totals or not keys:
        return compiled
    overall = query.model_copy(
        update={
            "group_by": (),
            "transforms": (),
            "having": (),
            "order_by": (),
            "limit": None,
            "totals": False,
        }
    )
    totals = _compiled(index, overall, context, (), keys, period)
    shown = tuple(column.name for column in totals.columns)
    return replace(compiled, totals_sql=totals.sql, totals_columns=shown)


@dataclass(frozen=True, slots=True)
class _Made:
    """A column beyond the keys and its SQL over the columns before it."""

    column: Column
    sql: exp.Expr


def _compiled(
    index: CatalogIndex,
    query: MetricQuery,
    context: CompileContext,
    keys: tuple[Key, ...],
    time_keys: tuple[Key, ...],
    period: Period | None,
) -> CompiledQuery:
    plan = Plan(index, context, keys, time_keys)
    reading = Reading(query, period, Calendar(index.catalog.week_start, index.catalog.fiscal_year_start))
    stages, select, result = _selected(plan, reading)
    order = order_of(query, plan, result)
    if query.limit is not None and query.limit.other:
        final = _with_other(stages, select, result, order, reading)
    else:
        final = limited(stages, select, result, order, query.limit)
    return CompiledQuery(
        sql=written(final.statement, context.dialect) if context.text else "",
        columns=result,
        query=_canonical(index, query, context, keys, period),
        periods=tuple(_periods(plan, reading)),
        models=models_of(list(plan.facts.values())),
        tie=_beyond(final, context.dialect),
        rollups=tuple(dict.fromkeys(plan.rollups)),
        cut_by=tuple(part.column for part in order),
    )


def _selected(plan: Plan, reading: Reading) -> tuple[Stages, exp.Select, tuple[Column, ...]]:
    """Return the CTEs and the SELECT of the rows that `having` lets through, before order and limit."""
    query, catalog = reading.query, plan.index.catalog
    values, made = _values(plan, query)
    stages, select = facts_joined(plan, reading, values)
    key_columns = [columns.key_column(key) for key in plan.keys]
    metric_columns = [columns.metric_column(metric_of(plan, name)) for name in query.metrics]
    known = (*key_columns, *metric_columns, *(part.column for part in made))
    totals = totals_of_buckets(stages, reading, _selected)
    setting = Setting(catalog, plan.keys, reading.period, reading.calendar, known, totals)
    made += [_Made(*transformed(setting, transform)) for transform in query.transforms]
    result = (*key_columns, *metric_columns, *(part.column for part in made))
    if made:
        source = stages.push("metrics", select)
        plain = [nodes.column(column.name) for column in (*key_columns, *metric_columns)]
        further = [
            part.sql
            if isinstance(part.sql, exp.Column) and part.sql.name == part.column.name
            else nodes.aliased(part.sql, part.column.name)
            for part in made
        ]
        select = select_from(source, [*plain, *further])
    if query.having:
        source = stages.push("result", select)
        select = select_from(source, [nodes.column(column.name) for column in result])
        tests = nodes.conjunction([having_sql(having, result) for having in query.having])
        select.set("where", exp.Where(this=tests))
    return stages, select, result


def _with_other(
    stages: Stages,
    select: exp.Select,
    result: tuple[Column, ...],
    order: tuple[OrderBy, ...],
    reading: Reading,
) -> Final:
    """Return the statement of the first rows and one for all rows of the members that are not among them."""
    plan, query = stages.plan, reading.query
    top = top_members(stages, select, result, order, query)
    rest = Plan(
        plan.index, plan.context, (), plan.time_keys, used_names=plan.used_names, rollups=plan.rollups
    )
    whole = query.model_copy(update={"group_by": (), "order_by": (), "limit": None})
    outside = replace(reading, query=whole, outside=(top.members, plan.keys[0].name))
    others, remainder, _ = _selected(rest, outside)
    stages.ctes += others.ctes
    return joined_with_other(stages, top, stages.push("rest", remainder), result, order)


def _beyond(final: Final, dialect: str) -> Callable[[], str] | None:
    change = final.beyond
    if change is None:
        return None

    def write() -> str:
        change()
        return written(final.statement, dialect)

    return write


def _values(plan: Plan, query: MetricQuery) -> tuple[list[tuple[str, exp.Expr]], list[_Made]]:
    """Return the values to compute where the facts meet, and the change and growth columns above them."""
    values = [(name, metric_sql(plan, name)) for name in query.metrics]
    suffixes = columns.suffixes(query.compare)
    made: list[_Made] = []
    for name in query.metrics:
        metric = metric_of(plan, name)
        for compare, suffix in zip(query.compare, suffixes, strict=True):
            base, delta, growth = columns.compare_columns(metric, compare, suffix, len(suffixes) > 1)
            values.append((base.name, metric_sql(plan, name, Use(moves=(Move(compare=compare),)))))
            now, before = nodes.column(name), nodes.column(base.name)
            change = exp.Sub(this=now, expression=before)
            # A loss that halves is an improvement: the base is taken without its sign.
            size = exp.Abs(this=before.copy())
            made += [
                _Made(base, before.copy()),
                _Made(delta, change),
                _Made(growth, nodes.divided(change.copy(), size)),
            ]
    return values, made


def executed_period(
    query: MetricQuery, context: CompileContext, index: CatalogIndex, models: tuple[str, ...]
) -> Period | None:
    """Return the period that is read: as asked, but not past `today` nor past the last day any fact has data.

    None where no period was asked and the data's first day is unknown.
    """
    spans = [
        context.coverage[model]
        for model in models
        if model in context.coverage and not index.catalog.models[model].forward_dated
    ]
    ends = [span.end for span in spans if span.end is not None]
    end = context.today + ONE_DAY
    if ends and len(spans) == len(models):
        end = min(end, max(ends))
    if query.period is not None:
        return query.period.period().cut(end)
    starts = [span.start for span in spans if span.start is not None]
    if not starts:
        return None
    start = min(starts)
    return Period.of(start, max(start, end))


def _periods(plan: Plan, reading: Reading) -> Iterator[PeriodRole]:
    if reading.period is None:
        return
    yield PeriodRole("main", reading.period)
    dated = [fact for fact in plan.facts.values() if fact.time is not None]
    for compare, suffix in zip(reading.query.compare, columns.suffixes(reading.query.compare), strict=True):
        moves = (Move(compare=compare),)
        key = next((found for fact in dated if (found := plan.bucket_key(fact)) is not None), None)
        if key is None or key.name.grain is None:
            yield PeriodRole("comparison", moved_period(moves, reading.period, reading.calendar), suffix)
            continue
        shifted = bucketed(moves, reading.period, key.name.grain, reading.calendar)
        yield PeriodRole("comparison", Period.of(shifted.start, max(shifted.start, shifted.end)), suffix)


def _check_names(catalog: Catalog, query: MetricQuery) -> None:
    if not query.metrics and not query.group_by:
        raise QueryError(
            Text(zh="查询里既没有指标也没有维度。", en="The query names neither a metric nor a dimension."),
            Text(zh="至少给出一个指标。", en="Name at least one metric."),
            code="empty_query",
        )
    for name in query.segments:
        if name not in catalog.segments:
            raise UnknownNameError(Text(zh="人群", en="segment"), name, catalog.segments)
    for name in query.metrics:
        if name not in catalog.metrics:
            visible = (metric.name for metric in catalog.metrics.values() if not metric.hidden)
            raise UnknownNameError(Text(zh="指标", en="metric"), name, visible)


def _models(index: CatalogIndex, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the models behind the metrics, each once, in order of use."""
    found: dict[str, None] = {}
    for name in names:
        key = ("models", name)
        models = index.memo.get(key)
        if not isinstance(models, tuple):
            models = index.memo[key] = tuple(dict.fromkeys(_models_behind(index.catalog, name, 0)))
        found.update(dict.fromkeys(models))
    return tuple(found)


def _models_behind(catalog: Catalog, name: str, depth: int) -> Iterator[str]:
    metric = catalog.metrics.get(name)
    if metric is None or depth > 40:
        return
    if isinstance(metric.type, SimpleMetric):
        yield metric.type.model
    for part in inputs_of(metric):
        yield from _models_behind(catalog, part.metric, depth + 1)


def _canonical(
    index: CatalogIndex,
    query: MetricQuery,
    context: CompileContext,
    keys: tuple[Key, ...],
    period: Period | None,
) -> MetricQuery:
    groups = tuple(
        GroupBy.model_construct(
            dimension=key.name.canonical,
            grain=key.name.grain,
            part=key.name.part,
            custom_grain=key.name.custom,
        )
        for key in keys
    )

    def canonical(spelling: str) -> str:
        name = resolve_name(index, spelling, context.hidden)
        return f"{name.canonical}__{name.suffix}" if name.suffix else name.canonical

    where = tuple(canonical_where(canonical, part) for part in query.where)
    update = {
        "group_by": groups,
        "where": where,
        "period": PeriodRange.of(period) if period else query.period,
    }
    return query.model_copy(update=update)
