"""The ways in for programs on one server: the HTTP interface at `/api` and MCP at `/mcp`, beside the chat or alone.

Both ask the same pipeline under the same tokens, access rules and limits.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import TYPE_CHECKING

from bot.listening import Announce, listen, run_server

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.applications import Starlette

    from bot.pipeline import Pipeline
    from bot.settings import Settings


def mount_programs(app: Starlette, pipeline: Pipeline, store: Engine) -> AbstractAsyncContextManager[None]:
    """Put `/api` and `/mcp` before all paths of an application, and return what must run as long as it does.

    Before all of them, because a chat may catch every path.
    """
    from starlette.routing import Mount, Route

    from bot.api.app import build_api
    from bot.api.service import Service
    from bot.api.work import Bench
    from bot.mcp.http import http_app
    from bot.store.tokens import user_of

    def who(secret: str) -> str | None:
        return user_of(store, secret)

    service = Service(pipeline)
    bench = Bench(pipeline.interrupt)
    gated, server = http_app(service, who, bench)
    logging.getLogger("mcp").setLevel(logging.WARNING)  # the server makes it loud while it is built
    app.router.routes[:0] = [
        Mount("/api", app=build_api(service, who, bench=bench)),
        Route("/mcp", endpoint=gated),
    ]

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield
        bench.close()

    return running()


def serve_programs(
    settings: Settings, *, host: str, port: int, announce: Announce, progress: Announce | None = None
) -> None:
    """Serve `/api` and `/mcp` without the chat until SIGTERM or Ctrl-C.

    Raises:
        AskGrowthError: the workspace has problems, or the port is taken.
    """
    import asyncio

    from starlette.applications import Starlette

    from bot.reloading import Reloader
    from bot.store.database import database_url, open_store
    from bot.wiring import open_pipeline

    with closing(listen(host, port)) as listener:
        pipeline = open_pipeline(settings, progress)
        store = open_store(database_url(settings))
        reloader = Reloader(pipeline, announce)

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            async with mount_programs(app, pipeline, store):
                reloader.start()
                yield
                reloader.close()

        try:
            asyncio.run(run_server(Starlette(lifespan=lifespan), listener, announce))
        finally:
            store.dispose()
            pipeline.layer.close()
