"""Tokens of the HTTP interface: made by command, shown once, kept as a hash, each speaking for one user."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Engine, Table, Text, insert, select, update

from bot.store.schema import metadata
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text as Both

PREFIX = "ag_"  # tells a leaked token apart from other secrets
_ID_LENGTH = 8

tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("note", Text),
    Column("expires_at", Text),
    Column("revoked_at", Text),
)


class TokenError(AskGrowthError):
    """A token that cannot be made or is not there."""

    code = "invalid_token"


@dataclass(frozen=True, slots=True)
class Token:
    """One token as it is listed: never the token itself. Times are ISO 8601 in UTC."""

    id: str
    user: str
    created_at: str
    note: str | None = None
    expires_at: str | None = None
    revoked_at: str | None = None


def add_token(
    engine: Engine, user: str, *, note: str | None = None, days: int | None = None
) -> tuple[str, Token]:
    """Return a new token for `user`, which is not kept and cannot be shown again, and its entry.

    Raises:
        TokenError: the name is empty, or it would have expired already.
    """
    user = user.strip()
    if not user or (days is not None and days < 1):
        raise TokenError(
            Both(
                zh="用户名是空的,或有效天数小于 1。",
                en="The user's name is empty, or the days are fewer than 1.",
            ),
            Both(
                zh="写成 askgrowth token add 用户名 --days 90。",
                en="Write askgrowth token add NAME --days 90.",
            ),
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    made = Token(
        id=secrets.token_hex(_ID_LENGTH // 2),
        user=user,
        created_at=now.isoformat(),
        note=note,
        expires_at=(now + timedelta(days=days)).isoformat() if days else None,
    )
    with engine.begin() as connection:
        connection.execute(
            insert(tokens).values(
                id=made.id,
                hash=_hash(secret),
                user=user,
                created_at=made.created_at,
                note=note,
                expires_at=made.expires_at,
            )
        )
    return secret, made


def user_of(engine: Engine, secret: str) -> str | None:
    """Return the user a token speaks for; None where it is unknown, expired or revoked."""
    asked = select(tokens.c.user, tokens.c.expires_at).where(
        tokens.c.hash == _hash(secret), tokens.c.revoked_at.is_(None)
    )
    with engine.connect() as connection:
        row = connection.execute(asked).first()
    if row is None or (row[1] is not None and datetime.fromisoformat(row[1]) <= datetime.now(UTC)):
        return None
    return str(row[0])


def list_tokens(engine: Engine) -> list[Token]:
    """Return every token's entry, the oldest first."""
    columns = [tokens.c[name] for name in ("id", "user", "created_at", "note", "expires_at", "revoked_at")]
    with engine.connect() as connection:
        return [Token(*row) for row in connection.execute(select(*columns).order_by(tokens.c.created_at))]


def revoke_token(engine: Engine, identifier: str) -> None:
    """End a token at once.

    Raises:
        TokenError: there is no such token in use.
    """
    change = (
        update(tokens)
        .where(tokens.c.id == identifier, tokens.c.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC).isoformat())
    )
    with engine.begin() as connection:
        if connection.execute(change).rowcount == 0:
            raise TokenError(
                Both(zh=f"没有正在使用的令牌 {identifier}。", en=f"No token {identifier} is in use."),
                Both(zh="用 askgrowth token list 查看。", en="See askgrowth token list."),
            )


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed, so a plain hash is enough and each request stays fast.
    return hashlib.sha256(secret.encode()).hexdigest()
