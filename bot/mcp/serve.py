"""The MCP server over HTTP as a process of its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.settings import Settings


def serve_mcp(settings: Settings, *, host: str, port: int, announce: Callable[[Text], None]) -> None:
    """Serve `/mcp` until SIGTERM or Ctrl-C; every request needs a token of `askgrowth token add`.

    Raises:
        AskGrowthError: the workspace has problems, or the port is taken.
    """
    import asyncio

    from starlette.applications import Starlette
    from starlette.routing import Mount

    from bot.api.service import Service
    from bot.listening import listen, run_server
    from bot.mcp.http import http_app
    from bot.store.database import database_url, open_store
    from bot.store.tokens import user_of
    from bot.wiring import open_pipeline

    with closing(listen(host, port)) as listener:
        pipeline = open_pipeline(settings, announce)
        store = open_store(database_url(settings))
        gated, server = http_app(Service(pipeline), lambda secret: user_of(store, secret))
        # The server makes its logging loud while it is built.
        logging.getLogger("mcp").setLevel(logging.WARNING)

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            async with server.session_manager.run():
                yield

        app = Starlette(routes=[Mount("/", app=gated)], lifespan=lifespan)
        try:
            asyncio.run(run_server(app, listener, announce))
        finally:
            store.dispose()
            pipeline.layer.close()
