"""The answer without its advice, where working out the advice takes long; the whole answer then takes its place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

import chainlit as cl

from bot.answer import Answer

PATIENCE_SECONDS = 0.25  # mostly the advice is there by then, and one card is less to draw than two
Sent = tuple[cl.Message, cl.CustomElement]
Make = Callable[[], Answer]


class FirstWords:
    """Sends one answer: at once if it is whole soon, else first what is known and then the rest."""

    def __init__(
        self,
        make: Callable[[Make], Awaitable[Answer]],
        send: Callable[[Answer, Sent | None], Awaitable[Sent]],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Take what makes an answer off the event loop, and what sends one, in place of one sent before if given."""
        self._patience = patience
        self._make, self._send = make, send
        self._known: Make | None = None
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_sending = False
        self._sent: Sent | None = None

    async def __aenter__(self) -> FirstWords:
        """Begin to listen."""
        self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave what is not under way yet."""
        assert self._task is not None
        if not self._is_sending:
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def hear(self, known: Make) -> None:
        """Take note of what makes the answer as far as it is known."""
        self._known = known
        self._came.set()

    async def finish(self, answer: Answer) -> Sent:
        """Send the whole answer, in place of what was sent of it; call it after the block."""
        return await self._send(answer, self._sent if answer.outcome == "answer" else None)

    async def _show(self) -> None:
        await self._came.wait()
        await asyncio.sleep(self._patience)
        assert self._known is not None
        self._is_sending = True
        self._sent = await self._send(await self._make(self._known), None)
