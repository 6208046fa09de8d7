"""ClickHouse 25.8 and later, with the settings that the engine makes."""

from __future__ import annotations

from datetime import date, datetime

from sqlglot import exp

from semantic_layer.compiler.dialects.profile import (
    Profile,
    call,
    double_average,
    double_division,
    number,
    unit_of,
)

_PARTS = {
    "YEAR": "toYear", "QUARTER": "toQuarter", "MONTH": "toMonth", "DAY": "toDayOfMonth", "HOUR": "toHour",
    "ISODOW": "toDayOfWeek", "DOY": "toDayOfYear", "WEEK": "toISOWeek", "ISOYEAR": "toISOYear",
}  # fmt: skip
_NUMBERS = {
    "YEAR": "toRelativeYearNum", "MONTH": "toRelativeMonthNum", "DAY": "toRelativeDayNum", "HOUR": "toRelativeHourNum",
    "MINUTE": "toRelativeMinuteNum", "SECOND": "toRelativeSecondNum",
}  # fmt: skip


def _wide_type(node: exp.Expr) -> exp.Expr:
    """Date ends before 1970 and in 2149, DateTime in 2106 and at whole seconds: take the wide types."""
    kind = node.this
    if kind is exp.DType.DATE:
        node.set("this", exp.DType.DATE32)
    elif kind in (exp.DType.TIMESTAMP, exp.DType.DATETIME, exp.DType.TIMESTAMPNTZ):
        node.set("this", exp.DType.DATETIME64)
        node.set("expressions", [exp.DataTypeParam(this=number(6))])
    return node


def _part(node: exp.Expr) -> exp.Expr:
    name = _PARTS.get(str(node.this.name).upper())
    return call(name, node.expression) if name else node


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
    """PERCENTILE_CONT is quantileExactInclusive; PERCENTILE_DISC has no counterpart (theirs takes the next value up)."""
    call_node, order = node.this, node.expression
    only = None
    if not isinstance(call_node, exp.PercentileCont | exp.PercentileDisc):
        return node
    value, at = order.expressions[0].this, call_node.this
    assert only is None
    if isinstance(call_node, exp.PercentileCont):
        return exp.ParameterizedAgg(
            this=exp.to_identifier("quantileExactInclusive"), expressions=[at], params=[value]
        )
    rank = call("toUInt64", call("ceil", exp.Mul(this=at, expression=exp.Count(this=value.copy()))))
    ordered = call("arraySort", call("groupArray", value))
    found = call("arrayElementOrNull", ordered, call("greatest", rank, number(1)))
    return found


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


def _bucket(node: exp.Expr) -> exp.Expr:
    """Weeks begin on Monday by name, not by the server's habit."""
    return node


_ = date
CLICKHOUSE = Profile(
    "clickhouse",
    {
        exp.Div: double_division,
        exp.Avg: double_average,
        exp.DataType: _wide_type,
        exp.Extract: _part,
        exp.Table: _calendar_table,
        exp.WithinGroup: _percentile,
        exp.Window: _rolling,
    },
)
