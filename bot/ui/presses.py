"""No press of a button, no question and no file is lost while the connection comes back.

Chainlit answers a button that is pressed before the window's socket is back (after a lost network, a restart of the
server, a page that connects a second time) with an internal error, shows a question that arrives in that moment
nowhere, and refuses a file. Here each waits for its window. Where that takes longer than a moment a page that pressed
a button is told so and presses again, and a press that arrives twice, because its reply was lost on the way, is
carried out once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakSet

import chainlit.server
import chainlit.socket
from chainlit.auth import get_current_user
from chainlit.session import WebsocketSession
from chainlit.types import CallActionRequest
from chainlit.user import PersistedUser, User
from fastapi import Depends, Response, UploadFile
from fastapi.responses import JSONResponse

from bot.ui.notices import send_to
from bot.ui.patches import first

WAIT_SECONDS = 1.0  # then the page is told: it knows best which window is its own by now
KEPT_SECONDS = 60.0  # a reply is kept for the press that comes again
QUESTION_WAITS_SECONDS = 20.0

_HERE: WeakSet[WebsocketSession] = WeakSet()
_AWAITED: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)  # by the id of a window


def lose_no_press() -> None:
    """Let buttons, questions and files wait for their window; call it once all that handles connections is set."""
    _watch_windows()
    _let_questions_wait()
    presses, who = _Presses(), Depends(get_current_user)

    async def pressed(payload: CallActionRequest, reader: User | PersistedUser | None = who) -> Response:
        if not await _is_here(payload.sessionId, WAIT_SECONDS):
            return JSONResponse({"success": False, "reconnecting": True})
        content = payload.action.get("payload")
        name = content.pop("press", None) if isinstance(content, dict) else None
        owner = reader.identifier if reader else ""
        return await presses.once(
            f"{owner}\n{name}" if name else None, lambda: chainlit.server.call_action(payload, reader)
        )

    async def dropped(
        session_id: str,
        file: UploadFile,
        ask_parent_id: str | None = None,
        reader: User | PersistedUser | None = who,
    ) -> Response:
        await _is_here(session_id, QUESTION_WAITS_SECONDS)
        reply: Response = await chainlit.server.upload_file(reader, session_id, file, ask_parent_id)
        return reply

    first("/project/action", pressed, methods=("POST",))
    first("/project/file", dropped, methods=("POST",))


class _Presses:
    """Carries out each press once."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Response]] = {}

    async def once(self, name: str | None, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        """Return the reply to a press: of the work, or of the same press that came before."""
        if name is None:
            return await work()
        task = self._tasks.get(name)
        if task is None:
            loop = asyncio.get_running_loop()
            task = self._tasks[name] = loop.create_task(work())
            loop.call_later(KEPT_SECONDS, self._tasks.pop, name, None)
        return await asyncio.shield(task)


def _arrive(session: WebsocketSession) -> None:
    _HERE.add(session)
    for awaited in _AWAITED.pop(session.id, ()):
        awaited.set_result(None)


def _watch_windows() -> None:
    """Know which windows are there: connected, and shown what they missed."""
    restore, connected = WebsocketSession.restore, chainlit.server.sio.handlers["/"]["connection_successful"]
    disconnected = chainlit.socket.disconnect

    def restored(session: WebsocketSession, new_socket_id: str) -> None:
        _HERE.discard(session)
        restore(session, new_socket_id)

    async def shown(sid: str) -> None:
        try:
            await connected(sid)
        finally:
            session = WebsocketSession.get(sid)
            if session is not None:
                _arrive(session)

    async def gone(sid: str) -> None:
        session = WebsocketSession.get(sid)
        if session is not None:
            _HERE.discard(session)
        await disconnected(sid)

    setattr(WebsocketSession, "restore", restored)  # noqa: B010 - mypy knows the method
    chainlit.server.sio.on("connection_successful", shown)
    chainlit.server.sio.on("disconnect", gone)


def _let_questions_wait() -> None:
    """Let a question that was sent before the window is there wait for it, and show it there.

    A page sends what it held back before it says that it is connected, and is then shown the conversation as it is
    kept, without that question.
    """
    original = chainlit.socket.message

    async def asked(sid: str, payload: Any) -> None:
        session = WebsocketSession.require(sid)
        if session not in _HERE:
            await _is_here(session.id, QUESTION_WAITS_SECONDS)
            await send_to(session, "new_message", payload["message"])
        await original(session.socket_id, payload)

    chainlit.server.sio.on("client_message", asked)


async def _is_here(session_id: str, seconds: float) -> bool:
    """Return whether a window is there, waiting for it a while."""
    session = WebsocketSession.get_by_id(session_id)
    if session is not None and session in _HERE:
        return True
    arrival: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _AWAITED[session_id].add(arrival)
    done, _ = await asyncio.wait([arrival], timeout=seconds)
    if not done:
        _AWAITED[session_id].discard(arrival)
        if not _AWAITED[session_id]:
            del _AWAITED[session_id]
    return bool(done)
