"""How people sign in to the chat: by a header that a proxy sets, and for how long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.endpoint import SettingsError
from semantic_layer.text import Text

HEADER = "ASKGROWTH_LOGIN_HEADER"
SECRET = "ASKGROWTH_LOGIN_SECRET"  # noqa: S105 - the name of a variable
HOURS = "ASKGROWTH_SESSION_HOURS"
SECRET_HEADER = "X-AskGrowth-Secret"  # noqa: S105 - the name of a header
SHORTEST_SECRET = 16
DEFAULT_HOURS = 7 * 24.0
MOST_HOURS = 365 * 24.0
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Login:
    """`header` holds the user's name, None: no login by header. With `secret`, SECRET_HEADER must hold that.

    `hours` is how long somebody stays signed in.
    """

    header: str | None = None
    secret: str | None = field(default=None, repr=False)
    hours: float = DEFAULT_HOURS


def read_login(env: Mapping[str, str]) -> Login:
    """Return how people sign in, from the environment.

    Raises:
        SettingsError: no name of a header, a secret that is too short or without a header, or no number of hours.
    """
    header, secret = env.get(HEADER, "").strip() or None, env.get(SECRET, "").strip() or None
    if header is not None and not _NAME.fullmatch(header):
        raise SettingsError(
            Text(
                zh=f"{HEADER} 不是请求头的名字:{header!r}。",
                en=f"{HEADER} is no name of a header: {header!r}.",
            ),
            Text(zh="例如 X-Forwarded-User。", en="For example X-Forwarded-User."),
        )
    if secret is not None and (header is None or len(secret) < SHORTEST_SECRET):
        raise SettingsError(
            Text(
                zh=f"{SECRET} 要和 {HEADER} 一起设,至少 {SHORTEST_SECRET} 位。",
                en=f"{SECRET} goes with {HEADER} and has at least {SHORTEST_SECRET} characters.",
            ),
            Text(
                zh=f"代理在请求头 {SECRET_HEADER} 里带上同一个密钥。",
                en=f"The proxy sends the same secret in the header {SECRET_HEADER}.",
            ),
        )
    return Login(header, secret, _hours(env.get(HOURS)))


def _hours(written: str | None) -> float:
    if not written:
        return DEFAULT_HOURS
    try:
        hours = float(written)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= MOST_HOURS:
        raise SettingsError(
            Text(
                zh=f"{HOURS} 不是有效的小时数:{written!r}。",
                en=f"{HOURS} is no number of hours: {written!r}.",
            ),
            Text(
                zh="写一个正数,例如 12;最多一年。", en="Write a positive number such as 12; a year at most."
            ),
        )
    return hours
