"""Pages beside the chat, for signed-in readers: the catalog of metrics and the recent values of each."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import chainlit as cl
from chainlit.auth import get_current_user
from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.digests.shelf import open_page
from bot.pipeline import Pipeline
from bot.ui.app import asker_of
from bot.ui.catalog_page import catalog_html, spark
from bot.ui.chat import Chat
from bot.ui.notices import locale_of
from bot.ui.own_data import OwnData
from bot.ui.own_page import own_html
from bot.ui.patches import first
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import LOCALES, Locale

if TYPE_CHECKING:
    from sqlalchemy import Engine

GONE = "<p>没有这一页,或者已经过期。</p><p>There is no such page, or it is over a year old.</p>"
SEALED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


async def _local() -> None:
    """Return no user in particular: without a login everybody on this machine is the local user."""


def add_own_pages(own: OwnData, chat: Chat, *, login: bool) -> None:
    """Serve the list of a reader's own data, and take away what they delete there."""
    who = Depends(get_current_user if login else _local)

    async def data(request: Request, reader: cl.User | None = who) -> Response:
        locale = _language(request)
        listed = await chat.work(lambda: own.listed(asker_of(reader)))
        html = own_html(listed, locale, str(os.getpid()))
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def remove(request: Request, reader: cl.User | None = who) -> Response:
        if "x-askgrowth" not in request.headers:  # a form of another site cannot send it
            return JSONResponse({"removed": False}, status_code=403)
        try:
            payload = await request.json()
        except ValueError:
            payload = None
        key = str(payload.get("key")) if isinstance(payload, dict) else ""
        removed = await chat.work(lambda: own.remove(key, asker_of(reader)))
        return JSONResponse({"removed": removed}, status_code=200 if removed else 404)

    first("/data", data)
    first("/data/remove", remove, methods=("POST",))


def add_pages(pipeline: Pipeline, chat: Chat, *, login: bool) -> None:
    """Serve the pages of a workspace before Chainlit's own; with `login` to signed-in users only.

    They show the opening of the workspace that questions are answered over, and why it is not the newest.
    """
    who = Depends(get_current_user if login else _local)

    async def catalog(request: Request, reader: cl.User | None = who) -> Response:
        locale = _language(request)
        try:
            html = await chat.work(
                lambda: catalog_html(
                    pipeline.layer, asker_of(reader), locale, str(os.getpid()), pipeline.notice
                )
            )
        except AskGrowthError as error:
            return HTMLResponse(f"<p>{error.message.at(locale)}</p>", status_code=403)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def recent(request: Request, reader: cl.User | None = who) -> Response:
        metric, locale = request.query_params.get("metric", ""), _language(request)
        try:
            found = await chat.work(lambda: spark(pipeline.layer, metric, asker_of(reader), locale))
        except AskGrowthError as error:
            return JSONResponse({"problem": error.message.at(locale)}, status_code=404)
        return JSONResponse(found)

    first("/catalog", catalog)
    first("/catalog/recent", recent)


def add_digest_page(store: Engine, chat: Chat) -> None:
    """Serve the pages of sent digests: the link is the right to read one, so that it opens on a phone without login."""

    async def digest(token: str, request: Request) -> Response:
        now = datetime.now(UTC)
        agent = request.headers.get("user-agent", "")
        page = await chat.work(lambda: open_page(store, token, agent, now, now.date()))
        if page is None:
            return HTMLResponse(GONE, status_code=404)
        return HTMLResponse(page, headers=SEALED)

    first("/digests/{token}", digest)


def _language(request: Request) -> Locale:
    asked = request.query_params.get("lang")
    if asked in LOCALES:
        return locale_of(asked)
    return locale_of(request.headers.get("accept-language"))
