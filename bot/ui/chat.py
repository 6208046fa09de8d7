"""Questions and choices of many conversations, answered off the event loop. Knows nothing of Chainlit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar, cast
from uuid import uuid4

from bot.answer import Answer, Failure
from bot.plan import AnswerablePlan
from bot.planners.base import Conversation
from bot.settings import PlannerChoice
from bot.ui.desk import read_plan
from bot.ui.labels import ASK_AGAIN, FAILED, NARROW_DOWN, TOOK_TOO_LONG
from bot.ui.limits import Limits
from bot.ui.payload import card
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Locale, Text
from tools.progress import SILENCE, Progress, Step, Watch
from tools.render import Writing, writing

LOG = logging.getLogger("askgrowth.chat")
WORKERS = 12  # analyses that take long must not fill them all: `bot.analyses` lets fewer run at once
SIDE_WORKERS = 4
CONVERSATIONS = 2000
RECALLED = 8  # turns of a reopened conversation
MOST_SECONDS = 120.0  # from asking to answer; the engine has its own limit per query
T = TypeVar("T")
Listener = Callable[[Step], None]
FirstListener = Callable[[Callable[[], Answer]], None]


def _nobody(_step: Step) -> None:
    """Hear a step and do nothing."""


def _nobody_first(_known: Callable[[], Answer]) -> None:
    """Hear what is known first and do nothing."""


class Asker(Protocol):
    """The part of `bot.pipeline.Pipeline` that the chat uses. Both return typed outcomes for bad input."""

    def ask(
        self,
        question: str,
        *,
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        conversation: Conversation | None = None,
        planner: PlannerChoice | None = None,
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return the answer of a question."""

    def run(
        self,
        plan: AnswerablePlan,
        *,
        question: str = "",
        locale: Locale | None = None,
        today: date | None = None,
        user: str | None = None,
        progress: Progress = SILENCE,
    ) -> Answer:
        """Return the answer of a plan, without language."""

    def continue_conversation(self, conversation: Conversation | None, answer: Answer) -> Conversation:
        """Return the conversation after a turn."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who asks, in which conversation, and how the answer is wanted.

    `locale` None is the question's language, `planner` None the workspace's choice.
    """

    conversation: str
    user: str | None = None
    locale: Locale | None = None
    planner: PlannerChoice | None = None
    writing: Writing = field(default_factory=Writing)
    asker: Asker | None = None  # None: the workspace; else what answers from the reader's own data


class Chat:
    """Answers turns in a bounded pool of threads and remembers what each conversation asked.

    `interrupt` stops the database query that a thread runs; it is called when a turn is cancelled.
    """

    def __init__(
        self,
        asker: Asker,
        interrupt: Callable[[int], None] | None = None,
        *,
        limits: Limits | None = None,
        seconds: float = MOST_SECONDS,
    ) -> None:
        self._asker = asker
        self._interrupt = interrupt
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="askgrowth-query")
        self._side_pool = ThreadPoolExecutor(max_workers=SIDE_WORKERS, thread_name_prefix="askgrowth-card")
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()
        self._limits = limits or Limits()
        self._seconds = seconds
        self._running: dict[_Job, Watch] = {}

    async def ask(
        self, question: str, turn: Turn, listen: Listener = _nobody, first: FirstListener = _nobody_first
    ) -> Answer:
        """Return the answer of a question; an unexpected failure comes back as an `error` outcome.

        On the event loop, `listen` hears the steps of a long analysis, and `first` what makes the answer as far as
        it is known while advice is worked out.
        """
        so_far, asker = self._conversations.get(turn.conversation), turn.asker or self._asker
        answer = await self._answer(
            question,
            turn,
            lambda watch: asker.ask(
                question,
                locale=turn.locale,
                user=turn.user,
                conversation=so_far,
                planner=turn.planner,
                progress=watch,
            ),
            listen,
            first,
        )
        self.remember(turn.conversation, answer)
        return answer

    async def choose(
        self,
        payload: object,
        question: str,
        turn: Turn,
        listen: Listener = _nobody,
        first: FirstListener = _nobody_first,
    ) -> Answer:
        """Return the answer of a button's plan. The plan came from the browser: it is checked like any input."""
        try:
            plan = read_plan(payload)
        except AskGrowthError as error:
            return failure(question, turn, error.code, error.message, error.mend)
        asker = turn.asker or self._asker
        answer = await self._answer(
            question,
            turn,
            lambda watch: asker.run(
                plan, question=question, locale=turn.locale, user=turn.user, progress=watch
            ),
            listen,
            first,
        )
        self.remember(turn.conversation, answer)
        return answer

    async def work(self, task: Callable[[], T]) -> T:
        """Return what a task beside an answer gives; its errors are the caller's. Questions never wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._side_pool, task)

    def remember(self, conversation: str, answer: Answer) -> None:
        """Keep what a later question may refer to; the conversations used longest ago are forgotten."""
        so_far = self._conversations.pop(conversation, None)
        self._conversations[conversation] = self._asker.continue_conversation(so_far, answer)
        while len(self._conversations) > CONVERSATIONS:
            self._conversations.popitem(last=False)

    def recall(self, conversation: str, asked: Sequence[tuple[str, object]]) -> None:
        """Remember a kept conversation again after a restart, so that a later question may refer to it."""
        if conversation in self._conversations:
            return
        so_far = Conversation()
        for question, payload in asked[-RECALLED:]:
            with contextlib.suppress(AskGrowthError):  # kept by an older version, in a form no longer read
                so_far = so_far.after(question, (read_plan(payload),))
        self._conversations[conversation] = so_far

    def warm_up(self, question: str) -> None:
        """Answer a question for nobody, so that the first person does not wait for imports and indexes."""
        card(self._asker.ask(question))

    def close(self) -> None:
        """Stop taking work: what waits is dropped, what runs ends at its next step and with its query."""
        for job, watch in list(self._running.items()):
            self._stop(watch, job)
        for pool in (self._pool, self._side_pool):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _answer(
        self,
        question: str,
        turn: Turn,
        work: Callable[[Watch], Answer],
        listen: Listener,
        first: FirstListener,
    ) -> Answer:
        loop = asyncio.get_running_loop()
        watch = Watch(
            lambda step: _tell(loop, listen, step),
            lambda known: _tell(loop, first, cast("Callable[[], Answer]", known)),
        )
        job = _Job(lambda: work(watch), turn.writing)
        self._running[job] = watch
        try:
            with self._limits.one_more(turn.user or turn.conversation):
                async with asyncio.timeout(self._seconds):
                    return await loop.run_in_executor(self._pool, job)
        except asyncio.CancelledError:
            self._stop(watch, job)
            raise
        except TimeoutError:
            self._stop(watch, job)
            return failure(question, turn, "timeout", TOOK_TOO_LONG, NARROW_DOWN)
        except AskGrowthError as error:
            return failure(question, turn, error.code, error.message, error.mend)
        except Exception:  # the last line before the reader: logged in full, said in one sentence
            LOG.exception("a question failed")
            return failure(question, turn, "internal_error", FAILED, ASK_AGAIN)
        finally:
            del self._running[job]

    def _stop(self, watch: Watch, job: _Job) -> None:
        """End an analysis at its next step, and the query that it runs in the database at once."""
        watch.cancel()
        if self._interrupt is not None and job.thread is not None:
            self._interrupt(job.thread)


def _tell(loop: asyncio.AbstractEventLoop, listen: Callable[[T], None], what: T) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
        loop.call_soon_threadsafe(listen, what)


class _Job:
    """Work that says which thread runs it, as long as it does."""

    def __init__(self, work: Callable[[], Answer], how: Writing) -> None:
        self._work, self._writing = work, how
        self.thread: int | None = None

    def __call__(self) -> Answer:
        self.thread = threading.get_ident()
        try:
            with writing(self._writing):
                return self._work()
        finally:
            self.thread = None


def failure(question: str, turn: Turn, code: str, message: Text, mend: Text) -> Answer:
    """Return an `error` outcome in the language of the turn, else of the question."""
    return Answer(
        id=uuid4().hex,
        question=question,
        locale=turn.locale or language_of(question),
        outcome="error",
        planner="none",
        error=Failure(code, message, mend),
    )


def language_of(text: str) -> Locale:
    """Return the language a text is written in: Chinese as soon as there is one Han character."""
    return "zh-CN" if any("一" <= character <= "鿿" for character in text) else "en-US"
