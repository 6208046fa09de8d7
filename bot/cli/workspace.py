"""`askgrowth check`, `askgrowth import` and `askgrowth doctor`: is the workspace right, and is this machine fit?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import JsonOption, WorkspaceOption, note, say, say_json
from bot.settings import read_settings
from bot.wiring import demo_data


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("check")(check)
    app.command("import")(import_definitions)
    app.command("doctor")(doctor)


def check(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """检查 YAML 与数据 / Validate YAML and data; exit 1 when there is a problem."""
    from semantic_layer.check import check_workspace

    settings = read_settings(workspace)
    data_dir = demo_data(settings.state_dir, note) if settings.is_demo else None
    report = check_workspace(
        settings.workspace, state_dir=settings.state_dir, data_dir=data_dir, environ=settings.variables
    )
    if as_json:
        say_json(report.to_json())
    else:
        for line in report.lines():
            say(line)
    raise typer.Exit(0 if report.ok else 1)


def import_definitions(
    source: Annotated[
        Path,
        typer.Argument(help="dbt 项目、YAML 或 semantic_manifest.json / a dbt project, YAML or a manifest."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写到这个文件夹 / the folder to write; without it only the report."),
    ] = None,
    schemas: Annotated[
        bool, typer.Option("--schemas", help="表名保留库名 / keep schemas in table names.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """导入 dbt 语义层的定义,并报告损失 / Write our YAML from dbt's, with a report of what is lost."""
    from semantic_layer.importing import import_source
    from semantic_layer.importing.saving import save

    made = import_source(source, schemas=schemas)
    if out is not None:
        save(made, out)
    if as_json:
        say_json(made.to_json())
        return
    for loss in made.losses:
        say(f"- {loss.shown('zh-CN')}")
        say(f"  {loss.shown('en-US')}")
    count, off = len(made.metrics), len(made.disabled)
    say(f"{count} 个指标,其中 {off} 个停用 / {count} metrics, {off} of them disabled")
    if out is not None:
        say(f"已写入 / Written: {out} (import-report.md)")


def doctor(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """自检 / Check this installation, the workspace and its data; exit 1 when something is broken."""
    from bot.doctor import examine

    findings = examine(read_settings(workspace), note)
    if as_json:
        say_json([finding.to_json() for finding in findings])
    else:
        for finding in findings:
            mark = "✓" if finding.ok else "✗"
            say(f"{mark} {finding.name.zh} / {finding.name.en}: {finding.detail}")
            if not finding.ok and finding.mend is not None:
                say(f"    {finding.mend.zh} / {finding.mend.en}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
