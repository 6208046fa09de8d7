"""`askgrowth metrics` and `askgrowth tools`: what can be asked."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.output import (
    JsonOption,
    LocaleOption,
    TodayOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    read_today,
    say,
    say_json,
)
from bot.settings import read_settings

tools_app = typer.Typer(invoke_without_command=True, help="分析工具 / the prebuilt analyses.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("metrics")(metrics)
    app.add_typer(tools_app, name="tools")


def metrics(
    as_json: JsonOption = False,
    locale: LocaleOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """列出全部指标与维度 / List every metric with its definition, and the dimensions."""
    from bot.catalog_view import metric_rows, to_json
    from bot.wiring import open_layer

    layer = open_layer(read_settings(workspace), note)
    shown_in = read_locale(locale) or layer.settings.locale
    if as_json:
        say_json(to_json(layer.catalog))
        return
    from bot.terminal import show_grid

    header, rows = metric_rows(layer.catalog, shown_in)
    show_grid(header, rows)


@tools_app.callback()
def tools(context: typer.Context, as_json: JsonOption = False, locale: LocaleOption = None) -> None:
    """列出分析工具 / List the prebuilt analyses."""
    if context.invoked_subcommand is not None:
        return
    from tools.registry import Registry

    shown_in = read_locale(locale) or "zh-CN"
    listed = [
        {"name": tool.name, "label": tool.label.at(shown_in), "examples": list(tool.examples.all())}
        for tool in Registry.load().tools.values()
    ]
    if as_json:
        say_json(listed)
        return
    for tool in listed:
        say(f"{tool['name']}  {tool['label']}")
        for example in tool["examples"]:
            say(f"    {example}")


@tools_app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="askgrowth tools")],
    *,
    inputs: Annotated[str, typer.Option("--inputs", help="JSON")] = "{}",
    as_json: JsonOption = False,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """运行一个分析 / Run one analysis without language."""
    from bot.cli.output import EXIT
    from bot.plan import ToolPlan
    from bot.wiring import open_pipeline

    try:
        values = json.loads(inputs)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--inputs") from error
    if not isinstance(values, dict):
        raise typer.BadParameter("a JSON object", param_hint="--inputs")
    pipeline = open_pipeline(read_settings(workspace), note)
    answer = pipeline.run(
        ToolPlan(kind="tool", name=name, inputs=values),
        locale=read_locale(locale),
        today=read_today(today),
        user=user,
    )
    if as_json:
        from bot.json_out import to_json

        say_json(to_json(answer, answer.locale))
    else:
        from bot.terminal import show

        show(answer)
    raise typer.Exit(EXIT[answer.outcome])
