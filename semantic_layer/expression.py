"""SQL expressions from YAML and from `--where`: parsed once, checked by allow-list, never pasted as text.

The loader validates an author's expressions here and the compiler builds on the same trees, so that what
`check` accepts is what runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from semantic_layer.errors import QueryError
from semantic_layer.text import Text

MAX_LENGTH = 20_000
MAX_KEPT = 2_000  # characters of an expression that is worth keeping as a tree
MAX_NESTED = 60  # brackets, functions and the like inside each other
MAX_CHAINED = 800  # of one operator in a row: databases climb down at most 1,000 steps
METRIC_CALL = "metric"

# Trust of the text: an author's YAML may call any scalar function but those that leave the row (files,
# settings, other queries); a user's condition may only use what is listed.
Source = Literal["author", "user"]

_NEVER: tuple[type[exp.Expr], ...] = (
    exp.Query, exp.Subquery, exp.DDL, exp.DML, exp.Command, exp.Window, exp.Alias, exp.Star,
    exp.Placeholder, exp.Parameter, exp.SessionParameter, exp.Exists, exp.Set, exp.Pragma, exp.Use,
    exp.Drop, exp.Alter, exp.Explode, exp.Table, exp.From, exp.Join, exp.Unnest, exp.UDTF,
    exp.Semicolon, exp.PropertyEQ, exp.Transaction, exp.Describe, exp.Attach, exp.Detach, exp.Copy,
    exp.Rand, exp.Randn, exp.Uuid,
)  # fmt: skip
DENIED_FUNCTIONS = (
    "read_", "parquet_", "duckdb_", "pragma_", "sniff_", "query", "glob", "getenv", "getvariable",
    "current_setting", "set_config", "nextval", "currval", "random", "which_secret", "scan_",
    "iceberg_", "delta_", "sqlite_", "postgres_", "mysql_", "pg_", "json_execute", "write_log",
    "from_substrait", "url", "file", "remote", "s3", "hdfs", "java_method", "reflect", "dblink", "lo_",
    "xp_", "sleep", "add_parquet_key", "checkpoint", "force_",
)  # fmt: skip
# What sqlglot takes for the beginning of a statement where an expression begins with it.
_STATEMENTS = frozenset(
    (
        "alter analyze attach begin cache call comment commit copy delete detach drop execute explain grant "
        "insert install kill load merge optimize pragma refresh reset revoke rollback set show summarize "
        "truncate uncache update use vacuum "
    ).split()
)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_USER_NODES: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape, exp.Column,
    exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div,
    exp.Mod, exp.Tuple, exp.Case, exp.If, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Coalesce,
    exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Nullif, exp.Greatest, exp.Least, exp.Cast,
    exp.DataType, exp.Date, exp.DateTrunc, exp.TimestampTrunc, exp.Extract, exp.Year, exp.Quarter,
    exp.Month, exp.Week, exp.Day, exp.DayOfWeek, exp.DayOfYear, exp.Interval, exp.Var, exp.Contains,
    exp.StartsWith, exp.EndsWith, exp.Substring, exp.Concat, exp.DPipe, exp.CurrentDate,
)  # fmt: skip


def parse_expression(sql: str, *, source: Source = "author", aggregates: bool = False) -> exp.Expr:
    """Return the checked tree of one scalar SQL expression (DuckDB's dialect); comments are dropped.

    The caller owns the tree. `source="user"` allows only comparisons, plain arithmetic and a short list of
    functions; an author may call any scalar function that reads nothing but the row. `aggregates` allows SUM
    and its kind (no expression of ours needs them but a driver formula may).

    Raises:
        QueryError: code `invalid_expression`; empty, too long, not one expression, or not allowed.
    """
    if len(sql) > MAX_KEPT:  # long ones of strangers must not fill the memory
        return _checked(sql, source, aggregates)
    return _parsed(sql, source, aggregates).copy()


@lru_cache(maxsize=16_384)
def _parsed(sql: str, source: Source, aggregates: bool) -> exp.Expr:
    """Return the checked tree, shared: never change it."""
    return _checked(sql, source, aggregates)


def _checked(sql: str, source: Source, aggregates: bool) -> exp.Expr:
    if len(sql) > MAX_LENGTH:
        raise _refused(sql, Text(zh="太长", en="is too long"))
    try:
        trees = _read(sql)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise _refused(sql, Text(zh="无法解析", en="cannot be parsed")) from error
    tree = trees[0] if len(trees) == 1 else None
    if tree is None:
        raise _refused(sql, Text(zh="不是单个表达式", en="is not one expression"))
    if _is_too_deep(tree):
        raise _refused(sql, Text(zh="嵌套过深", en="nests too deep"))
    for node in tree.walk():
        node.comments = None
        _check(sql, node, source, aggregates)
    if not isinstance(tree, exp.Condition | exp.Predicate):
        raise _refused(sql, Text(zh="不是一个值", en="is not a value"))
    return tree


def _read(sql: str) -> list[exp.Expr | None]:
    """Return the trees of a text; a column that is called like a statement (`comment`, `load`) is read as a column."""
    first = _FIRST_WORD.match(sql)
    if first is None or first[1].casefold() not in _STATEMENTS:
        return sqlglot.parse(sql, dialect="duckdb")
    trees = sqlglot.parse(f"SELECT {sql}", dialect="duckdb")
    select = trees[0] if len(trees) == 1 else None
    if not isinstance(select, exp.Select) or any(
        select.args[key] for key in select.args if key != "expressions"
    ):
        return []
    return [column.pop() for column in list(select.expressions)]


def _is_too_deep(tree: exp.Expr) -> bool:
    """Return whether writing or running the tree would climb too deep; long chains of AND and OR do not."""
    stack = [(tree, 0, 0)]
    while stack:
        node, nested, chained = stack.pop()
        if nested > MAX_NESTED or chained > MAX_CHAINED:
            return True
        for child in node.iter_expressions():
            if isinstance(node, exp.Connector) and isinstance(child, exp.Connector):
                stack.append((child, nested, chained))
            elif isinstance(node, exp.Binary) and type(child) is type(node) and not isinstance(node, exp.Dot):
                stack.append((child, nested, chained + 1))
            else:
                stack.append((child, nested + 1, chained + 1))
    return False


def _check(sql: str, node: exp.Expr, source: Source, aggregates: bool) -> None:
    """Raise where `node` has no place in an expression from `source`."""
    if isinstance(node, _NEVER):
        raise _refused(sql, _no(type(node).__name__))
    if isinstance(node, exp.AggFunc) and not aggregates:
        raise _refused(sql, _no(node.sql_name()))
    if isinstance(node, exp.Anonymous):
        name = str(node.this).casefold()
        if name != METRIC_CALL and (source == "user" or name.startswith(DENIED_FUNCTIONS)):
            raise _refused(sql, _no(f"{node.this}()"))
    elif source == "user" and not isinstance(node, _USER_NODES):
        raise _refused(sql, _no(type(node).__name__))


def _no(what: str) -> Text:
    return Text(zh=f"用了不允许的 {what}", en=f"uses {what}, which is not allowed")


def _refused(sql: str, why: Text) -> QueryError:
    shown = sql if len(sql) <= 120 else sql[:117] + "..."
    return QueryError(
        Text(zh=f"表达式 {shown!r} {why.zh}。", en=f"The expression {shown!r} {why.en}."),
        Text(
            zh="写一个只含列、常量、比较和普通函数的 SQL 表达式,例如 channel = 'x'。",
            en="Write one SQL expression of columns, constants and plain functions, e.g. channel = 'x'.",
        ),
        code="invalid_expression",
    )


def column_names(tree: exp.Expr) -> tuple[str, ...]:
    """Return the names of the columns that an expression reads (dotted where written so), each once."""
    dotted = (".".join(part.name for part in column.parts) for column in tree.find_all(exp.Column))
    return tuple(dict.fromkeys(dotted))


def metric_calls(tree: exp.Expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (metric, entities) for every `metric('orders', 'customer')` in an expression.

    Raises:
        QueryError: code `invalid_expression`; a call whose arguments are not names in quotes.
    """
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).casefold() == METRIC_CALL:
            yield metric_call(call)


def metric_call(call: exp.Anonymous) -> tuple[str, tuple[str, ...]]:
    """Return (metric, entities) of one `metric(...)` call; QueryError where one is not a quoted name."""
    arguments = call.expressions
    if not arguments or not all(isinstance(part, exp.Literal) and part.is_string for part in arguments):
        why = Text(
            zh="不是 metric('指标', '实体') 的写法", en="is not of the form metric('orders', 'customer')"
        )
        raise _refused(call.sql(dialect="duckdb"), why)
    name, *entities = (str(part.this) for part in arguments)
    return name, tuple(entities)


def guard_divisions(tree: exp.Expr) -> exp.Expr:
    """Return the tree with every divisor wrapped in NULLIF(…, 0), so that x / 0 is null; changes it in place.

    A divisor that is a constant other than zero, or guarded by the author already, stays as written.
    """
    for node in list(tree.find_all(exp.Div, exp.IntDiv, exp.Mod)):
        divisor = node.expression
        inner = divisor.unnest()
        if isinstance(inner, exp.Nullif) or (isinstance(inner, exp.Literal) and _is_nonzero(inner)):
            continue
        node.set("expression", nullif_zero(inner))
    return tree


def nullif_zero(divisor: exp.Expr) -> exp.Nullif:
    """Return NULLIF(divisor, 0)."""
    return exp.Nullif(this=divisor, expression=exp.Literal.number(0))


def _is_nonzero(literal: exp.Literal) -> bool:
    if literal.is_string:
        return False
    try:
        return float(literal.this) != 0
    except ValueError:
        return False
