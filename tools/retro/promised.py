"""What the ledger says of the period: what was tried on advice and what it brought, and what still runs."""

from __future__ import annotations

from typing import Literal

from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.promises import Promise, Realised
from tools.promises import Verdict as Kept
from tools.promises.measuring import review, settled_on
from tools.promises.telling import Seen, told
from tools.registry import ToolContext

Verdict = Literal["keep", "stop", "open"]
MEANING: dict[Kept, Verdict] = {
    "kept": "keep",
    "partly": "keep",
    "unclear": "open",
    "against": "stop",
    "unmeasured": "open",
}


def promised_in(period: Period, context: ToolContext) -> list[tuple[Verdict, Text, tuple[str, ...]]]:
    """Return (verdict, sentence, statements) of the accepted suggestions that ran in the period, the oldest first.

    What is over and settled but not measured yet is measured now; what still runs or is not settled stays open.
    """
    found: list[tuple[Verdict, Text, tuple[str, ...]]] = []
    ran = [one for one in context.decided() if _ran_in(one, period)]
    for one in sorted(ran, key=lambda one: (one.starts or period.start, one.id)):
        realised = _realised(one, context)
        verdict: Verdict = MEANING[realised.verdict] if realised is not None else "open"
        sql = realised.sql if realised is not None else ()
        found.append((verdict, told(Seen(one, realised), context), sql))
    return found


def _ran_in(one: Promise, period: Period) -> bool:
    if one.status not in ("accepted", "measured") or one.starts is None or one.ends is None:
        return False
    return one.starts < period.end and one.ends > period.start


def _realised(one: Promise, context: ToolContext) -> Realised | None:
    if one.realised is not None:
        return one.realised
    return review(one, context) if one.is_due(context.today) and settled_on(one, context) else None
