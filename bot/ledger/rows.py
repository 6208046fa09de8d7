"""Suggestions and promises as JSON and back: how the spool and the table hold them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from tools.promises import Promise, Realised, topic_key
from tools.result import Suggestion

if TYPE_CHECKING:
    from semantic_layer.access import Rights

_SUGGESTION: TypeAdapter[Suggestion] = TypeAdapter(Suggestion)
_REALISED: TypeAdapter[Realised] = TypeAdapter(Realised)
_DIGITS = 10


def scope_of(rights: Rights) -> str:
    """Return who may see what was computed under these rights: whoever has the same ones."""
    if not rights.row_filters and not rights.hidden and not rights.masked:
        return "all"
    content = [sorted((model, sorted(found)) for model, found in rights.row_filters.items())]
    whole = json.dumps([content, sorted(rights.hidden), sorted(rights.masked)], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def number_of(workspace: str, scope: str, suggestion: Suggestion) -> str:
    """Return a suggestion's number: the same whenever the same is suggested again under the same rights."""
    whole = json.dumps([workspace, scope, topic_key(suggestion)], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]


def suggestion_text(suggestion: Suggestion) -> str:
    """Return a suggestion as JSON text."""
    return _SUGGESTION.dump_json(suggestion).decode()


def read_suggestion(text: str) -> Suggestion:
    """Return the suggestion that `suggestion_text` wrote."""
    return _SUGGESTION.validate_json(text)


def realised_text(realised: Realised) -> str:
    """Return a measured effect as JSON text."""
    return _REALISED.dump_json(realised).decode()


def promise_of(row: Mapping[str, Any]) -> Promise:
    """Return one row of the table as an entry."""
    return Promise(
        id=row["id"],
        suggestion=read_suggestion(row["content"]),
        status=row["status"],
        first_shown=date.fromisoformat(row["first_shown"]),
        last_shown=date.fromisoformat(row["last_shown"]),
        times_shown=row["shown_count"],
        decided_on=_day(row["decided_on"]),
        decided_by=row["decided_by"],
        reason=row["reason"],
        assignee=row["assignee"],
        starts=_day(row["starts"]),
        ends=_day(row["ends"]),
        realised=_REALISED.validate_json(row["result"]) if row["result"] else None,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
