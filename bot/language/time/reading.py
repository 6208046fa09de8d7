"""What the time grammar returns: symbolic tokens from `scan_time`, and dates, comparisons and notes from `resolve`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.language.time.calendars import CalendarEvent
from bot.language.time.expressions import Expression
from semantic_layer.period import Grain, Period
from semantic_layer.text import Text

TokenKind = Literal["period", "comparison", "grain", "recurrence", "unresolved"]
Comparison = Literal["previous_period", "previous_year", "same_weekday_last_week", "event", "period"]
Want = Literal["delta", "growth", "value"]
NoteCode = Literal["cut", "last_complete", "no_data", "future", "before_data", "read_as", "aligned"]


@dataclass(frozen=True, slots=True)
class TimeContext:
    """What a date depends on. `today` is a local date; nothing here reads a clock.

    `data_end` is exclusive: the day after the last complete day of data; None means through yesterday.
    `week_start`: 0 is Monday. `fiscal_year_start` is a month; only fiscal words (FY25, 本财年) follow it, and
    a fiscal year is named by the year it ends in. `counts_today`: the question wants today counted, which is
    not over (含今天). `anchor` is the period of the last question, which "the week before" refers to.
    """

    today: date
    data_end: date | None = None
    week_start: int = 0
    fiscal_year_start: int = 1
    events: tuple[CalendarEvent, ...] = ()
    data_start: date | None = None
    counts_today: bool = False
    anchor: Period | None = None

    @property
    def known_end(self) -> date:
        """Return the exclusive end of complete data: never after `today`, which is not over."""
        if self.counts_today and (self.data_end is None or self.data_end >= self.today):
            return self.today + timedelta(days=1)
        return self.today if self.data_end is None else min(self.today, self.data_end)


@dataclass(frozen=True, slots=True)
class Boundary:
    """What was said about the end of a period: today counts (含今天), or the current `without` does not."""

    today: bool = False
    without: Grain | None = None


@dataclass(frozen=True, slots=True)
class TimeToken:
    """One time word of a question, before any date is known.

    `start` and `end` are offsets in the folded text, `words` are the user's. By kind:
    period: `expression`. comparison: `comparison`, with `grain` (周环比), `back` (how many grains or years) and,
    for an explicit baseline, `expression`. grain: `grain`, and `average` for 日均. recurrence: `weekdays`,
    empty for "by day of the week". unresolved: a time word that must be asked back. `symmetric` comparisons
    (2023 vs 2024, 6月和7月对比) name two equals: the later one becomes the main period.
    """

    start: int
    end: int
    words: str
    kind: TokenKind
    expression: Expression | None = None
    grain: Grain | None = None
    average: bool = False
    comparison: Comparison | None = None
    back: int = 1
    weekdays: tuple[int, ...] = ()
    wants: tuple[Want, ...] = ()
    symmetric: bool = False
    boundary: Boundary | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the folded text and the user's words there."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """One token with its reading: the period for a period, the comparison's period where it is concrete."""

    start: int
    end: int
    words: str
    kind: TokenKind
    token: TimeToken
    period: Period | None = None
    rolling: bool = False


@dataclass(frozen=True, slots=True)
class ComparisonReading:
    """One asked comparison.

    `period` is concrete for `event` (day n of the same event) and `period` (an explicit baseline, like
    "vs March"); for the other kinds it is None and `semantic_layer.comparison.comparison_period` gives it from
    the main period. `grain` is set where the words name one (周环比, month over month, "vs last month").
    """

    kind: Comparison
    words: str
    start: int
    end: int
    grain: Grain | None = None
    years: int = 1
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class GrainReading:
    """A bucket size asked for; `average` asks for the mean per bucket instead of a series (日均)."""

    grain: Grain
    average: bool
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TimeReading:
    """Everything a question says about time.

    `periods` are the main ones in order of mention; the baseline of a comparison is not among them.
    `rolling` is parallel to `periods`: asked as a count of days or months ending yesterday.
    `weekdays` restricts the rows (on Mondays); `by_weekday` groups by day of the week;
    `other_weekdays` are the sets it is compared with (weekdays vs weekends).
    `notes` say what was cut, replaced or assumed, `codes` is parallel to them.
    `unresolved` must be asked back, never dropped. `several`: more than one main period.
    """

    spans: tuple[TimeSpan, ...] = ()
    periods: tuple[Period, ...] = ()
    rolling: tuple[bool, ...] = ()
    comparisons: tuple[ComparisonReading, ...] = ()
    grains: tuple[GrainReading, ...] = ()
    weekdays: tuple[int, ...] = ()
    by_weekday: bool = False
    other_weekdays: tuple[tuple[int, ...], ...] = ()
    wants: tuple[Want, ...] = ()
    notes: tuple[Text, ...] = ()
    codes: tuple[NoteCode, ...] = ()
    unresolved: tuple[Span, ...] = ()
    several: bool = False
