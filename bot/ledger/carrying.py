"""What a retrospective left open is kept, and the next one begins with it: done, or still open."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.plan import ToolPlan
from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.render_dates import dates_label
from tools.result import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from bot.answer import Answer
    from bot.ledger.book import Book
    from bot.ledger.keeping import Ledger

LOG = logging.getLogger("askgrowth.ledger")
OPEN = "open"
CARRIED = "carried"  # where a finding belongs in a document
_CITED = re.compile(r"\s*\[(?:查询|query)[^\]]*\]")
_LOOSE = re.compile(r"[\d.,,%+−\s-]+")
_HEAD = re.compile(r"^(?:待办:|open: )")


@dataclass(frozen=True, slots=True)
class Left:
    """What the retrospective of a period left open."""

    period: Period
    items: tuple[Text, ...]


def carried(ledger: Ledger | None, answer: Answer, today: date, user: str | None) -> Answer:
    """Return a retrospective with the last one's open items after its own findings; any other answer as it is.

    The last one is of the latest period that ended before this one began. Its items are told as still open where this
    one says the same (whatever the numbers), else as no longer open. A database that is away costs nobody the answer.
    """
    plan = answer.parts[0].plan if answer.parts else None
    main = next((one for one in answer.periods if one.role == "main"), None)
    if ledger is None or main is None or not isinstance(plan, ToolPlan) or plan.name != "retrospective":
        return answer
    from sqlalchemy.exc import SQLAlchemyError

    now = [_plain(one.statement) for one in answer.findings if one.at == OPEN]
    try:
        book = ledger.book(user)
        last = last_before(book, main.start)
        if "metric" not in plan.inputs:  # one metric's retrospective leaves the others' items alone
            keep(book, Period.of(main.start, main.end), now)
    except SQLAlchemyError:
        LOG.warning("open items of a retrospective were not kept", exc_info=True)
        return answer
    if last is None:
        return answer
    still = {_key(one) for one in now}
    when = dates_label(last.period, today)
    told = tuple(_told(one, when, is_open=_key(one) in still) for one in last.items)
    return replace(answer, findings=(*answer.findings, *told))


def keep(book: Book, period: Period, items: Sequence[Text]) -> None:
    """Keep what the retrospective of a period leaves open, in place of what it left when it was made before."""
    from sqlalchemy import delete, insert

    from bot.store.schema import open_items as table

    place = {
        "workspace": book.workspace, "scope": book.scope,
        "start": period.start.isoformat(), "end": period.end.isoformat(),
    }  # fmt: skip
    with book.engine.begin() as connection:
        connection.execute(delete(table).where(*(table.c[name] == value for name, value in place.items())))
        for number, one in enumerate(items):
            connection.execute(insert(table).values(**place, number=number, zh=one.zh, en=one.en))


def last_before(book: Book, start: date) -> Left | None:
    """Return what the latest retrospective before `start` left open, None where none was made or nothing is open."""
    from sqlalchemy import select

    from bot.store.schema import open_items as table

    mine = table.c.workspace == book.workspace, table.c.scope == book.scope, table.c.end <= start.isoformat()
    asked = select(table).where(*mine).order_by(table.c.end.desc(), table.c.start.desc(), table.c.number)
    engine: Engine = book.engine
    with engine.connect() as connection:
        rows = list(connection.execute(asked).mappings())
    if not rows:
        return None
    first, last = rows[0]["start"], rows[0]["end"]
    same = [row for row in rows if (row["start"], row["end"]) == (first, last)]
    period = Period.of(date.fromisoformat(first), date.fromisoformat(last))
    return Left(period, tuple(Text(zh=row["zh"], en=row["en"]) for row in same))


def _told(one: Text, when: Text, *, is_open: bool) -> Finding:
    state = (
        Text(zh="仍未完成", en="still open") if is_open else Text(zh="这次没有再出现", en="no longer open")
    )
    zh, en = one.zh.rstrip("。"), one.en.rstrip(".")
    said = Text(zh=f"{when.zh}的待办:{zh}——{state.zh}。", en=f"Open since {when.en}: {en} – {state.en}.")
    return Finding("quality", said, at=CARRIED)


def _plain(one: Text) -> Text:
    """Return an open item without its heading and the numbers of its queries."""
    zh, en = (_HEAD.sub("", _CITED.sub("", text)) for text in (one.zh, one.en))
    return Text(zh=zh, en=en)


def _key(one: Text) -> str:
    return _LOOSE.sub("", one.zh)
