"""`askgrowth mcp`: the workspace as a server of the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import UserOption, WorkspaceOption, note
from bot.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("mcp")(mcp)


def mcp(
    *,
    http: Annotated[
        bool,
        typer.Option("--http", help="走 HTTP(/mcp,需要令牌),默认走标准输入输出 / over HTTP, with tokens."),
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8001,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """作为 MCP 服务,供其他助手调用 / Serve ask, query, metrics and run_analysis to other assistants."""
    from bot.api.service import Service

    settings = read_settings(workspace)
    if http:
        from bot.programs import serve_programs

        serve_programs(settings, host=host, port=port, announce=note, progress=note)
        return
    from bot.mcp.server import run_stdio
    from bot.wiring import open_pipeline

    run_stdio(Service(open_pipeline(settings, note)), user)
