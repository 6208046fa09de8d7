"""The buttons below a suggestion: accepted, rejected with a reason, or open again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from bot.store.database import StoreError
from bot.ui.labels import ASK_ADMIN, BAD_CHOICE, NOT_SAVED
from semantic_layer.errors import QueryError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from datetime import date

    from bot.ledger.keeping import Ledger
    from tools.promises import Promise

Json = dict[str, object]
LONGEST_NUMBER = 40
WAYS = ("accept", "reject", "reopen", "read")
ASK_AGAIN = Text(zh="请重新问一遍。", en="Please ask again.")


def decide(ledger: Ledger | None, payload: Json, today: date, user: str | None, locale: Locale) -> Json:
    """Return what was decided: `{"decision": accepted | rejected | open, "said": a sentence}`; `read` changes nothing.

    Raises:
        QueryError: the payload cannot be read. LedgerError: the suggestion cannot be decided like this.
        StoreError: the app database cannot be written to.
    """
    number, what = str(payload.get("number") or ""), payload.get("decision")
    if ledger is None or not 0 < len(number) <= LONGEST_NUMBER or what not in WAYS:
        raise QueryError(BAD_CHOICE, ASK_AGAIN)
    try:
        book = ledger.book(user)
        if what == "accept":
            one = book.accept(number, on=today, by=user)
        elif what == "reject":
            one = book.reject(number, on=today, by=user, reason=str(payload.get("reason") or ""))
        elif what == "reopen":
            one = book.reopen(number)
        else:
            one = book.entry(number)
    except DBAPIError as error:
        raise StoreError(NOT_SAVED, ASK_ADMIN) from error
    return {"decision": one.status, "said": _said(one).at(locale)}


def _said(one: Promise) -> Text:
    if one.status == "accepted" and one.starts is not None and one.ends is not None:
        last = one.ends - timedelta(days=1)
        return Text(
            zh=f"已采纳({one.starts} 至 {last}),到期自动验收。",
            en=f"Accepted ({one.starts} to {last}); it is measured when that is over.",
        )
    if one.status == "rejected":
        return Text(zh="已否决,90 天内不再列出。", en="Rejected; it is left out for 90 days.")
    return Text(zh="还没有决定。", en="Not decided.")
