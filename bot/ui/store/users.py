"""Password users of the chat: made by command, hashed, no default. Without any user the chat has no login."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ui.store.database import open_engine
from bot.ui.store.migrations import migrate
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

MIN_LENGTH = 8
# scrypt with 16 MB: about 50 ms per login here, dear for a guesser.
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


class UserError(AskGrowthError):
    """A user that cannot be made as asked."""

    code = "invalid_user"


async def add_user(url: str, name: str, password: str) -> None:
    """Make a user of the chat, or give an existing one a new password.

    Raises:
        UserError: the name is empty, or the password is shorter than 8 characters.
    """
    name = name.strip()
    if not name:
        raise UserError(
            Text(zh="用户名是空的。", en="The user name is empty."),
            Text(zh="给一个名字。", en="Give a name."),
        )
    if len(password) < MIN_LENGTH:
        raise UserError(
            Text(
                zh=f"密码少于 {MIN_LENGTH} 位。", en=f"The password has fewer than {MIN_LENGTH} characters."
            ),
            Text(zh="换一个长一点的。", en="Choose a longer one."),
        )
    engine = open_engine(url)
    try:
        await migrate(engine)
        salt = secrets.token_bytes(16)
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    'INSERT INTO passwords ("identifier", "salt", "hash", "createdAt") VALUES (:i, :s, :h, :c) '
                    'ON CONFLICT ("identifier") DO UPDATE SET "salt" = :s, "hash" = :h'
                ),
                {
                    "i": name,
                    "s": salt.hex(),
                    "h": _hash(password, salt).hex(),
                    "c": datetime.now(UTC).isoformat(),
                },
            )
    finally:
        await engine.dispose()


async def has_users(engine: AsyncEngine) -> bool:
    """Return whether any password user exists."""
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT 1 FROM passwords LIMIT 1"))
        return found.first() is not None


async def is_password(engine: AsyncEngine, name: str, password: str) -> bool:
    """Return whether `password` is the one of user `name`. An unknown name takes as long as a wrong password."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text('SELECT "salt", "hash" FROM passwords WHERE "identifier" = :i'), {"i": name.strip()}
        )
        row = found.first()
    salt, expected = (bytes.fromhex(row[0]), bytes.fromhex(row[1])) if row else (b"\0" * 16, b"")
    given = await asyncio.to_thread(_hash, password, salt)
    return hmac.compare_digest(given, expected)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST)
