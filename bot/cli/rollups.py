"""`askgrowth rollups`: build the pre-aggregated tables that the YAML declares, and see which are in use."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import JsonOption, WorkspaceOption, note, say, say_json
from bot.settings import read_settings
from bot.wiring import open_layer

NamesArgument = Annotated[list[str] | None, typer.Argument(help="默认全部 / all by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(no_args_is_help=True, help="预聚合 / Pre-aggregated tables: build, list.")
    group.command("build")(build)
    group.command("list")(listed)
    app.add_typer(group, name="rollups")


def build(
    names: NamesArgument = None, as_json: JsonOption = False, workspace: WorkspaceOption = None
) -> None:
    """建立或刷新预聚合 / Build the rollups on the data as they are; needed again after the data change."""
    from semantic_layer.rollup_store import build_rollups

    built = build_rollups(open_layer(read_settings(workspace), note), names or ())
    if as_json:
        say_json([{"name": one.name, "rows": one.rows} for one in built])
        return
    for one in built:
        say(f"✓ {one.name}: {one.rows:,} 行 / rows, {one.seconds:.1f} s")
    if not built:
        say("YAML 里没有 rollups: / The YAML declares no rollups:")


def listed(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """列出预聚合 / List the declared rollups and whether they are built on the data as they are."""
    from semantic_layer.rollup_store import list_rollups

    found = list_rollups(open_layer(read_settings(workspace), note))
    if as_json:
        say_json([{"name": one.name, "built": one.rows is not None, "rows": one.rows} for one in found])
        return
    for one in found:
        state = "未建立 / not built" if one.rows is None else f"{one.rows:,} 行 / rows"
        say(f"{one.name}: {state}")
    if not found:
        say("YAML 里没有 rollups: / The YAML declares no rollups:")
