"""A query without metrics: the distinct values of its dimensions."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler import columns, nodes
from semantic_layer.compiler.context import CompileContext, CompiledQuery
from semantic_layer.compiler.dialects import written
from semantic_layer.compiler.facts import Key, Plan
from semantic_layer.compiler.finish import Stages, limited, order_of
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.compiler.keys import group_keys
from semantic_layer.compiler.names import METRIC_TIME, resolve_name
from semantic_layer.compiler.paths import locate
from semantic_layer.compiler.predicates import filter_sql
from semantic_layer.compiler.scans import query_conditions, time_limits
from semantic_layer.compiler.scope import Scope, without_time
from semantic_layer.errors import QueryError
from semantic_layer.period import ONE_DAY
from semantic_layer.query import MetricQuery
from semantic_layer.text import Text


def distinct_values(index: CatalogIndex, query: MetricQuery, context: CompileContext) -> CompiledQuery:
    """Return the SQL for the distinct combinations of the group columns, in ascending order.

    One conformed dimension alone: the values of every model that has it. Otherwise the combinations that
    occur in the model that reaches all the dimensions over the fewest joins.

    Raises:
        QueryError: no model reaches all of them; comparisons, transforms or result conditions were asked.
    """
    if query.compare or query.transforms or query.having or query.segments:
        raise QueryError(
            Text(zh="没有指标的查询只能列出维度的取值。", en="A query without a metric only lists values."),
            Text(zh="加上一个指标。", en="Name a metric."),
            code="needs_metric",
        )
    models = _homes(index, context, query)
    keys = group_keys(index, context, query, models)
    plan = Plan(index, context, keys, keys)
    selects = [_select(index, context, query, keys, model) for model in models]
    statement: exp.Expr = selects[0]
    for further in selects[1:]:
        statement = exp.Union(this=statement, expression=further, distinct=True)
    result = tuple(columns.key_column(key) for key in keys)
    order = order_of(query, plan, result)
    stages = Stages(plan)
    if len(selects) > 1:
        name = plan.fresh("all_values")
        stages.ctes.append((name, statement))
        shown: list[exp.Expr] = [nodes.column(column.name) for column in result]
        select = exp.Select(expressions=shown, from_=exp.From(this=nodes.table(name)))
    else:
        select = selects[0]
    final = limited(stages, select, result, order, query.limit)
    return CompiledQuery(
        sql=written(final.statement, context.dialect) if context.text else "",
        columns=result,
        query=query,
        periods=(),
        models=models,
    )


def _homes(index: CatalogIndex, context: CompileContext, query: MetricQuery) -> tuple[str, ...]:
    """Return the models to read: every home of a single dimension, else the one nearest to all of them."""
    names = [resolve_name(index, group.dimension, context.hidden) for group in query.group_by]
    if any(name.spelling == METRIC_TIME for name in names):
        raise QueryError(
            Text(zh="metric_time 需要一个指标。", en="metric_time needs a metric."),
            Text(zh="加上指标,或改用具体的时间维度。", en="Name a metric, or a time dimension of a model."),
            code="needs_metric",
        )
    only = names[0]
    if len(names) == 1 and only.dimension is not None and not only.prefix and not query.where:
        return tuple(dict.fromkeys(binding.model for binding in only.dimension.bindings))
    best: tuple[int, str] | None = None
    for model in index.catalog.models:
        try:
            hops = sum(len(locate(index, model, name).path) for name in names)
            _select(index, context, query, (), model)
        except QueryError:
            continue
        if best is None or hops < best[0]:
            best = (hops, model)
    if best is None:
        listed = ", ".join(name.spelling for name in names)
        raise QueryError(
            Text(zh=f"没有一个表能同时看到这些维度:{listed}。", en=f"No model reaches all of: {listed}."),
            Text(zh="分开查询,或加上一个指标。", en="Ask for them one by one, or name a metric."),
            code="unreachable_dimension",
        )
    return (best[1],)


def _select(
    index: CatalogIndex, context: CompileContext, query: MetricQuery, keys: tuple[Key, ...], model: str
) -> exp.Select:
    time = index.catalog.models[model].agg_time_dimension
    scope = Scope(index, context, model, time)
    shown = [nodes.aliased(scope.asked(key.name).sql, key.column) for key in keys]
    conditions = [filter_sql(scope, sql) for sql in context.row_filters.get(model, ())]
    conditions += query_conditions(scope, query)
    if query.period is not None:
        if time is None:
            raise without_time(index.catalog.models[model])
        end = min(query.period.end, context.today + ONE_DAY)
        conditions += time_limits(scope, query.period.start, end)
    select = exp.Select(expressions=shown, from_=scope.source(), joins=scope.joins, distinct=exp.Distinct())
    where = nodes.conjunction(conditions)
    if where is not None:
        select.set("where", exp.Where(this=where))
    return select
