"""Writes of conversations that must not get lost: what the app database refuses now is held and tried again.

Chainlit's SQL layer logs a failed write and forgets it. A file locked by a backup, a full disk or a server that
restarts would so cut holes into conversations, and nobody would be told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.ui.labels import NOT_WRITTEN, NOT_WRITTEN_CAUSES
from semantic_layer.text import Text

LOG = logging.getLogger("askgrowth.chat")
MOST_HELD = 50_000  # statements; about 100 MB of long answers
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)  # then every five
Statement = tuple[str, Mapping[str, Any]]
Run = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


class Keeper:
    """Runs writes in their order; once one fails, all wait behind it in memory until the database takes them."""

    def __init__(self, run: Run, waits: tuple[float, ...] = RETRY_SECONDS) -> None:
        """Take what runs one statement and raises where the database refuses it."""
        self._run, self._waits = run, waits
        self._held: deque[Statement] = deque()
        self._cause: Exception | None = None
        self._retry: asyncio.Task[None] | None = None
        self._told: dict[str, Callable[[], Awaitable[None]]] = {}

    @property
    def held(self) -> int:
        """Return how many writes wait."""
        return len(self._held)

    async def write(self, query: str, values: Mapping[str, Any], reader: Reader | None = None) -> Any:
        """Return what the statement returned; 1 where it is held, as if it were done.

        `reader` is who must know: told once when the first write is held, and once when all are done.
        """
        if not self._held:
            try:
                return await self._run(query, values)
            except IntegrityError:  # will never be taken: holding it would hold up everything behind it
                LOG.exception("a write breaks a rule of the app database and was dropped")
                return None
            except (SQLAlchemyError, OSError) as error:
                LOG.warning("the app database takes no writes, holding them: %s", error)
                cause: Exception | None = error
        else:
            cause = None
        if len(self._held) >= MOST_HELD:
            LOG.error("too many writes wait for the app database; one was dropped")
            return None
        self._held.append((query, values))
        if self._retry is None or self._retry.done():
            self._retry = asyncio.create_task(self._keep_trying())
        if reader is not None:
            await self.tell(reader, cause)
        return 1

    async def tell(self, reader: Reader, cause: Exception | None = None) -> None:
        """Say once per outage that writes wait; who was told hears when they are done."""
        self._cause = cause or self._cause
        if reader.name not in self._told:
            self._told[reader.name] = reader.relieved
            await reader.warned(not_written(self._cause))

    async def flush(self) -> bool:
        """Try once to write everything that waits; return whether nothing is left."""
        while self._held:
            query, values = self._held[0]
            try:
                await self._run(query, values)
            except IntegrityError:
                LOG.exception("a held write breaks a rule of the app database and was dropped")
            except (SQLAlchemyError, OSError):
                return False
            self._held.popleft()
        return True

    async def close(self) -> None:
        """Stop trying, after one last time."""
        if self._retry is not None:
            self._retry.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._retry
        if not await self.flush():
            LOG.error("the server stops while %d writes still wait for the app database", self.held)

    async def _keep_trying(self) -> None:
        attempt = 0
        while True:
            await asyncio.sleep(self._waits[min(attempt, len(self._waits) - 1)])
            if await self.flush():
                break
            attempt += 1
        told, self._told, self._cause = self._told, {}, None
        for relieve in told.values():
            await relieve()


class Reader:
    """Somebody whose conversation is written: told when that fails, and when it is made good."""

    def __init__(
        self, name: str, warned: Callable[[Text], Awaitable[None]], relieved: Callable[[], Awaitable[None]]
    ) -> None:
        """Take a name that is the same for the same window, and two ways to reach it."""
        self.name, self.warned, self.relieved = name, warned, relieved


def not_written(cause: Exception | None) -> Text:
    """Return what to say when a write fails: why, as far as the database says, and what happens now."""
    said = str(cause.orig if isinstance(cause, DBAPIError) else cause or "").lower()
    known = next((text for words, text in NOT_WRITTEN_CAUSES if any(one in said for one in words)), None)
    why = known or NOT_WRITTEN_CAUSES[-1][1]
    return Text(zh=NOT_WRITTEN.zh.format(why=why.zh), en=NOT_WRITTEN.en.format(why=why.en))
