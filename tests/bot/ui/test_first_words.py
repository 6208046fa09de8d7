"""An answer is sent once where it is whole soon, else first without its advice and then in the same place."""

import asyncio
from dataclasses import replace

from bot.answer import Answer
from bot.ui.first_words import FirstWords

WHOLE = Answer("1", "whole", "en-US", "answer", "rules")
KNOWN = replace(WHOLE, question="known")


class Window:
    """What was sent, each with what it took the place of."""

    def __init__(self) -> None:
        self.shown = asyncio.Event()
        self.sent: list[tuple[str, object]] = []

    async def send(self, answer: Answer, before):
        self.sent.append((answer.question, before))
        self.shown.set()
        return answer.question, "card"


async def made(known) -> Answer:
    return known()


async def test_a_whole_answer_that_comes_soon_is_sent_once() -> None:
    window = Window()
    first = FirstWords(made, window.send, patience=60)

    async with first:
        first.hear(lambda: KNOWN)
        await asyncio.sleep(0)
    await first.finish(WHOLE)

    assert window.sent == [("whole", None)]


async def test_what_is_known_is_sent_first_and_the_whole_answer_takes_its_place() -> None:
    window = Window()
    first = FirstWords(made, window.send, patience=0)

    async with first:
        first.hear(lambda: KNOWN)
        await asyncio.wait_for(window.shown.wait(), 5)
    await first.finish(WHOLE)

    assert window.sent == [("known", None), ("whole", ("known", "card"))]


async def test_a_failure_after_the_first_words_does_not_take_them_away() -> None:
    window = Window()
    first = FirstWords(made, window.send, patience=0)

    async with first:
        first.hear(lambda: KNOWN)
        await asyncio.wait_for(window.shown.wait(), 5)
    await first.finish(replace(WHOLE, outcome="error", question="failed"))

    assert window.sent == [("known", None), ("failed", None)]
