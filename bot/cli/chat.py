"""`askgrowth serve`: the chat in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import WorkspaceOption, note
from bot.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve")(serve)


def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="默认只在本机可见 / this machine only by default.")
    ] = "127.0.0.1",
    workspace: WorkspaceOption = None,
) -> None:
    """启动对话页面 / Start the chat."""
    from bot.ui import server

    server.serve(read_settings(workspace), host=host, port=port, progress=note)
