"""The handlers of the chat: each takes what Chainlit hands over, asks `chat`, and sends a card."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import replace

import chainlit as cl
from chainlit.context import context
from chainlit.input_widget import InputWidget, Select
from chainlit.session import WebsocketSession
from chainlit.types import ThreadDict

from bot.answer import Answer
from bot.settings import PLANNERS
from bot.ui.backend import Backend
from bot.ui.bringing import files_of, opened_link, send_proposal
from bot.ui.cards import send_answer, send_text
from bot.ui.chat import Chat, Turn, failure, language_of
from bot.ui.data_layer import writes_wait
from bot.ui.desk import Json, problem
from bot.ui.first_words import FirstWords, Sent
from bot.ui.labels import (
    ASK_AGAIN,
    CURRENCY_CHOICES,
    INTERRUPTED,
    LANGUAGE_CHOICES,
    NUMBER_CHOICES,
    PLANNER_CHOICES,
    PROFILES,
    SETTINGS_CURRENCY,
    SETTINGS_LANGUAGE,
    SETTINGS_NUMBERS,
    SETTINGS_PLANNER,
    STOPPED,
)
from bot.ui.looks import LOOKS, OWN_LOOKS
from bot.ui.notices import locale_of
from bot.ui.sharing import document, problem_of_link, read_link
from bot.ui.threads import Threads, unanswered
from bot.ui.working import Working
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import LOCALES, Locale, Text
from tools.render import Currency, Writing, writing

LOCAL_USER = "local"  # who asks where no login is set up
RUN_NAME = "on_message"  # Chainlit shows feedback buttons for runs of this name
LONGEST_LABEL = 400
CURRENCY_WAYS: tuple[Currency, ...] = ("symbol", "code", "none")


class Handlers:
    """Chainlit's callbacks, bound to one `Chat`."""

    def __init__(self, chat: Chat, backend: Backend) -> None:
        self._chat = chat
        self._backend = backend
        self._threads = Threads()

    def use(self, backend: Backend) -> None:
        """Answer with another opening of the workspace from now on."""
        self._backend = backend

    def register(self) -> None:
        """Hand the callbacks to Chainlit."""
        cl.on_chat_start(self.started)
        cl.on_chat_resume(self.resumed)
        cl.on_message(self.asked)
        cl.on_stop(self.stopped)
        cl.set_chat_profiles(self.profiles)
        cl.set_starters(self.starters)
        cl.action_callback("choose")(self.chosen)
        cl.action_callback("edit")(self.edited)
        cl.action_callback("look")(self.looked)

    async def started(self) -> None:
        """Offer the settings of a new conversation, and answer the link that it was opened with."""
        await _send_settings(has_model=self._backend.has_model)
        if (written := opened_link()) is not None:
            try:
                plan, question = read_link(written)
            except AskGrowthError as error:
                await send_text(problem_of_link(error, _surface_language()))
                return
            context.session.current_task = asyncio.create_task(self._run_choice(plan, question))

    async def offered(self) -> None:
        """Offer the settings again to a window whose first connection is gone."""
        await _send_settings(has_model=self._backend.has_model)

    async def resumed(self, thread: ThreadDict) -> None:
        """Offer the settings of a reopened conversation, and say what became of a question without an answer."""
        await _send_settings(has_model=self._backend.has_model)
        self._chat.recall(thread["id"], _asked_before(thread))
        if self._threads.is_answering(thread["id"]):
            self._threads.show_running()
            return
        waiting = await writes_wait()
        question = unanswered(thread)
        if waiting or question is None or not question["output"]:
            return  # an answer that waits to be written is not a missing one
        words = str(question["output"])
        turn = _turn(words)
        message, element = await self._send(failure(words, turn, "interrupted", INTERRUPTED, ASK_AGAIN))
        thread["steps"] = [*(thread["steps"] or []), message.to_dict()]
        thread["elements"] = [*(thread["elements"] or []), element.to_dict()]

    async def asked(self, message: cl.Message) -> None:
        """Answer a typed question."""
        turn = self._turn()
        files = files_of(message)
        if files and self._backend.own is not None:
            locale = turn.locale or _surface_language()
            async with Working(locale):
                await send_proposal(self._chat, self._backend.own, files, turn.user, locale)
            return
        if turn.asker is None and await self._said_of_alerts(message.content, turn):
            return
        async with self._threads.answering():
            first = FirstWords(self._chat.work, self._send)
            async with Working(turn.locale or language_of(message.content)) as working, first:
                answer = await self._chat.ask(message.content, turn, working.hear, first.hear)
            await first.finish(answer)

    async def _said_of_alerts(self, text: str, turn: Turn) -> bool:
        """Answer a sentence about alerts, and return whether it was one."""
        talk = self._backend.talk
        if talk is None:
            return False
        reply = await self._chat.work(
            lambda: talk.reply(text, turn.conversation, user=turn.user, locale=turn.locale)
        )
        if reply is not None:
            await send_text(reply.text, reply.locale if reply.asks else None)
        return reply is not None

    async def chosen(self, action: cl.Action) -> None:
        """Answer a button. The work runs as the session's task, so that the stop button reaches it."""
        question = str(action.payload.get("question", ""))[:LONGEST_LABEL]
        context.session.current_task = asyncio.create_task(
            self._run_choice(action.payload.get("plan"), question)
        )

    async def edited(self, action: cl.Action) -> Json | None:
        """Answer the plan of a card with one part changed; what cannot be changed is said beside the chip."""
        desk, turn = self._here().desk, _turn()
        if desk is None:
            return None
        locale = _card_locale(action.payload)
        try:
            plan, said = await self._chat.work(lambda: desk.changed(action.payload, turn.user))
        except AskGrowthError as error:
            return problem(error, locale)
        payload = plan.model_dump(mode="json")
        context.session.current_task = asyncio.create_task(self._run_choice(payload, said.at(locale), locale))
        return None

    async def looked(self, action: cl.Action) -> Json | None:
        """Return what a card asks for beside its answer: choices, values, rows."""
        here, own, user, payload = self._here(), self._backend.own, _turn().user, action.payload
        asked, locale, desk = str(payload.get("what")), _card_locale(payload), here.desk
        what = LOOKS.get(asked)
        try:
            if asked == "document":
                with writing(_writing()):
                    return await self._chat.work(lambda: document(here, payload, user, locale))
            if (of_own := OWN_LOOKS.get(asked)) is not None and own is not None:
                return await self._chat.work(lambda: of_own(own, payload, user, locale))
            if desk is None or what is None:
                return None
            return await self._chat.work(lambda: what(desk, payload, user, locale))
        except AskGrowthError as error:
            return problem(error, locale)

    async def _run_choice(self, plan: object, question: str, locale: Locale | None = None) -> None:
        await context.emitter.task_start()
        try:
            asked = cl.Message(content=question, type="user_message", author="User")
            await asked.send()
            async with cl.Step(name=RUN_NAME, type="run", parent_id=asked.id) as run:
                run.input = question
                turn = self._turn(question)
                turn = replace(turn, locale=locale) if locale else turn
                async with self._threads.answering():
                    first = FirstWords(self._chat.work, self._send)
                    async with Working(turn.locale or language_of(question)) as working, first:
                        answer = await self._chat.choose(plan, question, turn, working.hear, first.hear)
                    await first.finish(answer)
        except asyncio.CancelledError:
            return
        finally:
            await context.emitter.task_end()

    async def _send(self, answer: Answer, before: Sent | None = None) -> Sent:
        with writing(_writing()):
            here = self._here()
            seen = here.directions, here.names, here.measures
            return await send_answer(answer, _profile(), *seen, before)

    def _here(self) -> Backend:
        """Return what answers in this conversation: the reader's own data where there are some, else the workspace."""
        own, session = self._backend.own, context.session
        found = own.backend(session.thread_id, asker_of(session.user)) if own is not None else None
        return found or self._backend

    def _turn(self, question: str | None = None) -> Turn:
        here = self._here()
        return replace(_turn(question), asker=None if here is self._backend else here.asker)

    async def stopped(self) -> None:
        """Say that a question was stopped; the database is told by the cancelled task."""
        await send_text(STOPPED.at(_surface_language()))

    async def profiles(self, _user: cl.User | None, language: str | None) -> list[cl.ChatProfile]:
        """Return the three ways to read an answer."""
        locale = locale_of(language)
        return [
            cl.ChatProfile(name=name, display_name=label.at(locale), markdown_description=about.at(locale))
            for name, (label, about) in PROFILES.items()
        ]

    async def starters(self, _user: cl.User | None, language: str | None) -> list[cl.Starter]:
        """Return questions that this workspace can answer, in the reader's language."""
        return [cl.Starter(label=q, message=q) for q in self._backend.starters[locale_of(language)]]


def _asked_before(thread: ThreadDict) -> list[tuple[str, object]]:
    """Return the questions of a kept conversation with the plans that their cards hold, oldest first."""
    order = {step["id"]: at for at, step in enumerate(thread["steps"] or [])}
    cards = sorted(thread["elements"] or [], key=lambda one: order.get(str(one.get("forId")), -1))
    kept = [one.get("props") or {} for one in cards]
    return [(str(props.get("question") or ""), props["plan"]) for props in kept if props.get("plan")]


def asker_of(user: cl.User | cl.PersistedUser | None) -> str | None:
    """Return whose rights hold: the signed-in user's, nobody's in particular for the local one."""
    return user.identifier if user and user.identifier != LOCAL_USER else None


def _card_locale(payload: Json) -> Locale:
    """Return the language of the card that sent a payload."""
    return LOCALES[0] if payload.get("locale") == LOCALES[0] else LOCALES[1]


def _surface_language() -> Locale:
    session = context.session
    return locale_of(session.language if isinstance(session, WebsocketSession) else None)


def _turn(question: str | None = None) -> Turn:
    user = context.session.user
    locale = _locale_setting("language") or (language_of(question) if question else None)
    planner = _setting("planner", PLANNER_CHOICES)
    return Turn(
        conversation=context.session.thread_id,
        user=asker_of(user),
        locale=locale,
        planner=next((one for one in PLANNERS if one == planner), None),
        writing=_writing(),
    )


def _profile() -> str:
    return str(context.session.chat_profile or "boss")


def _setting(name: str, known: Container[str]) -> str | None:
    """Return a setting, None where it is unset, left to itself or not one that is offered."""
    value = context.session.chat_settings.get(name)
    return value if isinstance(value, str) and value in known and value != "auto" else None


def _locale_setting(name: str) -> Locale | None:
    return next((locale for locale in LOCALES if locale == _setting(name, LOCALES)), None)


def _writing() -> Writing:
    currency = _setting("currency", CURRENCY_CHOICES)
    kept: Currency = next((one for one in CURRENCY_WAYS if one == currency), "auto")
    return Writing(_locale_setting("numbers"), kept)


async def _send_settings(*, has_model: bool) -> None:
    surface = _surface_language()

    def select(name: str, label: Text, choices: dict[str, Text]) -> Select:
        return Select(
            id=name,
            label=label.at(surface),
            items={text.at(surface): value for value, text in choices.items()},
            initial_value=_setting(name, choices) or "auto",
        )

    widgets: list[InputWidget] = [
        select("language", SETTINGS_LANGUAGE, LANGUAGE_CHOICES),
        select("numbers", SETTINGS_NUMBERS, NUMBER_CHOICES),
        select("currency", SETTINGS_CURRENCY, CURRENCY_CHOICES),
        *([select("planner", SETTINGS_PLANNER, PLANNER_CHOICES)] if has_model else []),
    ]
    await cl.ChatSettings(widgets).send()
