"""`askgrowth serve`: the chat in the browser."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Annotated

import typer

from bot.cli.output import WorkspaceOption, note
from bot.settings import read_settings

PATIENCE_SECONDS = 3.0


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve")(serve)


def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="默认只在本机可见 / this machine only by default.")
    ] = "127.0.0.1",
    api_only: Annotated[
        bool,
        typer.Option("--api-only", help="只开 /api 和 /mcp,不开对话页面 / /api and /mcp without the chat."),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """启动对话页面,以及 /api 和 /mcp / Start the chat, with /api (its page: /api/docs) and /mcp beside it."""
    if api_only:
        from bot.programs import serve_programs

        serve_programs(read_settings(workspace), host=host, port=port, announce=note, progress=note)
        _end()
        return
    from bot.ui import server

    server.serve(read_settings(workspace), host=host, port=port, progress=note)
    _end()


def _end() -> None:
    """End the process, also where a computation that nobody waits for any longer would keep it for minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    others = [one for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]
    for one in others:
        one.join(max(0.0, deadline - time.monotonic()))
    if any(one.is_alive() for one in others):
        sys.stdout.flush()
        os._exit(0)
