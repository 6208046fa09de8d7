"""`askgrowth init`: a workspace proposed from your own files or database. Nothing leaves this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import JsonOption, say, say_json
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.onboarding.workspace import Made

QUESTIONS = 4


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(help="要新建的工作区文件夹 / the workspace's new folder.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV、Excel、Parquet、SQLite 文件 / files.", metavar="[FILES]..."),
    ] = None,
    *,
    source: Annotated[
        list[Path] | None, typer.Option("--from", help="同上,可重复 / a file; may be repeated.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", help="DuckDB/SQLite 文件,或 'postgres://user:${PASSWORD}@host/db' / a database."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="工作区的名字 / the workspace's name.")] = None,
    as_json: JsonOption = False,
) -> None:
    """从文件或数据库提出一个工作区 / Propose a workspace from files or a database; exit 1 where it fails the check."""
    from bot.onboarding.workspace import init_from_database, init_from_files

    paths = [*(source or []), *(files or [])]
    if bool(paths) == (database is not None):
        raise typer.BadParameter(
            "init DIR --from FILE [FILE …], or init DIR --database URL", param_hint="--from"
        )
    settings = read_settings()
    target = folder.expanduser().resolve()
    if database is not None:
        made = init_from_database(target, database, settings.state_dir, settings.variables, name=name)
    else:
        made = init_from_files(target, [path.expanduser() for path in paths], settings.state_dir, name=name)
    if as_json:
        say_json(_as_json(made))
    else:
        _show(made)
    raise typer.Exit(0 if made.report.ok else 1)


def _as_json(made: Made) -> dict[str, object]:
    proposal = made.proposal
    return {
        "folder": str(made.folder),
        "ok": made.report.ok,
        "tables": [
            {"name": table.name, "origin": table.origin, "rows": table.rows, "columns": len(table.columns)}
            for table in proposal.source.tables
        ],
        "columns": [
            {
                "table": guess.table,
                "column": guess.column,
                "role": guess.role,
                "label": {"zh": guess.label.zh, "en": guess.label.en},
            }
            for guess in proposal.guesses
        ],
        "metrics": [metric.name for metric in proposal.metrics],
        "notes": [{"zh": note.zh, "en": note.en} for note in proposal.notes()],
        "questions": questions(made),
        "check": made.report.to_json(),
    }


def _show(made: Made) -> None:
    from bot.onboarding.workspace import tables_text

    proposal = made.proposal
    said = tables_text(proposal.source)
    say(f"{said.zh} / {said.en}")
    for note in proposal.notes():
        say(f"! {note.zh}")
        say(f"  {note.en}")
    for metric in proposal.metrics:
        say(f"· {metric.label.zh} / {metric.label.en}: {metric.why.zh} / {metric.why.en}")
    for line in made.report.lines():
        say(line)
    say(f"已写入 / Written: {made.folder} (askgrowth.yml, models/, profile.md)")
    for question in questions(made):
        say(f'  askgrowth ask "{question}" --workspace {made.folder}')


def questions(made: Made) -> list[str]:
    """Return a few questions that the new workspace answers, in its language."""
    if not made.report.ok:
        return []
    import semantic_layer
    from bot.onboarding.first_questions import first_questions
    from bot.pipeline import Pipeline

    settings = read_settings(str(made.folder))
    layer = semantic_layer.open(made.folder, state_dir=settings.state_dir, environ=settings.variables)
    pipeline = Pipeline(layer)
    found = first_questions(
        layer,
        made.proposal.best_metrics(),
        made.proposal.locale,
        lambda question: pipeline.explain(question).outcome == "answer",
    )
    layer.close()
    return found[:QUESTIONS]
