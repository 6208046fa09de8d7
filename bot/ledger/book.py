"""The ledger itself: what is read, decided, assigned and recorded, over an engine like all of the store."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.engine import RowMapping

from bot.ledger.rows import number_of, promise_of, realised_text, suggestion_text
from bot.ledger.spool import Note, notes
from bot.store.schema import comments
from bot.store.schema import suggestions as table
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text
from tools.promises import Promise, Realised, Status, topic_key

LONGEST = 2_000
LONGEST_DAYS = 366
CLOSED = ("measured",)


class LedgerError(AskGrowthError):
    """Something cannot be done with an entry of the ledger as it is."""

    code = "ledger"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside a suggestion or a document; `at` is ISO 8601 in UTC."""

    subject: str
    author: str | None
    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Book:
    """The ledger of one workspace as seen under one set of rights (`scope`)."""

    engine: Engine
    workspace: str
    scope: str

    def entries(self) -> tuple[Promise, ...]:
        """Return every entry, the one shown last first."""
        asked = (
            select(table)
            .where(table.c.workspace == self.workspace, table.c.scope == self.scope)
            .order_by(table.c.last_shown.desc(), table.c.id)
        )
        with self.engine.connect() as connection:
            return tuple(promise_of(dict(row)) for row in connection.execute(asked).mappings())

    def entry(self, number: str) -> Promise:
        """Return the entry with this number (its first characters are enough).

        Raises:
            LedgerError: none has it, or several.
        """
        with self.engine.connect() as connection:
            return promise_of(dict(self._row(connection, number)))

    def accept(
        self,
        number: str,
        *,
        on: date,
        by: str | None = None,
        starts: date | None = None,
        ends: date | None = None,
        assignee: str | None = None,
    ) -> Promise:
        """Return the entry, accepted: its promise is frozen as it was shown last.

        Without dates it starts on `on` and ends after the promise's horizon. `ends` is exclusive.

        Raises:
            LedgerError: it was measured already, or the dates are the wrong way round or over a year apart.
        """
        with self.engine.begin() as connection:
            one = promise_of(dict(self._row(connection, number)))
            _not_measured(one)
            first = starts or on
            end = ends or first + timedelta(days=max(1, one.suggestion.effect.horizon_days))
            if not first < end <= first + timedelta(days=LONGEST_DAYS):
                raise _bad_dates(first, end)
            values = {
                "status": "accepted",
                "starts": first.isoformat(),
                "ends": end.isoformat(),
                "reason": None,
            }
            if assignee is not None:
                values["assignee"] = assignee.strip()[:LONGEST] or None
            self._decide(connection, one, values, on, by)
        return self.entry(one.id)

    def reject(self, number: str, *, on: date, by: str | None = None, reason: str | None = None) -> Promise:
        """Return the entry, rejected, with the reason.

        Raises:
            LedgerError: it was measured already.
        """
        with self.engine.begin() as connection:
            one = promise_of(dict(self._row(connection, number)))
            _not_measured(one)
            said = (reason or "").strip()[:LONGEST] or None
            self._decide(
                connection, one, {"status": "rejected", "reason": said, "starts": None, "ends": None}, on, by
            )
        return self.entry(one.id)

    def reopen(self, number: str) -> Promise:
        """Return the entry, undecided again; LedgerError where it was measured already."""
        with self.engine.begin() as connection:
            one = promise_of(dict(self._row(connection, number)))
            _not_measured(one)
            cleared = dict.fromkeys(("decided_on", "decided_by", "reason", "starts", "ends"))
            self._write(connection, one, {"status": "open", **cleared})
        return self.entry(one.id)

    def assign(self, number: str, assignee: str | None) -> Promise:
        """Return the entry with somebody in charge, or nobody."""
        with self.engine.begin() as connection:
            one = promise_of(dict(self._row(connection, number)))
            self._write(connection, one, {"assignee": (assignee or "").strip()[:LONGEST] or None})
        return self.entry(one.id)

    def record(self, connection: Connection, number: str, realised: Realised) -> bool:
        """Keep what was measured, once: whether it was kept. An entry that is not accepted stays as it is."""
        done = connection.execute(
            update(table)
            .where(table.c.id == number, table.c.workspace == self.workspace, table.c.status == "accepted")
            .values(status="measured", result=realised_text(realised))
        )
        return done.rowcount == 1

    def comment(self, subject: str, words: str, author: str | None = None) -> Comment:
        """Keep a comment on a subject: a suggestion's number, or what a document is about.

        Raises:
            LedgerError: it is empty.
        """
        said = words.strip()[:LONGEST]
        if not said:
            raise LedgerError(
                Text(zh="留言是空的。", en="The comment is empty."),
                Text(zh="写上内容再留。", en="Write something."),
            )
        kept = Comment(subject, author, datetime.now(UTC).isoformat(timespec="microseconds"), said)
        with self.engine.begin() as connection:
            connection.execute(
                insert(comments).values(
                    id=uuid.uuid4().hex,
                    workspace=self.workspace,
                    scope=self.scope,
                    subject=subject,
                    author=author,
                    at=kept.at,
                    words=said,
                )
            )
        return kept

    def comments(self, subject: str) -> tuple[Comment, ...]:
        """Return the comments on a subject, the oldest first."""
        asked = (
            select(comments)
            .where(
                comments.c.workspace == self.workspace,
                comments.c.scope == self.scope,
                comments.c.subject == subject,
            )
            .order_by(comments.c.at)
        )
        with self.engine.connect() as connection:
            return tuple(
                Comment(row["subject"], row["author"], row["at"], row["words"])
                for row in connection.execute(asked).mappings()
            )

    def _row(self, connection: Connection, number: str) -> RowMapping:
        asked = (
            select(table)
            .where(
                table.c.workspace == self.workspace,
                table.c.scope == self.scope,
                table.c.id.startswith(number, autoescape=True),
            )
            .order_by(table.c.round.desc())
        )
        found = connection.execute(asked).mappings().all() if number else []
        topics = {row["topic"] for row in found}
        if len(topics) != 1:
            raise LedgerError(
                Text(
                    zh=f"台账里{'没有' if not topics else '不止一条'}编号为 {number} 的建议。",
                    en=f"{'No suggestion' if not topics else 'More than one suggestion'} is numbered {number}.",
                ),
                Text(
                    zh="用 askgrowth ledger list 查看编号。", en="See the numbers with askgrowth ledger list."
                ),
            )
        exact = [row for row in found if row["id"] == number and row["status"] not in CLOSED]
        return exact[0] if exact else found[0]

    def _decide(
        self, connection: Connection, one: Promise, values: dict[str, str | None], on: date, by: str | None
    ) -> None:
        self._write(connection, one, {**values, "decided_on": on.isoformat(), "decided_by": by})

    @staticmethod
    def _write(connection: Connection, one: Promise, values: dict[str, str | None]) -> None:
        connection.execute(update(table).where(table.c.id == one.id).values(**values))


def take_in(engine: Engine, folder: Path) -> int:
    """Enter what the spool holds into the ledger and return how many notes that were; they are gone afterwards."""
    waiting = list(notes(folder))
    if not waiting:
        return 0
    with engine.begin() as connection:
        for _, note in waiting:
            _enter(connection, note)
    for path, _ in waiting:
        path.unlink(missing_ok=True)
    return len(waiting)


def _enter(connection: Connection, note: Note) -> None:
    """Enter one showing: a new entry, a re-show of one, or the next round of one that was measured."""
    topic, day = topic_key(note.suggestion), note.day.isoformat()
    asked = (
        select(table)
        .where(table.c.workspace == note.workspace, table.c.scope == note.scope, table.c.topic == topic)
        .order_by(table.c.round.desc())
        .limit(1)
    )
    last = connection.execute(asked).mappings().first()
    if last is not None and last["status"] not in CLOSED:
        if day <= last["last_shown"]:
            return  # the same day's note again, or one that came late
        values: dict[str, object] = {"last_shown": day, "shown_count": last["shown_count"] + 1}
        status: Status = last["status"]
        if status == "open":  # a decided promise is frozen
            values["content"] = suggestion_text(note.suggestion)
        connection.execute(update(table).where(table.c.id == last["id"]).values(**values))
        return
    if last is not None and day <= last["last_shown"]:
        return
    number, at = (
        number_of(note.workspace, note.scope, note.suggestion),
        1 if last is None else last["round"] + 1,
    )
    name = number if at == 1 else f"{number}-{at}"
    connection.execute(
        insert(table).values(
            id=name,
            workspace=note.workspace,
            scope=note.scope,
            topic=topic,
            round=at,
            status="open",
            content=suggestion_text(replace(note.suggestion, id=name)),
            first_shown=day,
            last_shown=day,
            shown_count=1,
        )
    )


def due(entries: Sequence[Promise], today: date) -> tuple[Promise, ...]:
    """Return the accepted entries whose time is over, the oldest first."""
    found = [one for one in entries if one.is_due(today)]
    return tuple(sorted(found, key=lambda one: (one.ends or today, one.id)))


def _not_measured(one: Promise) -> None:
    if one.status in CLOSED:
        raise LedgerError(
            Text(
                zh="这条建议已经验收,不能再改决定。",
                en="This suggestion has been measured: the decision stands.",
            ),
            Text(zh="再次建议时会另起一条。", en="Suggested again, it becomes an entry of its own."),
        )


def _bad_dates(first: date, end: date) -> LedgerError:
    return LedgerError(
        Text(zh=f"起止日期不对:{first} 到 {end}。", en=f"The dates are wrong: {first} to {end}."),
        Text(zh="结束要晚于开始,最长一年。", en="The end comes after the start, at most a year later."),
    )
