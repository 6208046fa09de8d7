"""Writes of conversations that must not get lost: what the app database refuses now is held and tried again.

Chainlit's SQL layer logs a failed write and forgets it. A file locked by a backup, a full disk or a server that
restarts would so cut holes into conversations, and nobody would be told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.store.statements import Statement
from bot.ui.labels import NOT_WRITTEN, NOT_WRITTEN_CAUSES
from semantic_layer.text import Text

LOG = logging.getLogger("askgrowth.chat")
MOST_HELD = 50_000  # statements; about 100 MB of long answers
MOST_AT_ONCE = 200  # statements in one transaction
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)  # then every five
RunAll = Callable[[Sequence[Statement]], Awaitable[list[Any]]]


@dataclass(slots=True, eq=False)
class _Write:
    """One statement that waits; `done` gets what it returned, or 1 once it is held."""

    statement: Statement
    reader: Reader | None
    done: asyncio.Future[Any]

    def settle(self, result: Any) -> None:
        if not self.done.done():  # who waited may have gone away
            self.done.set_result(result)


class Keeper:
    """Runs writes in their order, together what has gathered; once one fails, all wait in memory behind it."""

    def __init__(self, run: RunAll, waits: tuple[float, ...] = RETRY_SECONDS) -> None:
        """Take what runs statements in one transaction and raises where the database refuses them."""
        self._run, self._waits = run, waits
        self._waiting: deque[_Write] = deque()
        self._is_refused = self._is_closed = False
        self._cause: Exception | None = None
        self._work: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._told: dict[str, Callable[[], Awaitable[None]]] = {}

    @property
    def held(self) -> int:
        """Return how many writes wait because the database refuses them."""
        return len(self._waiting) if self._is_refused else 0

    async def write(self, query: str, values: Mapping[str, Any], reader: Reader | None = None) -> Any:
        """Return what the statement returned; 1 where it is held, as if it were done.

        `reader` is who must know: told once when the first write is held, and once when all are done.
        """
        if self._is_closed:  # a window that notices late that the server stops: all that was said is written
            return None
        if len(self._waiting) >= MOST_HELD:
            LOG.error("too many writes wait for the app database; one was dropped")
            return None
        one = _Write((query, values), reader, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._is_refused:
            if reader is not None:
                await self.tell(reader)
            return 1
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all())
        return await one.done

    async def settled(self) -> None:
        """Wait until what was written before this moment is in the database, or held."""
        if self._waiting and not self._is_refused:
            await asyncio.wait([self._waiting[-1].done])

    async def tell(self, reader: Reader) -> None:
        """Say once per outage that writes wait; who was told hears when they are done."""
        if reader.name not in self._told:
            self._told[reader.name] = reader.relieved
            await reader.warned(not_written(self._cause))

    async def close(self) -> None:
        """Write what waits, trying one last time what was refused."""
        self._is_closed = True
        self._stop.set()
        if self._work is not None:
            await self._work
        if self._waiting:
            LOG.error("the server stops while %d writes still wait for the app database", len(self._waiting))

    async def _write_all(self) -> None:
        """Write until nothing waits; while the database refuses, try again after growing pauses."""
        attempt = 0
        while self._waiting:
            last = self._stop.is_set()
            batch = list(islice(self._waiting, MOST_AT_ONCE))
            try:
                results = await self._run([one.statement for one in batch])
            except (SQLAlchemyError, OSError) as error:
                await self._hold(error)
                if last:
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._waits[min(attempt, len(self._waits) - 1)]):
                        await self._stop.wait()
                attempt += 1
                continue
            for one, result in zip(batch, results, strict=True):
                self._waiting.popleft()
                one.settle(_taken(result))
        self._is_refused = False
        told, self._told, self._cause = self._told, {}, None
        for relieve in told.values():
            await relieve()

    async def _hold(self, error: Exception) -> None:
        """Let nobody wait any longer for what the database refuses, and tell the readers."""
        if not self._is_refused:
            LOG.warning("the app database takes no writes, holding them: %s", error)
        self._is_refused, self._cause = True, error
        readers = [one.reader for one in self._waiting if one.reader is not None]
        for one in self._waiting:
            one.settle(1)
        for reader in readers:
            await self.tell(reader)


def _taken(result: Any) -> Any:
    """Return what a statement returned; None, and a line in the log, where it breaks a rule of the schema."""
    if not isinstance(result, IntegrityError):
        return result
    LOG.error("a write breaks a rule of the app database and was dropped", exc_info=result)
    return None


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
