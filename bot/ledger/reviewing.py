"""Closing what is due: measuring under a user's rights, and keeping the result once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.promises.measuring import review, settled_on
from tools.registry import ToolContext

if TYPE_CHECKING:
    from bot.ledger.book import Book
    from bot.pipeline import Pipeline
    from tools.promises import Promise, Realised


def measured(pipeline: Pipeline, book: Book, today: date, user: str | None) -> list[tuple[Promise, Realised]]:
    """Return every due entry whose data no longer change, with what was measured; nothing is written."""
    from bot.ledger.book import due

    context = ToolContext(pipeline.layer, today, user)
    return [(one, review(one, context)) for one in due(book.entries(), today) if settled_on(one, context)]


def review_all(pipeline: Pipeline, book: Book, today: date, user: str | None) -> list[Promise]:
    """Return the entries that were closed now; one that another process has closed meanwhile is not among them."""
    closed = []
    for one, realised in measured(pipeline, book, today, user):
        with book.engine.begin() as connection:
            kept = book.record(connection, one.id, realised)
        if kept:
            closed.append(book.entry(one.id))
    return closed
