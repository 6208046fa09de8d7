"""The periods, grains and comparisons of a question, resolved against the metrics' own data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from bot.language.normalise import normalise
from bot.language.time import (
    CalendarEvent,
    TimeContext,
    TimeReading,
    TimeToken,
    resolve,
)
from bot.language.time.calendars import known_as
from bot.language.time.expressions import AllTime, Between, Event, Point, Ref
from bot.language.time.fields import finest
from bot.planners.rules.baseline import compare_words, default_period
from bot.planners.rules.comparisons import read_comparisons
from bot.planners.rules.derive import average_of
from bot.planners.rules.draft import Draft, Scene, Side
from bot.planners.rules.line import Line
from bot.planners.rules.patterns import GRAINS
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Catalog
from semantic_layer.period import Grain, Period, calendar_unit
from semantic_layer.query import Compare, Condition, GroupBy, Operator, PeriodRange
from tools.render_weekdays import weekdays_label


def calendar_events(catalog: Catalog) -> tuple[CalendarEvent, ...]:
    """Return the workspace's events in the form the time grammar takes, under the names it knows them by."""
    return tuple(
        CalendarEvent(
            known_as(
                event.name,
                tuple(
                    normalise(word).text for word in (event.label.zh, event.label.en, *event.synonyms.all())
                ),
            ),
            event.label,
            event.synonyms.all(),
            {year: (start, end) for year, start, end in event.years},
        )
        for event in catalog.events
    )


def time_context(
    scene: Scene, start: date | None, end: date | None, anchor: PeriodRange | None = None
) -> TimeContext:
    """Return what dates depend on, for metrics whose data cover `[start, end)`; a follow-up's `anchor` is the
    period of the last question.
    """
    return TimeContext(
        today=scene.today,
        data_end=end,
        week_start=scene.catalog.week_start,
        fiscal_year_start=scene.catalog.fiscal_year_start,
        events=scene.events,
        data_start=start,
        anchor=anchor.period() if anchor is not None else None,
    )


def tokens_of(line: Line, draft: Draft, scene: Scene) -> tuple[TimeToken, ...]:
    """Return the time tokens that are read as time in this line (a term may have taken the others' words)."""
    taken: dict[int, TimeToken] = {}
    for index in line.of_role("time"):
        item = line.items[index]
        if item.has(Tag.MOVING):
            continue
        for number, token in enumerate(scene.times):
            if token.start < item.end and item.start < token.end:
                named = any(scene.starts(line, at, token.start) for at in line.of_role("metric"))
                named = named or item.end < token.end
                plain = token.average and (number in draft.plain_grains or named)
                taken[number] = replace(token, average=False) if plain else token
    tokens = [taken[number] for number in sorted(taken)]
    if line.tagged(Tag.GROWTH, Tag.GREW, Tag.COMPARE) and not any(
        token.kind in ("comparison", "grain") for token in tokens
    ):
        tokens = [part for token in tokens for part in _from_to(token)]
    return tuple(tokens)


def _from_to(token: TimeToken) -> tuple[TimeToken, ...]:
    """Return "how did it change from last month to this month" as the later period against the earlier one."""
    expression = token.expression
    if token.kind != "period" or not isinstance(expression, Between):
        return (token,)
    first, last = expression.first, expression.last
    if (
        not isinstance(first, Point)
        or not isinstance(last, Point)
        or finest(first) == "day"
        or first.days is not None
    ):
        return (token,)
    name = finest(first)
    if name != finest(last) or name not in GRAINS:
        return (token,)
    grain = GRAINS[name] if getattr(first, name) == Ref(-1, relative=True) else None
    return (
        replace(token, expression=last),
        replace(token, expression=first, kind="comparison", comparison="period", grain=grain),
    )


def read_times(line: Line, draft: Draft, scene: Scene, context: TimeContext) -> None:
    """Fill period, grain and comparison. A time word without dates is asked back, never dropped."""
    reading = resolve(tokens_of(line, draft, scene), context)
    line.use(*line.of_role("time"))
    for note in reading.notes:
        draft.notes.append(note) if note not in draft.notes else None
    more = line.tagged(Tag.MORE) and line.tagged(Tag.WHICH)  # 618和双11哪个卖得多
    draft.compared = bool(line.tagged(Tag.COMPARE) or more) and not line.tagged(Tag.TREND)
    _unresolved(reading, draft)
    _weekdays(reading, draft)
    _grains(line, reading, draft, scene)
    _periods(reading, draft, context)
    _named_units(line, draft, scene)
    read_comparisons(line, reading, draft, context)
    default_period(draft, context)
    if draft.period is None and not draft.periods:
        draft.say("period", "未说明时间:截至今天的全部数据", "no period named: all data through today")


def _unresolved(reading: TimeReading, draft: Draft) -> None:
    for span in reading.unresolved:
        draft.unclear_times.append(span.words)


def _weekdays(reading: TimeReading, draft: Draft) -> None:
    if reading.by_weekday:
        draft.add_group(GroupBy(dimension="metric_time", part="day_of_week"))
        draft.say("grain", "按星期几", "by day of the week")
    if reading.weekdays:
        days = tuple(day + 1 for day in reading.weekdays)
        operator: Operator = "in" if len(days) > 1 else "="
        own = Condition(dimension="metric_time__day_of_week", operator=operator, values=days)
        if reading.other_weekdays:
            draft.sides = [Side(where=(own,))]
            for other in reading.other_weekdays:
                days = tuple(day + 1 for day in other)
                draft.sides.append(Side(where=(own.model_copy(update={"values": days, "operator": "in"}),)))
        else:
            draft.where.append(own)
        said = [
            weekdays_label([day + 1 for day in some]) for some in (reading.weekdays, *reading.other_weekdays)
        ]
        draft.say("filter", "、".join(one.zh for one in said), ", ".join(one.en for one in said))


def _grains(line: Line, reading: TimeReading, draft: Draft, scene: Scene) -> None:
    plain = [grain for grain in reading.grains if not grain.average]
    if len(plain) > 1:  # "by date monthly": the date only says that it is by time
        plain = [grain for grain in plain if "date" not in grain.words.lower()] or plain[:1]
    if len(plain) > 1 and line.tagged(Tag.COMPARE):
        draft.unclear_times += [
            grain.words for grain in plain
        ]  # annual vs monthly: of what kind, or by what?
    for grain in reading.grains:
        if grain.average and draft.metrics:
            average_of(draft, grain.grain, (grain.words,), scene)
    if not plain:
        return
    loose = [
        index
        for index in line.tagged(Tag.AGG)
        if index not in line.used and line.payload(index, Tag.AGG) == "avg"
    ]
    if loose and draft.metrics:
        average_of(draft, plain[0].grain, (*scene.words(line, loose[0]), plain[0].words))
        line.use(*loose)
        plain = plain[1:]
    for grain in plain[1:]:
        draft.add_group(GroupBy(dimension="metric_time", grain=grain.grain))
    if plain:
        draft.grain = plain[0].grain
        draft.grain_words = (plain[0].words,)


def _named_units(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "the month with the highest sales" and 销售额最高的月份: the ranked thing is a time bucket."""
    for index in line.tagged(Tag.WHICH, Tag.BY):
        grain = GRAINS.get(line.items[index].unit or "")
        number = line.items[index].time
        if grain is None or (number is not None and scene.times[number].average):
            continue  # average orders per day in May: no bucket
        if draft.grain is None:
            draft.grain, draft.grain_words = grain, scene.words(line, index)
        elif line.has(index, Tag.BY):
            draft.add_group(GroupBy(dimension="metric_time", grain=grain))
        line.use(index)


def _periods(reading: TimeReading, draft: Draft, context: TimeContext) -> None:
    spans = [span for span in reading.spans if span.kind == "period" and span.period is not None]
    words = tuple(span.words for span in spans)
    periods = list(reading.periods)
    if (
        len(periods) > 1 and context.data_start is not None
    ):  # "so far this year": no second period of all data
        opened, known = context.data_start, min(context.today, context.data_end or context.today)
        periods = [one for one in periods if one.start > opened or one.end < known] or periods
    if not periods:
        return
    if len(periods) == 1:
        draft.period = periods[0]
        draft.rolling = bool(reading.rolling and reading.rolling[0])
        draft.all_time = all(isinstance(span.token.expression, AllTime) for span in spans)
    elif len(periods) == 2 and not reading.comparisons and draft.compared and _nested(periods) is None:
        first, last = sorted(periods, key=lambda period: period.start)
        draft.period = last
        draft.compare.append(Compare(kind="period", period=PeriodRange.of(first)))
        draft.say("comparison", *compare_words(draft.compare[0]), words)
    else:
        events = [span for span in spans if isinstance(span.token.expression, Event)]
        inner = (
            _nested(periods) if len(events) < len(periods) else None
        )  # 中秋国庆 are two, one inside the other
        run = inner or _run(periods)
        if inner is not None:
            draft.period = inner
        elif run is not None and draft.grain is None:
            draft.period = run
            unit = calendar_unit(Period.of(periods[0].start, periods[0].requested_end))
            draft.grain = unit[0] if unit else Grain.DAY
        elif run is not None:
            draft.period = run
        else:
            draft.periods = periods
    shown = [draft.period] if draft.period else periods
    for period in shown:
        end = period.end
        draft.say("period", f"{period.start} 至 {end}(不含)", f"{period.start} to {end} (exclusive)", words)


def _nested(periods: list[Period]) -> Period | None:
    """Return the innermost period where each lies inside another (2024年的3月, said apart)."""
    small = min(periods, key=lambda period: period.requested_end - period.start)
    inside = all(
        period.start <= small.start and small.requested_end <= period.requested_end for period in periods
    )
    return small if inside else None


def _run(periods: list[Period]) -> Period | None:
    """Return the whole range where the periods follow each other without a gap and are alike in size."""
    ordered = sorted(periods, key=lambda period: period.start)
    units = {calendar_unit(Period.of(period.start, period.requested_end)) for period in ordered}
    follows = all(a.requested_end == b.start for a, b in pairwise(ordered))
    if not follows or len(units) != 1 or None in units or any(unit and unit[1] != 1 for unit in units):
        return None  # no bucket is half a year long: the two halves stay two periods
    return Period(ordered[0].start, max(ordered[-1].end, ordered[0].start), ordered[-1].requested_end)
