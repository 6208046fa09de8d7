"""ClickHouse 25.8 and later, with the settings that the engine makes."""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp

from semantic_layer.compiler.dialects.profile import (
    Profile,
    call,
    double_average,
    double_division,
    number,
    unit_of,
)
from semantic_layer.compiler.nodes import DAYS

_PARTS = {
    "YEAR": "toYear", "QUARTER": "toQuarter", "MONTH": "toMonth", "DAY": "toDayOfMonth", "HOUR": "toHour",
    "ISODOW": "toDayOfWeek", "DOY": "toDayOfYear", "WEEK": "toISOWeek", "ISOYEAR": "toISOYear",
}  # fmt: skip
_NUMBERS = {
    "YEAR": "toRelativeYearNum", "MONTH": "toRelativeMonthNum", "DAY": "toRelativeDayNum", "HOUR": "toRelativeHourNum",
    "MINUTE": "toRelativeMinuteNum", "SECOND": "toRelativeSecondNum",
}  # fmt: skip


# Every column of times has a zone of its own (at least the server's), in which it would be cut into days. What a
# query cuts or compares is read in the session's zone first, which the engine sets to the workspace's.
_ZONE = "timezone"


def _local(node: exp.Expr) -> exp.Expr:
    """Return the node as a time stamp in the workspace's zone; dates become midnights there."""
    inner = node.unnest()
    while isinstance(inner, exp.Add | exp.Sub) and isinstance(inner.expression, exp.Interval):
        inner = inner.this.unnest()
    known = ("toDateTime64", "toDate32")
    if _is_date(inner) or (isinstance(inner, exp.Anonymous) and inner.this in known):
        return node
    return call("toDateTime64", node, number(6), call(_ZONE))


def _is_date(node: exp.Expr) -> bool:
    """Whether the node is a date without a time: it has no zone."""
    if isinstance(node, exp.Anonymous):
        return bool(node.this == "toDate32")
    return isinstance(node, exp.Cast) and node.to.this in (exp.DType.DATE, exp.DType.DATE32)


def _is_literal(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string


def _moment_literal(node: exp.Expr) -> exp.Expr:
    return call("toDateTime64", exp.Literal.string(_moment(node).isoformat(sep=" ")), number(6), call(_ZONE))


def _cast(node: exp.Expr) -> exp.Expr:
    """Date ends before 1970 and in 2149, DateTime in 2106 and at whole seconds: take the wide types."""
    if not isinstance(node, exp.Cast):
        return node
    value, kind = node.this, node.to.this
    if kind is exp.DType.DATE:
        if isinstance(value, exp.Literal):
            node.set("to", exp.DataType(this=exp.DType.DATE32, nullable=False))
            return node
        return value if _is_date(value) else call("toDate32", value, call(_ZONE))
    if kind in (exp.DType.TIMESTAMP, exp.DType.DATETIME, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ):
        return call("toDateTime64", value, number(6), call(_ZONE))
    return node


def _comparison(node: exp.Expr) -> exp.Expr:
    """A time compared with a literal date: the literal becomes midnight here, and the column stays as it is, so that
    the database can use its order.
    """
    parts = [("this", node.this)]
    parts += [
        (key, node.args[key]) for key in ("expression", "low", "high") if node.args.get(key) is not None
    ]
    if any(_is_date(part) and not _is_literal(part) for _, part in parts):
        return node
    for key, part in parts:
        if _is_literal(part) and _is_date(part):
            node.set(key, _moment_literal(part))
    if isinstance(node, exp.In):
        node.set(
            "expressions",
            [_moment_literal(p) if _is_literal(p) and _is_date(p) else p for p in node.expressions],
        )
    return node


def _time(node: exp.Expr) -> exp.Expr:
    """A column of times: read here, but where it is only compared with a literal."""
    parent = node.parent
    if isinstance(parent, _COMPARISONS):
        others = [part for part in parent.iter_expressions() if part is not node]
        if all(_is_local(part) for part in others):
            return node
    if isinstance(parent, exp.Is | exp.Cast | exp.TimestampTrunc | exp.DateTrunc | exp.Extract):
        return node
    raw = node.copy()
    raw.meta.clear()
    return _local(raw)


def _is_local(node: exp.Expr) -> bool:
    return (isinstance(node, exp.Anonymous) and node.this == "toDateTime64") or _is_literal(node)


def _days_between(node: exp.Expr) -> exp.Expr:
    """Two wide dates have no difference: DATEDIFF has."""
    left, right = node.this.unnest(), node.expression.unnest()
    if isinstance(right, exp.Interval) or not (node.meta.get(DAYS) or _is_date(left) or _is_date(right)):
        return node
    return call("dateDiff", exp.Literal.string("day"), right, left)


def _outside(node: exp.Expr) -> exp.Expr:
    """A correlated EXISTS compares with `=` whatever is written, and loses the nulls: two plain subqueries."""
    found = node.this
    test = found.find(exp.NullSafeEQ) if isinstance(found, exp.Exists) else None
    if test is None:
        return node
    member, value, source = test.this, test.expression, found.this.args["from_"]
    missing = exp.Is(this=member.copy(), expression=exp.Null())
    nulls = exp.Select(
        expressions=[exp.Count(this=exp.Star())], from_=source.copy(), where=exp.Where(this=missing)
    )
    members = exp.Select(
        expressions=[member.copy()], from_=source.copy(), where=exp.Where(this=exp.Not(this=missing.copy()))
    )
    no_null = exp.EQ(this=exp.Subquery(this=nulls), expression=number(0))
    not_in = exp.Not(this=exp.In(this=value.copy(), query=exp.Subquery(this=members)))
    is_null = exp.Is(this=value.copy(), expression=exp.Null())
    return exp.Case(ifs=[exp.If(this=is_null, true=no_null)], default=not_in)


def _select(node: exp.Expr) -> exp.Expr:
    """Name every column, as a join of three would call them `table.column`; and order by the result's columns, as a
    name alone would mean a column of the first table (see `prefer_column_name_to_alias`).
    """
    names: dict[str, int] = {}
    for place, shown in enumerate(node.expressions, start=1):
        if isinstance(shown, exp.Alias):
            names.setdefault(shown.alias, place)
        elif isinstance(shown, exp.Column) and shown.table and not isinstance(shown.this, exp.Star):
            shown.replace(exp.Alias(this=shown.copy(), alias=shown.this.copy()))
    order = node.args.get("order")
    for ordered in order.expressions if order is not None else ():
        column = ordered.this
        if isinstance(column, exp.Column) and not column.table and column.name in names:
            ordered.set("this", number(names[column.name]))
    return node


_COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.Between,
    exp.In,
)


def _bucket(node: exp.Expr) -> exp.Expr:
    node.set("this", _local(node.this))
    return node


def _part(node: exp.Expr) -> exp.Expr:
    name = _PARTS.get(str(node.this.name).upper())
    return call(name, _local(node.expression)) if name else node


def _calendar_table(node: exp.Expr) -> exp.Expr:
    """Dates come from NUMBERS: how many is known, as both ends stand in the statement."""
    series = node.this
    if not isinstance(series, exp.GenerateSeries):
        return node
    alias = node.args.get("alias")
    column = alias.columns[0].copy() if alias is not None and alias.columns else exp.to_identifier("day")
    step, unit = unit_of(series.args["step"])
    first, last = (_moment(series.args[end]) for end in ("start", "end"))
    count = _steps(first, last, step, unit)
    offset = (
        exp.Mul(this=exp.column("number"), expression=number(step)) if step != 1 else exp.column("number")
    )
    bucket = call(f"add{unit.capitalize()}s", series.args["start"], offset)
    rows = exp.Select(expressions=[exp.Alias(this=bucket, alias=column)])
    rows.set("from_", exp.From(this=exp.Table(this=call("numbers", number(count)))))
    name = exp.TableAlias(this=alias.this.copy()) if alias is not None else None
    return exp.Subquery(this=rows, alias=name)


def _moment(node: exp.Expr) -> datetime:
    literal = node.find(exp.Literal)
    assert literal is not None
    return datetime.fromisoformat(str(literal.this))


def _steps(first: datetime, last: datetime, step: int, unit: str) -> int:
    if last < first:
        return 0
    if unit in ("MONTH", "YEAR"):
        months = (last.year - first.year) * 12 + last.month - first.month
        months -= (last.day, last.time()) < (first.day, first.time())
        return months // (step * (12 if unit == "YEAR" else 1)) + 1
    seconds = {"DAY": 86_400, "HOUR": 3_600, "MINUTE": 60, "SECOND": 1, "WEEK": 604_800}[unit]
    return int((last - first).total_seconds() // (step * seconds)) + 1


def _percentile(node: exp.Expr) -> exp.Expr:
    """PERCENTILE_CONT is quantileExactInclusive; PERCENTILE_DISC has no counterpart: theirs takes the next value up."""
    kind = node.this
    if not isinstance(kind, exp.PercentileCont | exp.PercentileDisc):
        return node
    value, at = node.expression.expressions[0].this, kind.this
    if isinstance(kind, exp.PercentileCont):
        name = exp.to_identifier("quantileExactInclusive")
        return exp.ParameterizedAgg(this=name, expressions=[at], params=[value])
    only = node.parent.expression.this if isinstance(node.parent, exp.Filter) else None
    if only is not None:  # a FILTER belongs to an aggregate, and this is an expression of two: see `_filter`
        value = exp.Case(ifs=[exp.If(this=only.copy(), true=value)])
    place = call("toUInt64", call("ceil", exp.Mul(this=at, expression=exp.Count(this=value.copy()))))
    ordered = call("arraySort", call("groupArray", value))
    return call("arrayElementOrNull", ordered, call("greatest", place, number(1)))


def _filter(node: exp.Expr) -> exp.Expr:
    """The filter of a discrete percentile is in its values already."""
    inner = node.this
    is_ours = isinstance(inner, exp.Anonymous) and inner.this == "arrayElementOrNull"
    return inner if is_ours else node


def _rolling(node: exp.Expr) -> exp.Expr:
    """A RANGE of an interval is a RANGE of that many days or months, which are numbered."""
    frame = node.args.get("spec")
    start = frame.args.get("start") if frame is not None else None
    if frame is None or frame.args.get("kind") != "RANGE" or not isinstance(start, exp.Interval):
        return node
    count, unit = unit_of(start)
    frame.set("start", number(count))
    for ordered in node.args["order"].expressions:
        ordered.set("this", call("assumeNotNull", call(_NUMBERS[unit], ordered.this)))
        ordered.set("nulls_first", False)
    return node


CLICKHOUSE = Profile(
    "clickhouse",
    {
        exp.Div: double_division,
        exp.Avg: double_average,
        exp.Cast: _cast,
        exp.TimestampTrunc: _bucket,
        exp.DateTrunc: _bucket,
        **dict.fromkeys(_COMPARISONS, _comparison),
        exp.Extract: _part,
        exp.Table: _calendar_table,
        exp.WithinGroup: _percentile,
        exp.Filter: _filter,
        exp.Window: _rolling,
        exp.Sub: _days_between,
        exp.Not: _outside,
        exp.Select: _select,
    },
    moment=_time,
)
