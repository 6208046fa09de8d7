"""The reading of a question while it is being worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.language.time.reading import (
    ComparisonReading,
    GrainReading,
    NoteCode,
    Span,
    TimeSpan,
    TimeToken,
)
from semantic_layer.period import Period
from semantic_layer.text import Text


@dataclass(slots=True)
class Draft:
    """What has been read so far."""

    spans: list[TimeSpan] = field(default_factory=list)
    mains: list[tuple[TimeToken, Period, bool]] = field(default_factory=list)
    comparisons: list[ComparisonReading] = field(default_factory=list)
    grains: list[GrainReading] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    other_weekdays: list[tuple[int, ...]] = field(default_factory=list)
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
