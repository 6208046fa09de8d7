"""`askgrowth token`: who may use the HTTP interface and MCP over HTTP, as which user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import JsonOption, say, say_json
from bot.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(no_args_is_help=True, help="HTTP 接口的令牌 / tokens of the HTTP interface.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="token")


@app.command("add")
def add(
    user: Annotated[str, typer.Argument(help="令牌代表的用户 / the user it speaks for.")],
    *,
    note: Annotated[str | None, typer.Option("--note", help="用途 / what it is for.")] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="有效天数 / days until it expires.")
    ] = None,
) -> None:
    """新建令牌,只显示这一次 / Make a token; it is shown this once only."""
    from bot.store.tokens import add_token

    with _store() as engine:
        secret, made = add_token(engine, user, note=note, days=days)
    say(secret)
    say(f"编号 {made.id},用户 {made.user} / id {made.id}, user {made.user}")


@app.command("list")
def list_them(as_json: JsonOption = False) -> None:
    """列出令牌 / List the tokens; never the tokens themselves."""
    from dataclasses import asdict

    from bot.store.tokens import list_tokens

    with _store() as engine:
        found = list_tokens(engine)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        state = (
            "已停用 / revoked"
            if one.revoked_at
            else f"到期 / expires {one.expires_at[:10]}"
            if one.expires_at
            else ""
        )
        say(
            "  ".join(part for part in (one.id, one.user, one.created_at[:10], one.note or "", state) if part)
        )


@app.command("revoke")
def revoke(identifier: Annotated[str, typer.Argument(help="askgrowth token list")]) -> None:
    """停用令牌 / End a token at once."""
    from bot.store.tokens import revoke_token

    with _store() as engine:
        revoke_token(engine, identifier)
    say(f"已停用 {identifier} / Revoked {identifier}")


@contextmanager
def _store() -> Iterator[Engine]:
    from bot.store.database import database_url, open_store

    engine = open_store(database_url(read_settings()))
    try:
        yield engine
    finally:
        engine.dispose()
