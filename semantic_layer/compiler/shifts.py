"""Which earlier rows answer for a period or for a bucket: comparisons and metric offsets as one algebra.

A *move* says what was asked (the previous period, `offset_window: 1 month`). Without a time column the moves
turn the executed period into another one. With one, they become *steps* from each bucket to the bucket that
it is compared with. Steps that never merge or split buckets are applied to the rows' own time (the row of
February is counted under March); the others (leap days, ISO week 53, the start of a grain) go through a small
table of buckets, `periods (bucket, compared_with)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from semantic_layer.catalog import Window
from semantic_layer.comparison import comparison_period
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, plus, truncated
from semantic_layer.compiler.scope import not_yet
from semantic_layer.errors import QueryError
from semantic_layer.period import (
    MONTHS_IN,
    ONE_DAY,
    Grain,
    Period,
    calendar_unit,
    iso_week_earlier,
    shift,
    truncate,
)
from semantic_layer.query import Compare
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Move:
    """One asked move into the past; exactly one of the fields is set."""

    compare: Compare | None = None
    window: Window | None = None
    start_of: Grain | None = None

    @property
    def label(self) -> str:
        """Return the words for a CTE name: `previous_period`, `1_month_earlier`, `start_of_month`."""
        if self.compare is not None:
            return "compared" if self.compare.kind == "period" else self.compare.kind
        if self.window is not None:
            plural = "s" if self.window.count > 1 else ""
            return f"{self.window.count}_{self.window.grain.value}{plural}_earlier"
        assert self.start_of is not None
        return f"start_of_{self.start_of.value}"


Moves = tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From a bucket to the one before it that answers for it.

    `days` or `months` back; `iso_year`: the same ISO week a year earlier; `start_of`: the bucket at the start of
    the grain (its day, where the bucket is a week or larger than the grain). Exactly one is set (the numbers not 0).
    """

    days: int = 0
    months: int = 0
    iso_year: bool = False
    start_of: Grain | None = None

    def earlier(self, bucket: date, calendar: Calendar) -> date:
        """Return the bucket's counterpart as a date."""
        if self.days:
            return bucket - timedelta(days=self.days)
        if self.months:
            return shift(bucket, -self.months, Grain.MONTH)
        if self.iso_year:
            middle = bucket + timedelta(days=3)
            monday = middle - timedelta(days=middle.weekday())
            return iso_week_earlier(monday) + (bucket - monday)
        assert self.start_of is not None
        return truncate(bucket, self.start_of, calendar.week_start, calendar.fiscal_year_start)

    def earlier_sql(self, bucket: exp.Expr, span: Period, calendar: Calendar) -> exp.Expr:
        """Return the bucket's counterpart as SQL; `span` bounds the buckets that occur."""
        if self.days:
            return plus(bucket, -self.days, Grain.DAY)
        if self.months:
            return plus(bucket, -self.months, Grain.MONTH)
        if self.iso_year:
            return self._iso_sql(bucket, span, calendar)
        assert self.start_of is not None
        return truncated(bucket, self.start_of, calendar)

    def _iso_sql(self, bucket: exp.Expr, span: Period, calendar: Calendar) -> exp.Expr:
        """A year earlier is 364 days but for the weeks (of whole years, and week 53) where it is 371."""
        longer = []
        week = truncate(span.start, Grain.WEEK, calendar.week_start)
        while week < span.end:
            if (week - self.earlier(week, calendar)).days == 371:
                longer.append(week)
            week += timedelta(days=7)
        if not longer:
            return plus(bucket, -364, Grain.DAY)
        ranges: list[list[date]] = []
        for week in longer:
            if ranges and (week - ranges[-1][1]).days == 7:
                ranges[-1][1] = week
            else:
                ranges.append([week, week])
        tests: list[exp.Expr] = [
            exp.Between(this=bucket.copy(), low=nodes.day(first), high=nodes.day(last))
            for first, last in ranges
        ]
        case = exp.If(this=nodes.disjunction(tests), true=plus(bucket.copy(), -371, Grain.DAY))
        return exp.Case(ifs=[case], default=plus(bucket, -364, Grain.DAY))


@dataclass(frozen=True, slots=True)
class Bucketed:
    """The steps of a query's time column, and the rows they read: `[start, end)`."""

    steps: tuple[Step, ...]
    start: date
    end: date
    through_rows: tuple[int, int] | None  # (days, months) to add to the rows' time; None: through `periods`
    by_days: bool = False  # the moves do not keep buckets: `periods` goes day by day
    cut: tuple[date, date] | None = None  # the last bucket alone reads its counterpart only before this day


def moved_period(moves: Moves, main: Period, calendar: Calendar) -> Period:
    """Return the period that answers for `main` in a query without a time column.

    Raises:
        QueryError: an offset to the start of a grain, which only makes sense by bucket.
    """
    period = main
    for move in moves:
        if move.compare is not None:
            period = compared_period(move.compare, period, calendar)
        elif move.window is not None:
            count, grain = -move.window.count, move.window.grain
            if grain.order < Grain.DAY.order:
                raise not_yet(Text(zh="小于一天的 offset_window", en="an offset_window shorter than a day"))
            start = shift(period.start, count, grain)
            end = max(start, shift(period.end, count, grain))
            period = Period(start, end, max(end, shift(period.requested_end, count, grain)))
        else:
            raise QueryError(
                Text(
                    zh="offset_to_grain 的指标必须按时间分组。",
                    en="A metric with offset_to_grain needs time.",
                ),
                Text(zh="请加上 metric_time。", en="Group by metric_time."),
                code="needs_time",
            )
    return period


def compared_period(compare: Compare, main: Period, calendar: Calendar) -> Period:
    """Return the other period of one comparison of a whole period, like for like."""
    if compare.kind == "period":
        if compare.period is None:
            raise QueryError(
                Text(zh="与指定时期比较,但没有给出时期。", en="A comparison with a period names no period."),
                Text(zh="给出起止日期。", en="Give its dates."),
            )
        given = compare.period.period()
        return given.cut(given.start + timedelta(days=main.days)) if main.is_partial else given
    kind = "same_weekday_last_week" if compare.kind == "same_weekday" else compare.kind
    return comparison_period(
        main,
        kind,
        week_start=calendar.week_start,
        fiscal_year_start=calendar.fiscal_year_start,
    )


def bucketed(moves: Moves, main: Period, grain: Grain, calendar: Calendar) -> Bucketed:
    """Return the steps from each bucket of `main`, and the rows they read, like for like at both ends.

    A first or last bucket that `main` holds only in part is compared with the same part of the other one.
    """
    steps = tuple(step for move in moves for step in [_step(move, main, grain)] if step is not None)
    first = truncate(main.start, grain, calendar.week_start, calendar.fiscal_year_start)
    last_day = max(main.start, main.end - ONE_DAY)
    last = truncate(last_day, grain, calendar.week_start, calendar.fiscal_year_start)
    if any(step.start_of is not None and _holds_starts(grain, step.start_of) for step in steps):
        start, end = _earlier(first, steps, calendar), _earlier(last, steps, calendar) + ONE_DAY
        return Bucketed(steps, start, end, None, by_days=True)
    by_days = _by_days(steps, grain)
    if by_days:
        start, end = _earlier(main.start, steps, calendar), _earlier(last_day, steps, calendar) + ONE_DAY
        return Bucketed(steps, start, end, None, by_days=True)
    through = _through_rows(steps, grain)
    other_first, other_last = _earlier(first, steps, calendar), _earlier(last, steps, calendar)
    start = min(other_first + (main.start - first), shift(other_first, 1, _whole(grain)))
    after = shift(last, 1, _whole(grain))
    # Moved rows keep the bucket's own ends (seven days before April); a bucket of its own ends where it does.
    end = _earlier(after, steps, calendar) if through else shift(other_last, 1, _whole(grain))
    if main.end < after and all(step.start_of is None for step in steps):
        until = min(end, other_last + (main.end - last))
        before_last = shift(last, -1, _whole(grain))
        if _earlier(before_last, steps, calendar) == other_last:  # weeks 52 and 53 share a counterpart
            return Bucketed(steps, start, end, through, cut=(last, until))
        end = until
    return Bucketed(steps, start, end, through)


def _holds_starts(grain: Grain, start_of: Grain) -> bool:
    """Whether a bucket may hold the start of the grain in its middle: its first day tells whose start is meant.

    The value is then that of the one day, as in MetricFlow; of a bucket otherwise (the first month of the year).
    """
    return grain is Grain.WEEK or grain.order > start_of.order


def _earlier(day: date, steps: tuple[Step, ...], calendar: Calendar) -> date:
    for step in steps:
        day = step.earlier(day, calendar)
    return day


def _whole(grain: Grain) -> Grain:
    return grain if grain.order >= Grain.DAY.order else Grain.DAY


def _by_days(steps: tuple[Step, ...], grain: Grain) -> bool:
    """Whether plain steps take a bucket to parts of several: weeks moved by months, or months by days and months."""
    if any(step.iso_year or step.start_of for step in steps):
        return False
    days, months = sum(step.days for step in steps), sum(step.months for step in steps)
    return bool(months) and ((grain is Grain.WEEK) or (bool(days) and grain.order > Grain.DAY.order))


def by_days_where_needed(shifted: Bucketed, main: Period, grain: Grain, calendar: Calendar) -> Bucketed:
    """Return the steps day by day where they take bucket starts elsewhere than to bucket starts (months by 2 days)."""
    days, months = shifted.through_rows or (0, 0)
    aligned = grain.order <= Grain.DAY.order or (
        days % 7 == 0 and months == 0 if grain is Grain.WEEK else days == 0 and months % MONTHS_IN[grain] == 0
    )
    if shifted.through_rows is None or aligned:
        return shifted
    last_day = max(main.start, main.end - ONE_DAY)
    start, end = (_earlier(day, shifted.steps, calendar) for day in (main.start, last_day))
    return Bucketed(shifted.steps, start, end + ONE_DAY, None, by_days=True)


def steps_by_day(moves: Moves, main: Period) -> tuple[Step, ...]:
    """Return the steps from each day of `main` to the day that answers for it."""
    return tuple(step for move in moves for step in [_step(move, main, Grain.DAY)] if step is not None)


def _through_rows(steps: tuple[Step, ...], grain: Grain) -> tuple[int, int] | None:
    """Return days and months to add to a row's time, where that maps buckets one to one."""
    days, months = sum(step.days for step in steps), sum(step.months for step in steps)
    if not any(step.iso_year or step.start_of for step in steps):
        if months == 0:
            return days, 0
        # Adding months may clamp a day (31 January) but never leaves the month: exact for buckets of months.
        if days == 0 and grain.order >= Grain.MONTH.order:
            return 0, months
    if grain in MONTHS_IN:  # months keep months, the start of a year is the start of a quarter and of a month
        keeps_buckets = days == 0 and months % MONTHS_IN[grain] == 0
    else:
        keeps_buckets = grain is Grain.DAY or (grain is Grain.WEEK and days % 7 == 0 and months == 0)
    if not keeps_buckets:
        raise not_yet(Text(zh="这种粒度下的组合偏移", en="this combination of offsets at this grain"))
    return None


def _step(move: Move, main: Period, grain: Grain) -> Step | None:
    if move.start_of is not None:
        itself = (move.start_of is grain and grain is not Grain.WEEK) or move.start_of.order < Grain.DAY.order
        return None if itself else Step(start_of=move.start_of)
    if move.window is not None:
        return _back(move.window.count, move.window.grain)
    assert move.compare is not None
    kind = move.compare.kind
    if kind == "previous_period":
        return _back(1, _whole(grain))
    if kind == "previous_year":
        return Step(iso_year=True) if grain is Grain.WEEK else Step(months=12)
    if kind == "same_weekday":
        return _back(7, Grain.DAY)
    other = compared_period(move.compare, main, Calendar())
    unit = calendar_unit(main)
    months = (main.start.year - other.start.year) * 12 + main.start.month - other.start.month
    if grain.order >= Grain.MONTH.order and unit is not None and main.start.day == other.start.day == 1:
        return _back(months, Grain.MONTH)
    return _back((main.start - other.start).days, Grain.DAY)


def _back(count: int, unit: Grain) -> Step | None:
    """Return a step of whole units back; None for no step."""
    if count == 0:
        return None
    if unit.order < Grain.DAY.order:
        raise not_yet(Text(zh="小于一天的 offset_window", en="an offset_window shorter than a day"))
    if unit in MONTHS_IN:
        return Step(months=count * MONTHS_IN[unit])
    return Step(days=count * (7 if unit is Grain.WEEK else 1))
