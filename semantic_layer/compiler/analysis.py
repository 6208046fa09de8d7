"""Row-level reads and analysis SQL: the rows as CTEs, then the analysis' own steps over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import sqlglot
from sqlglot import exp

from semantic_layer.catalog import Catalog, SimpleMetric, Window
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import interval
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.dialects import written
from semantic_layer.compiler.index import CatalogIndex, index_of
from semantic_layer.compiler.names import resolve_name
from semantic_layer.compiler.predicates import filter_sql, where_sql
from semantic_layer.compiler.scans import time_limits
from semantic_layer.compiler.scope import Scope, not_yet
from semantic_layer.errors import UnknownNameError
from semantic_layer.period import ONE_DAY
from semantic_layer.rows import Analysis, Holds, Measured, Named, Place, RowColumn, RowQuery
from semantic_layer.text import Text

_METRIC = Text(zh="指标", en="metric")
_SEGMENT = Text(zh="人群", en="segment")
STEPS_DIALECT = "duckdb"  # what the steps are written in, and the only database that runs them


def analysis_statement(
    catalog: Catalog, analysis: Analysis, context: CompileContext, hidden: frozenset[str]
) -> str:
    """Return the analysis as one statement for DuckDB; see `semantic_layer.rows`."""
    index = index_of(catalog)
    names = _fresh_names([*analysis.rows, *(step.name for step in analysis.steps)], index.taken)
    ctes: list[tuple[str, exp.Expr]] = [
        (names[name], rows_select(index, query, context, hidden)) for name, query in analysis.rows.items()
    ]
    return written(_chained(ctes, analysis, names), STEPS_DIALECT)


def row_statements(
    catalog: Catalog, analysis: Analysis, context: CompileContext, hidden: frozenset[str]
) -> dict[str, str]:
    """Return one statement per name of the rows, in the context's dialect; see `rows_select`."""
    index = index_of(catalog)
    return {
        name: written(rows_select(index, query, context, hidden), context.dialect)
        for name, query in analysis.rows.items()
    }


def step_statement(analysis: Analysis) -> str:
    """Return the steps and the result as one DuckDB statement over tables that are named as the rows."""
    names = {name: name for name in (*analysis.rows, *(step.name for step in analysis.steps))}
    return written(_chained([], analysis, names), STEPS_DIALECT)


def _chained(rows: list[tuple[str, exp.Expr]], analysis: Analysis, names: Mapping[str, str]) -> exp.Expr:
    """Return the result's SELECT after the CTEs of the rows and of the steps."""
    ctes = rows + [(names[step.name], _filled(step.sql, step.values, names)) for step in analysis.steps]
    final = _filled(analysis.result, analysis.values, names)
    if ctes:
        once = {names[step.name] for step in analysis.steps if step.once}
        parts = [
            exp.CTE(
                this=query,
                alias=exp.TableAlias(this=nodes.ident(name)),
                materialized=True if name in once else None,
            )
            for name, query in ctes
        ]
        final.set("with_", exp.With(expressions=parts))
    return final


def rows_select(
    index: CatalogIndex, query: RowQuery, context: CompileContext, hidden: frozenset[str] = frozenset()
) -> exp.Select:
    """Return the SELECT of the rows a user may see, one column per name of `query.columns`.

    Raises:
        UnknownNameError, AmbiguousPathError, QueryError: as for a metric query over the same names.
    """
    if query.model not in index.catalog.models:
        raise UnknownNameError(Text(zh="模型", en="model"), query.model, index.catalog.models)
    time = query.time or index.catalog.models[query.model].agg_time_dimension
    scope = Scope(index, context, query.model, time)
    shown = [nodes.aliased(_column(scope, one, hidden), name) for name, one in query.columns.items()]
    conditions = [filter_sql(scope, sql) for sql in context.row_filters.get(query.model, ())]
    if time is not None or query.start is not None:
        tomorrow = context.today + ONE_DAY
        end = min(query.end, tomorrow) if query.end is not None else tomorrow
        limits = time_limits(scope, query.start, end)
        conditions += _or_undated(limits) if query.undated else limits
    conditions += [filter_sql(scope, one.sql) for one in query.filters]
    conditions += [where_sql(scope, one) for one in query.where]
    conditions += [filter_sql(scope, _segment(index, name)) for name in query.segments]
    select = exp.Select(expressions=shown, from_=scope.source(), joins=scope.joins)
    where = nodes.conjunction(conditions)
    if where is not None:
        select.set("where", exp.Where(this=where))
    return select


def _or_undated(limits: list[exp.Expr]) -> list[exp.Expr]:
    """Return the limits as one condition that rows without a time meet, too."""
    time = limits[-1].this.copy()
    within = nodes.conjunction(limits)
    assert within is not None
    return [nodes.disjunction([exp.Is(this=nodes.bracketed(time), expression=exp.Null()), within])]


def _segment(index: CatalogIndex, name: str) -> str:
    if name not in index.catalog.segments:
        raise UnknownNameError(_SEGMENT, name, index.catalog.segments)
    return index.catalog.segments[name].where.sql


def _column(scope: Scope, column: RowColumn, hidden: frozenset[str]) -> exp.Expr:
    if isinstance(column, Named):
        # Rows are shown to the user: what is masked for them is null here, too.
        name = resolve_name(scope.index, column.spelling, scope.context.hidden)
        return scope.asked(name).sql
    if isinstance(column, Holds):
        return nodes.coalesce([filter_sql(scope, column.condition.sql), exp.false()])
    return _measured(scope, column, hidden)


def _measured(scope: Scope, column: Measured, hidden: frozenset[str]) -> exp.Expr:
    metrics = scope.index.catalog.metrics
    metric = metrics.get(column.metric)
    if metric is None or metric.name in hidden:
        known = [name for name in metrics if name not in hidden]
        raise UnknownNameError(_METRIC, column.metric, known)
    spec = metric.type
    if not isinstance(spec, SimpleMetric) or spec.model != scope.model:
        raise not_yet(
            Text(
                zh=f"按行读取指标 {metric.name}(它不是模型 {scope.model} 上的简单指标)",
                en=f"the metric {metric.name} row by row: it is no simple metric of the model {scope.model}",
            )
        )
    value = scope.own(spec.expr)
    tests = [filter_sql(scope, one.sql) for one in metric.filters]
    if spec.agg in ("sum_boolean", "count"):
        tests.append(nodes.bracketed(value) if spec.agg == "sum_boolean" else _present(value))
        value = exp.Literal.number(1)
    condition = nodes.conjunction(tests)
    if condition is None:
        return value
    return exp.Case(ifs=[exp.If(this=condition, true=value)])


def _present(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=nodes.bracketed(value), expression=exp.Null()))


def _fresh_names(names: list[str], taken: frozenset[str]) -> dict[str, str]:
    """Return a CTE name for each: itself, unless it would hide a table."""
    used = {name.casefold() for name in names}
    found: dict[str, str] = {}
    for name in names:
        fresh, count = name, 2
        while fresh.casefold() in taken or (fresh != name and fresh.casefold() in used):
            fresh, count = f"{name}_{count}", count + 1
        used.add(fresh.casefold())
        found[name] = fresh
    return found


def _filled(sql: str, values: Mapping[str, Place], names: Mapping[str, str]) -> exp.Expr:
    """Return a step's tree with its places filled and the CTEs under the names they got.

    Raises:
        KeyError: the step has a place without a value, or reads something that is not a row or step.
    """
    tree = _parsed(sql).copy()
    for place in list(tree.find_all(exp.Placeholder)):
        place.replace(_literal(values[str(place.this)]))
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            name = table.name
            if names[name] != name:
                table.set("this", nodes.ident(names[name]))
                if not table.alias:
                    table.set("alias", exp.TableAlias(this=nodes.ident(name)))
    return tree


@lru_cache(maxsize=512)
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect=STEPS_DIALECT)


def _literal(value: Place) -> exp.Expr:
    if isinstance(value, Window):
        return interval(value.count, value.grain)
    if isinstance(value, date):
        return nodes.day(value)
    return nodes.literal(value)
