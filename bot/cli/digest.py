"""`askgrowth digest` and `askgrowth retrospective`: documents on screen or into a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.output import (
    LocaleOption,
    TodayOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    read_today,
    say,
)
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.documents.content import Document
    from semantic_layer.period import Period

OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="写入 .html .md .pdf .png / write to a file; screen: Markdown."),
]
FromOption = Annotated[str | None, typer.Option("--from", help="第一天 / first day, YYYY-MM-DD.")]
ToOption = Annotated[str | None, typer.Option("--to", help="最后一天 / last day, YYYY-MM-DD.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("digest")(digest)
    app.command("retrospective")(retrospective)


def digest(
    kind: Annotated[
        Literal["weekly", "monthly", "event"], typer.Argument(help="周报、月报、活动报告 / which.")
    ] = "weekly",
    *,
    role: Annotated[
        Literal["boss", "operations", "analyst"], typer.Option("--role", help="给谁看 / for whom.")
    ] = "boss",
    first: FromOption = None,
    last: ToOption = None,
    out: OutOption = None,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """周报、月报、活动报告 / A digest: what it was, why, where, what to do."""
    from bot.digests.making import Reader
    from bot.digests.making import digest as make
    from bot.wiring import open_pipeline

    _checked(out)
    settings = read_settings(workspace)
    reader = Reader(user, read_locale(locale), read_today(today))
    _, document = make(open_pipeline(settings, note), kind, role, reader, _period(first, last))
    _put(document, out, settings.workspace)


def retrospective(
    *,
    first: FromOption = None,
    last: ToOption = None,
    out: OutOption = None,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """复盘:目标、结果、原因、试过什么、继续停止开始 / A retrospective; without dates of the last whole month."""
    from bot.digests.making import Reader
    from bot.digests.making import retrospective as make
    from bot.wiring import open_pipeline

    _checked(out)
    settings = read_settings(workspace)
    reader = Reader(user, read_locale(locale), read_today(today))
    _, document = make(open_pipeline(settings, note), reader, _period(first, last))
    _put(document, out, settings.workspace)


def _checked(out: Path | None) -> None:
    from bot.digests.making import FORMS

    if out is not None and out.suffix.lower() not in FORMS:
        raise typer.BadParameter(", ".join(f"*{form}" for form in FORMS), param_hint="--out")


def _period(first: str | None, last: str | None) -> Period | None:
    from semantic_layer.period import Period

    start, end = read_today(first), read_today(last)
    if start is None and end is None:
        return None
    if start is None or end is None or end < start:
        raise typer.BadParameter("--from <= --to", param_hint="--from/--to")
    return Period.of(start, end + timedelta(days=1))


def _put(document: Document, out: Path | None, workspace: Path) -> None:
    from bot.digests.making import written
    from semantic_layer.text import Text

    content = written(document, out.suffix.lower() if out is not None else ".md", workspace)
    if out is None:
        say(content.decode())
        return
    out.write_bytes(content)
    note(Text(zh=f"已写入 {out}", en=f"Written to {out}"))
