"""Password users of the chat: made by command, hashed, no default. Without any user the chat has no login."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from bot.store.schema import passwords
from bot.store.upsert import upsert
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

MIN_LENGTH = 8
# scrypt with 16 MB: about 50 ms per login here, dear for a guesser.
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


class UserError(AskGrowthError):
    """A user that cannot be made as asked."""

    code = "invalid_user"


def add_user(engine: Engine, name: str, password: str) -> None:
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
    salt = secrets.token_bytes(16)
    values = {
        "identifier": name,
        "salt": salt.hex(),
        "hash": _hash(password, salt).hex(),
        "createdAt": datetime.now(UTC).isoformat(),
    }
    with engine.begin() as connection:
        connection.execute(upsert(connection, passwords, values, key=("identifier",), keep=("createdAt",)))


def has_users(engine: Engine) -> bool:
    """Return whether any password user exists."""
    with engine.connect() as connection:
        return connection.execute(select(passwords.c.identifier).limit(1)).first() is not None


def is_password(engine: Engine, name: str, password: str) -> bool:
    """Return whether `password` is the one of user `name`. An unknown name takes as long as a wrong password."""
    asked = select(passwords.c.salt, passwords.c.hash).where(passwords.c.identifier == name.strip())
    with engine.connect() as connection:
        row = connection.execute(asked).first()
    salt, expected = (bytes.fromhex(row[0]), bytes.fromhex(row[1])) if row else (b"\0" * 16, b"")
    return hmac.compare_digest(_hash(password, salt), expected)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST)
