"""Calendar events that explain what would look strange: sales, festivals, holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from semantic_layer.catalog import Catalog, Event
from semantic_layer.period import Period
from semantic_layer.text import Text


def events_in(catalog: Catalog, period: Period) -> tuple[tuple[Event, Period], ...]:
    """Return the events that share a day with the period, with their whole dates, in time order."""
    found = [
        (event, Period.of(start, end))
        for event in catalog.events
        for _, start, end in event.years
        if start < period.end and end > period.start
    ]
    return tuple(sorted(found, key=lambda pair: pair[1].start))


def event_days(catalog: Catalog) -> Iterator[tuple[date, date, Event]]:
    """Yield (start, end, event) of every dated event."""
    for event in catalog.events:
        for _, start, end in event.years:
            yield start, end, event


def joined(events: tuple[Event, ...]) -> Text:
    """Return the events' names as a list, each once."""
    labels = list(dict.fromkeys(event.label for event in events))
    return Text(
        zh="、".join(label.zh for label in labels) or "无",
        en=", ".join(label.en for label in labels) or "none",
    )
