"""Which earlier rows answer for a period or for a bucket: comparisons and metric offsets as one algebra.

A *move* says what was asked (the previous period, `offset_window: 1 month`). Without a time column the moves
turn the executed period into another one. With one, they become *steps* from each bucket to the bucket that
it is compared with. Steps that never merge or split buckets are applied to the rows' own time (the row of
February is counted under March); the others (leap days, ISO week 53, the start of a grain) go through a small
table of buckets, `periods (bucket, compared_with)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from semantic_layer.catalog import Window
from semantic_layer.comparison import comparison_period
from semantic_layer.compiler.buckets import Calendar
from semantic_layer.compiler.scope import not_yet
from semantic_layer.compiler.steps import Step, Through, as_moment, back, length
from semantic_layer.errors import QueryError
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.period import (
    MONTHS_IN,
    ONE_DAY,
    Grain,
    Period,
    calendar_unit,
    shift,
    truncate,
)
from semantic_layer.query import Compare
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Move:
    """One asked move into the past; exactly one of the fields is set."""

    compare: Compare | None = None
    window: Window | CalendarWindow | None = None
    start_of: Grain | None = None

    @property
    def label(self) -> str:
        """Return the words for a CTE name: `previous_period`, `1_month_earlier`, `start_of_month`."""
        if self.compare is not None:
            return "compared" if self.compare.kind == "period" else self.compare.kind
        if self.window is not None:
            plural = "s" if self.window.count > 1 else ""
            return f"{self.window.count}_{self.window.grain}{plural}_earlier"
        assert self.start_of is not None
        return f"start_of_{self.start_of.value}"


Moves = tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Bucketed:
    """The steps of a query's time column, and the rows they read: `[start, end)`, moments where hours are moved."""

    steps: tuple[Step, ...]
    start: date
    end: date
    through_rows: Through | None  # None: through `periods`
    by_days: bool = False  # the moves do not keep buckets: `periods` goes day by day
    fine: Grain = Grain.DAY  # or by this grain under a day
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
            if isinstance(move.window, CalendarWindow):
                raise _needs_time()
            count, grain = -move.window.count, move.window.grain
            if grain.order < Grain.DAY.order:
                back_by = length(move.window)
                period = Period.of(as_moment(period.start) - back_by, as_moment(period.end) - back_by)
                continue
            if grain in MONTHS_IN and isinstance(period.start, datetime):
                raise not_yet(Text(zh="先按月、再按小时的偏移", en="an offset by months of one by hours"))
            start = shift(period.start, count, grain)
            end = max(start, shift(period.end, count, grain))
            period = Period(start, end, max(end, shift(period.requested_end, count, grain)))
        else:
            raise _needs_time()
    return period


def _needs_time() -> QueryError:
    return QueryError(
        Text(
            zh="offset_to_grain 的指标、按自定义历法偏移的指标必须按时间分组。",
            en="A metric with offset_to_grain, or moved by a calendar's buckets, needs time.",
        ),
        Text(zh="请加上 metric_time。", en="Group by metric_time."),
        code="needs_time",
    )


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
    steps = tuple(step for move in moves for step in [step_of(move, main, grain)] if step is not None)
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
    if through is not None and through.seconds:  # every row moves as far: so do the ends
        after = shift(last, 1, _whole(grain))
        start, end = _earlier(main.start, steps, calendar), _earlier(min(after, main.end), steps, calendar)
        return Bucketed(steps, start, end, through)
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
    if any(step.seconds for step in steps):
        return False
    return bool(months) and ((grain is Grain.WEEK) or (bool(days) and grain.order > Grain.DAY.order))


def by_days_where_needed(
    shifted: Bucketed, main: Period, grain: Grain, calendar: Calendar, fine: Grain
) -> Bucketed:
    """Return the steps day by day where they take bucket starts elsewhere than to bucket starts (months by 2 days).

    Steps of hours, and to the start of a grain, go by `fine`, the grain at which the values are taken.
    """
    through = shifted.through_rows
    if any(step.start_of for step in shifted.steps):
        last_day = max(main.start, main.end - ONE_DAY)
        start, end = (_earlier(day, shifted.steps, calendar) for day in (main.start, last_day))
        return Bucketed(shifted.steps, start, end + ONE_DAY, None, by_days=True, fine=fine)
    if through is None:
        return shifted
    if through.seconds:
        start, end = (_earlier(day, shifted.steps, calendar) for day in (main.start, main.end))
        return Bucketed(shifted.steps, start, end, None, by_days=True, fine=fine)
    if grain.order <= Grain.DAY.order or through.keeps(grain):
        return shifted
    last_day = max(main.start, main.end - ONE_DAY)
    start, end = (_earlier(day, shifted.steps, calendar) for day in (main.start, last_day))
    return Bucketed(shifted.steps, start, end + ONE_DAY, None, by_days=True)


def _through_rows(steps: tuple[Step, ...], grain: Grain) -> Through | None:
    """Return what to add to a row's time, where that maps buckets one to one."""
    days, months = sum(step.days for step in steps), sum(step.months for step in steps)
    seconds = sum(step.seconds for step in steps)
    if not any(step.iso_year or step.start_of for step in steps):
        if months == 0:
            return Through(days, 0, seconds)
        # Adding months may clamp a day (31 January) but never leaves the month: exact for buckets of months.
        if days == 0 and grain.order >= Grain.MONTH.order and not _months_after_seconds(steps):
            return Through(0, months, seconds)
    if grain in MONTHS_IN:  # months keep months, the start of a year is the start of a quarter and of a month
        keeps_buckets = days == 0 and months % MONTHS_IN[grain] == 0
    else:
        by_day = grain.order <= Grain.DAY.order
        keeps_buckets = by_day or (grain is Grain.WEEK and days % 7 == 0 and months == 0)
    if not keeps_buckets or (seconds and grain.order >= Grain.DAY.order):
        raise not_yet(Text(zh="这种粒度下的组合偏移", en="this combination of offsets at this grain"))
    return None


def _months_after_seconds(steps: tuple[Step, ...]) -> bool:
    """Whether a step of months is nearer to the rows than one of seconds: 31 January, 23:30 and the end of February."""
    first = next((at for at, step in enumerate(steps) if step.seconds), len(steps))
    return any(step.months for step in steps[first:])


def step_of(move: Move, main: Period, grain: Grain) -> Step | None:
    """Return the step of a move from a bucket of `grain`; None where it stays where it is."""
    if move.start_of is not None:
        fine = move.start_of.order < Grain.DAY.order and grain.order >= move.start_of.order
        itself = (move.start_of is grain and grain is not Grain.WEEK) or fine
        return None if itself else Step(start_of=move.start_of)
    if isinstance(move.window, CalendarWindow):
        raise not_yet(
            Text(zh="这种按自定义历法的偏移", en="this offset by a calendar of the workspace's own")
        )
    if move.window is not None:
        return back(move.window.count, move.window.grain)
    assert move.compare is not None
    kind = move.compare.kind
    if kind == "previous_period":
        return back(1, _whole(grain))
    if kind == "previous_year":
        return Step(iso_year=True) if grain is Grain.WEEK else Step(months=12)
    if kind == "same_weekday":
        return back(7, Grain.DAY)
    other = compared_period(move.compare, main, Calendar())
    unit = calendar_unit(main)
    months = (main.start.year - other.start.year) * 12 + main.start.month - other.start.month
    if grain.order >= Grain.MONTH.order and unit is not None and main.start.day == other.start.day == 1:
        return back(months, Grain.MONTH)
    return back((main.start - other.start).days, Grain.DAY)
