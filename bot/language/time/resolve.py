"""From symbolic tokens to a reading with dates: the time table of the design is the law here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.language.normalise import Normalised
from bot.language.time.dates import Unknown, dates_of
from bot.language.time.expressions import (
    Ago,
    AllTime,
    Beside,
    Between,
    Event,
    Expression,
    Nth,
    Open,
    Part,
    Point,
    Ref,
    Rolling,
    Whole,
)
from bot.language.time.notes import (
    aligned_note,
    cut_note,
    fallback_note,
    future_note,
    no_data_note,
    reading_note,
    starts_before_note,
)
from bot.language.time.points import finest
from bot.language.time.reading import (
    ComparisonReading,
    GrainReading,
    NoteCode,
    Span,
    TimeContext,
    TimeReading,
    TimeSpan,
    TimeToken,
)
from bot.language.time.scan import as_baseline, scan_time
from semantic_layer.comparison import comparison_period
from semantic_layer.period import ONE_DAY, Grain, Period, bucket, shift
from semantic_layer.text import Text

_GRAINS = {"year": Grain.YEAR, "quarter": Grain.QUARTER, "month": Grain.MONTH, "week": Grain.WEEK}


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    spans: list[TimeSpan] = field(default_factory=list)
    mains: list[tuple[TimeToken, Period, bool]] = field(default_factory=list)
    comparisons: list[ComparisonReading] = field(default_factory=list)
    grains: list[GrainReading] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    by_weekday: bool = False
    notes: list[tuple[NoteCode, Text]] = field(default_factory=list)
    unresolved: list[Span] = field(default_factory=list)

    def note(self, code: NoteCode, text: Text) -> None:
        """Add a note once."""
        if (code, text) not in self.notes:
            self.notes.append((code, text))

    def ask_back(self, token: TimeToken) -> None:
        """Keep a token as not understood."""
        self.unresolved.append(Span(token.start, token.end, token.words))
        self.spans.append(TimeSpan(token.start, token.end, token.words, "unresolved", token))


def find_time(text: Normalised | str, context: TimeContext) -> TimeReading:
    """Return what a question says about time, with dates. `scan_time` and `resolve` in one step."""
    return resolve(scan_time(text, context.events), context)


def resolve(tokens: tuple[TimeToken, ...], context: TimeContext) -> TimeReading:
    """Return the reading of scanned tokens against a context.

    Pure: the same tokens may be resolved again with another metric's `data_end`. Never raises for a token of
    `scan_time`; one without dates comes back in `unresolved`.
    """
    draft = _Draft()
    tokens = _later_first(tokens, context)
    for token in tokens:
        if token.kind == "period":
            _add_period(draft, token, context)
    for token in tokens:
        if token.kind == "comparison":
            _add_comparison(draft, token, context)
        elif token.kind == "grain" and token.grain is not None:
            draft.grains.append(GrainReading(token.grain, token.average, token.words, token.start, token.end))
            draft.spans.append(TimeSpan(token.start, token.end, token.words, "grain", token))
        elif token.kind == "recurrence" and draft.weekdays and token.weekdays:
            draft.ask_back(token)  # weekdays against weekends: two row filters are no one period
        elif token.kind == "recurrence":
            draft.weekdays.extend(day for day in token.weekdays if day not in draft.weekdays)
            draft.by_weekday = draft.by_weekday or not token.weekdays
            draft.spans.append(TimeSpan(token.start, token.end, token.words, "recurrence", token))
        elif token.kind == "unresolved":
            draft.ask_back(token)
    draft.spans.sort(key=lambda span: span.start)
    draft.unresolved.sort(key=lambda span: span.start)
    wants = next((token.wants for token in tokens if token.kind == "comparison"), ())
    return TimeReading(
        spans=tuple(draft.spans),
        periods=tuple(period for _, period, _ in draft.mains),
        rolling=tuple(rolling for _, _, rolling in draft.mains),
        comparisons=tuple(draft.comparisons),
        grains=tuple(draft.grains),
        weekdays=tuple(draft.weekdays),
        by_weekday=draft.by_weekday,
        wants=wants,
        notes=tuple(text for _, text in draft.notes),
        codes=tuple(code for code, _ in draft.notes),
        unresolved=tuple(draft.unresolved),
        several=len(draft.mains) > 1,
    )


def _later_first(tokens: tuple[TimeToken, ...], context: TimeContext) -> tuple[TimeToken, ...]:
    """Return the tokens with two equals (2023 vs 2024) in order: the later one is the main period."""
    mains = [token for token in tokens if token.kind == "period"]
    bases = [token for token in tokens if token.symmetric]
    if len(mains) != 1 or len(bases) != 1 or mains[0].expression is None or bases[0].expression is None:
        return tokens
    main, base = mains[0], bases[0]
    try:
        swap = dates_of(bases[0].expression, context).start > dates_of(mains[0].expression, context).start
    except Unknown:
        return tokens
    if not swap:
        return tokens
    changed = {
        id(main): replace(as_baseline(main), symmetric=True),
        id(base): replace(base, kind="period", comparison=None, grain=None, symmetric=False),
    }
    return tuple(changed.get(id(token), token) for token in tokens)


def _add_period(draft: _Draft, token: TimeToken, context: TimeContext) -> None:
    assert token.expression is not None
    try:
        period = _executed(draft, token, token.expression, context)
    except Unknown:
        draft.ask_back(token)
        return
    rolling = isinstance(token.expression, Rolling)
    draft.spans.append(TimeSpan(token.start, token.end, token.words, "period", token, period, rolling))
    draft.mains.append((token, period, rolling))


def _executed(draft: _Draft, token: TimeToken, expression: Expression, context: TimeContext) -> Period:
    """Return the period as it will be read: cut to the data, or the last complete one where it is empty."""
    whole = dates_of(expression, context)
    end = context.known_end
    loose = reading_note(token.words, expression, whole)
    if loose is not None:
        draft.note("read_as", loose)
    if context.data_start is not None and whole.end <= context.data_start and not isinstance(expression, Open):
        draft.note("before_data", starts_before_note(token.words, context.data_start))
        return whole
    if whole.end <= end or isinstance(expression, AllTime):
        return whole
    grain = _current_grain(expression)
    if grain is not None and whole.start <= context.today < whole.end:
        if whole.start < end:
            cut = whole.cut(end)
            draft.note("cut", cut_note(token.words, cut))
            return cut
        before = _last_complete(whole, expression, grain, context)
        draft.note("last_complete", fallback_note(token.words, before))
        return before
    if whole.start >= end:
        return _without_data(draft, token, expression, whole, context)
    cut = whole.cut(end)
    draft.note("cut", cut_note(token.words, cut))
    return cut


def _current_grain(expression: Expression) -> Grain | None:
    """Return the grain of "this week/month/quarter/year", None for anything else."""
    if not isinstance(expression, Point):
        return None
    name = finest(expression)
    if name in _GRAINS and getattr(expression, name) == Ref(0, True) and not expression.weekend:
        return _GRAINS[name]
    return None


def _last_complete(whole: Period, expression: Expression, grain: Grain, context: TimeContext) -> Period:
    """Return the last period of the grain that is complete in the data."""
    fiscal = context.fiscal_year_start if isinstance(expression, Point) and expression.fiscal else 1
    start = whole.start
    while start >= context.known_end:
        start = shift(start, -1, grain)
    period = bucket(start, grain, context.week_start, fiscal)
    if period.end > context.known_end:
        period = bucket(period.start - ONE_DAY, grain, context.week_start, fiscal)
    return period


def _without_data(
    draft: _Draft, token: TimeToken, expression: Expression, whole: Period, context: TimeContext
) -> Period:
    """Return a period that holds no complete day: as asked, and said so."""
    today, end = context.today, context.known_end
    rest = isinstance(expression, Part) and expression.side == "rest"
    if whole.start > today:
        draft.note("future", future_note(token.words, whole, end))
        return whole
    draft.note("no_data", no_data_note(token.words, whole, end))
    if rest:
        return Period(whole.start, min(whole.end, today + ONE_DAY), whole.end)
    return whole


# ---- comparisons


def _add_comparison(draft: _Draft, token: TimeToken, context: TimeContext) -> None:
    if token.comparison == "event":
        _add_event_comparison(draft, token, context)
        return
    if token.comparison != "period" or token.expression is None:
        assert token.comparison is not None
        if token.comparison == "previous_year" and token.back == 1 and _event_a_year_before(draft, token, context):
            return
        _keep(draft, token, ComparisonReading(token.comparison, token.words, token.start, token.end, token.grain,
                                              years=token.back))  # fmt: skip
        return
    main = draft.mains[0] if draft.mains else None
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
        _keep(draft, token, ComparisonReading("previous_period", token.words, token.start, token.end, token.grain))
        return
    if main is not None and main[1].is_partial and _same_size(token.expression, main[0].expression, baseline, main[1]):
        baseline = _aligned(main[1], baseline)
        draft.note("aligned", aligned_note(token.words, baseline))
    _keep(draft, token, ComparisonReading("period", token.words, token.start, token.end, token.grain,
                                          period=baseline))  # fmt: skip


def _keep(draft: _Draft, token: TimeToken, reading: ComparisonReading) -> None:
    draft.comparisons.append(reading)
    draft.spans.append(
        TimeSpan(token.start, token.end, token.words, "comparison", token, reading.period)
    )


def _relative_comparison(token: TimeToken, main: tuple[TimeToken, Period, bool] | None) -> ComparisonReading | None:
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
    mine = _offset(expression) if isinstance(expression, Point) and finest(expression) == _name(token.grain) else None
    if token.grain is Grain.YEAR:
        current = mine is None or mine > (back or -1)
        years = (mine or 0) - (back or -1)
        if current and (expression is None or isinstance(expression, Point | Rolling | Nth | Part | Between | Ago)):
            return ComparisonReading("previous_year", token.words, token.start, token.end, Grain.YEAR, years=years)
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


def _name(grain: Grain) -> str:
    return grain.value


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


def _add_event_comparison(draft: _Draft, token: TimeToken, context: TimeContext) -> None:
    """活动同期: the same days of the same event last year; asked back where no event was named."""
    if not _event_a_year_before(draft, token, context):
        draft.ask_back(token)


def _event_a_year_before(draft: _Draft, token: TimeToken, context: TimeContext) -> bool:
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


def baseline_of(
    main: Period, comparison: ComparisonReading, context: TimeContext, *, rolling: bool = False
) -> Period:
    """Return the concrete other period of a comparison for one main period.

    An explicit baseline or an event's dates are taken as they are; the rest follows the law of
    `comparison_period`.
    """
    if comparison.period is not None:
        return comparison.period
    assert comparison.kind in ("previous_period", "previous_year", "same_weekday_last_week")
    return comparison_period(
        main,
        comparison.kind,
        week_start=context.week_start,
        fiscal_year_start=context.fiscal_year_start,
        years=comparison.years,
        rolling=rolling,
    )


def last_data_day(context: TimeContext) -> date:
    """Return the last complete day of data."""
    return context.known_end - ONE_DAY
