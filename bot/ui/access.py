"""Who is using the chat: who a proxy names, password users where some exist, else the one local user."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import chainlit as cl
import chainlit.server
from chainlit.auth import create_jwt, get_current_user, set_auth_cookie
from chainlit.auth.cookie import get_token_from_cookies
from fastapi import HTTPException, Request, Response
from sqlalchemy import Engine
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.listening import LOOPBACK
from bot.login import SECRET_HEADER, Login
from bot.store.users import has_users, is_password
from bot.ui.app import LOCAL_USER
from bot.ui.patches import first

KEY_FILE = "session.key"
LONGEST_NAME = 200


def guard(engine: Engine, host: str, login: Login) -> bool:
    """Believe the proxy where one is set up, else ask for a password where users exist; return whether either is.

    Else the local user is let in, on this machine only.
    """
    if login.header is not None:
        believe_header(login)
        return True
    if has_users(engine):
        require_passwords(engine)
        return True
    let_local_user_in()
    if host in LOOPBACK:
        # Without a login, a page elsewhere must not reach the chat through a name that points here.
        chainlit.server.app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))
    return False


def signing_secret(state_dir: Path) -> str:
    """Return the secret that signs sessions: made once, kept below the state folder, readable by its owner."""
    path = state_dir / KEY_FILE
    state_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret := secrets.token_urlsafe(48))
    return secret


def require_passwords(engine: Engine) -> None:
    """Ask every visitor for a user name and a password."""

    async def sign_in(name: str, password: str) -> cl.User | None:
        # Without a login everybody is the local user; where there is one, nobody may take that name.
        if name.strip() == LOCAL_USER or not await asyncio.to_thread(is_password, engine, name, password):
            return None
        return cl.User(identifier=name.strip())

    cl.password_auth_callback(sign_in)


def let_local_user_in() -> None:
    """Sign every visitor in as the local user, so that history and feedback work without a login."""
    _sign_in_by(lambda _headers: LOCAL_USER)


def believe_header(login: Login) -> None:
    """Sign in whom the proxy names; who comes without its secret is nobody."""
    assert login.header is not None
    header = login.header

    def named(headers: Headers) -> str | None:
        if login.secret is not None:
            sent = headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(sent.encode(), login.secret.encode()):
                return None
        name = _decoded(headers.get(header, "")).strip()
        # Without a login everybody is the local user; where there is one, nobody may take that name.
        return name if name and name != LOCAL_USER and len(name) <= LONGEST_NAME else None

    _sign_in_by(named)


def _sign_in_by(named: Callable[[Headers], str | None]) -> None:
    """Sign visitors in by what their requests say, as the page is served, so that no login page is in between."""

    async def sign_in(headers: Headers) -> cl.User | None:
        name = named(headers)
        return cl.User(identifier=name) if name else None

    cl.header_auth_callback(sign_in)

    async def page(request: Request) -> Response:
        response: Response = await chainlit.server.serve(request)
        name = named(request.headers)
        # Another name than the cookie's: somebody else signed in at the proxy on the same browser.
        if name is not None and name != await _signed_in(request):
            set_auth_cookie(request, response, create_jwt(cl.User(identifier=name)))
        return response

    first("/", page)
    first("/thread/{thread_id}", page)


def _decoded(sent: str) -> str:
    """Return a header's text; proxies send names beyond Latin-1 as UTF-8 bytes, some of them percent-encoded."""
    try:
        name = sent.encode("latin-1").decode("utf-8")
    except UnicodeError:
        name = sent
    return unquote(name)


async def _signed_in(request: Request) -> str | None:
    """Return the name in the request's cookie, None where there is none or it has expired."""
    token = get_token_from_cookies(dict(request.cookies))
    if not token:
        return None
    try:
        user = await get_current_user(token)
    except HTTPException:
        return None
    return user.identifier if user else None
