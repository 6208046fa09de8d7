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
    api_only: Annotated[
        bool,
        typer.Option(
            "--api-only", help="只开 HTTP 接口 /api,不开对话页面 / the HTTP interface without the chat."
        ),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """启动对话页面与 HTTP 接口 / Start the chat, and the HTTP interface beside it at /api (page: /api/docs)."""
    if api_only:
        from bot.api.serve import serve_api

        serve_api(read_settings(workspace), host=host, port=port, announce=note, progress=note)
        return
    from bot.ui import server

    server.serve(read_settings(workspace), host=host, port=port, progress=note)
