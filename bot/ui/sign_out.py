"""An open window ends with its sign-in.

Chainlit looks at the cookie when a window connects and never again: a window left open would keep asking for days
after the sign-in of its user ended.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from typing import Any

import chainlit.server
import chainlit.socket
from chainlit.auth.cookie import get_token_from_cookies
from chainlit.session import WebsocketSession
from starlette.requests import cookie_parser

from bot.ui.labels import SIGNED_OUT
from bot.ui.notices import notice


def end_with_sign_in() -> None:
    """Tell every window when its sign-in ends, and close its connection then."""
    original = chainlit.socket.connect

    async def connect(sid: str, environ: dict[str, Any], auth: Any) -> Any:
        let_in = await original(sid, environ, auth)
        ends = _end_of(environ)
        if ends is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(max(0.0, ends - time.time()), lambda: loop.create_task(_end(sid)))
        return let_in

    chainlit.server.sio.on("connect", connect)


def _end_of(environ: dict[str, Any]) -> float | None:
    """Return when the cookie of a connection expires (seconds since 1970); it was checked before."""
    token = get_token_from_cookies(cookie_parser(environ.get("HTTP_COOKIE", "")))
    if not token:
        return None
    claims = token.split(".")[1]
    return float(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


async def _end(sid: str) -> None:
    session = WebsocketSession.get(sid)
    if session is None:  # closed long ago, or back under another connection
        return
    await notice(session, SIGNED_OUT)
    await chainlit.server.sio.disconnect(sid)
