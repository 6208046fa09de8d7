"""Questions and choices of many conversations, answered off the event loop. Knows nothing of Chainlit."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from bot.answer import Answer, Failure
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, ToolPlan
from bot.ui.labels import BAD_CHOICE, FAILED
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Locale, Text

LOG = logging.getLogger("askgrowth.chat")
WORKERS = 4
CONVERSATIONS = 2000
ASK_AGAIN = Text(zh="再问一遍即可。", en="Asking again is enough.")

_PLAN: TypeAdapter[AnswerablePlan] = TypeAdapter(MetricPlan | ToolPlan | MetadataPlan)


class Asker(Protocol):
    """The part of `bot.pipeline.Pipeline` that the chat uses."""

    def ask(
        self,
        question: str,
        *,
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        conversation: object = None,
    ) -> Answer:
        """Return the answer of a question; never raises for bad input."""

    def run(
        self,
        plan: AnswerablePlan,
        *,
        question: str = "",
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        conversation: object = None,
    ) -> Answer:
        """Return the answer of a plan, without language."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who asks, in which conversation, and in which language the answer is wanted (None: the question's)."""

    conversation: str
    user: str | None = None
    locale: Locale | None = None


class Chat:
    """Answers turns in a bounded pool of threads and remembers what each conversation last asked."""

    def __init__(self, asker: Asker, *, today: date | None = None) -> None:
        self._asker = asker
        self._today = today
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="askgrowth-query")
        self._conversations: OrderedDict[str, object] = OrderedDict()

    async def ask(self, question: str, turn: Turn) -> Answer:
        """Return the answer of a question; an unexpected failure comes back as an `error` outcome."""
        return await self._answer(
            question,
            turn,
            lambda: self._asker.ask(
                question,
                locale=turn.locale,
                today=self._today,
                user=turn.user,
                conversation=self._conversations.get(turn.conversation),
            ),
        )

    async def choose(self, payload: object, question: str, turn: Turn) -> Answer:
        """Return the answer of a button's plan. The plan came from the browser: it is checked like any input."""
        try:
            plan = _PLAN.validate_python(payload)
        except ValidationError:
            return failure(question, turn, "invalid_choice", BAD_CHOICE, ASK_AGAIN)
        return await self._answer(
            question,
            turn,
            lambda: self._asker.run(
                plan,
                question=question,
                locale=turn.locale,
                today=self._today,
                user=turn.user,
                conversation=self._conversations.get(turn.conversation),
            ),
        )

    async def _answer(self, question: str, turn: Turn, work: Callable[[], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._pool, work)
        except AskGrowthError as error:
            return failure(question, turn, error.code, error.message, error.mend)
        except Exception:
            LOG.exception("a question failed")
            return failure(question, turn, "internal_error", FAILED, ASK_AGAIN)
        self._remember(turn.conversation, answer)
        return answer

    def _remember(self, conversation: str, answer: Answer) -> None:
        self._conversations[conversation] = answer
        self._conversations.move_to_end(conversation)
        while len(self._conversations) > CONVERSATIONS:
            self._conversations.popitem(last=False)

    def close(self) -> None:
        """Stop taking work; running queries are left to their own time limit."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def failure(question: str, turn: Turn, code: str, message: Text, mend: Text) -> Answer:
    """Return an `error` outcome in the language of the turn, else of the question."""
    locale = turn.locale or language_of(question)
    return Answer(
        id=uuid4().hex,
        question=question,
        locale=locale,
        outcome="error",
        planner="none",
        error=Failure(code, message, mend),
    )


def language_of(text: str) -> Locale:
    """Return the language a text is written in: Chinese as soon as there is one Han character."""
    return "zh-CN" if any("一" <= character <= "鿿" for character in text) else "en-US"
