"""`askgrowth feedback`: what people rated in the chat, for those who mend the definitions."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from bot.cli.output import JsonOption, say, say_json
from bot.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="对话里的评价 / ratings in the chat.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="feedback")


@app.callback()
def feedback() -> None:
    """对话里的评价 / Ratings in the chat."""


@app.command("list")
def list_(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="好评和已处理的也列出 / good and reviewed ones, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """列出待处理的差评 / List bad ratings that nobody has looked at, the newest first."""
    from bot.store.database import database_url, open_store
    from bot.store.feedback import list_feedback

    engine = open_store(database_url(read_settings()))
    try:
        found = list_feedback(engine, everything=everything)
    finally:
        engine.dispose()
    if as_json:
        say_json([dataclasses.asdict(one) for one in found])
        return
    if not found:
        say("没有待处理的评价。 / Nothing waits for a review.")
    for one in found:
        mark = "好 / good" if one.value else "差 / bad"
        state = " · 已处理 / reviewed" if one.reviewed_at else ""
        say(f"{one.id[:8]}  {one.created_at or '-'}  {one.user or '-'}  {mark}{state}")
        say(f"    {one.question}")
        say(f"    -> {one.answer}")
        if one.comment:
            say(f"    “{one.comment}”")


@app.command("reviewed")
def reviewed(
    rating: Annotated[
        str, typer.Argument(help="评价编号(前几位即可) / the rating's number or its beginning.")
    ],
    note: Annotated[str | None, typer.Option("--note", help="怎么处理的 / what was done.")] = None,
) -> None:
    """标记为已处理 / Mark a rating as looked at."""
    from bot.store.database import database_url, open_store
    from bot.store.feedback import mark_reviewed

    engine = open_store(database_url(read_settings()))
    try:
        found = mark_reviewed(engine, rating, note)
    finally:
        engine.dispose()
    if not found:
        say(f"没有(或不止一条)编号为 {rating} 的评价。 / No rating, or more than one, is numbered {rating}.")
        raise typer.Exit(2)
    say(f"已标记 {rating} / Marked {rating}")
