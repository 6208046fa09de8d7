"""Time in questions, Chinese and English: text in, dates out. No clock, no catalog, no database.

`find_time(text, context)` is `resolve(scan_time(text, context.events), context)`:

- `scan_time` finds the time words and returns symbolic, printable tokens; it needs no date.
- `resolve` works out the dates against a `TimeContext` by the time table of the design. It is cheap, so a
  planner resolves the same tokens again with the data end of the metric it chose.

`TimeReading.periods` are the periods asked for, already cut to the data; the baseline of a comparison is in
`comparisons` instead. `baseline_of` gives a comparison's concrete dates. Whatever is about time and was not
understood is in `unresolved` and must be asked back.
"""

from bot.language.time.calendars import CalendarEvent, event_label
from bot.language.time.reading import (
    ComparisonReading,
    GrainReading,
    Span,
    TimeContext,
    TimeReading,
    TimeSpan,
    TimeToken,
)
from bot.language.time.resolve import baseline_of, find_time, resolve
from bot.language.time.scan import scan_time

__all__ = [
    "CalendarEvent",
    "ComparisonReading",
    "GrainReading",
    "Span",
    "TimeContext",
    "TimeReading",
    "TimeSpan",
    "TimeToken",
    "baseline_of",
    "event_label",
    "find_time",
    "resolve",
    "scan_time",
]
