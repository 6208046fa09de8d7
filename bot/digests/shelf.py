"""Pages of sent digests on our own server: a link in the message opens one, and opening is counted."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from bot.following.usage import count
from bot.jobs.clock import stamp
from bot.store.job_schema import digest_pages as table

KEPT = timedelta(days=400)
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}\Z")
# Chats and mail filters fetch a link to show a preview: nobody has read the page by that.
_MACHINES = re.compile(
    r"bot\b|bot/|spider|crawl|preview|slack|facebookexternal|whatsapp|curl|python|okhttp", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Opened:
    """One sent digest: when it was made, and how often its page was opened."""

    title: str
    made_at: str
    opens: int
    last_opened: str | None


def new_token() -> str:
    """Return a token that cannot be guessed."""
    return secrets.token_urlsafe(24)


def put_page(
    connection: Connection,
    workspace: str,
    token: str,
    title: str,
    page: str,
    metrics: Iterable[str],
    now: datetime,
) -> None:
    """Keep a page for over a year, within a transaction; older ones go."""
    connection.execute(
        insert(table).values(
            token=token, workspace=workspace, title=title, metrics=" ".join(metrics), html=page,
            made_at=stamp(now), opens=0,
        )
    )  # fmt: skip
    old = table.c.workspace == workspace, table.c.made_at < stamp(now - KEPT)
    connection.execute(delete(table).where(*old))


def open_page(engine: Engine, token: str, agent: str, now: datetime, day: date) -> str | None:
    """Return the page of a token, None where there is none; a person's opening is counted, with its metrics."""
    if not TOKEN.match(token):
        return None
    with engine.begin() as connection:
        row = connection.execute(select(table).where(table.c.token == token)).mappings().first()
        if row is None:
            return None
        if agent and not _MACHINES.search(agent):
            seen = update(table).where(table.c.token == token)
            connection.execute(seen.values(opens=table.c.opens + 1, last_opened=stamp(now)))
            count(connection, row["workspace"], row["metrics"].split(), day, "digest")
        return str(row["html"])


def opened(engine: Engine, workspace: str) -> list[Opened]:
    """Return the digests that were sent with a link, the newest first."""
    asked = (
        select(table).where(table.c.workspace == workspace).order_by(table.c.made_at.desc(), table.c.title)
    )
    with engine.connect() as connection:
        return [
            Opened(row["title"], row["made_at"], row["opens"], row["last_opened"])
            for row in connection.execute(asked).mappings()
        ]
