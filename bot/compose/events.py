"""The workspace's calendar events inside a trend: what a peak may come from is marked where it lies."""

from __future__ import annotations

from bot.compose.view import Scene, View, grain_of
from semantic_layer.period import ONE_DAY, Grain, shift, truncate

MOST_MARKS = 8  # more would cover the lines; then only the longest are marked
MARKED_GRAINS = (Grain.DAY, Grain.WEEK)  # within a month or a quarter every bar would carry some event


def event_marks(view: View, scene: Scene) -> tuple[dict[str, object], ...]:
    """Return the events that overlap the shown buckets, in order: `label` (Text), `first` and `last` bucket (ISO)."""
    grain = grain_of(view)
    starts = sorted(start for row in view.table.rows if (start := view.start(row)) is not None)
    if grain not in MARKED_GRAINS or len(starts) < 3:
        return ()
    begin, end = starts[0], shift(starts[-1], 1, grain)
    found = [
        (first, last, event.label)
        for event in scene.catalog.events
        for _, first, last in event.years
        if first < end and last > begin
    ]
    kept = sorted(found, key=lambda one: one[0] - one[1])[:MOST_MARKS]
    marks = []
    for first, last, label in sorted(kept, key=lambda one: one[0]):
        buckets = [
            truncate(day, grain, scene.week_start, scene.fiscal_year_start)
            for day in (max(first, begin), min(last, end) - ONE_DAY)
        ]
        marks.append({"label": label, "first": buckets[0].isoformat(), "last": buckets[1].isoformat()})
    return tuple(marks)
