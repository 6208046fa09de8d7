"""What Chainlit hands over beside words: files that were dropped, links that were opened."""

from __future__ import annotations

from pathlib import Path

import chainlit as cl
from chainlit.context import context
from chainlit.session import WebsocketSession

from bot.ui.cards import ELEMENT, NO_FILE
from bot.ui.chat import Chat
from bot.ui.own_data import OwnData
from bot.ui.sharing import LINKS
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Locale, Text

READ = Text(
    zh="已读取 {names},请确认各列的用途。", en="Read {names}. Please confirm what each column is for."
)


def files_of(message: cl.Message) -> list[tuple[str, Path]]:
    """Return the files that came with a message: name and where they lie."""
    return [(str(one.name), Path(one.path)) for one in message.elements or [] if one.path]


async def send_proposal(
    chat: Chat, own: OwnData, files: list[tuple[str, Path]], user: str | None, locale: Locale
) -> None:
    """Read files off the event loop and send the card that proposes what they mean, or what is wrong with them."""
    conversation = context.session.thread_id
    try:
        proposal = await chat.work(lambda: own.read(files, conversation, user, locale))
    except AskGrowthError as error:
        await cl.Message(content=error.at(locale)).send()
        return
    props = {"version": 1, "locale": locale, "proposal": proposal, "plan": None, "question": files[0][0]}
    element = cl.CustomElement(name=ELEMENT, props=props, display="inline", url=NO_FILE)
    said = READ.at(locale).format(names=", ".join(name for name, _ in files))
    await cl.Message(content=said, elements=[element]).send()


def opened_link() -> str | None:
    """Return the link that this conversation was opened with, once."""
    session = context.session
    if not isinstance(session, WebsocketSession):
        return None
    handshake = vars(session)["environ"]  # of the connection, not of the process
    return LINKS.take(str(handshake.get("HTTP_COOKIE") or ""))
