"""`askgrowth check` and `askgrowth doctor`: is the workspace right, and is this machine fit?"""

from __future__ import annotations

import typer

from bot.cli.output import JsonOption, WorkspaceOption, note, say, say_json
from bot.settings import read_settings
from bot.wiring import demo_data


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("check")(check)
    app.command("doctor")(doctor)


def check(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """检查 YAML 与数据 / Validate YAML and data; exit 1 when there is a problem."""
    from semantic_layer.check import check_workspace

    settings = read_settings(workspace)
    data_dir = demo_data(settings.state_dir, note) if settings.is_demo else None
    report = check_workspace(settings.workspace, state_dir=settings.state_dir, data_dir=data_dir)
    if as_json:
        say_json(report.to_json())
    else:
        for line in report.lines():
            say(line)
    raise typer.Exit(0 if report.ok else 1)


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
