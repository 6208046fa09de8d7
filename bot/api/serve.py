"""The HTTP interface where it is served: mounted beside the chat, or alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.api.app import build_api
from bot.api.service import Service
from semantic_layer.text import Text

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Engine
    from starlette.applications import Starlette

    from bot.pipeline import Pipeline
    from bot.settings import Settings

Announce = Callable[[Text], None]


def mount_api(app: Starlette, pipeline: Pipeline, store: Engine) -> FastAPI:
    """Put the interface at `/api` of another application, before all its own paths: a chat may catch every path."""
    from starlette.routing import Mount

    from bot.store.tokens import user_of

    api = build_api(Service(pipeline), lambda secret: user_of(store, secret))
    app.router.routes.insert(0, Mount("/api", app=api))
    return api


def serve_api(
    settings: Settings, *, host: str, port: int, announce: Announce, progress: Announce | None = None
) -> None:
    """Serve the interface alone until SIGTERM or Ctrl-C.

    Raises:
        AskGrowthError: the workspace has problems, or the port is taken.
    """
    import asyncio
    from contextlib import closing

    from fastapi import FastAPI

    from bot.listening import listen, run_server
    from bot.store.database import database_url, open_store
    from bot.wiring import open_pipeline

    logging.getLogger("mcp").setLevel(logging.WARNING)
    with closing(listen(host, port)) as listener:
        pipeline = open_pipeline(settings, progress)
        store = open_store(database_url(settings))
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        mount_api(app, pipeline, store)
        try:
            asyncio.run(run_server(app, listener, announce))
        finally:
            store.dispose()
            pipeline.layer.close()
