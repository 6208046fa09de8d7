"""What the main period is compared with: 环比, 同比, an event's last edition, an explicit second period."""

from __future__ import annotations

from datetime import timedelta

from bot.language.time.dates import dates_of
from bot.language.time.draft import Draft
from bot.language.time.expressions import (
    Ago,
    Beside,
    Between,
    Event,
    Expression,
    Nth,
    Part,
    Point,
    Ref,
    Rolling,
    Whole,
)
from bot.language.time.fields import finest
from bot.language.time.notes import aligned_note
from bot.language.time.point_dates import Unknown
from bot.language.time.reading import ComparisonReading, TimeContext, TimeSpan, TimeToken
from semantic_layer.period import Grain, Period

_GRAINS = {"year": Grain.YEAR, "quarter": Grain.QUARTER, "month": Grain.MONTH, "week": Grain.WEEK}


def add_comparison(draft: Draft, token: TimeToken, context: TimeContext) -> None:
    """Add the reading of one comparison; the main periods have been added before."""
    if token.comparison == "event":
        _add_event_comparison(draft, token, context)
        return
    if token.comparison != "period" or token.expression is None:
        assert token.comparison is not None
        if (
            token.comparison == "previous_year"
            and token.back == 1
            and _event_a_year_before(draft, token, context)
        ):
            return
        _keep(draft, token, ComparisonReading(token.comparison, token.words, token.start, token.end, token.grain,
                                              years=token.back))  # fmt: skip
        return
    main = draft.mains[0] if draft.mains else None
    a_year_before = token.expression == Point(year=Ref(-1, True))
    of_event = main is not None and isinstance(main[0].expression, Event)
    if of_event and a_year_before and _event_a_year_before(draft, token, context):
        return  # 春节比去年: last year's Spring Festival
    follows = _relative_comparison(token, main)
    if follows is not None:
        _keep(draft, token, follows)
        return
    try:
        baseline = dates_of(token.expression, context)
    except Unknown:
        draft.ask_back(token)
        return
    if main is not None and _same_event(token.expression, main[0].expression):
        _keep(draft, token, ComparisonReading("event", token.words, token.start, token.end,
                                              period=_aligned(main[1], baseline)))  # fmt: skip
        return
    baseline = baseline.cut(context.known_end) if baseline.start < context.known_end else baseline
    if main is not None and baseline == Period.of(main[1].start, main[1].requested_end):
        # "October against the previous month" asked in November: the month before October is meant
        _keep(
            draft,
            token,
            ComparisonReading("previous_period", token.words, token.start, token.end, token.grain),
        )
        return
    if (
        main is not None
        and main[1].is_partial
        and _same_size(token.expression, main[0].expression, baseline, main[1])
    ):
        baseline = _aligned(main[1], baseline)
        draft.note("aligned", aligned_note(token.words, baseline))
    _keep(draft, token, ComparisonReading("period", token.words, token.start, token.end, token.grain,
                                          period=baseline))  # fmt: skip


def _keep(draft: Draft, token: TimeToken, reading: ComparisonReading) -> None:
    draft.comparisons.append(reading)
    draft.spans.append(TimeSpan(token.start, token.end, token.words, "comparison", token, reading.period))


def _relative_comparison(  # noqa: PLR0911 - one return per rule of the table
    token: TimeToken, main: tuple[TimeToken, Period, bool] | None
) -> ComparisonReading | None:
    """Return "vs last month" as 环比 of this month, "vs last year" as 同比; None where it is a plain baseline."""
    expression = None if main is None else main[0].expression
    if _same_window(token.expression, expression):
        # 近30天 against 前30天: the same length just before, never the same days again
        return ComparisonReading("previous_period", token.words, token.start, token.end)
    if token.grain is None or not isinstance(token.expression, Point):
        return None
    back = _offset(token.expression)
    if token.grain is Grain.DAY:
        is_today = isinstance(expression, Point) and expression.days == 0
        if main is None or is_today:
            return ComparisonReading("previous_period", token.words, token.start, token.end, Grain.DAY)
        return None
    mine = (
        _offset(expression)
        if isinstance(expression, Point) and finest(expression) == token.grain.value
        else None
    )
    if token.grain is Grain.YEAR:
        current = mine is None or mine > (back or -1)
        years = (mine or 0) - (back or -1)
        if current and (
            expression is None or isinstance(expression, Point | Rolling | Nth | Part | Between | Ago)
        ):
            return ComparisonReading(
                "previous_year", token.words, token.start, token.end, Grain.YEAR, years=years
            )
        return None
    if mine is not None and mine == back:
        # 上周与前一周: compared with itself makes no sense, the one before it is meant
        return ComparisonReading("previous_period", token.words, token.start, token.end, token.grain)
    if back == -1 and (expression is None or mine == 0):
        return ComparisonReading("previous_period", token.words, token.start, token.end, token.grain)
    if mine is not None and back is not None and mine - back == 1:
        return ComparisonReading("previous_period", token.words, token.start, token.end, token.grain)
    return None


def _same_window(one: Expression | None, other: Expression | None) -> bool:
    """Return whether both are windows of the same length counted back from today."""
    if not isinstance(one, Rolling | Whole) or not isinstance(other, Rolling | Whole):
        return False
    return (one.grain, one.count) == (other.grain, other.count)


def _same_size(one: Expression, other: Expression | None, baseline: Period, main: Period) -> bool:
    """Return whether a baseline is as large as the main period was asked, so that elapsed days can be aligned."""
    if isinstance(one, Point) and isinstance(other, Point):
        return finest(one) == finest(other)
    return (baseline.requested_end - baseline.start) == (main.requested_end - main.start)


def _offset(expression: Expression | None) -> int | None:
    """Return how many of its finest grains a relative point lies from the current one, else None."""
    if not isinstance(expression, Point):
        return None
    name = finest(expression)
    ref = getattr(expression, name) if name in _GRAINS else None
    return ref.value if isinstance(ref, Ref) and ref.relative else None


def _same_event(one: Expression | None, other: Expression | None) -> bool:
    while isinstance(one, Nth | Part | Beside):
        one = one.of
    while isinstance(other, Nth | Part | Beside):
        other = other.of
    return isinstance(one, Event) and isinstance(other, Event) and one.name == other.name


def _aligned(main: Period, baseline: Period) -> Period:
    """Return the baseline cut to as many days from its start as the main period has (day n with day n)."""
    if not main.is_partial:
        return baseline
    return Period(baseline.start, min(baseline.end, baseline.start + timedelta(days=main.days)), baseline.end)


def _add_event_comparison(draft: Draft, token: TimeToken, context: TimeContext) -> None:
    """活动同期: the same days of the same event last year; asked back where no event was named."""
    if not _event_a_year_before(draft, token, context):
        draft.ask_back(token)


def _event_a_year_before(draft: Draft, token: TimeToken, context: TimeContext) -> bool:
    """Add the event's own edition a year before; False where no event is asked about.

    同比 of an event means this too: the same dates would miss a lunar holiday or a moved campaign.
    """
    for main, period, _ in draft.mains:
        earlier = _year_before(main.expression, period, context)
        if earlier is None:
            continue
        try:
            baseline = dates_of(earlier, context)
        except Unknown:
            break
        _keep(draft, token, ComparisonReading("event", token.words, token.start, token.end,
                                              period=_aligned(period, baseline)))  # fmt: skip
        return True
    return False


def _year_before(expression: Expression | None, period: Period, context: TimeContext) -> Expression | None:
    """Return the same expression about the event's edition a year before, None where there is no event."""
    if isinstance(expression, Event):
        year = _edition(expression, period, context)
        return Event(expression.name, Ref(year - 1), expression.mode)
    if isinstance(expression, Nth):
        inner = _year_before(expression.of, period, context)
        return None if inner is None else Nth(inner, expression.grain, expression.index, expression.count)
    if isinstance(expression, Beside):
        inner = _year_before(expression.of, period, context)
        return None if inner is None else Beside(inner, expression.grain, expression.count, expression.after)
    return None


def _edition(event: Event, period: Period, context: TimeContext) -> int:
    if event.year is None:
        # a festival around New Year belongs to the year its dates were looked up in
        return max(period.start, period.start + timedelta(days=15)).year
    return context.today.year + event.year.value if event.year.relative else event.year.value
