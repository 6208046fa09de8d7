"""`askgrowth user`: who may log in to the chat. Without any user the chat has no login."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli.output import say
from bot.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="对话页面的用户 / users of the chat.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="user")


@app.callback()
def user() -> None:
    """对话页面的用户 / Users of the chat."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="用户名 / the user's name.")],
    *,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="从标准输入读密码 / read the password from standard input."),
    ] = False,
) -> None:
    """新增用户或改密码 / Make a user, or give one a new password. It is asked for, never an argument."""
    from bot.store.database import database_url, open_store
    from bot.store.users import add_user

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("密码 / Password", hide_input=True, confirmation_prompt=True)
    engine = open_store(database_url(read_settings()))
    try:
        add_user(engine, name, password)
    finally:
        engine.dispose()
    say(f"已保存用户 {name} / Saved the user {name}")
