"""Starts the chat server: one call that returns when the server has stopped."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.following.asker import CountingAsker
from bot.jobs.scheduler import Scheduler
from bot.listening import LOOPBACK, Announce, ServeError, listen, run_server
from bot.login import HEADER, SECRET, SECRET_HEADER, Login
from bot.store.database import database_url, open_conversations, open_store
from bot.store.statements import Statements
from bot.ui.app_folder import write_readme
from bot.ui.backend import Backend, open_backend
from bot.ui.chainlit_setup import app_folder, import_chainlit, join_windows, mend_chainlit
from bot.ui.chat import Chat
from bot.ui.warming import Warming, without_collecting
from semantic_layer.text import LOCALES, Text

if TYPE_CHECKING:
    import socket

    from sqlalchemy import Engine

    from bot.settings import Settings
    from bot.ui.app import Handlers

TICK_SECONDS = 5.0
TURN_SECONDS = 0.001
# Plotly and scikit-learn both import it, from its two ends: two questions that load them at once would wait for each
# other, and one of them fail.
SHARED_BELOW = "narwhals.stable"
CHAT_FOLDER = "chat"  # below the state folder: what a running chat writes beside the database


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a server works with: the workspace, the app database, who may come in, its folders."""

    backend: Backend
    store: Engine
    settings: Settings
    host: str
    home: Path
    folder: Path


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    backend: Backend | None = None,
    announce: Announce | None = None,
    progress: Announce | None = None,
) -> None:
    """Serve the chat until SIGTERM or Ctrl-C, then return.

    The address is announced once requests are answered. Port 0 takes any free port. `backend` is the opened
    workspace where the caller has it already; else `progress` hears what opening it takes (demo data).

    Raises:
        ServeError: the port is taken, or the host is not an address of this machine.
        AskGrowthError: the workspace has problems.
    """
    # An analysis computes in Python: the event loop and short questions must get their turn sooner than every 5 ms.
    sys.setswitchinterval(TURN_SECONDS)
    home = settings.state_dir / CHAT_FOLDER
    check_login(settings.login, host)
    with closing(listen(host, port)) as listener:
        folder = app_folder(home, settings.login)
        try:
            store = open_store(database_url(settings))
            try:
                with without_collecting(), ThreadPoolExecutor(1) as opener:
                    # Chainlit takes two seconds to import; the workspace opens meanwhile.
                    opening = (
                        opener.submit(open_backend, settings, store, progress)
                        if backend is None
                        else _done(backend)
                    )
                    import_chainlit(folder, settings, home)
                    importlib.import_module(SHARED_BELOW)
                    opened = _Opened(opening.result(), store, settings, host, home, folder)
                write_readme(folder, opened.backend.workspace)
                asyncio.run(_serve(opened, listener, announce or _print))
            finally:
                store.dispose()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def check_login(login: Login, host: str) -> None:
    """Refuse to believe a header that anybody on the network could send.

    Raises:
        ServeError: other machines reach the server, and the proxy has no secret.
    """
    if login.header is not None and login.secret is None and host not in LOOPBACK:
        raise ServeError(
            Text(
                zh=f"{HEADER} 已设,但没有 {SECRET},而 {host} 别的机器也能访问:任何人都能冒充任何人。",
                en=f"{HEADER} is set without {SECRET}, and other machines can reach {host}: "
                "anybody could sign in as anybody.",
            ),
            Text(
                zh=f"设置 {SECRET},让代理在 {SECRET_HEADER} 里带上它;或者只监听 127.0.0.1。",
                en=f"Set {SECRET} and let the proxy send it as {SECRET_HEADER}, or listen on 127.0.0.1 only.",
            ),
        )


def _done(backend: Backend) -> Future[Backend]:
    future: Future[Backend] = Future()
    future.set_result(backend)
    return future


async def _serve(opened: _Opened, listener: socket.socket, announce: Announce) -> None:
    import chainlit.server

    from bot.ui.access import guard
    from bot.ui.data_layer import StoreDataLayer
    from bot.ui.ratings import check_ratings

    backend = opened.backend
    asker = backend.counting()
    chat = Chat(asker, backend.interrupt)
    data = StoreDataLayer(Statements(open_conversations(database_url(opened.settings))))
    handlers = _register(chat, backend, data)
    login = guard(opened.store, opened.host, opened.settings.login)
    check_ratings(opened.store)
    beside = _beside(opened, chat, handlers, announce, login=login)
    mend_chainlit(opened.home, opened.folder)
    join_windows(handlers)
    clockwork = Scheduler(backend.runner)
    warming = Warming(
        partial(chat.warm_up, one) for locale in LOCALES for one in backend.starters[locale][:1]
    )

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        # Chainlit's own ends the process with os._exit, before anything of ours is closed.
        warming.start()
        clockwork.start()
        async with beside:
            yield
            warming.close()
            chat.close()
            if isinstance(asker, CountingAsker):
                asker.close()
        ending = threading.Thread(target=clockwork.close, daemon=True)
        ending.start()
        ending.join(
            TICK_SECONDS
        )  # a run that takes longer is taken over by the next server, like after a crash
        await data.close()

    chainlit.server.app.router.lifespan_context = lifespan
    await run_server(chainlit.server.app, listener, announce)


def _register(chat: Chat, backend: Backend, layer: Any) -> Handlers:
    import chainlit as cl

    from bot.ui.app import Handlers

    cl.data_layer(lambda: layer)
    handlers = Handlers(chat, backend)
    handlers.register()
    return handlers


@asynccontextmanager
async def _beside(
    opened: _Opened, chat: Chat, handlers: Handlers, announce: Announce, *, login: bool
) -> AsyncIterator[None]:
    """Serve the pages, `/api` and `/mcp` on the chat's own server, and follow the workspace, while it runs."""
    import chainlit.server

    from bot.pipeline import Pipeline
    from bot.programs import mount_programs
    from bot.reloading import Reloader
    from bot.ui.pages import add_digest_page, add_own_pages, add_pages

    backend = opened.backend
    if backend.own is not None:
        add_own_pages(backend.own, chat, login=login)
    add_digest_page(opened.store, chat)
    pipeline, renewed = backend.asker, backend.renewed
    if not isinstance(pipeline, Pipeline) or renewed is None:
        yield
        return
    add_pages(pipeline, chat, login=login)
    pipeline.on_change(lambda layer: handlers.use(renewed(layer)))
    reloader = Reloader(pipeline, announce)
    async with mount_programs(chainlit.server.app, pipeline, opened.store):
        reloader.start()
        yield
        reloader.close()


def _print(text: Text) -> None:
    sys.stdout.write(f"{text.zh}\n{text.en}\n")
    sys.stdout.flush()
