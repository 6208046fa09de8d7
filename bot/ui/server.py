"""Starts the chat server: one call that returns when the server has stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.jobs.scheduler import Scheduler
from bot.login import HEADER, SECRET, SECRET_HEADER, Login
from bot.store.database import database_url, open_async, open_store
from bot.ui.app_folder import NO_SUCH_ENV_FILE, make_app_folder, write_readme
from bot.ui.backend import Backend, open_backend
from bot.ui.chat import Chat
from bot.ui.telemetry import leave_out_telemetry
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import LOCALES, Text

if TYPE_CHECKING:
    from types import FrameType

    from sqlalchemy import Engine

    from bot.settings import Settings
    from bot.ui.app import Handlers

CHAT_FOLDER = "chat"  # below the state folder: what a running chat writes beside the database
LOOPBACK = ("127.0.0.1", "localhost")
GRACE_SECONDS = 2
Announce = Callable[[Text], None]


class ServeError(AskGrowthError):
    """The chat server cannot start as asked."""

    code = "cannot_serve"


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
    home = settings.state_dir / CHAT_FOLDER
    _check_login(settings.login, host)
    with closing(listen(host, port)) as listener:
        folder = _folder(home, settings.login)
        try:
            with closing(_Store(database_url(settings))) as store:
                with ThreadPoolExecutor(1) as opener:
                    # Chainlit takes two seconds to import; the workspace opens meanwhile.
                    opening = (
                        opener.submit(open_backend, settings, store.engine, progress)
                        if backend is None
                        else _done(backend)
                    )
                    _import_chainlit(folder, settings, home)
                    opened = opening.result()
                write_readme(folder, opened.workspace)
                guard = partial(_guard, store.engine, host, settings.login)
                asyncio.run(_serve(opened, store, guard, (home, folder), listener, announce or _print))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _check_login(login: Login, host: str) -> None:
    """Refuse to believe a header that anybody on the network could send."""
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


def _folder(home: Path, login: Login) -> Path:
    try:
        return make_app_folder(home / "run", session_hours=login.hours)
    except OSError as error:
        raise ServeError(
            Text(zh=f"无法写入 {home}:{error.strerror}。", en=f"Cannot write to {home}: {error.strerror}."),
            Text(
                zh="设置 ASKGROWTH_STATE_DIR 为可写、有空间的文件夹。",
                en="Set ASKGROWTH_STATE_DIR to a writable folder with room.",
            ),
        ) from error


class _Store:
    """The app database, opened with the newest schema for threads; `url` opens it for the event loop."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_store(url)

    def close(self) -> None:
        self.engine.dispose()


def _done(backend: Backend) -> Future[Backend]:
    future: Future[Backend] = Future()
    future.set_result(backend)
    return future


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; ServeError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    listener.set_inheritable(True)
    return listener


def _cannot_listen(host: str, port: int, error: Exception) -> ServeError:
    import errno

    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return ServeError(
            Text(zh=f"端口 {port} 已被占用。", en=f"Port {port} is already in use."),
            Text(
                zh=f"换一个:askgrowth serve --port {port + 1};或先关掉占用它的程序。",
                en=f"Choose another, askgrowth serve --port {port + 1}, or stop the program that uses it.",
            ),
        )
    return ServeError(
        Text(zh=f"无法监听 {host}:{port}:{error}。", en=f"Cannot listen on {host}:{port}: {error}."),
        Text(
            zh="端口在 1024–65535 之间选,地址用 127.0.0.1(只在本机可见)。",
            en="Use a port from 1024 to 65535, and 127.0.0.1 to be seen by this machine only.",
        ),
    )


def _import_chainlit(folder: Path, settings: Settings, home: Path) -> None:
    """Import Chainlit with its folder, secret and files in their places; it reads them while it is imported."""
    os.environ["CHAINLIT_APP_ROOT"] = str(folder)
    os.environ["CHAINLIT_ENV_FILE"] = str(
        folder / NO_SUCH_ENV_FILE
    )  # it would load .env of the working directory
    leave_out_telemetry()
    logging.getLogger("chainlit").setLevel(logging.ERROR)
    import chainlit.config

    from bot.ui.access import signing_secret

    os.environ["CHAINLIT_AUTH_SECRET"] = settings.chainlit_auth_secret or signing_secret(home)
    chainlit.config.config.run.headless = True


async def _serve(
    backend: Backend,
    store: _Store,
    guard: Callable[[], bool],
    folders: tuple[Path, Path],
    listener: socket.socket,
    announce: Announce,
) -> None:
    import chainlit.server

    from bot.pipeline import Pipeline
    from bot.ui.data_layer import StoreDataLayer

    engine = open_async(store.url)
    chat = Chat(backend.counting(), backend.interrupt)
    data = StoreDataLayer(engine)
    handlers = _register(chat, backend, data)
    from bot.ui.ratings import check_ratings

    login = guard()
    check_ratings(store.engine)
    if backend.layer is not None:
        from bot.ui.pages import add_pages

        add_pages(backend.layer, chat, login=login)
    if isinstance(backend.asker, Pipeline):
        from bot.api.serve import mount_api

        mount_api(chainlit.server.app, backend.asker, store.engine)
    from bot.ui.sharing import LinkOpener

    chainlit.server.app.add_middleware(LinkOpener)
    _patch(*folders)
    _join_windows(handlers)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        # Chainlit's own ends the process with os._exit, before anything of ours is closed.
        for question in backend.starters[LOCALES[0]][:1]:
            chat.warm_up(question)
        clockwork = Scheduler(backend.runner)
        clockwork.start()
        yield
        clockwork.close()
        chat.close()
        await data.keeper.close()
        await engine.dispose()

    chainlit.server.app.router.lifespan_context = lifespan
    await run_server(chainlit.server.app, listener, announce)


def _register(chat: Chat, backend: Backend, layer: Any) -> Handlers:
    import chainlit as cl

    from bot.ui.app import Handlers

    cl.data_layer(lambda: layer)
    handlers = Handlers(chat, backend)
    handlers.register()
    return handlers


def _guard(engine: Engine, host: str, login: Login) -> bool:
    """Believe the proxy where one is set up, else ask for a password where users exist; return whether either is.

    Else the local user is let in, on this machine only.
    """
    import chainlit.server
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from bot.store.users import has_users
    from bot.ui.access import believe_header, let_local_user_in, require_passwords

    if login.header is not None:
        believe_header(login)
        return True
    if has_users(engine):
        require_passwords(engine)
        return True
    let_local_user_in()
    if host in LOOPBACK:
        # Without a login, a page elsewhere must not reach the chat through a name that points here.
        chainlit.server.app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    return False


def _join_windows(handlers: Handlers) -> None:
    """Show a conversation alike in all its windows, also in those that come back."""
    from chainlit.auth.jwt import get_jwt_secret

    from bot.ui import threads

    threads.show_in_all_windows()
    threads.name_threads_by_window(get_jwt_secret() or "")
    threads.catch_up(handlers.resumed)


def _patch(home: Path, folder: Path) -> None:
    from bot.ui import patches

    patches.strip_outside_requests()
    patches.use_one_configuration()
    patches.stop_quietly()
    patches.serve_one_avatar()
    patches.serve_assets_compressed(home / "compressed", folder / "public")


async def run_server(app: Any, listener: socket.socket, announce: Announce) -> None:
    """Serve an application on a socket until SIGTERM or Ctrl-C; its address is announced once it answers."""
    import uvicorn

    host, port = listener.getsockname()[:2]

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                shown = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
                announce(
                    Text(
                        zh=f"问增长已就绪:{shown}(Ctrl-C 停止)",
                        en=f"AskGrowth is ready: {shown} (Ctrl-C stops it)",
                    )
                )

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            super().handle_exit(sig, frame)
            self._captured_signals.clear()  # a stop that was asked for is not a failure: exit code 0

    config = uvicorn.Config(
        app, log_level="error", loop="asyncio", timeout_graceful_shutdown=GRACE_SECONDS, ws_max_size=2**20
    )
    await Server(config).serve(sockets=[listener])


def _print(text: Text) -> None:
    sys.stdout.write(f"{text.zh}\n{text.en}\n")
    sys.stdout.flush()
