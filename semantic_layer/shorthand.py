"""Text forms of a metric query as the command line and Python callers write them: `channel,day:week`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, cast

from semantic_layer.errors import QueryError, UnknownNameError, nearest
from semantic_layer.fiscal import RuleGrain
from semantic_layer.period import ONE_DAY, Grain, Period, bucket, shift
from semantic_layer.query import (
    Compare,
    Expression,
    GroupBy,
    Having,
    Limit,
    MetricQuery,
    OrderBy,
    PeriodRange,
)
from semantic_layer.text import Text

PART_NAMES = ("year", "quarter", "month", "day", "day_of_week", "day_of_year")
COMPARE_NAMES = ("previous_period", "previous_year", "same_weekday")
PERIOD_FORMS = (
    "last_30_days, last_2_months, this_week, last_month, yesterday, "
    "2025, 2025-03, 2025-Q1, 2025-W07, START/END"
)

_Part = Literal["year", "quarter", "month", "day", "day_of_week", "day_of_year"]
_CompareKind = Literal["previous_period", "previous_year", "same_weekday", "period"]
_HavingOperator = Literal["=", "!=", "<", "<=", ">", ">=", "between", "is null", "is not null"]
_HAVING = re.compile(r"^\s*(\w+)\s*(<=|>=|!=|=|<|>)\s*(-?\d+(?:\.\d+)?)\s*$")
_ROLLING = re.compile(r"^last_(\d{1,5})_(day|week|month|quarter|year)s?$")
_NAMED = re.compile(r"^(this|last)_(week|month|quarter|year)$")
_OWN = re.compile(r"^(this|last)_(?:(\d{1,3})_)?(\w+)$")
_YEAR_PART = re.compile(r"^(\d{4})-?(?:Q([1-4])|W(\d{1,2}))$", re.IGNORECASE)


def names(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, trimmed, without empty ones."""
    if text is None:
        return ()
    parts = text.split(",") if isinstance(text, str) else text
    return tuple(part.strip() for part in parts if part.strip())


def parse_group_by(item: str, calendars: Collection[str] = ()) -> GroupBy:
    """Return the group of `ordered_at:week`, `ordered_at__week`, `ordered_at:day_of_week`, `…:extract_month`.

    `calendars` are the grains of the workspace's own calendars: `ordered_at:retail_month`.

    Raises:
        UnknownNameError: the part after the colon is neither a grain nor a date part.
    """
    name, colon, suffix = item.partition(":")
    if not colon:
        head, under, tail = item.rpartition("__")
        if under and tail in list(Grain):
            return GroupBy(dimension=head, grain=Grain(tail))
        if under and tail in calendars:
            return GroupBy(dimension=head, custom_grain=tail)
        return GroupBy(dimension=item)
    if suffix in list(Grain):
        return GroupBy(dimension=name, grain=Grain(suffix))
    if suffix in PART_NAMES:
        return GroupBy(dimension=name, part=cast("_Part", suffix))
    part = suffix.removeprefix("extract_")
    if part != suffix and part in PART_NAMES:  # the month of the year, where `month` is the calendar's
        return GroupBy(dimension=name, part=cast("_Part", part))
    if suffix in calendars:
        return GroupBy(dimension=name, custom_grain=suffix)
    known = (*[grain.value for grain in Grain], *PART_NAMES, *calendars)
    raise UnknownNameError(Text(zh="时间粒度", en="grain or date part"), suffix, known)


def parse_having(text: str) -> tuple[Having, ...]:
    """Return the conditions of `gmv > 1000 and orders >= 5`.

    Raises:
        QueryError: a part is not `column operator number`.
    """
    conditions = []
    for part in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        match = _HAVING.match(part)
        if match is None:
            raise QueryError(
                Text(zh=f"看不懂指标条件 {part!r}。", en=f"The condition {part!r} cannot be read."),
                Text(
                    zh="写成:列名 比较符 数字,例如 gmv > 1000。",
                    en="Write: column operator number, such as gmv > 1000.",
                ),
            )
        operator = cast("_HavingOperator", match[2])
        conditions.append(Having(column=match[1], operator=operator, values=(float(match[3]),)))
    return tuple(conditions)


def parse_order_by(item: str) -> OrderBy:
    """Return the order of `gmv`, `gmv desc`, `-gmv` (all descending) or `gmv asc`, `+gmv` (ascending)."""
    name, _, direction = item.partition(" ")
    if name.startswith(("-", "+")):
        return OrderBy(column=name[1:], descending=name.startswith("-"))
    return OrderBy(column=name, descending=direction.strip().lower() != "asc")


def parse_compare(item: str, today: date, end: date | None, week_start: int = 0, fiscal: int = 1) -> Compare:
    """Return the comparison of `previous_year`, `previous_period`, `same_weekday` or of any period form.

    Raises:
        UnknownNameError: neither a comparison nor a period.
    """
    if item in COMPARE_NAMES:
        return Compare(kind=cast("_CompareKind", item))
    if nearest(item, COMPARE_NAMES) and not any(char.isdigit() for char in item):
        raise UnknownNameError(Text(zh="对比方式", en="comparison"), item, COMPARE_NAMES)
    other = parse_period(item, today, end, week_start, fiscal)
    return Compare(kind="period", period=PeriodRange.of(other))


def parse_period(
    text: str,
    today: date,
    data_end: date | None = None,
    week_start: int = 0,
    fiscal_year_start: int = 1,
    calendars: Mapping[str, RuleGrain | None] | None = None,
) -> Period:
    """Return the period of a form such as `last_30_days`, `this_week`, `2025-Q1` or `START/END` (half-open).

    `today` is excluded from `last_…` forms; `this_…` runs through the last complete day (before `today`
    and before `data_end`), and where that is empty the period before it is returned.

    Raises:
        QueryError: the text is no known form, or its end precedes its start.
    """
    complete = min(today, data_end) if data_end else today
    form = text.strip()
    if "/" in form:
        start_text, _, end_text = form.partition("/")
        start, end = _parse_date(start_text, form), _parse_date(end_text, form)
        if end < start:
            raise QueryError(
                Text(zh=f"时间段 {form} 的结束早于开始。", en=f"The period {form} ends before it starts."),
                Text(zh="写成 开始/结束,结束那天不含在内。", en="Write START/END; the end is not included."),
            )
        return Period.of(start, end)
    if form in ("today", "yesterday"):
        day = today if form == "today" else today - ONE_DAY
        return Period.of(day, day + ONE_DAY)
    if match := _ROLLING.match(form):
        return _whole_periods(int(match[1]), Grain(match[2]), today, week_start, fiscal_year_start)
    if match := _NAMED.match(form):
        current = bucket(today, Grain(match[2]), week_start, fiscal_year_start)
        so_far = current.cut(complete)
        if match[1] == "this" and so_far.days > 0:
            return so_far
        return Period.of(shift(current.start, -1, Grain(match[2])), current.start)
    if (
        calendars
        and (match := _OWN.match(form))
        and (match[3] in calendars or match[3].rstrip("s") in calendars)
    ):
        rule = calendars.get(match[3]) or calendars.get(match[3].rstrip("s"))
        return _own_period(form, rule, today, complete, None if match[1] == "this" else int(match[2] or 1))
    return _absolute(form, week_start, fiscal_year_start)


def _own_period(form: str, rule: RuleGrain | None, today: date, complete: date, back: int | None) -> Period:
    """Return `this_` (`back` None) or the `back` whole buckets before it of a calendar by rule."""
    if rule is None:
        raise QueryError(
            Text(
                zh=f"{form} 的历法在数据表里,不能由日期推算。",
                en=f"The calendar of {form} is a table: its dates are not computed.",
            ),
            Text(
                zh="用筛选条件指定,例如 metric_time__fiscal_month = 'FY25-03',或写起止日期。",
                en="Filter by it, for example metric_time__fiscal_month = 'FY25-03', or give START/END.",
            ),
        )
    current = rule.bucket(today)
    so_far = current.cut(complete)
    if back is None and so_far.days > 0:
        return so_far
    start = current.start
    for _ in range(back or 1):
        start = rule.bucket(start - ONE_DAY).start
    return Period.of(start, current.start)


def _whole_periods(count: int, grain: Grain, today: date, week_start: int, fiscal: int) -> Period:
    if grain is Grain.DAY:
        return Period.of(today - timedelta(days=count), today)
    end = bucket(today, grain, week_start, fiscal).start
    return Period.of(shift(end, -count, grain), end)


def _absolute(form: str, week_start: int, fiscal: int) -> Period:
    if match := _YEAR_PART.match(form):
        year = int(match[1])
        if match[2]:
            start = date(year, 3 * int(match[2]) - 2, 1)
            return Period.of(start, shift(start, 1, Grain.QUARTER))
        try:
            monday = date.fromisocalendar(year, int(match[3]), 1)
        except ValueError as error:
            raise _unreadable(form) from error
        return Period.of(monday, shift(monday, 1, Grain.WEEK))
    if re.fullmatch(r"[1-9]\d{3}", form):
        return bucket(date(int(form), 12, 31), Grain.YEAR)
    if re.fullmatch(r"\d{4}-\d{2}", form):
        return bucket(_parse_date(f"{form}-01", form), Grain.MONTH, week_start, fiscal)
    day = _parse_date(form, form)
    return Period.of(day, day + ONE_DAY)


def _parse_date(text: str, form: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise _unreadable(form) from error


def _unreadable(form: str) -> QueryError:
    return QueryError(
        Text(zh=f"看不懂时间段 {form!r}。", en=f"The period {form!r} cannot be read."),
        Text(zh=f"可用的写法:{PERIOD_FORMS}。", en=f"Known forms: {PERIOD_FORMS}."),
    )


def parse_query(
    *,
    today: date,
    data_end: date | None = None,
    week_start: int = 0,
    fiscal_year_start: int = 1,
    metrics: str | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    where: str | None = None,
    having: str | None = None,
    period: str | None = None,
    compare: str | Sequence[str] | None = None,
    order_by: str | Sequence[str] | None = None,
    limit: int | None = None,
    totals: bool = False,
    calendars: Mapping[str, RuleGrain | None] | None = None,
) -> MetricQuery:
    """Return the metric query of its text parts; names are checked later, by the compiler.

    Raises:
        QueryError: a part cannot be read.
        UnknownNameError: an unknown grain or comparison, with the nearest.
    """
    own = calendars or {}
    range_ = parse_period(period, today, data_end, week_start, fiscal_year_start, own) if period else None
    return MetricQuery(
        metrics=names(metrics),
        group_by=tuple(parse_group_by(item, own) for item in names(by)),
        where=(Expression(sql=where),) if where and where.strip() else (),
        having=parse_having(having) if having and having.strip() else (),
        period=PeriodRange.of(range_) if range_ else None,
        compare=tuple(
            parse_compare(item, today, data_end, week_start, fiscal_year_start) for item in names(compare)
        ),
        order_by=tuple(parse_order_by(item) for item in names(order_by)),
        limit=Limit(n=limit) if limit is not None else None,
        totals=totals,
    )
