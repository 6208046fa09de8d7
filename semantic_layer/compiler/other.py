"""The first rows and one row for the rest: the rest is computed from its rows, never summed from results."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.finish import Final, Stages, ordering, select_from
from semantic_layer.errors import QueryError
from semantic_layer.query import MetricQuery, OrderBy
from semantic_layer.table import Column
from semantic_layer.text import Text

OTHER = "(other)"  # in brackets: a channel may well be called other
_IS_OTHER = "is_other"


@dataclass(frozen=True, slots=True)
class Top:
    """The CTEs of all rows, of the first ones, and of their members alone; `n` rows are shown."""

    every: str
    first: str
    members: str
    n: int


def top_members(
    stages: Stages,
    select: exp.Select,
    columns: tuple[Column, ...],
    order: tuple[OrderBy, ...],
    query: MetricQuery,
) -> Top:
    """Add the CTEs of the first rows and of their members, and return their names.

    Raises:
        QueryError: the query is not by exactly one dimension, or asks for what a rest does not have.
    """
    limit, keys = query.limit, stages.plan.keys
    assert limit is not None
    one = len(keys) == 1 and not keys[0].is_bucket and keys[0].name.part is None
    if not one or limit.per or limit.offset or query.transforms or query.having:
        raise QueryError(
            Text(
                zh="“其他”一行只能用于恰好一个非时间维度的前 n 名,不能同时用每组前 n、偏移、占比等计算或结果条件。",
                en="A row for the rest needs exactly one dimension that is not a time, and no limit per group, "
                "offset, transform or condition on results.",
            ),
            Text(zh="去掉 other,或只保留一个维度。", en="Leave other out, or keep one dimension."),
            code="other_not_possible",
        )
    every = stages.push("result", select)
    top = select_from(every, [nodes.column(column.name) for column in columns])
    top.set("order", exp.Order(expressions=ordering(order, stages.plan)))
    top.set("limit", exp.Limit(expression=exp.Literal.number(limit.n)))
    first = stages.push("top", top)
    member = nodes.aliased(nodes.column(keys[0].column), "member")
    return Top(every, first, stages.push("top_members", select_from(first, [member])), limit.n)


def joined_with_other(
    stages: Stages, top: Top, rest: str, columns: tuple[Column, ...], order: tuple[OrderBy, ...]
) -> Final:
    """Return the first rows in order, then the rest's row where anything was cut off. The dimension becomes text."""
    key, *values = (column.name for column in columns)
    shown = [nodes.aliased(nodes.cast(nodes.column(key), "TEXT"), key), *map(nodes.column, values)]
    first = select_from(top.first, [*shown, nodes.aliased(exp.Literal.number(0), _IS_OTHER)])
    last = [nodes.aliased(nodes.text(OTHER), key), *map(nodes.column, values)]
    remainder = select_from(rest, [*last, nodes.aliased(exp.Literal.number(1), _IS_OTHER)])
    count = select_from(top.every, [exp.Count(this=exp.Star())])
    more = exp.GT(this=exp.Subquery(this=count), expression=exp.Literal.number(top.n))
    remainder.set("where", exp.Where(this=more))
    both = stages.plan.fresh("top_and_other")
    stages.ctes.append((both, exp.Union(this=first, expression=remainder, distinct=False)))
    final = select_from(both, [nodes.column(column.name) for column in columns])
    place = exp.Ordered(this=nodes.column(_IS_OTHER), desc=False, nulls_first=False)
    final.set("order", exp.Order(expressions=[place, *ordering(order, stages.plan)]))

    def beyond() -> None:
        final.set("from_", exp.From(this=nodes.table(top.every)))
        final.set("order", exp.Order(expressions=ordering(order, stages.plan)))
        final.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        final.set("offset", exp.Offset(expression=exp.Literal.number(top.n)))

    return Final(stages.statement(final), beyond)
