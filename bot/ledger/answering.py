"""Where the pipeline meets the ledger: answers whose suggestions are kept, and entries for the analyses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.ledger.carrying import carried
from tools.promises import Promises, no_promises

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.ledger.keeping import Ledger


def promises_of(ledger: Ledger | None, user: str | None) -> Promises:
    """Return what gives the entries that a user may see; without a ledger there are none."""
    return ledger.promises(user) if ledger is not None else no_promises


def kept(ledger: Ledger | None, answer: Answer, today: date, user: str | None) -> Answer:
    """Return the answer with its suggestions taken down and numbered, and a retrospective with what the last left open.

    Without a ledger it is as it was.
    """
    answer = carried(ledger, answer, today, user)
    if ledger is None or not answer.suggestions:
        return answer
    return replace(answer, suggestions=ledger.show(answer.suggestions, today, user))
