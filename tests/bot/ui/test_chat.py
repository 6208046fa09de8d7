"""Questions of many conversations: off the event loop, remembered apart, stopped in the database."""

import asyncio
import threading
from dataclasses import replace

import pytest

from bot.answer import Answer, Part
from bot.pipeline import Pipeline
from bot.plan import MetricPlan
from bot.planners.base import Conversation
from bot.ui.chat import Chat, Turn, language_of
from bot.ui.limits import Limits, TooManyError
from semantic_layer.errors import DataError
from semantic_layer.text import Text
from tools.progress import SILENCE, CancelledError, Step

PLAN = MetricPlan(kind="metric", metrics=("sales",))


class Asker:
    """Answers everything with one plan; a question may wait for a gate or fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.started = threading.Event()
        self.ended = threading.Event()
        self.seen: list[Conversation | None] = []
        self.threads: list[int] = []

    def ask(
        self,
        question,
        *,
        locale=None,
        today=None,
        user=None,
        conversation=None,
        planner=None,
        progress=SILENCE,
    ):
        self.seen.append(conversation)
        self.threads.append(threading.get_ident())
        self.started.set()
        if question == "wait":
            self.gate.wait(5)
        if question == "steps":
            progress.report(Step(Text(zh="第一步", en="first"), 0.5))
        if question == "offers":
            progress.offer(lambda: Answer("1", "so far", "en-US", "answer", "rules"))
        if question == "forever":
            while not progress.is_cancelled():
                self.gate.wait(0.01)
            self.ended.set()
            raise CancelledError
        if question == "typed":
            raise DataError(Text(zh="文件不见了。", en="Gone."), Text(zh="放回去。", en="Put it back."))
        if question == "bug":
            raise ZeroDivisionError("secret detail")
        return Answer("1", question, locale or "en-US", "answer", "rules", parts=(Part(PLAN, None),))

    def run(self, plan, *, question="", locale=None, today=None, user=None, progress=SILENCE):
        return replace(self.ask(question, locale=locale), parts=(Part(plan, None),))

    continue_conversation = staticmethod(Pipeline.continue_conversation)


async def test_a_question_runs_in_another_thread() -> None:
    asker = Asker()

    await Chat(asker).ask("sales", Turn("a"))

    assert asker.threads != [threading.get_ident()]


async def test_a_later_question_of_the_same_conversation_knows_the_earlier_ones() -> None:
    asker = Asker()
    chat = Chat(asker)

    await chat.ask("first", Turn("a"))
    await chat.ask("other", Turn("b"))
    await chat.ask("second", Turn("a"))

    assert [seen.turns[-1].question if seen else None for seen in asker.seen] == [None, None, "first"]


async def test_a_button_runs_its_plan_and_becomes_part_of_the_conversation() -> None:
    asker = Asker()
    chat = Chat(asker)

    answer = await chat.choose({"kind": "metric", "metrics": ["orders"]}, "orders", Turn("a"))
    await chat.ask("and now?", Turn("a"))

    assert answer.parts[0].plan == MetricPlan(kind="metric", metrics=("orders",))
    assert asker.seen[-1].turns[-1].question == "orders"


async def test_a_plan_that_was_tampered_with_is_an_error_and_runs_nothing() -> None:
    asker = Asker()

    answer = await Chat(asker).choose({"kind": "metric", "sql": "DROP TABLE x"}, "换一个", Turn("a"))

    assert (answer.outcome, answer.error.code, answer.locale) == ("error", "invalid_choice", "zh-CN")
    assert asker.threads == []


async def test_a_typed_error_keeps_its_words() -> None:
    answer = await Chat(Asker()).ask("typed", Turn("a"))

    assert (answer.error.code, answer.error.mend.en) == ("data_problem", "Put it back.")


async def test_a_defect_is_said_without_its_details() -> None:
    answer = await Chat(Asker()).ask("bug", Turn("a"))

    assert answer.error.code == "internal_error"
    assert "secret" not in answer.error.message.en + answer.error.mend.en


async def test_a_cancelled_question_is_stopped_in_the_thread_that_runs_it() -> None:
    asker, stopped = Asker(), []
    task = asyncio.create_task(Chat(asker, stopped.append).ask("wait", Turn("a")))
    await asyncio.to_thread(asker.started.wait, 5)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    asker.gate.set()

    assert stopped == asker.threads


async def test_a_waiting_question_does_not_hold_up_another() -> None:
    asker = Asker()
    chat = Chat(asker)
    slow = asyncio.create_task(chat.ask("wait", Turn("a")))

    quick = await asyncio.wait_for(chat.ask("sales", Turn("b")), timeout=2)
    asker.gate.set()

    assert quick.outcome == "answer"
    assert (await slow).outcome == "answer"


async def test_the_steps_of_an_analysis_are_heard_on_the_event_loop() -> None:
    heard: list[tuple[str, int]] = []

    await Chat(Asker()).ask(
        "steps", Turn("a"), lambda step: heard.append((step.label.en, threading.get_ident()))
    )
    await asyncio.sleep(0)

    assert heard == [("first", threading.get_ident())]


async def test_a_cancelled_analysis_ends_at_its_next_step() -> None:
    asker = Asker()
    task = asyncio.create_task(Chat(asker).ask("forever", Turn("a")))
    await asyncio.to_thread(asker.started.wait, 5)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await asyncio.to_thread(asker.ended.wait, 5)


async def test_a_question_that_takes_too_long_is_stopped_and_said_so() -> None:
    asker, stopped = Asker(), []

    answer = await Chat(asker, stopped.append, seconds=0.2).ask("forever", Turn("a"))

    assert answer.error.code == "timeout"
    assert stopped == asker.threads
    assert await asyncio.to_thread(asker.ended.wait, 5)


async def test_one_person_s_flood_is_refused_and_another_is_answered() -> None:
    asker = Asker()
    chat = Chat(asker, limits=Limits(at_once=2))
    running = [asyncio.create_task(chat.ask("wait", Turn(f"a{at}", user="li"))) for at in range(2)]
    await asyncio.to_thread(asker.started.wait, 5)
    await asyncio.sleep(0)

    refused = await chat.ask("sales", Turn("a3", user="li"))
    other = await chat.ask("sales", Turn("b", user="wang"))
    asker.gate.set()
    await asyncio.gather(*running)

    assert refused.error.code == "too_many_questions"
    assert other.outcome == "answer"
    assert (await chat.ask("sales", Turn("a3", user="li"))).outcome == "answer"


async def test_a_server_that_stops_ends_what_is_being_computed() -> None:
    asker = Asker()
    chat = Chat(asker)
    waiting = asyncio.create_task(chat.ask("forever", Turn("a")))
    await asyncio.to_thread(asker.started.wait, 5)

    chat.close()

    assert await asyncio.to_thread(asker.ended.wait, 5)
    waiting.cancel()


async def test_what_is_known_before_the_advice_is_heard_on_the_event_loop() -> None:
    asker, heard = Asker(), []
    chat = Chat(asker)

    answer = await chat.ask("offers", Turn("a"), first=lambda known: heard.append(known()))
    await asyncio.sleep(0)

    assert [one.question for one in heard] == ["so far"]
    assert answer.question == "offers"
    chat.close()


def test_a_minute_later_one_may_ask_again() -> None:
    now = [0.0]
    limits = Limits(per_minute=2, clock=lambda: now[0])
    for _ in range(2):
        with limits.one_more("li"):
            pass

    with pytest.raises(TooManyError), limits.one_more("li"):
        pass
    now[0] = 60.0
    with limits.one_more("li"):
        pass


def test_a_text_with_one_han_character_is_chinese() -> None:
    assert [language_of(text) for text in ("ROAS 多少", "ROAS?", "")] == ["zh-CN", "en-US", "en-US"]
