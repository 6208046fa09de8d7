"""Sentences to a window that belong to no conversation: shown there, kept nowhere."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import chainlit.config
from chainlit.session import WebsocketSession
from chainlit.utils import utc_now

from semantic_layer.text import LOCALES, Locale, Text


def locale_of(language: str | None) -> Locale:
    """Return the locale of a browser's language: Chinese of any kind is Chinese, everything else English."""
    return LOCALES[0] if (language or "").lower().startswith("zh") else LOCALES[1]


async def send_to(session: WebsocketSession, event: str, data: object) -> None:
    """Send one event to one window."""
    emit: Any = session.emit  # declared without what it returns, which is awaited everywhere
    await emit(event, data)


async def notice(session: WebsocketSession, text: Text) -> None:
    """Show a sentence in one window, in the language of its browser."""
    now = utc_now()
    await send_to(
        session,
        "new_message",
        {
            "id": str(uuid4()),
            "threadId": session.thread_id,
            "createdAt": now,
            "start": now,
            "end": now,
            "output": text.at(locale_of(session.language)),
            "name": chainlit.config.config.ui.name,
            "type": "assistant_message",
            "streaming": False,
            "isError": False,
            "waitForAnswer": False,
            "metadata": {},
        },
    )
