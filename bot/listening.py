"""A socket to listen on and a server that ends when asked to: shared by the chat, the HTTP interface and MCP."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from types import FrameType

GRACE_SECONDS = 2
LOOPBACK = ("127.0.0.1", "localhost")
Announce = Callable[[Text], None]


class ServeError(AskGrowthError):
    """A server cannot start as asked."""

    code = "cannot_serve"


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
