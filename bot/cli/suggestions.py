"""`askgrowth suggestions`: the growth suggestions of a workspace, on screen or into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import (
    LocaleOption,
    TodayOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    read_today,
)
from bot.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("suggestions")(suggestions)


def suggestions(
    *,
    export: Annotated[
        Path | None, typer.Option("--export", help="写入 .md 或 .csv / write to .md or .csv")
    ] = None,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """增长建议清单 / Growth suggestions, sized and checked; --export writes Markdown or CSV."""
    from bot.cli.output import EXIT
    from bot.plan import ToolPlan
    from bot.terminal import show
    from bot.wiring import open_pipeline
    from semantic_layer.text import Text
    from tools.suggestions.export import to_csv, to_markdown

    if export is not None and export.suffix.lower() not in (".md", ".csv"):
        raise typer.BadParameter("*.md, *.csv", param_hint="--export")
    pipeline = open_pipeline(read_settings(workspace), note)
    answer = pipeline.run(
        ToolPlan(kind="tool", name="growth", inputs={}),
        locale=read_locale(locale),
        today=read_today(today),
        user=user,
    )
    if export is None or answer.outcome != "answer":
        show(answer)
    else:
        write = to_csv if export.suffix.lower() == ".csv" else to_markdown
        text = write(answer.suggestions, pipeline.layer.catalog.metrics, answer.locale)
        # The mark lets spreadsheets read Chinese; Markdown has none.
        export.write_text(text, encoding="utf-8-sig" if export.suffix.lower() == ".csv" else "utf-8")
        count = len(answer.suggestions)
        note(Text(zh=f"{count} 条建议写入 {export}", en=f"{count} suggestions written to {export}"))
    raise typer.Exit(EXIT[answer.outcome])
