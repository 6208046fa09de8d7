"""From symbolic tokens to a reading with dates: the time table of the design is the law here."""

from __future__ import annotations

from dataclasses import replace

from bot.language.normalise import Normalised
from bot.language.time.baselines import add_comparison
from bot.language.time.compared import as_baseline
from bot.language.time.dates import dates_of
from bot.language.time.draft import Draft
from bot.language.time.expressions import (
    AllTime,
    Expression,
    Open,
    Part,
    Point,
    Ref,
    Rolling,
)
from bot.language.time.fields import finest
from bot.language.time.notes import (
    cut_note,
    fallback_note,
    future_note,
    no_data_note,
    reading_note,
    starts_before_note,
)
from bot.language.time.point_dates import Unknown
from bot.language.time.reading import (
    ComparisonReading,
    GrainReading,
    TimeContext,
    TimeReading,
    TimeSpan,
    TimeToken,
)
from bot.language.time.scan import scan_time
from semantic_layer.comparison import comparison_period
from semantic_layer.period import ONE_DAY, Grain, Period, bucket, shift, truncate

_GRAINS = {"year": Grain.YEAR, "quarter": Grain.QUARTER, "month": Grain.MONTH, "week": Grain.WEEK}


def find_time(text: Normalised | str, context: TimeContext) -> TimeReading:
    """Return what a question says about time, with dates. `scan_time` and `resolve` in one step."""
    return resolve(scan_time(text, context.events), context)


def resolve(tokens: tuple[TimeToken, ...], context: TimeContext) -> TimeReading:
    """Return the reading of scanned tokens against a context.

    Pure: the same tokens may be resolved again with another metric's `data_end`. Never raises for a token of
    `scan_time`; one without dates comes back in `unresolved`.
    """
    draft = Draft()
    tokens = _later_first(tokens, context)
    for token in tokens:
        if token.kind == "period":
            _add_period(draft, token, context)
    for token in tokens:
        if token.kind == "comparison":
            add_comparison(draft, token, context)
        elif token.kind == "grain" and token.grain is not None:
            draft.grains.append(GrainReading(token.grain, token.average, token.words, token.start, token.end))
            draft.spans.append(TimeSpan(token.start, token.end, token.words, "grain", token))
        elif token.kind == "recurrence" and draft.weekdays and token.weekdays:
            draft.other_weekdays.append(token.weekdays)  # weekdays against weekends: two row filters
            draft.spans.append(TimeSpan(token.start, token.end, token.words, "recurrence", token))
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
        other_weekdays=tuple(draft.other_weekdays),
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


def _add_period(draft: Draft, token: TimeToken, context: TimeContext) -> None:
    assert token.expression is not None
    try:
        period = _executed(draft, token, token.expression, context)
    except Unknown:
        draft.ask_back(token)
        return
    rolling = isinstance(token.expression, Rolling)
    draft.spans.append(TimeSpan(token.start, token.end, token.words, "period", token, period, rolling))
    draft.mains.append((token, period, rolling))


def _executed(draft: Draft, token: TimeToken, expression: Expression, context: TimeContext) -> Period:
    """Return the period as it will be read: cut to the data, or the last complete one where it is empty."""
    context = replace(context, counts_today=token.boundary is not None and token.boundary.today)
    whole = _without(dates_of(expression, context), token, context)
    end = context.known_end
    loose = reading_note(token.words, expression, whole)
    if loose is not None:
        draft.note("read_as", loose)
    if (
        context.data_start is not None
        and whole.end <= context.data_start
        and not isinstance(expression, Open)
    ):
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


def _without(whole: Period, token: TimeToken, context: TimeContext) -> Period:
    """Return the period without the current week, month … where the question leaves it out."""
    if token.boundary is None or token.boundary.without is None:
        return whole
    current = truncate(context.today, token.boundary.without, context.week_start)
    return Period.of(whole.start, current) if whole.start < current < whole.end else whole


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
    draft: Draft, token: TimeToken, expression: Expression, whole: Period, context: TimeContext
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
