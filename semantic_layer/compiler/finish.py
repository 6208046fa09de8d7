"""From the facts to the answer: metric expressions, comparisons, transforms, having, order and limit, in that order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.facts import Plan
from semantic_layer.compiler.joining import met
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.transforms import key_named
from semantic_layer.compiler.variants import variant_scan
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.query import Having, Limit, MetricQuery, OrderBy
from semantic_layer.table import Column
from semantic_layer.text import Text

_TESTS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "!=": exp.NullSafeNEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_ROW = "row_in_group"


@dataclass(slots=True)
class Stages:
    """The CTEs written so far and the SELECT being worked on."""

    plan: Plan
    ctes: list[tuple[str, exp.Expr]] = field(default_factory=list)

    def push(self, name: str, select: exp.Select) -> str:
        """Make `select` a CTE and return the name it got."""
        fresh = self.plan.fresh(name)
        self.ctes.append((fresh, select))
        return fresh

    def statement(self, select: exp.Select) -> exp.Select:
        """Return the SELECT with every CTE before it."""
        if self.ctes:
            parts = [
                exp.CTE(this=query, alias=exp.TableAlias(this=nodes.ident(name))) for name, query in self.ctes
            ]
            select.set("with_", exp.With(expressions=parts))
        return select


def facts_joined(
    plan: Plan, reading: Reading, values: list[tuple[str, exp.Expr]]
) -> tuple[Stages, exp.Select]:
    """Return one CTE per fact, and the SELECT where they meet: keys, then each named value."""
    stages = Stages(plan)
    for fact in plan.facts.values():
        made = variant_scan(plan, fact, reading)
        stages.ctes += [*made.before, (fact.cte, made.select)]
    origin, joins, keys = met([fact.cte for fact in plan.facts.values()], [key.column for key in plan.keys])
    measured = [
        node if isinstance(node, exp.Column) and node.name == name else nodes.aliased(node, name)
        for name, node in values
    ]
    return stages, exp.Select(expressions=[*keys, *measured], from_=origin, joins=joins)


def select_from(source: str, columns: list[exp.Expr]) -> exp.Select:
    """Return SELECT columns FROM a CTE."""
    return exp.Select(expressions=columns, from_=exp.From(this=nodes.table(source)))


def having_sql(having: Having, columns: tuple[Column, ...]) -> exp.Expr:
    """Return a condition on a result column; QueryError on a wrong name or number of values."""
    if having.column not in [column.name for column in columns]:
        raise unknown_column(having.column, columns)
    needed = {"between": 2, "is null": 0, "is not null": 0}.get(having.operator, 1)
    if len(having.values) != needed:
        raise QueryError(
            Text(
                zh=f"结果条件 {having.column} {having.operator} 需要 {needed} 个值。",
                en=f"The condition on {having.column} takes {needed} value(s) with {having.operator}.",
            ),
            Text(zh="请改正值的个数。", en="Give that many values."),
        )
    left = nodes.column(having.column)
    values = [nodes.number(_short(value)) for value in having.values]
    if having.operator == "between":
        return exp.Between(this=left, low=values[0], high=values[1])
    if having.operator in ("is null", "is not null"):
        test = exp.Is(this=left, expression=exp.Null())
        return exp.Not(this=test) if having.operator == "is not null" else test
    return _TESTS[having.operator](this=left, expression=values[0])


def order_of(query: MetricQuery, plan: Plan, columns: tuple[Column, ...]) -> tuple[OrderBy, ...]:
    """Return what the rows are sorted by, before the tie-break by all group columns.

    Without an order asked: time ascending, then the first metric from high to low; alone, dimensions ascend.
    """
    if query.order_by:
        return tuple(
            OrderBy(column=_order_column(o, plan, columns), descending=o.descending) for o in query.order_by
        )
    times = [OrderBy(column=key.column, descending=False) for key in plan.keys if key.is_bucket]
    first = [OrderBy(column=query.metrics[0])] if query.metrics and plan.keys else []
    return (*times, *first)


def _order_column(order: OrderBy, plan: Plan, columns: tuple[Column, ...]) -> str:
    if order.column in [column.name for column in columns]:
        return order.column
    try:
        return key_named(plan.keys, order.column).column
    except UnknownNameError:
        raise unknown_column(order.column, columns) from None


def ordering(order: tuple[OrderBy, ...], plan: Plan) -> list[exp.Ordered]:
    """Return the sort keys with the stable tie-break: every group column that is not sorted by already."""
    named = [part.column for part in order]
    rest = [OrderBy(column=key.column, descending=False) for key in plan.keys if key.column not in named]
    return [
        exp.Ordered(this=nodes.column(part.column), desc=part.descending, nulls_first=False)
        for part in (*order, *rest)
    ]


@dataclass(frozen=True, slots=True)
class Final:
    """The whole statement; `beyond` turns it into the one for the first row (per group) that the limit cut off."""

    statement: exp.Select
    beyond: Callable[[], None] | None = None


def limited(
    stages: Stages,
    select: exp.Select,
    columns: tuple[Column, ...],
    order: tuple[OrderBy, ...],
    limit: Limit | None,
) -> Final:
    """Return the ordered and cut statement."""
    sort = ordering(order, stages.plan)
    if limit is not None and limit.per:
        return _limited_per_group(stages, select, columns, sort, limit)
    if sort:
        select.set("order", exp.Order(expressions=sort))
    if limit is None:
        return Final(stages.statement(select))
    select.set("limit", exp.Limit(expression=exp.Literal.number(limit.n)))
    if limit.offset:
        select.set("offset", exp.Offset(expression=exp.Literal.number(limit.offset)))

    def beyond() -> None:
        select.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        select.set("offset", exp.Offset(expression=exp.Literal.number(limit.offset + limit.n)))

    return Final(stages.statement(select), beyond)


def _limited_per_group(
    stages: Stages, select: exp.Select, columns: tuple[Column, ...], sort: list[exp.Ordered], limit: Limit
) -> Final:
    per: list[exp.Expr] = [nodes.column(key_named(stages.plan.keys, name).column) for name in limit.per]
    source = stages.push("result", select)
    number = exp.Window(
        this=nodes.function("ROW_NUMBER"), partition_by=per, order=exp.Order(expressions=sort)
    )
    shown: list[exp.Expr] = [nodes.column(column.name) for column in columns]
    ranked = stages.push("ranked", select_from(source, [*shown, nodes.aliased(number, _ROW)]))
    final = select_from(ranked, [node.copy() for node in shown])
    row = nodes.column(_ROW)
    last = exp.Literal.number(limit.offset + limit.n)
    kept: exp.Expr = exp.LTE(this=row, expression=last)
    if limit.offset:
        kept = exp.Between(this=row, low=exp.Literal.number(limit.offset + 1), high=last)
    final.set("where", exp.Where(this=kept))
    outer = [exp.Ordered(this=node.copy(), desc=False, nulls_first=False) for node in per]
    keys = {node.name for node in per}
    outer += [part.copy() for part in sort if part.this.name not in keys]
    final.set("order", exp.Order(expressions=outer))

    def beyond() -> None:
        next_row = exp.Literal.number(limit.offset + limit.n + 1)
        final.set("where", exp.Where(this=exp.EQ(this=nodes.column(_ROW), expression=next_row)))

    return Final(stages.statement(final), beyond)


def unknown_column(name: str, columns: tuple[Column, ...]) -> UnknownNameError:
    """Return the error of a column that the result does not have."""
    return UnknownNameError(Text(zh="结果列", en="result column"), name, [column.name for column in columns])


def _short(value: float) -> float:
    return int(value) if float(value).is_integer() else value
