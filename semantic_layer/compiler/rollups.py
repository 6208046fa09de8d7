"""Rollups: the table that is built, and the proof that a fact can be answered exactly from it.

A rollup holds, per day (or coarser bucket) and dimensions, the aggregates of one model that add up: sums, counts,
smallest and largest values, each with its metric's filters in it, and how many rows each set of filters let through.
It answers a fact where every aggregate is one of its own, every name that the query groups or filters by (row rules
too) is one of its columns, and the period ends where its buckets do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from semantic_layer.catalog import Catalog, Metric, SimpleMetric
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.dialects import written
from semantic_layer.compiler.facts import Fact, Key, Measure, Plan
from semantic_layer.compiler.index import CatalogIndex, index_of
from semantic_layer.compiler.keys import group_keys
from semantic_layer.compiler.metrics import metric_sql
from semantic_layer.compiler.names import METRIC_TIME, Name, resolve_name
from semantic_layer.compiler.paths import Located, locate
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.scans import Scan, aggregated, rows_of
from semantic_layer.compiler.scope import Scope
from semantic_layer.errors import QueryError
from semantic_layer.expression import METRIC_CALL, parse_expression
from semantic_layer.period import MONTHS_IN, ONE_DAY, Grain, truncate
from semantic_layer.query import AnyOf, Condition, GroupBy, MetricQuery
from semantic_layer.rollup import ROLLUPS_SCHEMA, Rollup
from semantic_layer.text import Text

_ADDITIVE = frozenset({"sum", "count", "sum_boolean", "min", "max"})
_Measured = tuple[str, tuple[str, ...]]  # metric, filters


@dataclass(frozen=True, slots=True)
class Shape:
    """A rollup resolved: its one fact, its columns by what they hold, and its counts by set of filters."""

    rollup: Rollup
    plan: Plan
    fact: Fact
    columns: dict[_Measured, str]
    places: dict[Located, str]
    counts: dict[frozenset[str], str]
    time: Located | None
    joined: frozenset[str]  # the models whose rows are in it beside the fact's


@dataclass(slots=True)
class RollupScope(Scope):
    """Names as columns of a rollup; nothing is joined."""

    shape: Shape | None = None

    def raw(self, located: Located) -> exp.Expr:
        """Return the rollup's column of a located name."""
        assert self.shape is not None
        return nodes.column(self.shape.places[located], self.shape.rollup.name)

    def source(self) -> exp.From:
        """Return FROM the rollup."""
        assert self.shape is not None
        name = self.shape.rollup.name
        return exp.From(this=nodes.table(f"{ROLLUPS_SCHEMA}.{name}", name))


def rollup_sql(catalog: Catalog, name: str, dialect: str = "duckdb") -> str:
    """Return the SELECT that a rollup's table is built from, over all data.

    Raises:
        QueryError: `rollup_not_possible`; a metric of it does not add up, or it needs more than one fact.
    """
    shape = shape_of(index_of(catalog), catalog.rollups[name])
    query = MetricQuery(metrics=shape.rollup.metrics)
    reading = Reading(query, None, Calendar(catalog.week_start, catalog.fiscal_year_start))
    made = aggregated(shape.plan, shape.fact, rows_of(shape.plan, shape.fact, reading, unlimited=True))
    return written(made.select, dialect)


def shape_of(index: CatalogIndex, rollup: Rollup) -> Shape:
    """Return what a rollup holds; QueryError where it cannot be kept."""
    key = ("rollup", rollup.name)
    found = index.memo.get(key)
    if not isinstance(found, Shape):
        found = index.memo[key] = _shape(index, rollup)
    return found


def rollup_scan(plan: Plan, fact: Fact, reading: Reading) -> Scan | None:
    """Return the fact read from the coarsest built rollup that answers it exactly; None where there is none."""
    built = [r for r in plan.index.catalog.rollups.values() if r.name in plan.context.rollups]
    for rollup in sorted(built, key=lambda r: (-r.grain.order, len(r.dimensions))):
        shape = shape_of(plan.index, rollup)
        if _answers(shape, plan, fact, reading):
            plan.rollups.append(rollup.name)
            return _scan(shape, plan, fact, reading)
    return None


def _scan(shape: Shape, plan: Plan, fact: Fact, reading: Reading) -> Scan:
    scope = RollupScope(plan.index, plan.context, fact.model, fact.time, shape=shape)
    table = shape.rollup.name
    # A group that the metrics' filters leave without any row has no row in the answer.
    sets = dict.fromkeys(frozenset(measure.filters) for measure in fact.measures.values())
    counted = [
        exp.GT(this=nodes.column(shape.counts[filters], table), expression=exp.Literal.number(0))
        for filters in sets
    ]
    some = [nodes.disjunction([*counted])] if frozenset() not in sets else []

    def again(measure: Measure) -> exp.Expr:
        column = nodes.column(shape.columns[measure.metric.name, measure.filters], table)
        if measure.spec.agg in ("min", "max"):
            return exp.Min(this=column) if measure.spec.agg == "min" else exp.Max(this=column)
        total: exp.Expr = exp.Sum(this=column)
        if measure.spec.agg == "count":
            total = exp.Coalesce(this=total, expressions=[exp.Literal.number(0)])
        return total if measure.spec.agg == "sum" else nodes.cast(total, "BIGINT")

    return aggregated(plan, fact, rows_of(plan, fact, reading, pre=(scope, some)), again)


def _answers(shape: Shape, plan: Plan, fact: Fact, reading: Reading) -> bool:
    """Whether the rollup gives the fact's exact answer."""
    return (
        shape.fact.model == fact.model
        and shape.fact.time == fact.time
        and fact.variant is None
        and not shape.joined.intersection(plan.context.row_filters)  # what the user may not see is in it
        and (not fact.moves or shape.rollup.grain is Grain.DAY)
        and all((m.metric.name, m.filters) in shape.columns for m in fact.measures.values())
        and _ends_with_buckets(shape, plan, fact, reading)
        and all(name is not None and _covers(shape, plan, name) for name in _names(plan, fact, reading))
    )


def _names(plan: Plan, fact: Fact, reading: Reading) -> Iterator[Name | None]:
    """Yield every name that the fact groups or filters by; None for what no column can stand for."""
    yield from (key.name for key in plan.keys)
    if reading.outside is not None:
        yield reading.outside[1]
    segments = plan.index.catalog.segments
    written = [*plan.context.row_filters.get(fact.model, ())]
    written += [segments[name].where.sql for name in reading.query.segments]
    for sql in written:
        yield from _names_in(plan, sql, frozenset())
    hidden = plan.context.hidden
    for where in reading.query.where:
        if isinstance(where, Condition | AnyOf):
            parts = where.conditions if isinstance(where, AnyOf) else (where,)
            yield from (resolve_name(plan.index, part.dimension, hidden) for part in parts)
        else:
            yield from _names_in(plan, where.sql, hidden)


def _names_in(plan: Plan, sql: str, hidden: frozenset[str]) -> Iterator[Name | None]:
    for node in parse_expression(sql).find_all(exp.Column, exp.Anonymous):
        if isinstance(node, exp.Column):
            yield resolve_name(plan.index, "__".join(part.name for part in node.parts), hidden)
        elif str(node.this).casefold() == METRIC_CALL:
            yield None


def _covers(shape: Shape, plan: Plan, name: Name) -> bool:
    """Whether a column of the rollup stands for the name at its grain."""
    grain, own = shape.rollup.grain, shape.fact.time
    asked = name
    if name.spelling == METRIC_TIME:
        if own is None:
            return False
        asked = Name(own, plan.index.dimension(own))
    try:
        located = locate(plan.index, shape.fact.model, asked)
    except QueryError:
        return False  # the fact itself says what is wrong
    if located != shape.time:
        return located in shape.places
    if name.part is not None or name.grain is None:
        return name.part is not None and grain is Grain.DAY
    if name.grain.order < Grain.DAY.order:
        return False
    nested = grain in MONTHS_IN and name.grain in MONTHS_IN and grain.order <= name.grain.order
    return grain is Grain.DAY or grain is name.grain or nested


def _ends_with_buckets(shape: Shape, plan: Plan, fact: Fact, reading: Reading) -> bool:
    """Whether no bucket of the rollup holds days inside the period and days outside."""
    grain, calendar = shape.rollup.grain, reading.calendar
    if shape.time is None or grain is Grain.DAY:
        return True
    end = plan.context.today + ONE_DAY
    start = None
    if reading.query.period is not None and reading.period is not None:
        start, end = reading.period.start, min(reading.period.end, end)

    def is_edge(day: date) -> bool:
        return truncate(day, grain, calendar.week_start, calendar.fiscal_year_start) == day

    span = plan.context.coverage.get(fact.model)
    own = plan.index.catalog.models[fact.model].agg_time_dimension == fact.time
    all_read = own and span is not None and span.end is not None and span.end <= end
    return (start is None or is_edge(start)) and (all_read or is_edge(end))


def _shape(index: CatalogIndex, rollup: Rollup) -> Shape:
    context = CompileContext(today=date.min)
    alone = Plan(index, context, (), ())
    for name in rollup.metrics:
        metric_sql(alone, name)
    fact = _only_fact(rollup, alone)
    groups = [GroupBy(dimension=name) for name in rollup.dimensions]
    if fact.time is not None:
        groups.append(GroupBy(dimension=METRIC_TIME, grain=rollup.grain))
    keys = group_keys(index, context, MetricQuery(group_by=tuple(groups)), (fact.model,))
    plan = Plan(index, context, keys, keys)
    for name in rollup.metrics:
        metric_sql(plan, name)
    fact = _only_fact(rollup, plan)
    for measure in fact.measures.values():
        _require_additive(rollup, measure)
    columns = {key: measure.column for key, measure in fact.measures.items()}
    counts = _add_counts(fact)
    time = None
    if fact.time is not None:
        time = locate(index, fact.model, Name(fact.time, index.dimension(fact.time)))
    places = {_place(index, fact, key, rollup): key.column for key in keys}
    joined = {hop.model for located in places for hop in located.path}
    joined |= set(_models_in_filters(plan, fact))
    return Shape(rollup, plan, fact, columns, places, counts, time, frozenset(joined))


def _models_in_filters(plan: Plan, fact: Fact) -> Iterator[str]:
    for sql in {sql for measure in fact.measures.values() for sql in measure.filters}:
        for name in _names_in(plan, sql, frozenset()):
            if name is not None and name.spelling != METRIC_TIME:
                yield from (hop.model for hop in locate(plan.index, fact.model, name).path)


def _place(index: CatalogIndex, fact: Fact, key: Key, rollup: Rollup) -> Located:
    if key.name.spelling == METRIC_TIME and fact.time is not None:
        return locate(index, fact.model, Name(fact.time, index.dimension(fact.time)))
    located = locate(index, fact.model, key.name)
    if located.kind == "time":
        raise _not_possible(rollup, key.column, Text(zh="是另一个时间", en="is another time"))
    return located


def _add_counts(fact: Fact) -> dict[frozenset[str], str]:
    """Add to the fact how many rows each set of filters lets through; the empty set keeps all groups."""
    sets = dict.fromkeys([(), *(filters for _, filters in fact.measures)])
    counts: dict[frozenset[str], str] = {}
    for at, filters in enumerate(sets):
        column = f"rows_counted_{at}"
        spec = SimpleMetric(fact.model, "count", "1", fact.time)
        metric = Metric(column, spec, Text.same(column), "")
        fact.measures[column, filters] = Measure(column, metric, spec, filters)
        counts[frozenset(filters)] = column
    return counts


def _only_fact(rollup: Rollup, plan: Plan) -> Fact:
    facts = list(plan.facts.values())
    if len(facts) != 1 or facts[0].moves or facts[0].variant is not None:
        names = ", ".join(rollup.metrics)
        raise _not_possible(
            rollup, names, Text(zh="不是同一张表的简单汇总", en="are not plain sums of one table")
        )
    return facts[0]


def _require_additive(rollup: Rollup, measure: Measure) -> None:
    metric: Metric = measure.metric
    adds_up = measure.spec.agg in _ADDITIVE and not metric.not_additive and measure.spec.non_additive is None
    if not adds_up:
        raise _not_possible(rollup, metric.name, Text(zh="不可相加", en="does not add up"))
    changing = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime)
    for sql in (measure.spec.expr, *measure.filters):
        tree = parse_expression(sql)
        calls = (str(node.this).casefold() for node in tree.find_all(exp.Anonymous))
        if tree.find(*changing) is not None or METRIC_CALL in calls:
            raise _not_possible(
                rollup, metric.name, Text(zh="随提问日期变化", en="changes with the day it is asked")
            )


def _not_possible(rollup: Rollup, what: str, why: Text) -> QueryError:
    return QueryError(
        Text(
            zh=f"预聚合 {rollup.name} 无法建立:{what} {why.zh}。",
            en=f"The rollup {rollup.name} cannot be kept: {what} {why.en}.",
        ),
        Text(
            zh="只列同一张表中可相加的指标(求和、计数、最小、最大,以及它们的比率)。",
            en="List only metrics of one table that add up: sums, counts, smallest, largest, ratios of these.",
        ),
        code="rollup_not_possible",
    )
