"""One conversation in several windows: what happens in one is shown in all, and a window that comes back catches up.

Chainlit sends the parts of an answer to the socket that asked. Reload the page meanwhile, open the conversation on
a second device or lose the network for a moment, and the answer never arrives there although it is kept.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import chainlit as cl
import chainlit.server
import chainlit.session
import chainlit.socket
from chainlit.context import context, init_ws_context
from chainlit.data import get_data_layer
from chainlit.emitter import ChainlitEmitter
from chainlit.session import WebsocketSession
from chainlit.types import ThreadDict

from bot.ui.notices import send_to

Emit = Callable[[str, Any], Awaitable[None]]
SHOWN = frozenset({"new_message", "update_message", "delete_message", "element", "remove_element"})
MOMENT = 0.05  # seconds, for a window to draw its conversation before it hears that an answer is on its way


class Threads:
    """Which conversations are being answered, and the windows they are open in."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._running: Counter[str] = Counter()

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Mark the conversation of this session as being answered, in all its windows."""
        session = context.session
        thread = session.thread_id
        self._running[thread] += 1
        try:
            for other in windows(session):
                await send_to(other, "task_start", {})
            yield
        finally:
            self._running[thread] -= 1
            if not self._running[thread]:
                del self._running[thread]
            for other in windows(session):
                await send_to(other, "task_end", {})

    def is_answering(self, thread: str) -> bool:
        """Return whether an answer for a conversation is on its way."""
        return thread in self._running

    def show_running(self) -> None:
        """Tell the window that just opened its conversation that an answer is on its way."""
        session = context.session
        assert isinstance(session, WebsocketSession)

        async def show() -> None:
            await asyncio.sleep(MOMENT)
            if self.is_answering(session.thread_id):
                await send_to(session, "task_start", {})

        session.current_task = asyncio.create_task(show())


def windows(session: object) -> list[WebsocketSession]:
    """Return the other open windows of the same conversation and the same person."""
    if not isinstance(session, WebsocketSession):
        return []
    return [
        other
        for other in list(chainlit.session.ws_sessions_sid.values())
        if other is not session and other.thread_id == session.thread_id and _name(other) == _name(session)
    ]


def unanswered(thread: ThreadDict) -> Mapping[str, Any] | None:
    """Return the last question of a conversation where nothing follows it."""
    said = [step for step in thread["steps"] or [] if step["type"] in ("user_message", "assistant_message")]
    return said[-1] if said and said[-1]["type"] == "user_message" else None


def show_in_all_windows() -> None:
    """Send questions and the parts of their answers to every window of the conversation."""
    original = ChainlitEmitter.process_message

    async def process(emitter: ChainlitEmitter, payload: Any) -> cl.Message:
        # The parts of an answer hang below the question, so it must be there before them.
        message: cl.Message = await original(emitter, payload)
        for other in windows(emitter.session):
            await send_to(other, "new_message", message.to_dict())
        return message

    def emit(emitter: ChainlitEmitter) -> Emit:
        session = emitter.session

        async def send(event: str, data: object) -> None:
            await send_to(session, event, data)
            for other in windows(session) if event in SHOWN else ():
                await send_to(other, event, data)

        return send

    setattr(ChainlitEmitter, "process_message", process)  # noqa: B010 - mypy knows the method
    setattr(ChainlitEmitter, "emit", property(emit))  # noqa: B010 - mypy knows the property


def name_threads_by_window(secret: str) -> None:
    """Give a window the same conversation again after the server restarted.

    The page knows its own id and not yet its conversation's; the original makes up a new conversation then, and the
    next question lands in another one than the reader sees.
    """
    original = WebsocketSession.__init__
    space = uuid.uuid5(uuid.NAMESPACE_OID, secret)

    def made(session: WebsocketSession, **values: Any) -> None:
        fresh = not values.get("thread_id")
        original(session, **values)
        if fresh:
            session.thread_id = str(uuid.uuid5(space, f"{_name(session)}\n{session.id}"))

    setattr(WebsocketSession, "__init__", made)  # noqa: B010 - mypy knows the method


def catch_up(
    resumed: Callable[[ThreadDict], Awaitable[None]], offered: Callable[[], Awaitable[None]]
) -> None:
    """Show a window that comes back what it missed: after a lost network, or a restart of the server.

    A page may connect twice before its first question. What a conversation begins with (`offered`, the settings)
    then went to the connection that is gone, and the original says it only once.
    """
    original = chainlit.socket.connection_successful

    async def connected(sid: str) -> None:
        session = WebsocketSession.require(sid)
        init_ws_context(session)
        missed, began = None, session.restored and session.chat_started
        if not session.thread_id_to_resume and (session.has_first_interaction or not session.restored):
            missed = await _kept(session)
        if missed is None:
            await original(sid)
            if began and not session.has_first_interaction:
                await offered()
            return
        await context.emitter.task_end()
        session.has_first_interaction = session.chat_started = True
        await resumed(missed)
        await context.emitter.resume_thread(missed)

    chainlit.server.sio.on("connection_successful", connected)


async def _kept(session: WebsocketSession) -> ThreadDict | None:
    """Return the conversation of a window as it is kept, None where there is none of this person."""
    layer = get_data_layer()
    if layer is None or session.user is None:
        return None
    thread: ThreadDict | None = await layer.get_thread(session.thread_id)
    if thread is None or thread["userIdentifier"] != session.user.identifier or not thread["steps"]:
        return None
    settings = thread["metadata"] or {}
    if not session.restored:
        session.chat_profile = settings.get("chat_profile") or session.chat_profile
        session.chat_settings = settings.get("chat_settings") or session.chat_settings
    return thread


def _name(session: WebsocketSession) -> str | None:
    return session.user.identifier if session.user else None
