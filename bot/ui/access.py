"""Who is using the chat: password users where some exist, else the one local user without a login."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

import chainlit as cl
import chainlit.server
from chainlit.auth import create_jwt, get_current_user, set_auth_cookie
from chainlit.auth.cookie import get_token_from_cookies
from fastapi import HTTPException, Request, Response
from sqlalchemy import Engine

from bot.store.users import is_password
from bot.ui.app import LOCAL_USER
from bot.ui.patches import first

KEY_FILE = "session.key"


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
        if not await asyncio.to_thread(is_password, engine, name, password):
            return None
        return cl.User(identifier=name.strip())

    cl.password_auth_callback(sign_in)


def let_local_user_in() -> None:
    """Sign every visitor in as the local user, so that history and feedback work without a login."""

    async def sign_in(_headers: object) -> cl.User:
        return cl.User(identifier=LOCAL_USER)

    cl.header_auth_callback(sign_in)

    async def page(request: Request) -> Response:
        response: Response = await chainlit.server.serve(request)
        if not await _is_signed_in(request):
            set_auth_cookie(request, response, create_jwt(cl.User(identifier=LOCAL_USER)))
        return response

    first("/", page)
    first("/thread/{thread_id}", page)


async def _is_signed_in(request: Request) -> bool:
    token = get_token_from_cookies(dict(request.cookies))
    if not token:
        return False
    try:
        return await get_current_user(token) is not None
    except HTTPException:
        return False
