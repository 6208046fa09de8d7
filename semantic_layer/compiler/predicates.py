"""Conditions as SQL, read as an analyst means them.

Order of filters, everywhere: the rows a user may see, the period, the metric's own filters, the query's
conditions; all of them before aggregation.

- "not Douyin" keeps the rows without a channel: `!=` is IS DISTINCT FROM, `not in`, `not contains` … keep nulls.
- `contains`, `starts with`, `ends with` take the text literally and ignore case.
- A SQL expression (`--where`, filters in YAML) keeps SQL's own rules: there `!=` drops nulls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from math import isfinite

from sqlglot import exp

from semantic_layer.catalog import Dimension
from semantic_layer.compiler import nodes
from semantic_layer.compiler.names import resolve_name
from semantic_layer.compiler.scope import Scope, Value
from semantic_layer.errors import QueryError
from semantic_layer.expression import METRIC_CALL, guard_divisions, metric_call, parse_expression
from semantic_layer.jinja import JinjaError, plain_filter
from semantic_layer.query import AnyOf, Condition, Expression, MetricQuery, Scalar, Where
from semantic_layer.text import Text

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=": exp.EQ,
    "!=": exp.NullSafeNEQ,
}
_PATTERNS = {"contains": ("%", "%"), "starts with": ("", "%"), "ends with": ("%", "")}
_TESTS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_VALUE_COUNTS = {
    "between": (2, 2),
    "in": (1, 10_000),
    "not in": (1, 10_000),
    "is null": (0, 0),
    "is not null": (0, 0),
}
_TRUE = frozenset({"true", "1", "yes", "是"})
_FALSE = frozenset({"false", "0", "no", "否"})


def where_sql(scope: Scope, where: Where) -> exp.Expr:
    """Return one condition of a query as SQL over a scan.

    Raises:
        QueryError: an unreachable dimension, a wrong number of values, a value of the wrong type.
    """
    if isinstance(where, Condition):
        return _condition(scope, where)
    if isinstance(where, AnyOf):
        if not where.conditions:
            raise QueryError(
                Text(zh="“任一条件”里没有条件。", en="An any-of filter holds no condition."),
                Text(zh="至少写一个条件。", en="Give at least one condition."),
            )
        return nodes.disjunction([_condition(scope, part) for part in where.conditions])
    return _expression(scope, parse_expression(where.sql, source="user"), scope.filtered)


def without_jinja(query: MetricQuery) -> MetricQuery:
    """Return the query with dbt's Jinja calls in its conditions (`{{ Dimension('x') }}`) as plain names.

    Raises:
        QueryError: code `invalid_expression`; something else stands between the braces.
    """
    if not any(isinstance(where, Expression) and "{" in where.sql for where in query.where):
        return query
    try:
        where = tuple(
            Expression(sql=plain_filter(part.sql)) if isinstance(part, Expression) else part
            for part in query.where
        )
    except JinjaError as error:
        raise QueryError(
            Text(
                zh=f"不认识的 Jinja 表达式 {error.part!r}。",
                en=f"The Jinja expression {error.part!r} is not known.",
            ),
            Text(
                zh="可用 Dimension、TimeDimension、Entity、Metric;或直接写维度名。",
                en="Use Dimension, TimeDimension, Entity or Metric, or plain dimension names.",
            ),
            code="invalid_expression",
        ) from error
    return query.model_copy(update={"where": where})


def filter_sql(scope: Scope, sql: str) -> exp.Expr:
    """Return a filter from the YAML as SQL over a scan; its columns are dimensions in any spelling."""
    return _expression(scope, parse_expression(sql), scope.tested)


def canonical_where(scope_names: Callable[[str], str], where: Where) -> Where:
    """Return the condition with canonical dimension names."""
    if isinstance(where, Condition):
        return where.model_copy(update={"dimension": scope_names(where.dimension)})
    if isinstance(where, AnyOf):
        parts = tuple(
            part.model_copy(update={"dimension": scope_names(part.dimension)}) for part in where.conditions
        )
        return AnyOf(conditions=parts)
    return Expression(sql=where.sql)


def _expression(scope: Scope, tree: exp.Expr, named: Callable[[str], Value]) -> exp.Expr:
    guard_divisions(tree)
    holder = exp.Paren(this=tree)
    for node in list(holder.find_all(exp.Column, exp.Anonymous, exp.CurrentDate, exp.CurrentTimestamp)):
        if isinstance(node, exp.Column):
            value = named("__".join(part.name for part in node.parts))
            is_moment = value.kind == "time" and not isinstance(value.sql, exp.Cast)
            made = nodes.cast(value.sql, "DATE") if is_moment and _with_days(node) else value.sql
            node.replace(nodes.bracketed(made))
        elif isinstance(node, exp.CurrentDate | exp.CurrentTimestamp):
            node.replace(nodes.day(scope.context.today))
        elif isinstance(node, exp.Anonymous) and str(node.this).casefold() == METRIC_CALL:
            node.replace(scope.metric_column(*metric_call(node)))
    result: exp.Expr = holder.this
    return exp.Paren(this=result.pop()) if isinstance(result, exp.Or) else result.pop()


def _with_days(node: exp.Expr) -> bool:
    """Return whether a column is compared with days only: a day means the whole day, also of a time stamp.

    At or after a day, and before it, mean the same of both.
    """
    test = node.parent
    if not isinstance(test, _TESTS) or (isinstance(test, exp.GTE | exp.LT) and test.this is node):
        return False
    others = [each for each in test.iter_expressions() if each is not node]
    return all(isinstance(each, exp.Literal) and _DAY.fullmatch(str(each.this)) for each in others)


def _condition(scope: Scope, condition: Condition) -> exp.Expr:
    name = resolve_name(scope.index, condition.dimension, scope.context.hidden)
    value = scope.filtered(condition.dimension)
    if value.kind == "time" and name.grain is None and all(_is_day(item) for item in condition.values):
        value = Value(
            nodes.cast(value.sql, "DATE"), "time"
        )  # a day means the whole day, also of a time stamp
    low, high = _VALUE_COUNTS.get(condition.operator, (1, 1))
    if not low <= len(condition.values) <= high:
        raise _wrong_count(condition, low)
    literals = [typed(condition, value, name.dimension, item) for item in condition.values]
    return _operator(value.sql, condition, literals)


def _operator(left: exp.Expr, condition: Condition, literals: list[exp.Expr]) -> exp.Expr:
    operator = condition.operator
    if operator in _COMPARISONS:
        return _COMPARISONS[operator](this=left, expression=literals[0])
    if operator == "between":
        return exp.Between(this=left, low=literals[0], high=literals[1])
    if operator in ("in", "not in"):
        test: exp.Expr = exp.In(this=left, expressions=literals)
    elif operator in ("is null", "is not null"):
        test = exp.Is(this=left, expression=exp.Null())
    else:
        before, after = _PATTERNS[operator.removeprefix("not ")]
        test = _like(left, f"{before}{_escaped(condition)}{after}", condition)
    if operator == "is not null":
        return exp.Not(this=test)
    return _or_null(exp.Not(this=test), left) if operator.startswith("not ") else test


def _or_null(test: exp.Expr, left: exp.Expr) -> exp.Expr:
    return exp.Or(this=test, expression=exp.Is(this=left.copy(), expression=exp.Null()))


def _escaped(condition: Condition) -> str:
    wanted = str(condition.values[0])
    return wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _like(left: exp.Expr, pattern: str, condition: Condition) -> exp.Expr:
    like = exp.ILike(this=nodes.cast(left, "VARCHAR"), expression=nodes.text(pattern))
    if not any(mark in str(condition.values[0]) for mark in "\\%_"):
        return like
    return exp.Escape(this=like, expression=exp.Literal.string("\\"))


def typed(condition: Condition, value: Value, dimension: Dimension | None, item: Scalar) -> exp.Expr:
    """Return a value as a literal of the column's kind; QueryError where it cannot be one."""
    if value.kind == "number":
        return nodes.number(_number(condition, item))
    if value.kind == "boolean":
        return exp.Boolean(this=_boolean(condition, item))
    if value.kind == "time":
        return nodes.day(_day(condition, item))
    codes = dimension.values if dimension is not None else ()
    if codes and all(isinstance(known.code, int | float) for known in codes):
        return nodes.number(_number(condition, item))
    if codes and all(isinstance(known.code, str) for known in codes):
        return nodes.text(str(item))
    return nodes.literal(item)


def _number(condition: Condition, item: Scalar) -> float:
    if isinstance(item, bool):
        return int(item)
    try:
        parsed = float(item)
    except ValueError as error:
        raise _wrong_type(condition, item, Text(zh="数字", en="a number")) from error
    if not isfinite(parsed):
        raise _wrong_type(condition, item, Text(zh="数字", en="a number"))
    if isinstance(item, str):
        return (
            int(item)
            if item.strip().lstrip("+-").isascii() and item.strip().lstrip("+-").isdigit()
            else parsed
        )
    return item


def _boolean(condition: Condition, item: Scalar) -> bool:
    folded = str(item).casefold()
    if folded in _TRUE or folded in _FALSE:
        return folded in _TRUE
    raise _wrong_type(condition, item, Text(zh="是或否", en="true or false"))


def _day(condition: Condition, item: Scalar) -> date:
    try:
        moment = datetime.fromisoformat(str(item))
    except ValueError as error:
        raise _wrong_type(
            condition, item, Text(zh="日期(如 2025-03-01)", en="a date such as 2025-03-01")
        ) from error
    return moment.date() if _is_day(item) else moment.replace(tzinfo=None)


def _is_day(item: Scalar) -> bool:
    return len(str(item).strip()) <= len("2025-03-01")


def _wrong_type(condition: Condition, item: Scalar, wanted: Text) -> QueryError:
    shown = str(item)[:80]
    return QueryError(
        Text(
            zh=f"维度 {condition.dimension} 的筛选值 {shown!r} 不是{wanted.zh}。",
            en=f"The value {shown!r} for the dimension {condition.dimension} is not {wanted.en}.",
        ),
        Text(zh=f"请给出{wanted.zh}。", en=f"Give {wanted.en}."),
        code="wrong_value_type",
    )


def _wrong_count(condition: Condition, least: int) -> QueryError:
    count = len(condition.values)
    return QueryError(
        Text(
            zh=f"条件 {condition.dimension} {condition.operator} 需要 {least} 个值,给了 {count} 个。",
            en=f"The condition {condition.dimension} {condition.operator} takes {least} value(s), not {count}.",
        ),
        Text(zh="请改正值的个数。", en="Give that many values."),
    )
