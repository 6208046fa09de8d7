"""The address of a database: a URL whose secrets are names of environment variables, `${NAME}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from semantic_layer.errors import DataError
from semantic_layer.text import Text

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+]*)://(?:(?P<user>[^:@/]*)(?::(?P<password>.*))?@)?"
    r"(?P<host>\[[^\]]+\]|\$\{\w+\}|[^:/?@]*)(?::(?P<port>[^/?@]*))?(?:/(?P<database>[^?]*))?(?:\?(?P<options>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens and who asks. The password never appears in a representation or a message."""

    scheme: str
    host: str
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Return host and port, for messages."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def variables(url: str) -> tuple[str, ...]:
    """Return the names of the environment variables that a URL needs."""
    return tuple(dict.fromkeys(_VARIABLE.findall(url)))


def has_plain_password(url: str) -> bool:
    """Return whether a password stands in the URL itself, and not the name of a variable."""
    found = _URL.fullmatch(url)
    password = found["password"] if found is not None else None
    return bool(password) and _VARIABLE.sub("", password or "") != ""


def expanded(text: str, environ: Mapping[str, str]) -> str:
    """Return the text with every `${NAME}` replaced.

    Raises:
        DataError: code `variable_missing`; a variable is not set. Values are never shown.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in environ:
            return environ[name]
        raise DataError(
            Text(
                zh=f"askgrowth.yml 的 engine.url 需要环境变量 {name},它没有设置。",
                en=f"engine.url in askgrowth.yml needs the environment variable {name}, which is not set.",
            ),
            Text(zh=f"设置 {name} 后再试。", en=f"Set {name} and try again."),
            code="variable_missing",
        )

    return _VARIABLE.sub(value, text)


def address_of(url: str, environ: Mapping[str, str]) -> Address:
    """Return the parts of a URL, variables filled in part by part: a password may hold any character.

    A URL that is one variable alone is filled in first.

    Raises:
        DataError: `variable_missing`, or `invalid_url`; the message never shows the URL.
    """
    if _VARIABLE.fullmatch(url):
        url = expanded(url, environ)
        environ = {}
    found = _URL.fullmatch(url.strip())
    if found is None:
        raise _invalid()

    def part(name: str) -> str:
        raw = found[name] or ""
        return expanded(raw, environ) if _VARIABLE.search(raw) else unquote(raw)

    port = part("port")
    if port and not (port.isascii() and port.isdigit()):
        raise _invalid()
    options = {key: expanded(value, environ) for key, value in parse_qsl(found["options"] or "")}
    return Address(
        scheme=found["scheme"],
        host=part("host").strip("[]") or "localhost",
        port=int(port) if port else None,
        user=part("user") or None,
        password=part("password") or None,
        database=part("database"),
        options=options,
    )


def _invalid() -> DataError:
    return DataError(
        Text(zh="engine.url 不是有效的地址。", en="engine.url is not an address."),
        Text(
            zh="例如 postgres://reader:${PG_PASSWORD}@db.example.com:5432/shop。",
            en="Write, for example, postgres://reader:${PG_PASSWORD}@db.example.com:5432/shop.",
        ),
        code="invalid_url",
    )
