"""Sends answers: one message with the card, which holds the SQL, too."""

from __future__ import annotations

from collections.abc import Mapping

import chainlit as cl

from bot.answer import Answer
from bot.ui.hero import NO_DIRECTIONS
from bot.ui.labels import NO, YES
from bot.ui.payload import NO_NAMES, card, plain_text
from bot.ui.tables import NO_MEASURES, Measures
from semantic_layer.catalog import GoodDirection
from semantic_layer.text import Locale, Text

ELEMENT = "AnswerCard"
# Chainlit writes an element without an address to a file per answer; the card's content travels as props.
NO_FILE = "/card"


async def send_answer(
    answer: Answer,
    profile: str,
    directions: Mapping[str, GoodDirection] = NO_DIRECTIONS,
    names: Mapping[str, Text] = NO_NAMES,
    measures: Measures = NO_MEASURES,
    before: tuple[cl.Message, cl.CustomElement] | None = None,
) -> tuple[cl.Message, cl.CustomElement]:
    """Send the card of an answer, in place of the one sent before if given, and return message and card.

    The message's text is the answer as well: for copying, searching and screen readers.
    """
    props = card(answer, profile, directions, names, measures)
    if before is not None:
        message, element = before
        message.content, element.props = plain_text(answer), props
        await message.update()
        return before
    element = cl.CustomElement(name=ELEMENT, props=props, display="inline", url=NO_FILE)
    message = cl.Message(content=plain_text(answer), elements=[element])
    await message.send()
    return message, element


async def send_text(text: str, asks: Locale | None = None) -> None:
    """Send one plain sentence; with a yes and a no to press, in the language of `asks`, where it is a question."""
    if asks is None:
        await cl.Message(content=text).send()
        return
    props = {"asks": [YES.at(asks), NO.at(asks)], "locale": asks}
    buttons = cl.CustomElement(name=ELEMENT, props=props, display="inline", url=NO_FILE)
    await cl.Message(content=text, elements=[buttons]).send()
