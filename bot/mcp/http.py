"""The MCP server over streamable HTTP: behind the same tokens as the HTTP interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.api.app import GET_TOKEN, NO_TOKEN
from bot.api.service import Service
from bot.api.work import Bench
from bot.mcp.server import build_server

if TYPE_CHECKING:
    from mcp.server.fastmcp import Context, FastMCP
    from starlette.types import ASGIApp, Receive, Scope, Send

KEY = "askgrowth_user"


class TokenGate:
    """Lets only requests with a valid token through, and tells the application whose it is."""

    def __init__(self, app: ASGIApp, who: Callable[[str], str | None]) -> None:
        """Take the application and the look-up of tokens."""
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        import anyio.to_thread

        sent = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        kind, _, secret = sent.partition(" ")
        found = (
            await anyio.to_thread.run_sync(self._who, secret.strip()) if kind.lower() == "bearer" else None
        )
        if found is None:
            said = {
                "error": NO_TOKEN.en,
                "mend": GET_TOKEN.en,
                "error_zh": NO_TOKEN.zh,
                "mend_zh": GET_TOKEN.zh,
            }
            body = json.dumps(said, ensure_ascii=False).encode()
            headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app({**scope, KEY: found}, receive, send)


def caller(context: Context[Any, Any, Any]) -> str | None:
    """Return the user whose token came with the request of a call."""
    request = context.request_context.request
    assert request is not None
    user: str = request.scope[KEY]
    return user


def http_app(service: Service, who: Callable[[str], str | None], bench: Bench) -> tuple[ASGIApp, FastMCP]:
    """Return the application that answers at `/mcp`, and its server, whose session manager must run beside it."""
    server = build_server(service, caller, bench)
    # By itself it answers to local names only, against pages that reach it through a name of theirs: such a page
    # knows no token, and the server may well be asked for by the name of its machine.
    server.settings.transport_security = None
    return TokenGate(server.streamable_http_app(), who), server
