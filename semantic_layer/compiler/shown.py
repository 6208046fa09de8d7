"""Conditions on a fact's time where rows are shown under another time than their own.

A running value, an earlier one and an empty bucket of the calendar have no row of the time that they are shown under.
A condition on the time means the time shown: "from March on" drops the months before March, not what has accumulated
by March, nor the February that March is compared with. As in MetricFlow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, truncated
from semantic_layer.compiler.facts import Fact, Plan
from semantic_layer.compiler.names import Name, resolve_name
from semantic_layer.compiler.predicates import filter_sql, where_sql
from semantic_layer.compiler.scope import Scope, Value
from semantic_layer.expression import parse_expression
from semantic_layer.period import Grain, Period
from semantic_layer.query import AnyOf, Condition, MetricQuery, Where


@dataclass(frozen=True, slots=True)
class OnTime:
    """The conditions of a scan whose only names are its own time."""

    filters: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    finest: Grain = Grain.YEAR  # that they name the time at; a day where they name a part of the date

    def over(self, plan: Plan, fact: Fact, moment: exp.Expr) -> list[exp.Expr]:
        """Return the conditions as SQL over `moment`, a time of the calendar."""
        scope = Scope(plan.index, plan.context, fact.model, fact.time, shown_time=moment)
        tests = [where_sql(scope, where) for where in self.where]
        return [filter_sql(scope, sql) for sql in self.filters] + tests

    def of_buckets(
        self, plan: Plan, fact: Fact, bucket: exp.Expr, grain: Grain, period: Period
    ) -> list[exp.Expr]:
        """Return the conditions as SQL over a bucket: it is shown where one of its days is."""
        if self.finest.order >= grain.order:
            return self.over(plan, fact, bucket)
        catalog = plan.index.catalog
        calendar = Calendar(catalog.week_start, catalog.fiscal_year_start)
        day = spine.bucket(self.finest)
        shown = exp.Select(
            expressions=[truncated(day, grain, calendar)],
            from_=spine.buckets(*spine.ends(period, self.finest, calendar), self.finest),
        )
        nodes.only_where(shown, self.over(plan, fact, day))
        return [exp.In(this=bucket.copy(), query=exp.Subquery(this=shown))]


def on_time(plan: Plan, fact: Fact, query: MetricQuery) -> OnTime:
    """Return the conditions of the query, and of all the fact's measures, that test its time and nothing else."""
    if fact.time is None:
        return OnTime()
    scope = Scope(plan.index, plan.context, fact.model, fact.time)
    segments = plan.index.catalog.segments
    written = [*fact.common_filters(), *(segments[name].where.sql for name in query.segments)]
    filters = [(sql, grain) for sql in written if (grain := _grain_alone(scope, _names(sql)))]
    where = [(each, grain) for each in query.where if (grain := _grain_alone(scope, _names_of(each)))]
    grains = [grain for _, grain in (*filters, *where)]
    finest = min(grains, key=lambda grain: grain.order, default=Grain.YEAR)
    return OnTime(tuple(sql for sql, _ in filters), tuple(each for each, _ in where), finest)


def _grain_alone(scope: Scope, names: list[str]) -> Grain | None:
    """Return the finest grain of the scan's time among the names; None where one is of something else."""
    if not names or "" in names:
        return None
    resolved = [resolve_name(scope.index, name) for name in names]
    if not all(scope.is_own_time(name) and name.custom is None for name in resolved):
        return None
    return min((name.grain or Grain.DAY for name in resolved), key=lambda grain: grain.order)


def _names_of(where: Where) -> list[str]:
    if isinstance(where, Condition):
        return [where.dimension]
    if isinstance(where, AnyOf):
        return [part.dimension for part in where.conditions]
    return _names(where.sql)


def _names(sql: str) -> list[str]:
    """Return the names in an expression; an empty one stands for a call, such as a metric of an entity."""
    found = parse_expression(sql).find_all(exp.Column, exp.Anonymous)
    return [
        "__".join(part.name for part in node.parts) if isinstance(node, exp.Column) else "" for node in found
    ]


@dataclass(slots=True)
class _OverColumns(Scope):
    """Names as the group columns of a table that is grouped already."""

    columns: dict[Name, exp.Expr] = field(default_factory=dict)

    def _value(self, name: Name) -> Value:
        return Value(self.columns[name].copy(), self.located(name).kind)


def still_asked(plan: Plan, fact: Fact, query: MetricQuery, shown: dict[Name, exp.Expr]) -> list[exp.Expr]:
    """Return the query's conditions on `shown` group columns: they hold for the rows that the calendar adds, too."""
    found = []
    for where in query.where:
        names = _names_of(where)
        resolved = {resolve_name(plan.index, name) for name in names if name}
        if names and "" not in names and resolved <= shown.keys():
            scope = _OverColumns(plan.index, plan.context, fact.model, fact.time, columns=shown)
            found.append(where_sql(scope, where))
    return found
