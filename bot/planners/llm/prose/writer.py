"""Asks the model for a summary of an answer; it is shown only where the check vouches for it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.planners.llm.budget import Limits, Usage, estimate_tokens
from bot.planners.llm.prompts import as_data, prompt
from bot.planners.llm.prose.check import judged
from bot.planners.llm.prose.facts import facts_of, listed
from tools.progress import CancelledError, Progress

if TYPE_CHECKING:
    from bot.endpoint import Endpoint
    from bot.planners.llm.purse import Purse

TRIES = 2
MOST_SECONDS = 10.0
LOOK_AGAIN = 0.05


class Writer:
    """Writes summaries; shared between threads. A summary never delays an answer beyond the question's ceiling."""

    def __init__(self, endpoint: Endpoint, purse: Purse | None = None) -> None:
        self._endpoint = endpoint
        self._purse = purse

    def summarised(self, answer: Answer, user: str | None, progress: Progress) -> Answer:
        """Return the answer with a summary where a good one came in time, and with what asking for it cost.

        Raises:
            CancelledError: the person who asked has stopped it.
        """
        facts = facts_of(answer) if answer.outcome == "answer" else None
        if facts is None or answer.provenance is None or answer.headline is None:
            return answer
        spent = answer.provenance.extra.get("model_ms", 0)
        left = self._endpoint.seconds - (float(spent) / 1000 if isinstance(spent, int | float) else 0.0)
        day = self._purse.today(user) if self._purse is not None else None
        if left < 1 or (day is not None and day.refused):
            return answer
        own = Limits() if day is None else Limits.of(self._endpoint, day.left)
        usage = Usage(replace(own, seconds=min(left, MOST_SECONDS)), price=self._endpoint.price)
        found: list[str] = []
        problems: list[str] = []
        done = threading.Event()

        def work() -> None:
            try:
                self._write(answer, usage, found, problems)
            except Exception as error:  # noqa: BLE001 - whatever a foreign server or its client raises, the template stands
                problems.append(type(error).__name__)
            finally:
                done.set()

        threading.Thread(target=work, name="askgrowth-prose", daemon=True).start()
        while not done.wait(min(LOOK_AGAIN, usage.seconds_left)) and usage.seconds_left > 0:
            if progress.is_cancelled():
                raise CancelledError
        usage.close()
        if self._purse is not None:
            self._purse.add(user, usage, questions=0)
        said = {
            "shown": bool(found),
            "calls": usage.calls,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "model_ms": round(usage.seconds * 1000),
            "problems": list(dict.fromkeys(problems))[:5] or ([] if found else ["seconds"]),
        }
        if self._endpoint.price is not None:
            said["cost"] = round(usage.money, 6)
        provenance = replace(answer.provenance, extra={**answer.provenance.extra, "prose": said})
        return replace(answer, provenance=provenance, summary=found[0] if found else None)

    def _write(self, answer: Answer, usage: Usage, found: list[str], problems: list[str]) -> None:
        """Ask, judge, and once more with the problems; the summary goes to `found`."""
        from bot.planners.llm.chat import plain_reply

        facts = facts_of(answer)
        assert facts is not None
        assert answer.headline is not None
        told = ""
        deadline = time.monotonic() + usage.seconds_left
        for _ in range(TRIES):
            if time.monotonic() >= deadline or usage.spent():
                return
            asked = prompt(
                "prose",
                answer.locale,
                title=as_data(answer.headline.at(answer.locale)),
                cells=as_data(listed(facts, answer.locale)),
                problems=told,
            )
            usage.calls += 1
            usage.waiting = estimate_tokens(asked)
            text, tokens_in, tokens_out = plain_reply(self._endpoint, asked, usage.seconds_left)
            usage.tokens_in += tokens_in or usage.waiting
            usage.tokens_out += tokens_out or estimate_tokens(text)
            usage.waiting = 0
            verdict = judged(text, facts, answer.locale)
            if not verdict.problems:
                if time.monotonic() < deadline:
                    found.append(verdict.text)
                return
            problems += verdict.problems
            told = as_data("\n".join(verdict.problems))
